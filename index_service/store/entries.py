"""The access log's rows as its readers find them (role audit): nothing here writes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, RowMapping, Table, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.log_tables import access_entry, access_subject
from index_service.store.reading import OverTheBound

ROWS_MAX = 100_000
_AT_ONCE = 5_000


async def rows_of(
    session: AsyncSession, csa: str, pointing: Table, refs: Sequence[bytes]
) -> list[Any]:
    """Return (ref, sealed) of every row under these references; OverTheBound past 100,000."""
    found = list(
        await session.execute(
            select(pointing.c.ref, pointing.c.sealed)
            .where(pointing.c.csa == csa)
            .where(pointing.c.ref == any_(bindparam("refs", type_=ARRAY(LargeBinary))))
            .limit(ROWS_MAX + 1),
            {"refs": list(refs)},
        )
    )
    if len(found) > ROWS_MAX:
        raise OverTheBound
    return found


class Entries:
    """Statements that read one authority's access log, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def one(self, entry_id: UUID) -> RowMapping | None:
        """Return one sealed entry, or None."""
        found = await self._session.execute(
            select(
                access_entry.c.entry_id,
                access_entry.c.at,
                access_entry.c.leaf,
                access_entry.c.sealed,
            )
            .where(access_entry.c.csa == self._csa)
            .where(access_entry.c.entry_id == entry_id)
            .limit(1)
        )
        return found.mappings().first()

    async def of_subjects(self, refs: Sequence[bytes]) -> list[Any]:
        """Return (ref, sealed) of every row about these subjects; OverTheBound past 100,000."""
        return await rows_of(self._session, self._csa, access_subject, refs)

    async def these(self, ids: Sequence[UUID]) -> list[Any]:
        """Return these sealed entries, of those that are there."""
        wanted = (
            select(
                access_entry.c.entry_id,
                access_entry.c.at,
                access_entry.c.leaf,
                access_entry.c.sealed,
            )
            .where(access_entry.c.csa == self._csa)
            .where(access_entry.c.entry_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .limit(_AT_ONCE)
        )
        found: list[Any] = []
        for begin in range(0, len(ids), _AT_ONCE):
            some = {"ids": list(ids[begin : begin + _AT_ONCE])}
            found += await self._session.execute(wanted, some)
        return found
