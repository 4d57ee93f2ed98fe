"""One read-only snapshot of an index, for lookups and reads, on asyncpg directly."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, Date, LargeBinary, Text, Uuid, any_, bindparam, func, select
from sqlalchemy.sql import Select

from index_service.domain.errors import Unavailable
from index_service.store.compiled import Compiled, compiled
from index_service.store.federation_tables import region_token
from index_service.store.log_tables import charge
from index_service.store.tables import (
    account,
    agency,
    agreement,
    case_row,
    child,
    child_token,
    directory,
    feed_source,
    matter,
    practitioner,
    proposal,
    work_token,
)

POINTERS_MAX = 5000
"""Guards the machine. What an asker calls too many is decided on what is visible."""

CASES_MAX = 2000
WHO_MAX = 64  # what an account, its mediator or a peer has used, and of which children
AGENCIES_MAX = 5000

_CSA = bindparam("csa", type_=Text)

# Whatever means "the database cannot be asked now": the way is closed, not the answer no.
LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a backend ended while its answer was being read
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
)


class OverTheBound(Exception):  # noqa: N818 (the finding of a check)
    """More rows than any question may touch: an error, never a silently cut answer."""


def _newest_agreement() -> Any:
    newest = (
        select(agreement.c.version)
        .where(agreement.c.csa == _CSA)
        .order_by(agreement.c.version.desc())
        .limit(1)
    )
    return newest.scalar_subquery()


_STANDING = compiled(
    select(
        account.c.account_id,
        account.c.sealed,
        directory.c.version.label("directory"),
        _newest_agreement().label("agreement"),
    )
    .select_from(account)
    .join(directory, directory.c.csa == account.c.csa)
    .where(account.c.csa == _CSA)
    .where(account.c.login == bindparam("login", type_=LargeBinary))
    .limit(1)
)

_ACCOUNT = compiled(
    select(account.c.account_id, account.c.agency_id, account.c.sealed)
    .where(account.c.csa == _CSA)
    .where(account.c.account_id == bindparam("account_id", type_=Uuid))
    .limit(1)
)

_IN_FORCE = compiled(
    select(directory.c.version.label("directory"), _newest_agreement().label("agreement"))
    .where(directory.c.csa == _CSA)
    .limit(1)
)


def _pointers(table: Any) -> Compiled:
    return compiled(
        select(table.c.token, table.c.pointer)
        .where(table.c.csa == _CSA)
        .where(table.c.token == any_(bindparam("tokens", type_=ARRAY(LargeBinary))))
        .limit(POINTERS_MAX + 1)
    )


_POINTERS = _pointers(child_token)
_REGION_POINTERS = _pointers(region_token)


def _children(*columns: str) -> Select[Any]:
    return (
        select(child.c.child_id, child.c.wrap_key_id, child.c.wrapped_key, child.c.policy)
        .add_columns(*(child.c[name] for name in columns))
        .where(child.c.csa == _CSA)
        .where(child.c.child_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
        .limit(POINTERS_MAX)
    )


_CANDIDATES = compiled(
    _children(
        "identity", "tracing", "identifier_nhs_number", "identifier_upn", "identifier_case_number"
    )
)

_POLICIES = compiled(_children())

_WHOLE = compiled(
    _children(
        "identity",
        "tracing",
        "identifier_nhs_number",
        "identifier_upn",
        "identifier_case_number",
        "whereabouts",
        "carers",
        "settings",
        "provenance",
        "identity_more",
        "tracing_more",
    )
    .order_by(child.c.child_id == bindparam("other", type_=Uuid))
    .limit(1)
)

_FURTHER = compiled(
    select(child.c.child_id, child.c.identity_more, child.c.tracing_more)
    .where(child.c.csa == _CSA)
    .where(child.c.child_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .limit(POINTERS_MAX)
)

_WORK = compiled(
    select(work_token.c.token, work_token.c.pointer)
    .where(work_token.c.csa == _CSA)
    .where(work_token.c.token == any_(bindparam("tokens", type_=ARRAY(LargeBinary))))
    .limit(POINTERS_MAX + 1)
)

_CASES = compiled(
    select(case_row.c.id, case_row.c.child_ref, case_row.c.sealed)
    .where(case_row.c.csa == _CSA)
    .where(case_row.c.child_ref == any_(bindparam("refs", type_=ARRAY(LargeBinary))))
    .limit(CASES_MAX + 1)
)

_AGREEMENT = compiled(
    select(agreement.c.sealed)
    .where(agreement.c.csa == _CSA)
    .where(agreement.c.version == bindparam("version"))
    .limit(1)
)


_AGENCIES = compiled(
    select(agency.c.agency_id, agency.c.sealed).where(agency.c.csa == _CSA).limit(AGENCIES_MAX)
)

_SOURCES = compiled(
    select(feed_source.c.source, feed_source.c.agency_id, feed_source.c.as_of)
    .where(feed_source.c.csa == _CSA)
    .limit(AGENCIES_MAX)
)

_PRACTITIONERS = compiled(
    select(
        practitioner.c.practitioner_id,
        practitioner.c.wrap_key_id,
        practitioner.c.wrapped_key,
        practitioner.c.sealed,
    )
    .where(practitioner.c.csa == _CSA)
    .where(practitioner.c.practitioner_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .limit(AGENCIES_MAX)
)

_MATTERS = compiled(
    select(matter.c.id, matter.c.wrap_key_id, matter.c.wrapped_key, matter.c.sealed)
    .where(matter.c.csa == _CSA)
    .where(matter.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .limit(POINTERS_MAX)
)

_PROPOSALS = compiled(
    select(proposal.c.id, proposal.c.sealed)
    .where(proposal.c.csa == _CSA)
    .where(proposal.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .limit(POINTERS_MAX)
)

_SPENT = compiled(
    select(charge.c.who, func.count().label("spent"))
    .where(charge.c.csa == _CSA)
    .where(charge.c.day == bindparam("day", type_=Date))
    .where(charge.c.who == any_(bindparam("who", type_=ARRAY(LargeBinary))))
    .group_by(charge.c.who)
    .limit(WHO_MAX)
)


class Snapshot:
    """What one request sees: every method reads the same instant of one authority."""

    def __init__(self, connection: Any, csa: str) -> None:
        self._connection = connection
        self._csa = csa  # bound at construction: no query can forget it

    async def standing(self, login: bytes) -> Any | None:
        """Return the account of a login with newest agreement and directory version."""
        return await self._connection.fetchrow(
            _STANDING.sql, *_STANDING.arguments(csa=self._csa, login=login)
        )

    async def in_force(self) -> Any:
        """Return the newest directory and agreement versions, for an asker without an account."""
        return await self._connection.fetchrow(_IN_FORCE.sql, *_IN_FORCE.arguments(csa=self._csa))

    async def account(self, account_id: UUID) -> Any | None:
        """Return the sealed account of this id, or None."""
        return await self._connection.fetchrow(
            _ACCOUNT.sql, *_ACCOUNT.arguments(csa=self._csa, account_id=account_id)
        )

    async def pointers(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) of every row under these tokens; OverTheBound past 5,000."""
        return await self._led_to(_POINTERS, tokens)

    async def region_pointers(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return likewise of the tokens made of the region's digests."""
        return await self._led_to(_REGION_POINTERS, tokens)

    async def _led_to(self, statement: Compiled, tokens: Sequence[bytes]) -> list[Any]:
        arguments = statement.arguments(csa=self._csa, tokens=tokens)
        rows = await self._connection.fetch(statement.sql, *arguments)
        if len(rows) > POINTERS_MAX:
            raise OverTheBound
        return list(rows)

    async def candidates(self, ids: Sequence[UUID]) -> list[Any]:
        """Return the sealed parts a search may compare, of those children that exist."""
        return list(
            await self._connection.fetch(
                _CANDIDATES.sql, *_CANDIDATES.arguments(csa=self._csa, ids=ids)
            )
        )

    async def further(self, ids: Sequence[UUID]) -> list[Any]:
        """Return the further parts of these children: names their usual parts do not hold."""
        return list(
            await self._connection.fetch(_FURTHER.sql, *_FURTHER.arguments(csa=self._csa, ids=ids))
        )

    async def whole_or(self, child_id: UUID, other: UUID) -> Any | None:
        """Return every sealed part of one child, or of the other where that one is not there.

        One row is read and sent either way, so that one that is not there takes as long.
        """
        return await self._connection.fetchrow(
            _WHOLE.sql, *_WHOLE.arguments(csa=self._csa, ids=[child_id, other], other=other)
        )

    async def cases(self, refs: Sequence[bytes]) -> list[Any]:
        """Return the sealed case rows of these children; OverTheBound past 2,000."""
        rows = await self._connection.fetch(_CASES.sql, *_CASES.arguments(csa=self._csa, refs=refs))
        if len(rows) > CASES_MAX:
            raise OverTheBound
        return list(rows)

    async def spent(self, day: date, who: Sequence[bytes]) -> dict[bytes, int]:
        """Return how many charges stand under each of these on a day (UTC), none left out."""
        rows = await self._connection.fetch(
            _SPENT.sql, *_SPENT.arguments(csa=self._csa, day=day, who=who)
        )
        return {bytes(row["who"]): row["spent"] for row in rows}

    async def work(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) of caseloads or waiting records; OverTheBound past 5,000."""
        rows = await self._connection.fetch(
            _WORK.sql, *_WORK.arguments(csa=self._csa, tokens=tokens)
        )
        if len(rows) > POINTERS_MAX:
            raise OverTheBound
        return list(rows)

    async def policies(self, ids: Sequence[UUID]) -> list[Any]:
        """Return what is needed to open the policies of these children."""
        return list(
            await self._connection.fetch(
                _POLICIES.sql, *_POLICIES.arguments(csa=self._csa, ids=ids)
            )
        )

    async def matters(self, ids: Sequence[UUID]) -> list[Any]:
        """Return the sealed rows of these matters, of those that are there."""
        return list(
            await self._connection.fetch(_MATTERS.sql, *_MATTERS.arguments(csa=self._csa, ids=ids))
        )

    async def proposals(self, ids: Sequence[UUID]) -> list[Any]:
        """Return (id, sealed) of these proposed agreements, of those that are there."""
        return list(
            await self._connection.fetch(
                _PROPOSALS.sql, *_PROPOSALS.arguments(csa=self._csa, ids=ids)
            )
        )

    async def practitioners(self, ids: Sequence[UUID]) -> list[Any]:
        """Return the sealed rows of these practitioners."""
        return list(
            await self._connection.fetch(
                _PRACTITIONERS.sql, *_PRACTITIONERS.arguments(csa=self._csa, ids=ids)
            )
        )

    async def agreement(self, version: int) -> bytes:
        """Return the sealed agreement of a version that standing() named."""
        found = await self._connection.fetchval(
            _AGREEMENT.sql, *_AGREEMENT.arguments(csa=self._csa, version=version)
        )
        return bytes(found)

    async def agencies(self) -> list[Any]:
        """Return (agency_id, sealed) of every agency."""
        found = await self._connection.fetch(_AGENCIES.sql, *_AGENCIES.arguments(csa=self._csa))
        return list(found)

    async def sources(self) -> list[Any]:
        """Return (source, agency_id, as_of) of every feed source."""
        found = await self._connection.fetch(_SOURCES.sql, *_SOURCES.arguments(csa=self._csa))
        return list(found)


@asynccontextmanager
async def snapshot(pool: Any, csa: str) -> AsyncIterator[Snapshot]:
    """Open one REPEATABLE READ READ ONLY transaction; Unavailable if the way is closed."""
    try:
        async with (
            pool.acquire(timeout=5) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Snapshot(connection, csa)
    except LOST as lost:
        raise Unavailable from lost


async def answers(pool: Any, seconds_max: float) -> bool:
    """Return whether the database answers on this way within so many seconds."""
    try:
        async with pool.acquire(timeout=seconds_max) as connection:
            await connection.fetchval("select 1", timeout=seconds_max)
    except LOST:
        return False
    return True
