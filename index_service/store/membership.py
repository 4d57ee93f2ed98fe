"""The region as an index keeps it: directories loaded, members suspended, messages heard."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    LargeBinary,
    Text,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.domain.errors import Unavailable
from index_service.store.compiled import compiled
from index_service.store.federation_tables import (
    exchange,
    peer_nonce,
    peer_suspension,
    region_directory,
)
from index_service.store.locks import lock_number
from index_service.store.reading import LOST

_CSA = bindparam("csa", type_=Text)


# Suspended members beside the newest directory: one row, and so one instant.
_SUSPENDED = (
    select(func.array_agg(peer_suspension.c.member))
    .where(peer_suspension.c.csa == _CSA)
    .limit(1)
    .scalar_subquery()
)
_NEWEST = (
    select(func.max(region_directory.c.version).label("version"), _SUSPENDED.label("suspended"))
    .where(region_directory.c.csa == _CSA)
    .limit(1)
)
_DOCUMENT = (
    select(region_directory.c.document)
    .where(region_directory.c.csa == _CSA)
    .where(region_directory.c.version == bindparam("version", type_=BigInteger))
    .limit(1)
)
_STANDING_NOW = compiled(_NEWEST)
_DOCUMENT_NOW = compiled(_DOCUMENT)
_HEARD = compiled(
    insert(peer_nonce)
    .values(
        csa=_CSA,
        ref=bindparam("ref", type_=LargeBinary),
        at=bindparam("at", type_=DateTime(timezone=True)),
    )
    .on_conflict_do_nothing()
    .returning(peer_nonce.c.ref)
)
_ALONE = select(func.pg_try_advisory_xact_lock(bindparam("lock", type_=BigInteger)))
_FORGET = compiled(
    delete(peer_nonce)
    .where(peer_nonce.c.csa == _CSA)
    .where(peer_nonce.c.at < bindparam("before", type_=DateTime(timezone=True)))
    .where(_ALONE.scalar_subquery())  # two at once would wait for one another's rows
)


class RegionStands(NamedTuple):
    """Which directory is in force, None before there is one, and who is suspended here."""

    version: int | None
    suspended: frozenset[str]


class Membership:
    """Statements on one authority's region, inside one writing transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def stands(self) -> RegionStands:
        """Return which directory is in force, and who is suspended."""
        found = await self._session.execute(_NEWEST, {"csa": self._csa})
        return _stands(found.mappings().one())

    async def document(self, version: int) -> bytes:
        """Return the document of a version that `stands` named."""
        found = await self._session.execute(_DOCUMENT, {"csa": self._csa, "version": version})
        return bytes(found.scalar_one())

    async def hold(self) -> None:
        """Let nobody else load a directory or suspend a member until the end."""
        number = lock_number(self._csa, "region")
        await self._session.execute(select(func.pg_advisory_xact_lock(number)))

    async def load(self, version: int, document: bytes, at: datetime) -> None:
        """Insert a directory; versions are never rewritten."""
        await self._session.execute(
            insert(region_directory).values(
                csa=self._csa, version=version, document=document, at=at
            )
        )

    async def suspend(self, member: str, at: datetime) -> None:
        """Suspend a member; once more changes nothing."""
        row = insert(peer_suspension).values(csa=self._csa, member=member, at=at)
        await self._session.execute(row.on_conflict_do_nothing())

    async def release(self, member: str) -> None:
        """Speak with a member again."""
        await self._session.execute(
            delete(peer_suspension)
            .where(peer_suspension.c.csa == self._csa)
            .where(peer_suspension.c.member == member)
        )

    async def keep_exchange(self, entry_id: UUID, sealed: bytes) -> None:
        """Keep what two authorities said, beside the entry this transaction ends with."""
        await self._session.execute(
            insert(exchange).values(csa=self._csa, entry_id=entry_id, sealed=sealed)
        )


class RegionReader:
    """The region as a request finds it: one statement reads what is in force and who is out."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    async def stands(self) -> RegionStands:
        """Return which directory is in force, and who is suspended; or raise Unavailable."""
        arguments = _STANDING_NOW.arguments(csa=self._csa)
        try:
            async with self._pool.acquire(timeout=5) as connection:
                return _stands(await connection.fetchrow(_STANDING_NOW.sql, *arguments))
        except LOST as lost:
            raise Unavailable from lost

    async def document(self, version: int) -> bytes:
        """Return the document of a version that `stands` named, or raise Unavailable."""
        arguments = _DOCUMENT_NOW.arguments(csa=self._csa, version=version)
        try:
            async with self._pool.acquire(timeout=5) as connection:
                return bytes(await connection.fetchval(_DOCUMENT_NOW.sql, *arguments))
        except LOST as lost:
            raise Unavailable from lost


class Nonces:
    """What was heard, shared by all workers and durable: nothing is heard twice."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    async def first(self, ref: bytes, at: datetime) -> bool:
        """Note a message; return whether it is the first of its kind, or raise Unavailable."""
        arguments = _HEARD.arguments(csa=self._csa, ref=ref, at=at)
        try:
            async with self._pool.acquire(timeout=5) as connection:
                return await connection.fetchval(_HEARD.sql, *arguments) is not None
        except LOST as lost:
            raise Unavailable from lost

    async def forget(self, before: datetime) -> None:
        """Drop what is too old to be heard again anyway."""
        lock = lock_number(self._csa, "nonces")
        arguments = _FORGET.arguments(csa=self._csa, before=before, lock=lock)
        try:
            async with self._pool.acquire(timeout=5) as connection:
                await connection.execute(_FORGET.sql, *arguments)
        except LOST as lost:
            raise Unavailable from lost


def _stands(row: Any) -> RegionStands:
    suspended: Sequence[str] = row["suspended"] or ()
    return RegionStands(row["version"], frozenset(suspended))
