"""Drops what of the access log has outlived its time, a year at a time; its heads stay.

A year goes only whole, in order of years, if its trees are those of its last heads, signed and
cosigned, and if no panel reviews a child that anybody looked at in that year. It is said first,
in the log as well, and then done slice by slice, so that a run cut short is gone on with.
"""

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.providers import KeyRefused
from index_service.log.checkpoint import NoteRefused, opened, read_note
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.tiles import Frontier
from index_service.services.auditing.panels import frozen_children
from index_service.services.index import Index
from index_service.services.log_life import LogLife
from index_service.services.misuse.lists import Reading
from index_service.store.expiring import POINTING, SLICES
from index_service.store.work import Work, work_on

_process_log = logging.getLogger(__name__)


class NotExpired(Exception):  # noqa: N818 (the finding of a check)
    """A year that is due stays; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Expiry:
    """Drops the years of one authority's log that are due (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine, life: LogLife) -> None:
        self._index = index
        self._engine = engine
        self._life = life

    async def run(self, stop: asyncio.Event) -> bool:
        """Drop what is due, ending early if told to; return whether nothing that is due stays."""
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            shards, expired = await work.expiring.shards(), await work.expiring.years()
        by_year: dict[int, list[int]] = {}
        for shard in shards:
            by_year.setdefault(shard // 100, []).append(shard)
        last = self._index.clock.now().year - 1 - self._life.years
        for year in sorted(year for year in by_year if year <= last):
            try:
                if year not in expired:
                    await self._expire(year, by_year[year])
            except NotExpired as stays:
                _process_log.error("expire: a year that is due stays, outcome=%s", stays.code)
                return False  # years go in their order
            await self._drop(year, by_year[year], stop)
            if stop.is_set():
                break
        return True

    async def _expire(self, year: int, shards: Sequence[int]) -> None:
        """Check a year, and say that it is dropped; NotExpired."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.alone("expire")
            await self._refuse_if_under_review(work, year)
            for shard in shards:
                await self._check_tree(work, shard, last=shard == shards[-1])
            await work.expiring.expire(year, index.clock.now())
            await self._done(work, year, 0)

    async def _refuse_if_under_review(self, work: Work, year: int) -> None:
        frozen = await frozen_children(self._index, Reading(work))
        if not frozen:
            return
        try:
            keys = self._index.keyring.log_keys(year)
        except KeyRefused:  # whom its entries name, nobody can tell any more
            raise NotExpired("panel") from None
        if await work.expiring.names_any([keys.subject_ref(each) for each in frozen]):
            raise NotExpired("panel")

    async def _check_tree(self, work: Work, shard: int, *, last: bool) -> None:
        """Compute a shard's tree from its leaves and compare it with its last head."""
        stored = work.expiring
        note = await stored.largest_head(shard)
        if note is None:
            if await stored.first_leaf(shard) is not None:
                raise NotExpired("no_head")
            return
        try:
            head = opened(note, self._life.log)
        except NoteRefused as refused:
            raise NotExpired(refused.code) from None
        if head.shard != shard:
            raise NotExpired("shard")
        self._check_witnesses(note)
        tree = Frontier()
        while tree.size < head.size and (leaves := await stored.leaves(shard, tree.size)):
            for each in leaves[: head.size - tree.size]:
                tree.append(each)
        if (tree.size, tree.root()) != (head.size, head.root):
            raise NotExpired("tree")
        # Before a tree was begun anew there may be some that nobody signed.
        if last and await stored.leaves(shard, head.size):
            raise NotExpired("no_head")

    def _check_witnesses(self, note: str) -> None:
        policy = self._life.witnesses
        if policy is None:
            return
        read = read_note(note)
        keys = [each.key for each in policy.witnesses]
        cosigned = sum(any(key.holds(read, line) for line in read.lines) for key in keys)
        if cosigned < policy.quorum:
            raise NotExpired("quorum")

    async def _drop(self, year: int, shards: Sequence[int], stop: asyncio.Event) -> None:
        """Drop all of a year that is said to be dropped; the leaves last, for they show the rest.

        What a year said to be dropped still holds is looked for at every run.
        """
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            left = [each for each in shards if await work.expiring.first_leaf(each) is not None]
        for table in POINTING if left else ():
            for number in range(SLICES):
                if stop.is_set():
                    return
                async with work_on(self._engine, index.csa, index.log) as work:
                    if count := await work.expiring.drop_pointing(table, year, number):
                        await self._done(work, year, count)
        for shard in left:
            async with work_on(self._engine, index.csa, index.log) as work:
                await self._done(work, year, await work.expiring.drop_tiles(shard))
            while await self._dropped_leaves(year, shard):
                if stop.is_set():
                    return

    async def _dropped_leaves(self, year: int, shard: int) -> int:
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            count = await work.expiring.drop_leaves(shard)
            if count:
                await self._done(work, year, count)
            return count

    async def _done(self, work: Work, year: int, count: int) -> None:
        """Commit a step with its entry: which year, how many rows."""
        log = self._index.log
        said = AccessEntry(
            *log.stamp(),
            action="expire_log",
            route="job",
            outcome=Outcome.RECORDED,
            code=f"year_{year}",
            count=count,
        )
        await work.commit(log.prepare(said))
