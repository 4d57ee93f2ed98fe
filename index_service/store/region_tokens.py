"""An index's own children under the region's digests: their rows, their sheets, its filters."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.bulk import insert_rows, upsert_rows
from index_service.store.federation_tables import region_filter, region_sheet

SHEETS_MAX = 5_000
PARTS_MAX = 4_096


class RegionTokens:
    """Statements on the derived rows of one authority, inside one transaction.

    The rows of region_token themselves are sealed pointers like any other (store/children.py).
    """

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def sheets(self, refs: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the sealed sheets of children by keyed reference, of those that have one."""
        found = await self._session.execute(
            select(region_sheet.c.child_ref, region_sheet.c.sealed)
            .where(region_sheet.c.csa == self._csa)
            .where(region_sheet.c.child_ref == any_(bindparam("refs", type_=ARRAY(LargeBinary))))
            .limit(SHEETS_MAX),
            {"refs": list(refs)},
        )
        return {row.child_ref: row.sealed for row in found}

    async def put_sheets(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write sheets, each in its old one's place if there was one."""
        await upsert_rows(self._session, self._csa, region_sheet, "child_ref", rows)

    async def count_sheets(self) -> int:
        """Return how many children have a sheet."""
        found = await self._session.execute(
            select(func.count()).select_from(region_sheet).where(region_sheet.c.csa == self._csa)
        )
        return int(found.scalar_one())

    async def filter_parts(self, epoch: int, set_name: str) -> list[bytes]:
        """Return the sealed parts of a filter, in order; none if it was not built."""
        found = await self._session.scalars(
            select(region_filter.c.sealed)
            .where(region_filter.c.csa == self._csa)
            .where(region_filter.c.epoch == epoch)
            .where(region_filter.c.set == set_name)
            .order_by(region_filter.c.part)
            .limit(PARTS_MAX)
        )
        return list(found)

    async def put_filter(self, epoch: int, set_name: str, parts: Sequence[bytes]) -> None:
        """Write the sealed parts of a filter in place of what stood there, and drop old epochs'."""
        if len(parts) > PARTS_MAX:
            raise ValueError("a filter of more parts than are ever read")
        same = (region_filter.c.epoch == epoch) & (region_filter.c.set == set_name)
        old = region_filter.c.epoch < epoch - 1
        await self._session.execute(
            delete(region_filter).where(region_filter.c.csa == self._csa).where(same | old)
        )
        rows = [
            {"epoch": epoch, "set": set_name, "part": place, "sealed": sealed}
            for place, sealed in enumerate(parts)
        ]
        await insert_rows(self._session, self._csa, region_filter, rows)
