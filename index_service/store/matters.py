"""Rows of matters people handle, inside one writing transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.bulk import insert_rows, update_rows
from index_service.store.tables import matter

MATTERS_MAX = 5000


class Matters:
    """Statements on the matters of one authority."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert whole sealed matters."""
        await insert_rows(self._session, self._csa, matter, rows)

    async def replace(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace sealed matters by id; all must be there."""
        if await update_rows(self._session, self._csa, matter, "id", rows) != len(rows):
            raise LookupError("a locked matter went away")

    async def locked(self, ids: Sequence[UUID]) -> list[Any]:
        """Return these matters' rows, locked in id order until the end."""
        return await self._rows(self._these().with_for_update(), ids)

    async def beheld(self, ids: Sequence[UUID]) -> list[Any]:
        """Return these matters' rows without a lock: nothing is to come of it in the store."""
        return await self._rows(self._these(), ids)

    def _these(self) -> Select[Any]:
        return (
            select(matter)
            .where(matter.c.csa == self._csa)
            .where(matter.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .order_by(matter.c.id)
            .limit(MATTERS_MAX)
        )

    async def _rows(self, these: Select[Any], ids: Sequence[UUID]) -> list[Any]:
        return list((await self._session.execute(these, {"ids": list(ids)})).mappings())
