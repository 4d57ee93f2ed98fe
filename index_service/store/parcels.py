"""Rows of parcels: what waits to go to another authority, or came from one and is nobody's yet."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.bulk import insert_rows
from index_service.store.federation_tables import parcel

PARCELS_MAX = 1000


class Parcels:
    """Statements on the parcels of one authority, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert whole sealed parcels."""
        await insert_rows(self._session, self._csa, parcel, rows)

    async def these(self, ids: Sequence[UUID]) -> list[Any]:
        """Return the parcels of these ids that are there."""
        wanted = parcel.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
        found = await self._session.execute(
            select(parcel)
            .where(parcel.c.csa == self._csa)
            .where(wanted)
            .order_by(parcel.c.id)
            .limit(PARCELS_MAX),
            {"ids": list(ids)},
        )
        return list(found.mappings())

    async def remove(self, ids: Sequence[UUID]) -> None:
        """Delete the parcels of these ids, of those that are there."""
        wanted = parcel.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
        await self._session.execute(
            delete(parcel).where(parcel.c.csa == self._csa).where(wanted), {"ids": list(ids)}
        )
