"""One round of the sealer: what waits is checked, put in the tree, read back, signed, sent.

The order of its durable steps, each of which may fail both ways (decision 0021):
leaves in the database; the signed head in the second place; batches gone and heads stored.
A round begins by finding out how far the one before it came, so that going on after a
crash and going on after a second are the same code.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from index_service.crypto.sealer_keys import SealerSecrets
from index_service.domain.clock import Clock
from index_service.log.checkpoint import Checkpoint, HeadKeys, NoteRefused, opened
from index_service.log.dense import Fault, Judged, Reached, Stored, Waiting, judge
from index_service.log.numbering import Number, Writer
from index_service.log.second_place import PlaceUnfit, SecondPlace, Step
from index_service.log.tiles import hashes_of, runs_of
from index_service.log.tree import EMPTY_ROOT, consistency_ranges
from index_service.services.sealing_log.growing import (
    Due,
    Grown,
    RolledBack,
    edge_of,
    grow,
    new_leaves,
    read_back,
)
from index_service.services.sealing_log.proving import Standing, unproven
from index_service.store.pending import MarkedWriter, Pending
from index_service.store.sealed_log import SealedLog, Sealing, StoredHead

ADOPTED_AFTER = timedelta(seconds=5)
REFUSED_FOR = timedelta(minutes=1)
LOOKED_FOR = timedelta(seconds=2)  # whoever a successor follows may come with the next page

_process_log = logging.getLogger(__name__)


class NotFounded(Exception):  # noqa: N818 (told to the operator)
    """There is no second place yet, or it was lost: `seal --found` makes the first."""


class FoundedAlready(Exception):  # noqa: N818 (told to the operator)
    """The log has begun: a second beginning would hide what was sealed."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """What a sealer works with. It holds none of the index's keys."""

    csa: str
    store: SealedLog
    secrets: SealerSecrets
    keys: HeadKeys
    second: SecondPlace
    clock: Clock


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a round did. `head` is the note that now stands in the second place."""

    head: str
    added: int  # leaves, padding among them
    adopted: int
    more: bool  # there is more to seal than one round takes
    refused: int  # writers whose batches stay where they are
    gone: int = 0  # entries that were gone before anybody numbered them


@dataclass(frozen=True, slots=True)
class _Left:
    """What their own writers had not numbered by now: how many are, and how many cannot be."""

    adopted: int
    gone: int


@dataclass(slots=True)
class _Taken:
    """What one transaction took from the store, until it is signed."""

    judged: Judged
    grown: Grown
    left: _Left
    more: bool


@dataclass(slots=True)
class Rounds:
    """The rounds of one process: its own writer for adoptions, and whom it has refused."""

    sealer: Sealer
    _refused: dict[UUID, datetime] = field(default_factory=dict)
    _silent_until: datetime | None = None  # of entries gone: they stay, and alarm each minute
    _writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        """Begin a writer of this process."""
        self._writer = Writer(self.sealer.csa)

    async def found(self) -> None:
        """Begin the log: the first shard, and an empty head in the second place. Once."""
        of = self.sealer
        if await self._standing() is not None:
            raise FoundedAlready
        now = of.clock.now()
        async with of.store.sealing() as sealing:
            if not await sealing.tree.is_empty():
                raise RolledBack("second_place_lost")
        await self._begin(now.year * 100, None, None, now)

    async def round(self) -> Sealed:
        """Seal what waits; RolledBack, NotFounded or PlaceUnfit where nothing may be sealed.

        SwapRefused where another came first, Unavailable where the store was lost: the next
        round finds out what became of this one.
        """
        of = self.sealer
        note = await self._standing()
        if note is None:
            raise NotFounded
        before = self._opened(note)
        now = of.clock.now()
        following = _following(before.shard, now)
        if following and await self._has_begun(following):
            return Sealed(await self._begin(following, note, before, now), 0, 0, True, 0)
        taken = await self._taken(before, Due(now, closing=bool(following)))
        head = await self._signed(note, before, taken.grown, now)
        await self._finished(taken, head, now)
        more = taken.more
        if following:
            head, more = await self._begin(following, head, self._opened(head), now), True
        added, refused = taken.grown.added, len(taken.judged.refused)
        return Sealed(head, added, taken.left.adopted, more, refused, taken.left.gone)

    async def _taken(self, before: Checkpoint, due: Due) -> _Taken:
        """Put what waits into the tree, in one transaction."""
        sure, number = False, None
        try:
            async with self.sealer.store.sealing() as sealing:
                edge = await edge_of(sealing.tree, before)
                number, left = await self._adopted(sealing.pending, due.now)
                waiting, more = await sealing.pending.waiting(self._passed_over(due.now))
                stored = await self._stored(sealing, before, waiting)
                judged = judge(self.sealer.csa, waiting, stored)
                self._refuse(judged, more, due.now)
                leaves = new_leaves(judged, stored)
                grown = await grow(sealing.tree, before, edge, leaves, due)
            sure = True
        finally:
            if number is not None:
                if sure:
                    self._writer.sure(number)
                else:
                    self._writer.unsure()
        return _Taken(judged, grown, left, more)

    async def _adopted(self, pending: Pending, now: datetime) -> tuple[Number | None, _Left]:
        """Number, as any writer does, what its own writer should have numbered by now."""
        left, count = await pending.left(now - ADOPTED_AFTER)
        if count and (self._silent_until is None or now >= self._silent_until):
            self._silent_until = now + REFUSED_FOR
            _process_log.error("sealer: entries gone before they were numbered, count=%d", count)
        if not left:
            return None, _Left(0, count)
        number = self._writer.number([leaf for _, leaf in left])
        await pending.adopt(number, [entry for entry, _ in left])
        _process_log.warning("sealer: entries adopted, count=%d", len(left))
        return number, _Left(len(left), count)

    async def _stored(self, sealing: Sealing, before: Checkpoint, waiting: list[Waiting]) -> Stored:
        pending = sealing.pending
        entries = list(dict.fromkeys(entry for each in waiting for entry in each.entries))
        numbers = [each.number for each in waiting]
        writers = {number.writer for number in numbers}
        writers |= {number.predecessor.writer for number in numbers if number.predecessor}
        reached: dict[UUID, Reached] = {}
        forged = set()
        for each in await pending.reached(list(writers)) if writers else ():
            said = each.reached
            place = (each.writer, said.seq, said.hash, said.previous)
            if self.sealer.secrets.marked(*place, each.mark):
                reached[each.writer] = said
            else:
                forged.add(each.writer)
        sealed = await pending.sealed(entries) if entries else {}
        standing = Standing(before, self.sealer.keys.verifiers)
        return Stored(
            leaves=await pending.leaves(entries) if entries else {},
            sealed={entry: place.hash for entry, place in sealed.items()},
            reached=reached,
            unproven=await unproven(sealing.tree, standing, sealed),
            forged=frozenset(forged),
        )

    def _passed_over(self, now: datetime) -> list[UUID]:
        self._refused = {writer: until for writer, until in self._refused.items() if until > now}
        return list(self._refused)

    def _refuse(self, judged: Judged, more: bool, now: datetime) -> None:
        """Leave refused writers alone for a while, lest the others wait behind them."""
        for writer, fault in judged.refused.items():
            if fault is Fault.PREDECESSOR and more:
                self._refused[writer] = now + LOOKED_FOR
                continue
            self._refused[writer] = now + REFUSED_FOR
            outcome, name = fault.value, writer.hex
            _process_log.error("sealer: batches refused, outcome=%s writer=%s", outcome, name)

    async def _signed(self, note: str, before: Checkpoint, grown: Grown, now: datetime) -> str:
        """Return the note that stands for the grown tree, the second place having taken it."""
        of = self.sealer
        if grown.size == before.size:
            return note
        ranges = consistency_ranges(before.size, grown.size)
        async with of.store.sealing() as sealing:
            await read_back(sealing.tree, before, grown)
            found = await sealing.tree.runs(grown.shard, runs_of(ranges))
        head = Checkpoint(before.origin, grown.shard, grown.size, grown.root)
        signed = of.keys.signed(head, int(now.timestamp()))
        await self._swapped(Step(note, signed, tuple(hashes_of(ranges, found))))
        return signed

    async def _finished(self, taken: _Taken, head: str, now: datetime) -> None:
        """Store what was reached, now that its head is safe; let go of sealed batches."""
        judged, grown = taken.judged, taken.grown
        gone = [*judged.sound, *judged.done]
        if not gone and not grown.kinds:
            return
        mark = self.sealer.secrets.mark
        writers = [
            MarkedWriter(writer, r, mark(writer, r.seq, r.hash, r.previous))
            for writer, r in judged.reached.items()
        ]
        async with self.sealer.store.sealing() as sealing:
            await self._noted(sealing, writers, gone)
            for kind in grown.kinds:
                stored = StoredHead(grown.shard, grown.size, now, head)
                await sealing.tree.add_head(kind, stored)

    async def _noted(
        self, sealing: Sealing, writers: list[MarkedWriter], gone: list[Waiting]
    ) -> None:
        if writers:
            await sealing.pending.reach(writers)
        if gone:
            await sealing.pending.forget(gone)

    async def _has_begun(self, shard: int) -> bool:
        async with self.sealer.store.sealing() as sealing:
            return await sealing.tree.begun(shard) is not None

    async def _begin(
        self, shard: int, note: str | None, before: Checkpoint | None, now: datetime
    ) -> str:
        """Begin a shard that names the head it follows, and return its empty head."""
        of = self.sealer
        begun = _begun(before)
        async with of.store.sealing() as sealing:
            found = await sealing.tree.begun(shard)
            if found is None:
                await sealing.tree.begin(shard, now, begun)
            elif found != begun:
                raise RolledBack("shard_follows_another")
        head = Checkpoint(of.keys.origin, shard, 0, EMPTY_ROOT)
        signed = of.keys.signed(head, int(now.timestamp()))
        await self._swapped(Step(note, signed))
        return signed

    async def _standing(self) -> str | None:
        try:
            return await self.sealer.second.read()
        except OSError as failed:
            raise PlaceUnfit("disk") from failed

    async def _swapped(self, step: Step) -> None:
        try:
            await self.sealer.second.swap(step)
        except OSError as failed:  # the head may stand there or not: the next round asks
            raise PlaceUnfit("disk") from failed

    def _opened(self, note: str) -> Checkpoint:
        try:
            return opened(note, self.sealer.keys.verifiers)
        except NoteRefused as refused:
            raise PlaceUnfit(refused.code) from None


def _following(shard: int, now: datetime) -> int | None:
    """Return the shard to be begun, if the year has turned. A clock years ahead turns nothing."""
    year = shard // 100
    if now.year > year + 1:
        count = now.year - year
        _process_log.error("sealer: the clock is years ahead of the log, count=%d", count)
    return now.year * 100 if now.year == year + 1 else None


def _begun(before: Checkpoint | None) -> str:
    """Return what a shard says of its beginning; no signature in it, for those differ."""
    follows = before.text() if before else None
    why = "year" if before else "founded"
    return orjson.dumps({"follows": follows, "why": why}, option=orjson.OPT_SORT_KEYS).decode()
