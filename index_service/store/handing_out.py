"""A whole shard of the log and every child's row, as auditors hand them out (role audit)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Text, Uuid, bindparam, select

from index_service.domain.errors import Unavailable
from index_service.store.compiled import compiled
from index_service.store.log_reading import LogSnapshot
from index_service.store.log_tables import access_entry, leaf
from index_service.store.reading import LOST
from index_service.store.tables import SEALED_COLUMNS, child

AT_ONCE = 1_000
_BEFORE_ALL = UUID(int=0)
_CSA = bindparam("csa", type_=Text)

_STORED = compiled(
    select(
        leaf.c.leaf_index,
        leaf.c.hash,
        leaf.c.pad_blind,
        access_entry.c.entry_id,
        access_entry.c.at,
        access_entry.c.sealed,
    )
    .select_from(leaf)
    .outerjoin(
        access_entry,
        (access_entry.c.csa == leaf.c.csa) & (access_entry.c.entry_id == leaf.c.entry_id),
    )
    .where(leaf.c.csa == _CSA)
    .where(leaf.c.shard == bindparam("shard", type_=Integer))
    .where(leaf.c.leaf_index >= bindparam("first", type_=BigInteger))
    .where(leaf.c.leaf_index < bindparam("end", type_=BigInteger))
    .order_by(leaf.c.leaf_index)
    .limit(AT_ONCE)
)
_CHILDREN = compiled(
    select(child.c.child_id, *(child.c[name] for name in SEALED_COLUMNS))
    .where(child.c.csa == _CSA)
    .where(child.c.child_id > bindparam("after", type_=Uuid))
    .order_by(child.c.child_id)
    .limit(AT_ONCE)
)


class StoredLeaf(NamedTuple):
    """A leaf of the tree, and what stands behind it: an entry, or the blind of padding."""

    leaf_index: int
    leaf: bytes
    pad_blind: bytes | None
    entry_id: UUID | None
    at: datetime
    sealed: bytes


class ChildRow(NamedTuple):
    """A child's id and the sealed columns of the row, in the order of the table."""

    child_id: UUID
    columns: tuple[bytes, ...]


class HandingOut(LogSnapshot):
    """What one command hands out, all of one moment."""

    async def begin(self) -> None:
        """Let the moment be now; asked for anything, it would be then."""
        await self.newest_shard()

    async def stored(self, shard: int, size: int) -> AsyncIterator[StoredLeaf]:
        """Yield the leaves of a shard up to a size."""
        for first in range(0, size, AT_ONCE):
            end = min(first + AT_ONCE, size)
            for row in await self._log(_STORED, shard=shard, first=first, end=end):
                yield StoredLeaf(*row)

    async def children(self) -> AsyncIterator[ChildRow]:
        """Yield every child's row."""
        after = _BEFORE_ALL
        while rows := await self._log(_CHILDREN, after=after):
            for child_id, *columns in rows:
                yield ChildRow(child_id, tuple(columns))
                after = child_id


@asynccontextmanager
async def handing_out(pool: Any, csa: str) -> AsyncIterator[HandingOut]:
    """Open one REPEATABLE READ READ ONLY transaction; Unavailable if the way is closed."""
    try:
        async with (
            pool.acquire(timeout=5) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield HandingOut(connection, csa)
    except LOST as lost:
        raise Unavailable from lost
