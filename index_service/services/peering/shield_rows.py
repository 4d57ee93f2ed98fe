"""What an index puts into the region's shield set, hour by hour, and the notes left there.

Every batch has one size. Its one-time keys are kept sealed, as many for each, so that a note
finds its child here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from os import urandom
from random import SystemRandom
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.envelope import SealBroken
from index_service.domain.errors import Invalid
from index_service.domain.fields import checked_phone
from index_service.domain.matching.keys import guard_keys
from index_service.domain.shield import Shield, ShieldAskedBy
from index_service.domain.strict_json import parse_json
from index_service.federation.oblivious import DERIVED_BYTES, region_input
from index_service.federation.region_client import RegionClient
from index_service.federation.shield_bodies import BATCHES_MAX, NoteKept, ShieldRow
from index_service.federation.shield_note import NoteKeys, NoteUnfit, open_note
from index_service.federation.sizes import SHIELD_ROWS
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.services.peering.alarms import Alarm, tell
from index_service.services.sealing import SealedChild, open_facts, open_policy
from index_service.services.shielding import shields_in_force
from index_service.services.tokens import GUARD_KIND
from index_service.store.region_checks import Checked
from index_service.store.work import Work, work_on

SERIES: Final = "shield"
ALERTS_AT_ONCE: Final = 2
MET: Final = "shield_met"
BATCHES_BY_THE_HOUR = 672  # in an epoch: those of 28 days
_BEGIN_SHARE = 200  # one child of so many is shielded, at the most: what a first load is sized for
_GUARDS_A_CHILD = 8
_AHEAD = 28  # as filters: a day before an epoch of 28 begins
_KEY_BYTES = 96
_NOBODY = UUID(int=0)
_chance = SystemRandom()


def shield_input(text: str) -> bytes:
    """Return what the digest of a guard key is derived from."""
    return region_input(SERIES, GUARD_KIND, text)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One thing a shielded child is recognised by, and the reference its row is kept under."""

    child_id: UUID
    text: str
    ref: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    """One row of a batch as it is kept: whose it is, its digest, and its private key."""

    private: bytes
    digest: bytes
    child_id: UUID

    def packed(self) -> bytes:
        """Write it for sealing."""
        return self.private + self.digest + self.child_id.bytes

    @classmethod
    def unpacked(cls, text: bytes) -> "_Kept":
        """Read it."""
        end = 32 + DERIVED_BYTES
        return cls(text[:32], text[32:end], UUID(bytes=text[end:]))

    def row(self) -> ShieldRow:
        """Return it as it stands in the set."""
        return ShieldRow(self.digest, NoteKeys.of(self.private).public)


class ShieldRows:
    """One authority's part in the shield set (role job, signed as a managing process)."""

    def __init__(self, index: Index, engine: AsyncEngine, region: RegionClient) -> None:
        self._index = index
        self._engine = engine
        self._region = region

    async def upload(self) -> None:
        """Upload what is due: what an epoch begins with, then a batch an hour."""
        epochs, now = self._region.directory.epochs, self._index.clock.now()
        current = epochs.at(now)
        for epoch in (current, current + 1):
            ahead = epochs.begins(epoch) - now
            due = ahead <= timedelta(seconds=epochs.seconds // _AHEAD)
            if due and epoch in self._region.directory.deriver_keys[SERIES]:
                await self._upload(epoch, hourly=epoch == current)

    async def _upload(self, epoch: int, *, hourly: bool) -> None:
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            last = await work.region_checks.last_batch(epoch)
            sent = (await work.region_checks.checks()).get(_what(epoch))
        owed = last >= 0 and (sent is None or sent.word != str(last))
        if owed:
            await self._send(epoch, last)  # kept, but nobody said that it arrived
        begin = self._begin_batches()
        while last + 1 < begin:
            last += 1
            await self._keep(epoch, last)
            await self._send(epoch, last)
        every = timedelta(seconds=max(1, self._seconds() // BATCHES_BY_THE_HOUR))
        late = sent is not None and index.clock.now() - sent.at >= every
        # What is owed was made by an earlier run: a shield set since waits for no further hour.
        if hourly and (owed or late) and last + 1 < BATCHES_MAX:
            await self._keep(epoch, last + 1)
            await self._send(epoch, last + 1)

    def _seconds(self) -> int:
        return self._region.directory.epochs.seconds

    def _begin_batches(self) -> int:
        """Return how many batches an epoch begins with: by capacity, not by who is shielded."""
        rows = self._region.directory.own.capacity * _GUARDS_A_CHILD // _BEGIN_SHARE
        return min(max(1, -(-rows // SHIELD_ROWS)), BATCHES_MAX - BATCHES_BY_THE_HOUR)

    async def _keep(self, epoch: int, batch: int) -> None:
        """Make a batch: what is not in the set yet, by lot, and rows of nobody."""
        index, keyring = self._index, self._index.keyring
        fresh = await self.fresh(epoch)
        chosen = _chance.sample(fresh, min(len(fresh), SHIELD_ROWS))
        inputs = [shield_input(each.text) for each in chosen]
        digests = await self._region.derive(SERIES, epoch, inputs)
        rows = [
            (each.ref, _Kept(urandom(32), digest, each.child_id))
            for each, digest in zip(chosen, digests, strict=True)
        ]
        while len(rows) < SHIELD_ROWS:
            rows.append((urandom(16), _Kept(urandom(32), urandom(DERIVED_BYTES), _NOBODY)))
        stored = [
            {
                "epoch": epoch,
                "batch": batch,
                "ref": ref,
                "key_ref": keyring.references.reference("note_key", kept.row().key),
                "sealed": keyring.rows.seal("shield_key", ref, kept.packed(), _KEY_BYTES),
            }
            for ref, kept in sorted(rows, key=lambda each: each[0])
        ]
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.alone("shields")
            await work.region_checks.add_keys(stored)
            await work.region_checks.drop_keys(epoch - 2)
            await work.commit(index.log.prepare(self._entry("shield_batch", SHIELD_ROWS)))

    async def _send(self, epoch: int, batch: int) -> None:
        """Upload a batch as it is kept, and note that it arrived."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            kept = [self._opened(row).row() for row in await work.region_checks.batch(epoch, batch)]
        rows = sorted(kept, key=lambda row: (row.digest, row.key))
        await self._region.shield_upload(epoch, batch, rows)
        now = index.clock.now()
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.region_checks.put_check(_what(epoch), Checked(now, now, str(batch)))
            await work.region_checks.drop_checks(_what(epoch - 2))
            await work.commit(index.log.prepare(self._entry("shield_upload", SHIELD_ROWS)))

    def _opened(self, row: Any) -> _Kept:
        return _Kept.unpacked(self._index.keyring.rows.open("shield_key", row.ref, row.sealed))

    async def fresh(self, epoch: int) -> list[_Wanted]:
        """Return what this authority's own shields go by and is not in the epoch's set yet."""
        index = self._index
        wanted: list[_Wanted] = []
        async with work_on(self._engine, index.csa, index.log) as work:
            for child in await self._shielded(work):
                wanted += self._wanted(child, epoch)
            kept = await work.region_checks.kept([each.ref for each in wanted])
        return [each for each in wanted if each.ref not in kept]

    async def _shielded(self, work: Work) -> list[SealedChild]:
        """Return the children this authority itself shields.

        Not those it shields because the set told so: two authorities would keep each
        other's shields alive for ever.
        """
        keyring = self._index.keyring
        ids = await work.upkeep.child_ids()
        found = []
        for start in range(0, len(ids), _PAGE):
            some = await _opened_policies(self._index, work, ids[start : start + _PAGE])
            found += [child_id for child_id, shielded in some if shielded]
        children = []
        for start in range(0, len(found), _CHILDREN_A_TIME):
            for row in await work.children.beheld(found[start : start + _CHILDREN_A_TIME]):
                child = open_policy(keyring, row)
                in_force = await shields_in_force(self._index, work, child)
                if any(is_own(shield) for _, shield in in_force):
                    children.append(child)
        return children

    def _wanted(self, child: SealedChild, epoch: int) -> list[_Wanted]:
        reference = self._index.keyring.references.reference
        parts = epoch.to_bytes(4), child.child_id.bytes
        return [
            _Wanted(child.child_id, text, reference("shield_key", *parts, text.encode()))
            for text in guard_keys(open_facts(child))
        ]

    # Notes

    async def ours(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return which of these one-time keys are of rows this authority put there itself."""
        index = self._index
        refs = {index.keyring.references.reference("note_key", key): key for key in keys}
        async with work_on(self._engine, index.csa, index.log) as work:
            return {refs[row.key_ref] for row in await work.region_checks.keys(list(refs))}

    async def fetch_notes(self) -> int:
        """Fetch what other teams left for ours and alert the team; return how many were told.

        A note is done with once its alert is durable; one that does not open, at once.
        """
        told, had, rows = 0, list[UUID](), ALERTS_AT_ONCE
        while True:
            notes = await self._region.notes(had)
            alarms = [alarm for note in notes if (alarm := await self._alarm(note)) is not None]
            had = [note.note_id for note in notes]
            index = self._index
            async with work_on(self._engine, index.csa, index.log) as work:
                told += await tell(index, work, alarms, rows)
                await work.commit(index.log.prepare(self._entry("shield_notes", 0)))
            if not had:
                return told
            rows = 0  # as many rows as where no note was, unless there are many

    async def _alarm(self, note: NoteKept) -> Alarm | None:
        index = self._index
        ref = index.keyring.references.reference("note_key", note.key)
        async with work_on(self._engine, index.csa, index.log) as work:
            rows = await work.region_checks.keys([ref])
        try:
            kept = self._opened(rows[0]) if rows else None
            if kept is None or kept.child_id == _NOBODY:
                return None
            said = _read(open_note(NoteKeys.of(kept.private), note.note))
        except (SealBroken, NoteUnfit, Invalid):
            return None
        if said["authority"] not in self._region.directory.members:
            return None
        about = orjson.dumps([said["authority"], said["reference"]])
        return Alarm(MET, kept.child_id, said, about, once=True)

    def _entry(self, action: str, count: int) -> AccessEntry:
        stamp = self._index.log.stamp()
        return AccessEntry(
            *stamp, action=action, route="job", outcome=Outcome.RECORDED, count=count
        )


_PAGE = 2_000
_CHILDREN_A_TIME = 64


def is_own(shield: Shield) -> bool:
    """Return whether a shield was decided here, and not told of by the region."""
    return shield.asked_by is not ShieldAskedBy.REGION


async def _opened_policies(
    index: Index, work: Work, ids: Sequence[UUID]
) -> list[tuple[UUID, bool]]:
    found = []
    for row in await work.upkeep.policies(ids):
        try:
            policy = open_policy(index.keyring, row).policy
        except SealBroken:
            continue
        found.append((row["child_id"], policy.shielded and not policy.archived))
    return found


def note_text(authority: str, phone: str, reference: UUID) -> bytes:
    """Return what a note says: who found a row, whom to ring, and their own reference."""
    return orjson.dumps({"authority": authority, "phone": phone, "reference": str(reference)})


def _read(text: bytes) -> dict[str, str]:
    """Read a note as strictly as any message: what is not of its form tells nobody anything."""
    said = parse_json(text)
    parts = ("authority", "phone", "reference")
    if not isinstance(said, dict) or said.keys() != set(parts):
        raise NoteUnfit
    if not all(isinstance(said[part], str) for part in parts):
        raise NoteUnfit
    try:
        reference = str(UUID(said["reference"]))
    except ValueError:
        raise NoteUnfit from None
    phone = checked_phone(said["phone"], "phone") if said["phone"] else ""
    return {"authority": said["authority"], "phone": phone, "reference": reference}


def _what(epoch: int) -> str:
    return f"shields/{epoch}"
