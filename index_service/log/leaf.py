"""The leaf an entry is committed to by, and the sealed row it is stored as.

    leaf = SHA-256(0x00 || blind || canonical)

`0x00` is RFC 6962's prefix of leaves; `blind` is 32 random bytes, new for each entry;
`canonical` is entry.canonical. THIS FORMAT IS FINAL: trees, receipts and exports made
from it outlive the code (docs/decisions/0003-leaf-format.md). The blind is kept only
inside the sealed entry and leaves only in an opening; without it nobody can try guesses
at an entry against its leaf, whoever holds the receipt.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from consent.facts import DisclosureClass
from index_service.crypto.log_keys import LogKeys
from index_service.log.entry import FORMAT, AccessEntry, SubjectShown, Told, canonical

BLIND_SIZE = 32
TRACE_SIZE = 32

_LEAF_PREFIX = b"\x00"

# Positions are stored in sealed rows: append, never move.
_CLASS_BITS = {
    DisclosureClass.IDENTITY: 0,
    DisclosureClass.TRACING: 1,
    DisclosureClass.NHS_NUMBER: 2,
    DisclosureClass.UPN: 3,
    DisclosureClass.CASE_NUMBER: 4,
    DisclosureClass.WHEREABOUTS: 5,
    DisclosureClass.CARERS: 6,
    DisclosureClass.SETTINGS: 7,
    DisclosureClass.INVOLVEMENTS: 8,
    DisclosureClass.ASSESSMENT: 9,
    DisclosureClass.PROVENANCE: 10,
    DisclosureClass.RESTRICTION: 11,
    DisclosureClass.STATUS: 12,
    DisclosureClass.CONSENTS: 13,
}
_TOLD_BITS = {Told.CONTACT_BROKERED: 30, Told.ASSESSMENT_HELD: 31}


class LeafMismatch(Exception):  # noqa: N818 (the finding of a check, not a fault of ours)
    """A stored entry does not open to the leaf that stands beside it."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """What the store writes for one entry: nothing in it can be read without the keys.

    `subjects` are (16-byte keyed reference, sealed trace), one per child shown or asked
    about; `actor` is the same of the account, for its day. `asked` is the sealed question of
    a lookup, left beside the entry for the tripwire; `charges` are (who, what) of a budget;
    `exchange` is what two authorities said to each other, sealed.
    """

    entry_id: UUID
    at: datetime
    leaf: bytes
    sealed: bytes
    subjects: tuple[tuple[bytes, bytes], ...]
    actor: tuple[bytes, bytes] | None = None
    asked: bytes | None = None
    charges: tuple[tuple[bytes, bytes], ...] = ()
    exchange: bytes | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What an entry leaves beside itself, in the very statement that appends it."""

    asked: bytes | None = None
    charges: tuple[tuple[bytes, bytes], ...] = ()
    exchange: bytes | None = None


_NOTHING_LEFT = Left()


@dataclass(frozen=True, slots=True)
class Opening:
    """What proves an entry to whoever holds its leaf. Handing one out discloses it."""

    blind: bytes
    canonical: bytes


@dataclass(frozen=True, slots=True)
class SubjectTrace:
    """What a subject's row says: in which entry, and what was released of them there."""

    entry_id: UUID
    classes: tuple[DisclosureClass, ...]
    shown: bool
    told: tuple[Told, ...] = ()


def leaf_hash(blind: bytes, canonical: bytes) -> bytes:
    """Return the leaf; ValueError for a blind of any other length than BLIND_SIZE."""
    if len(blind) != BLIND_SIZE:
        raise ValueError("a blind has 32 bytes")
    return hashlib.sha256(_LEAF_PREFIX + blind + canonical).digest()


def sealed_row(entry: AccessEntry, log_keys: LogKeys, left: Left | None = None) -> LogRow:
    """Blind, commit and seal one entry under its year's keys; what is left is sealed already."""
    beside = left or _NOTHING_LEFT
    refs = [log_keys.subject_ref(subject.child_id) for subject in entry.subjects]
    text = canonical(entry, refs)
    blind = os.urandom(BLIND_SIZE)
    return LogRow(
        entry_id=entry.entry_id,
        at=at_of(entry),
        leaf=leaf_hash(blind, text),
        sealed=log_keys.seal_entry(entry.entry_id, blind + text),
        subjects=tuple(
            (ref, log_keys.seal_subject(ref, _trace(entry.entry_id, subject)))
            for ref, subject in zip(refs, entry.subjects, strict=True)
        ),
        actor=_actor(entry, log_keys) if entry.account else None,
        asked=beside.asked,
        charges=beside.charges,
        exchange=beside.exchange,
    )


def opened(row: LogRow, log_keys: LogKeys) -> Opening:
    """Open a stored entry; LeafMismatch if it is not what its leaf committed to.

    Raises SealBroken where the row was altered or moved.
    """
    plain = log_keys.open_entry(row.entry_id, row.sealed)
    blind, text = plain[:BLIND_SIZE], plain[BLIND_SIZE:]
    if leaf_hash(blind, text) != row.leaf:
        raise LeafMismatch
    return Opening(blind, text)


def opened_trace(ref: bytes, sealed: bytes, log_keys: LogKeys) -> SubjectTrace:
    """Open one subject's row: the answer to "who looked" is the entries it names."""
    plain = log_keys.open_subject(ref, sealed)
    if len(plain) != TRACE_SIZE or plain[0] != FORMAT:
        raise LeafMismatch
    bits = int.from_bytes(plain[18:22])
    return SubjectTrace(
        entry_id=UUID(bytes=plain[1:17]),
        classes=tuple(each for each, bit in _CLASS_BITS.items() if bits >> bit & 1),
        shown=plain[17] == 1,
        told=tuple(each for each, bit in _TOLD_BITS.items() if bits >> bit & 1),
    )


def actor_ref(account: str, day: date, log_keys: LogKeys) -> bytes:
    """Return what auditors find an account's entries of one day (UTC) by."""
    return log_keys.search_ref("account/day", f"{account}/{day.isoformat()}")


def opened_actor(ref: bytes, sealed: bytes, log_keys: LogKeys) -> UUID:
    """Return the entry an actor's row names."""
    return UUID(bytes=log_keys.open_found(ref, sealed))


def at_of(entry: AccessEntry) -> datetime:
    """Return the entry's moment, exact to the millisecond it is committed to by."""
    return datetime.fromtimestamp(entry.at_ms / 1000, UTC)


def _actor(entry: AccessEntry, log_keys: LogKeys) -> tuple[bytes, bytes]:
    ref = actor_ref(entry.account, at_of(entry).date(), log_keys)
    return ref, log_keys.seal_found(ref, entry.entry_id.bytes)


def _trace(entry_id: UUID, subject: SubjectShown) -> bytes:
    """Version, entry id, shown, classes and words as bits, zeros: one size for each subject."""
    bits = 0
    for each in subject.classes:
        bits |= 1 << _CLASS_BITS[each]
    for word in subject.told:
        bits |= 1 << _TOLD_BITS[word]
    plain = bytes((FORMAT,)) + entry_id.bytes + bytes((subject.shown,)) + bits.to_bytes(4)
    return plain.ljust(TRACE_SIZE, b"\0")
