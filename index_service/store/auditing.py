"""The access log as auditors go through it (role audit): in order of time, as of one moment.

An entry's moment is taken before it is committed, so one may come to stand before entries
that were shown already. `Settled` leaves out whatever was not committed when the first page
was asked for: every page is of one and the same log, whoever appends meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import UserDefinedType

from index_service.store.cosigned import with_cosignatures
from index_service.store.entries import rows_of
from index_service.store.log_tables import access_actor, access_entry, cosignature, leaf, log_head
from index_service.store.tables import child

# No append goes on for so long; before that, a transaction's number need not be compared,
# which only tells old from new while they are fewer than two thousand million apart.
SETTLES_IN = timedelta(hours=1)
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Settled:
    """When the first page was asked for, and the oldest transaction not yet over then."""

    at: datetime
    horizon: int


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment until before another, after an entry shown already."""

    since: datetime
    until: datetime
    after: tuple[datetime, UUID] | None = None


class _TransactionId(UserDefinedType[str]):
    """PostgreSQL's number of a transaction, as rows carry it."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Return the type's name."""
        return "xid"


def _is_settled(settled: Settled) -> ColumnElement[bool]:
    # Transaction numbers wrap: which is older, only the database can say.
    horizon = literal(str(settled.horizon % 2**32), Text)
    oldest_open: ColumnElement[int] = func.age(cast(horizon, _TransactionId))
    own: ColumnElement[int] = func.age(literal_column("access_entry.xmin"))
    return or_(access_entry.c.at < settled.at - SETTLES_IN, own > oldest_open)


class Auditing:
    """Statements of auditors' stories on one authority's log, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def horizon(self) -> int:
        """Return the number below which every transaction is over."""
        found = await self._session.scalars(
            select(func.pg_snapshot_xmin(func.pg_current_snapshot()).cast(Text))
        )
        return int(found.one())

    async def oldest(self) -> datetime | None:
        """Return the moment of the oldest entry there is."""
        entry = access_entry.c
        found = await self._session.scalars(
            select(entry.at).where(access_entry.c.csa == self._csa).order_by(entry.at).limit(1)
        )
        return found.first()

    async def by_time(self, span: Span, settled: Settled, limit: int) -> list[Any]:
        """Return the next sealed entries in order of time and id."""
        entry = access_entry.c
        found = (
            select(entry.entry_id, entry.at, entry.leaf, entry.sealed)
            .where(access_entry.c.csa == self._csa)
            .where(entry.at >= span.since)
            .where(entry.at < span.until)
            .where(_is_settled(settled))
            .order_by(entry.at, entry.entry_id)
            .limit(limit)
        )
        if span.after is not None:
            at, entry_id = span.after
            place = tuple_(literal(at), literal(entry_id, Uuid))
            found = found.where(tuple_(entry.at, entry.entry_id) > place)
        return list(await self._session.execute(found))

    async def moments(self, ids: Sequence[UUID], settled: Settled) -> list[Any]:
        """Return (entry_id, at, settled) of these entries, of those that are there."""
        wanted = (
            select(
                access_entry.c.entry_id,
                access_entry.c.at,
                _is_settled(settled).label("settled"),
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

    async def actors(self, refs: Sequence[bytes]) -> list[Any]:
        """Return (ref, sealed) of an account's entries by its days; OverTheBound past 100,000."""
        return await rows_of(self._session, self._csa, access_actor, refs)

    async def leaves(self, ids: Sequence[UUID]) -> dict[UUID, Any]:
        """Return (entry_id, shard, leaf_index, hash) of these entries, by id; of those sealed."""
        wanted = (
            select(leaf.c.entry_id, leaf.c.shard, leaf.c.leaf_index, leaf.c.hash)
            .where(leaf.c.csa == self._csa)
            .where(leaf.c.entry_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .limit(_AT_ONCE)
        )
        found: dict[UUID, Any] = {}
        for begin in range(0, len(ids), _AT_ONCE):
            some = {"ids": list(ids[begin : begin + _AT_ONCE])}
            rows = await self._session.execute(wanted, some)
            found |= {row.entry_id: row for row in rows}
        return found

    async def head_over(self, shard: int, leaf_index: int) -> str | None:
        """Return a shard's newest head over a leaf, its cosignatures below it, or None.

        A cosigned one before any other: the newest one's cosignatures may be seconds away.
        """
        cosigned = (
            exists()
            .where(cosignature.c.csa == log_head.c.csa)
            .where(cosignature.c.shard == log_head.c.shard)
            .where(cosignature.c.size == log_head.c.size)
        )
        found = await self._session.execute(
            select(log_head.c.size, log_head.c.note)
            .where(log_head.c.csa == self._csa)
            .where(log_head.c.shard == shard)
            .where(log_head.c.size > leaf_index)
            .order_by(cosigned.desc(), log_head.c.size.desc(), log_head.c.kind)
            .limit(1)
        )
        head = found.first()
        if head is None:
            return None
        return await with_cosignatures(self._session, self._csa, shard, head)

    async def children(self, after: UUID | None) -> list[UUID]:
        """Return the next 5,000 ids of the records there are, in order, after one of them."""
        found = (
            select(child.c.child_id)
            .where(child.c.csa == self._csa)
            .order_by(child.c.child_id)
            .limit(_AT_ONCE)
        )
        if after is not None:
            found = found.where(child.c.child_id > after)
        return list(await self._session.scalars(found))
