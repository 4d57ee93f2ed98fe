"""What of a child stands in the region: its rows under each epoch's digests, sealed as a sheet.

Every child has as many rows an epoch, random where it has fewer keys, and one sheet of one
size. The stored token is a digest of ours over the derived one: storage and a locator's
filter have nothing in common that could be compared.
"""

from dataclasses import dataclass, replace
from os import urandom
from uuid import UUID

from index_service.crypto.digest import DIGEST_BYTES, decoy_token
from index_service.crypto.keyring import Keyring
from index_service.crypto.pointer import POINTER_BYTES
from index_service.crypto.seal import SubjectKey
from index_service.domain.matching.keys import Facts, IndexKey
from index_service.domain.matching.region_keys import KINDS_OF, REGION_KEYS_MAX, region_keys
from index_service.federation.oblivious import DERIVED_BYTES, region_input
from index_service.services.encoding import Policy

SERIES = "search"
EPOCHS_KEPT = 2
_DECOY = 0  # no kind of token has this number
_EPOCH_BYTES = 4
_SLOT_BYTES = 1 + DERIVED_BYTES + DIGEST_BYTES + POINTER_BYTES
_ROWS_BYTES = _EPOCH_BYTES + DIGEST_BYTES + REGION_KEYS_MAX * _SLOT_BYTES
_HEAD_BYTES = 6

Pairs = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of a child: its kind, the derived digest, and what is stored of it."""

    kind: int
    digest: bytes
    token: bytes
    pointer: bytes


@dataclass(frozen=True, slots=True)
class EpochRows:
    """A child's rows of one epoch, and the mark of the keys and the deriver's key they are of."""

    epoch: int
    mark: bytes
    slots: tuple[Slot, ...]

    @property
    def pairs(self) -> Pairs:
        """The rows as they are stored."""
        return tuple((slot.token, slot.pointer) for slot in self.slots)

    def digests(self, set_name: str) -> tuple[bytes, ...]:
        """Return the derived digests of a set, without the random ones."""
        kinds = KINDS_OF[set_name]
        return tuple(slot.digest for slot in self.slots if slot.kind in kinds)


@dataclass(frozen=True, slots=True)
class RegionSheet:
    """A child's rows by epoch, and since when the region's filters may tell of it."""

    arrived_s: int
    epochs: tuple[EpochRows, ...] = ()

    def of(self, epoch: int) -> EpochRows | None:
        """Return the rows of an epoch, if they were derived."""
        return next((rows for rows in self.epochs if rows.epoch == epoch), None)

    def with_rows(self, rows: EpochRows, current: int) -> "RegionSheet":
        """Return the sheet with an epoch's rows in place of its old ones and of epochs gone by."""
        kept = [old for old in self.epochs if old.epoch >= current and old.epoch != rows.epoch]
        epochs = sorted((*kept, rows), key=lambda each: each.epoch)[-EPOCHS_KEPT:]
        return replace(self, epochs=tuple(epochs))

    def encoded(self) -> bytes:
        """Write the sheet."""
        head = bytes((1, len(self.epochs))) + self.arrived_s.to_bytes(4)
        return head + b"".join(_rows_text(rows) for rows in self.epochs)

    @classmethod
    def decoded(cls, text: bytes) -> "RegionSheet":
        """Read a sheet."""
        begins = range(_HEAD_BYTES, _HEAD_BYTES + text[1] * _ROWS_BYTES, _ROWS_BYTES)
        rows = tuple(_rows_of(text[at : at + _ROWS_BYTES]) for at in begins)
        return cls(int.from_bytes(text[2:_HEAD_BYTES]), rows)


def _rows_text(rows: EpochRows) -> bytes:
    slots = [bytes((s.kind,)) + s.digest + s.token + s.pointer for s in rows.slots]
    return rows.epoch.to_bytes(_EPOCH_BYTES) + rows.mark + b"".join(slots)


def _rows_of(text: bytes) -> EpochRows:
    begun = _EPOCH_BYTES + DIGEST_BYTES
    slots = []
    for at in range(begun, len(text), _SLOT_BYTES):
        digest = at + 1
        token = digest + DERIVED_BYTES
        pointer = token + DIGEST_BYTES
        end = pointer + POINTER_BYTES
        slots.append(Slot(text[at], text[digest:token], text[token:pointer], text[pointer:end]))
    epoch = int.from_bytes(text[:_EPOCH_BYTES])
    return EpochRows(epoch, text[_EPOCH_BYTES:begun], tuple(slots))


def sheet_ref(keyring: Keyring, child_id: UUID) -> bytes:
    """Return what a child's sheet is found by; no other table has it."""
    return keyring.references.reference("region_sheet", child_id.bytes)


def seal_sheet(key: SubjectKey, ref: bytes, sheet: RegionSheet) -> bytes:
    """Seal a sheet under its child's key."""
    return key.seal("region_sheet", ref, sheet.encoded())


def open_sheet(key: SubjectKey, ref: bytes, sealed: bytes) -> RegionSheet:
    """Open a sheet."""
    return RegionSheet.decoded(key.open("region_sheet", ref, sealed))


def region_token(keyring: Keyring, epoch: int, digest: bytes) -> bytes:
    """Return the token a derived digest of an epoch is stored and asked for under."""
    return keyring.references.reference("region_token", epoch.to_bytes(_EPOCH_BYTES), digest)


def keys_found_by(facts: Facts, policy: Policy) -> tuple[IndexKey, ...]:
    """Return what other authorities find a record by, as its policy wants it.

    As in the index's own tokens: only a record that another stands for is found by nothing.
    """
    return () if policy.superseded else region_keys(facts)


def inputs_of(keys: tuple[IndexKey, ...]) -> list[bytes]:
    """Return what the digests of these keys are derived from."""
    return [region_input(SERIES, key.kind, key.text) for key in keys]


def mark_of(keyring: Keyring, epoch: int, public: bytes, keys: tuple[IndexKey, ...]) -> bytes:
    """Return what tells whether rows are still those of these keys and this deriver's key."""
    told = [bytes((key.kind,)) + key.shown_by.encode() + b"/" + key.text.encode() for key in keys]
    parts = (epoch.to_bytes(_EPOCH_BYTES), public, *told)
    return keyring.references.reference("region_mark", *parts)


def rows_of(
    keyring: Keyring,
    child_id: UUID,
    rows: EpochRows,
    keys: tuple[IndexKey, ...],
    digests: tuple[bytes, ...],
) -> EpochRows:
    """Return an epoch's rows of a child from its derived digests: as many for every child."""
    slots: dict[bytes, Slot] = {}
    for key, digest in zip(keys, digests, strict=True):
        token = region_token(keyring, rows.epoch, digest)
        pointer = keyring.pointers.seal(token, child_id, key.kind, key.shown_by)
        slots[token] = Slot(key.kind, digest, token, pointer)
    while len(slots) < REGION_KEYS_MAX:
        token = decoy_token()
        slots[token] = Slot(_DECOY, urandom(DERIVED_BYTES), token, urandom(POINTER_BYTES))
    return replace(rows, slots=tuple(slots[token] for token in sorted(slots)))
