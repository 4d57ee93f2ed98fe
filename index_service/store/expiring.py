"""Years of the access log to be dropped: what is checked first, what is dropped, slice by slice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    Table,
    Uuid,
    any_,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.cosigned import with_cosignatures
from index_service.store.federation_tables import exchange
from index_service.store.log_tables import (
    access_actor,
    access_entry,
    access_subject,
    leaf,
    log_expired,
    log_head,
    log_shard,
    tile,
)

LEAVES_A_SLICE = 10_000
POINTING = (access_subject, access_actor)
SLICES = 256  # of a pointing table: by the first byte of its references
_SHARDS_MAX = 10_000
_YEARS_MAX = 1_000


class Expiring:
    """Statements about one authority's expired years, inside one transaction (role job)."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def years(self) -> frozenset[int]:
        """Return the years that are dropped, or are being dropped (roles api, audit, job)."""
        found = await self._session.scalars(
            select(log_expired.c.year).where(log_expired.c.csa == self._csa).limit(_YEARS_MAX)
        )
        return frozenset(found)

    async def shards(self) -> list[int]:
        """Return every shard there ever was, oldest first."""
        found = await self._session.scalars(
            select(log_shard.c.shard).where(log_shard.c.csa == self._csa).limit(_SHARDS_MAX)
        )
        return sorted(found)

    async def largest_head(self, shard: int) -> str | None:
        """Return the note of a shard's largest head with its witnesses' lines, or None."""
        heads = await self._session.execute(
            select(log_head.c.size, log_head.c.note)
            .where(log_head.c.csa == self._csa)
            .where(log_head.c.shard == shard)
            .order_by(log_head.c.size.desc())
            .limit(1)
        )
        head = heads.first()
        if head is None:
            return None
        return await with_cosignatures(self._session, self._csa, shard, head)

    async def first_leaf(self, shard: int) -> int | None:
        """Return the index of the first leaf that is left of a shard, or None."""
        found = await self._session.scalars(
            select(leaf.c.leaf_index)
            .where(leaf.c.csa == self._csa)
            .where(leaf.c.shard == shard)
            .order_by(leaf.c.leaf_index)
            .limit(1)
        )
        return found.first()

    async def leaves(self, shard: int, first: int) -> list[bytes]:
        """Return the leaves from this one on, as many as a slice has; none where one lacks."""
        found = await self._session.execute(
            select(leaf.c.leaf_index, leaf.c.hash)
            .where(leaf.c.csa == self._csa)
            .where(leaf.c.shard == shard)
            .where(leaf.c.leaf_index >= first)
            .order_by(leaf.c.leaf_index)
            .limit(LEAVES_A_SLICE)
        )
        rows = found.all()
        dense = [row.hash for place, row in enumerate(rows, first) if row.leaf_index == place]
        return dense if len(dense) == len(rows) else []

    async def names_any(self, refs: Sequence[bytes]) -> bool:
        """Return whether any entry is found by one of these references of children."""
        wanted = bindparam("refs", list(refs), type_=ARRAY(LargeBinary))
        found = await self._session.scalars(
            select(access_subject.c.year)
            .where(access_subject.c.csa == self._csa)
            .where(access_subject.c.ref == any_(wanted))
            .limit(1)
        )
        return found.first() is not None

    async def expire(self, year: int, at: datetime) -> None:
        """Say that a year is dropped. The database refuses one younger than six years."""
        await self._session.execute(insert(log_expired).values(csa=self._csa, year=year, at=at))

    async def drop_pointing(self, table: Table, year: int, slice_: int) -> int:
        """Drop the rows of a year and before in one of SLICES slices; return how many."""
        gone = (
            delete(table)
            .where(table.c.csa == self._csa)
            .where(table.c.year <= year)
            .where(table.c.ref >= bytes((slice_,)))
        )
        if slice_ + 1 < SLICES:
            gone = gone.where(table.c.ref < bytes((slice_ + 1,)))
        return await self._count(gone)

    async def drop_tiles(self, shard: int) -> int:
        """Drop the tiles of a shard that hold its leaves; return how many."""
        return await self._count(
            delete(tile)
            .where(tile.c.csa == self._csa)
            .where(tile.c.shard == shard)
            .where(tile.c.level == 0)
        )

    async def drop_leaves(self, shard: int) -> int:
        """Drop the next slice of a shard's leaves, with their entries; return how many."""
        first = await self.first_leaf(shard)
        if first is None:
            return 0
        gone = await self._session.execute(
            delete(leaf)
            .where(leaf.c.csa == self._csa)
            .where(leaf.c.shard == shard)
            .where(leaf.c.leaf_index < first + LEAVES_A_SLICE)
            .returning(leaf.c.entry_id)
        )
        rows = gone.all()
        entries = [row.entry_id for row in rows if row.entry_id is not None]
        await self._drop_named(access_entry, entries)
        await self._drop_named(exchange, entries)  # after their entries: the walls ask
        return len(rows)

    async def _drop_named(self, table: Table, entries: Sequence[UUID]) -> None:
        wanted = bindparam("entries", list(entries), type_=ARRAY(Uuid))
        await self._session.execute(
            delete(table).where(table.c.csa == self._csa).where(table.c.entry_id == any_(wanted))
        )

    async def _count(self, gone: Any) -> int:
        done = await self._session.execute(gone)
        return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result has it
