"""The nightly rewrite of the token tables: rows put back in token order, slice by slice.

Afterwards neither where a row lies nor which transaction wrote it says whose it is: a
slice is a stretch of tokens, and tokens are digests.
"""

import asyncio
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.store.upkeep import TOKEN_TABLES
from index_service.store.work import work_on

ROWS_A_SLICE = 8_000
_SLICES_MIN = 16
_SPACE = 1 << 16  # slices are cut by the first two bytes of a token


class Resort:
    """Rewrites the token tables of one authority in token order (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine) -> None:
        self._index = index
        self._engine = engine

    async def night(self, stop: asyncio.Event | None = None, rest: float = 0.0) -> int:
        """Rewrite every slice; return how many rows were put back.

        Between slices rest so many times a slice's length. Stopped half way, what is done
        is done, and the rest waits for the next night.
        """
        moved = 0
        slices = await self._slices()
        for number in range(slices):
            if stop is not None and stop.is_set():
                break
            begun = time.monotonic()
            moved += await self._slice(number, slices)
            await asyncio.sleep(rest * (time.monotonic() - begun))
        return moved

    async def _slices(self) -> int:
        """Return how many slices there are to be: as many as keep each transaction short."""
        index, sample = self._index, 256
        async with work_on(self._engine, index.csa, index.log) as work:
            counts = [
                await work.upkeep.count_before(table, _edge(1, sample)) for table in TOKEN_TABLES
            ]
        return min(_SPACE, max(_SLICES_MIN, sum(counts) * sample // ROWS_A_SLICE))

    async def _slice(self, number: int, slices: int) -> int:
        """Take out one stretch of every token table and put it back, all or nothing.

        Under the shield lock: who writes records deletes exactly the rows a sheet names.
        """
        index = self._index
        first = _edge(number, slices)
        before = _edge(number + 1, slices) if number + 1 < slices else None
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.shields_exclusive()
            await work.upkeep.still_work()
            moved = 0
            for table in TOKEN_TABLES:
                moved += await work.upkeep.resort(table, first, before)
            entry = AccessEntry(
                *index.log.stamp(),
                action="resort",
                route="job",
                outcome=Outcome.RECORDED,
                count=moved,
            )
            await work.commit(index.log.prepare(entry))
        return moved


def _edge(number: int, slices: int) -> bytes:
    """Return the token a slice begins with."""
    return (number * _SPACE // slices).to_bytes(2)
