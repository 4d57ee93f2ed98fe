"""Questions that wait for a peer without a port: leased to one claimant at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    insert,
    null,
    or_,
    select,
    update,
)

from index_service.domain.errors import Unavailable
from index_service.store.compiled import Compiled, compiled
from index_service.store.federation_tables import peer_work
from index_service.store.reading import LOST

_CSA = bindparam("csa", type_=Text)
_NOW = bindparam("now", type_=DateTime(timezone=True))
_UNTIL = bindparam("until", type_=DateTime(timezone=True))
_LEASE = bindparam("claimant", type_=Uuid)
_PEER = bindparam("peer", type_=Text)
_ID = bindparam("id", type_=Uuid)
_SEALED = bindparam("text", type_=LargeBinary)

_PUT = compiled(insert(peer_work).values(csa=_CSA, id=_ID, peer=_PEER, due_at=_NOW, sealed=_SEALED))
_FREE = (
    select(peer_work.c.id)
    .where(peer_work.c.csa == _CSA)
    .where(peer_work.c.peer == _PEER)
    .where(or_(peer_work.c.lease_until.is_(None), peer_work.c.lease_until < _NOW))
    .order_by(peer_work.c.due_at, peer_work.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CLAIM = compiled(
    update(peer_work)
    .where(peer_work.c.csa == _CSA, peer_work.c.id.in_(_FREE))
    .values(lease=_LEASE, lease_until=_UNTIL)
    .returning(peer_work.c.id, peer_work.c.sealed)
)
# Answered for good: leased to nobody, and never free again.
_ANSWERED = compiled(
    update(peer_work)
    .where(peer_work.c.csa == _CSA, peer_work.c.id == _ID, peer_work.c.peer == _PEER)
    .where(peer_work.c.lease == _LEASE, peer_work.c.lease_until >= _NOW)
    .values(lease=null(), lease_until=_UNTIL, sealed=_SEALED)
    .returning(peer_work.c.id)
)
_HEARD = compiled(
    select(peer_work.c.sealed)
    .where(peer_work.c.csa == _CSA, peer_work.c.id == _ID, peer_work.c.lease.is_(None))
    .where(peer_work.c.lease_until.is_not(None))
    .limit(1)
)
_DROP = compiled(
    delete(peer_work)
    .where(peer_work.c.csa == _CSA)
    .where(peer_work.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)
_FORGET = compiled(delete(peer_work).where(peer_work.c.csa == _CSA, peer_work.c.due_at < _NOW))


class Waiting(NamedTuple):
    """One question that waits, or was leased: sealed."""

    id: UUID
    sealed: bytes


class PeerWork:
    """The queue of one authority; every statement is a transaction of its own."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    async def put(self, row: Waiting, peer: str, now: datetime) -> None:
        """Add a question for a peer."""
        await self._run(_PUT, id=row.id, peer=peer, now=now, text=row.sealed)

    async def claim(
        self, peer: str, lease: UUID, span: tuple[datetime, datetime], most: int
    ) -> list[Waiting]:
        """Lease what waits for a peer, from now until then: to this claimant and nobody else."""
        now, until = span
        values = {"peer": peer, "claimant": lease, "now": now, "until": until, "most": most}
        return [Waiting(row["id"], row["sealed"]) for row in await self._run(_CLAIM, **values)]

    async def answered(
        self, row: Waiting, peer: str, lease: UUID, span: tuple[datetime, datetime]
    ) -> bool:
        """Keep an answer if its lease still holds; return whether it did."""
        now, until = span
        values = {"id": row.id, "peer": peer, "claimant": lease, "text": row.sealed}
        return bool(await self._run(_ANSWERED, now=now, until=until, **values))

    async def heard(self, work_id: UUID) -> bytes | None:
        """Return the sealed answer to a question, or None while there is none."""
        rows = await self._run(_HEARD, id=work_id)
        return bytes(rows[0]["sealed"]) if rows else None

    async def drop(self, ids: Sequence[UUID]) -> None:
        """Remove questions, answered or not."""
        await self._run(_DROP, ids=list(ids))

    async def forget(self, before: datetime) -> None:
        """Remove what nobody waits for any more: left behind by a process that ended."""
        await self._run(_FORGET, now=before)

    async def _run(self, statement: Compiled, **values: Any) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=5) as connection:
                arguments = statement.arguments(csa=self._csa, **values)
                return list(await connection.fetch(statement.sql, *arguments))
        except LOST as lost:
            raise Unavailable from lost
