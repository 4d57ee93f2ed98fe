"""Token upkeep: every child's rows are written anew once a round, whatever is true of it.

Policy hides at once; tokens move here, later. A round visits every child there is, in an
order drawn by lot, so many at a time, and seals every part anew: that a child's rows were
rewritten, which of them, and when, tells nothing of it, and nobody has to leave a note of
what waits.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.envelope import SealBroken
from index_service.domain.errors import Unavailable, Unrecorded
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.services.sealing import (
    facts_of,
    open_policy,
    open_record,
    sealed_parts,
    sealed_policy,
    sealed_sheet,
    sheet_under,
)
from index_service.services.tokens import TokenSheet
from index_service.store.work import work_on

CHILDREN_A_RUN = 64
CHILDREN_A_STIR = 64
STIRS = 3
_chance = SystemRandom()
_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Went:
    """How a round went: runs that committed, and runs that came to nothing."""

    runs: int
    failed: int = 0


class Upkeep:
    """Writes the records of one authority anew, run by run (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine) -> None:
        self._index = index
        self._engine = engine

    async def round(self, stop: asyncio.Event | None = None, rest: float = 0.0) -> Went:
        """Visit every child once, by lot; between runs rest so many times a run's length.

        A run that fails leaves nothing, and the round goes on: its children have their
        turn in the next. What was visited when the process ended is simply visited again.
        """
        ids = await self._everybody()
        _chance.shuffle(ids)
        runs = failed = 0
        for start in range(0, len(ids), CHILDREN_A_RUN):
            if stop is not None and stop.is_set():
                break
            begun = time.monotonic()
            try:
                await self.run(self._filled(ids[start : start + CHILDREN_A_RUN], ids))
                runs += 1
            except (SealBroken, LookupError, Unavailable, Unrecorded) as failure:
                failed += 1
                _process_log.error("upkeep: a run failed, cause=%s", type(failure).__name__)
            await asyncio.sleep(rest * (time.monotonic() - begun))
        if stop is None or not stop.is_set():
            await self._stir(ids)
        return Went(runs, failed)

    async def _stir(self, ids: Sequence[UUID]) -> None:
        """Let half of all rows, by lot, lie elsewhere, a few times over.

        A row written anew changes places with its page's free space. After one round the
        order of a page would still tell how often its rows had been written before it.
        """
        index = self._index
        for _ in range(STIRS):
            half = _chance.sample(ids, len(ids) // 2)
            for start in range(0, len(half), CHILDREN_A_STIR):
                async with work_on(self._engine, index.csa, index.log) as work:
                    # In id order, as all who lock several rows.
                    some = sorted(half[start : start + CHILDREN_A_STIR])
                    await work.children.locked(some)
                    count = await work.upkeep.stir(some)
                    await work.commit(index.log.prepare(self._entry(count)))

    def _entry(self, count: int) -> AccessEntry:
        stamp = self._index.log.stamp()
        return AccessEntry(
            *stamp, action="upkeep", route="job", outcome=Outcome.RECORDED, count=count
        )

    async def run(self, ids: Sequence[UUID]) -> None:
        """Write the rows of these children anew: all of them, or nothing."""
        index, keyring = self._index, self._index.keyring
        old: list[TokenSheet] = []
        new: list[TokenSheet] = []
        rows: list[dict[str, Any]] = []
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.shields_exclusive()
            for row in await work.children.locked(sorted(ids)):
                child = open_policy(keyring, row)
                record = open_record(child)
                sheet = sheet_under(keyring, child.child_id, facts_of(record), child.policy)
                old.append(TokenSheet.decoded(child.part("tokens")))
                new.append(sheet)
                rows.append(
                    {
                        "child_id": child.child_id,
                        "policy": sealed_policy(child.key, child.child_id, child.policy),
                        **sealed_parts(child.key, child.child_id, record).columns,
                        "tokens": sealed_sheet(child.key, child.child_id, sheet),
                    }
                )
            await work.children.remove_tokens(
                [pair for sheet in old for pair in sheet.search],
                [pair for sheet in old for pair in sheet.guard],
            )
            await work.children.add_tokens(
                sorted(pair for sheet in new for pair in sheet.search),
                sorted(pair for sheet in new for pair in sheet.guard),
            )
            await work.children.replace(rows)
            await work.commit(index.log.prepare(self._entry(len(rows))))

    async def _everybody(self) -> list[UUID]:
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            return await work.upkeep.child_ids()

    def _filled(self, some: list[UUID], everybody: Sequence[UUID]) -> list[UUID]:
        """Return the last, smaller run filled up with others by lot: runs have one size."""
        rest = CHILDREN_A_RUN - len(some)
        others = set(everybody) - set(some) if rest else set()
        return some + _chance.sample(sorted(others), min(rest, len(others)))
