"""All accounts and practitioners of an authority, page by page: what jobs compare accesses with."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.tables import account, practitioner

_A_PAGE = 2_000
_BEFORE_ALL = UUID(int=0)


class Staff:
    """Statements that read one authority's people, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def accounts(self) -> list[RowMapping]:
        """Return every account's (account_id, sealed)."""
        return [row async for row in self._all(account, "account_id")]

    async def practitioners(self) -> list[RowMapping]:
        """Return every practitioner's sealed row."""
        return [row async for row in self._all(practitioner, "practitioner_id")]

    async def _all(self, table: Table, name: str) -> AsyncIterator[RowMapping]:
        key: Any = table.c[name]
        after = _BEFORE_ALL
        while True:
            found = await self._session.execute(
                select(table)
                .where(table.c.csa == self._csa)
                .where(key > after)
                .order_by(key)
                .limit(_A_PAGE)
            )
            page = list(found.mappings())
            for row in page:
                yield row
            if len(page) < _A_PAGE:
                return
            after = page[-1][name]
