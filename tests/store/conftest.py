"""Two authorities in one database that alembic made, with one row each in every table."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import asyncpg
import pytest
from sqlalchemy import ARRAY, Date, DateTime, Integer, LargeBinary, Table, Text, Uuid

from demo.postgres import SUPERUSER, Postgres
from index_service.store.enrolment import enrol
from index_service.store.tables import GOVERNED
from tests.authority import database_made

AUTHORITIES = ("northmere", "camfield")
Connect = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture(scope="module")
def two(postgres: Postgres, migrated: str) -> Iterator[str]:
    """A database of Northmere and Camfield."""
    with database_made(postgres, migrated) as name, ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, _settle(postgres.url(SUPERUSER, name))).result()
        yield name


async def _settle(url: str) -> None:
    for csa in AUTHORITIES:
        await enrol(url, csa)
    connection: Any = await asyncpg.connect(url)
    try:
        for csa in AUTHORITIES:
            for table in GOVERNED:
                await connection.execute(*row_of(table, csa))
    finally:
        await connection.close()


def row_of(table: Table, csa: str, **differs: object) -> tuple[Any, ...]:
    """Return the statement that inserts an authority's one row, and its values."""
    names = [column.name for column in table.columns]
    year = 2018 if table.name == "log_expired" else 2026
    known = {"year": year, **differs}
    values = [known.get(column.name, _value(column.type, column.name, csa)) for column in table.c]
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    return f"insert into {table.name} ({', '.join(names)}) values ({places})", *values


def _value(kind: Any, name: str, csa: str) -> object:
    """Return the same value for the same name, so that rows refer to one another."""
    if name == "csa":
        return csa
    if isinstance(kind, Uuid):
        return uuid5(NAMESPACE_DNS, f"{name}.{csa}.example")
    values: dict[type, object] = {
        ARRAY: [uuid5(NAMESPACE_DNS, f"{name}.{csa}.example")],
        LargeBinary: f"{name} of {csa}".encode(),
        Text: name,
        Date: date(2026, 5, 5),
        DateTime: datetime(2026, 5, 5, tzinfo=UTC),
        Integer: 1,
    }
    return next(value for known, value in values.items() if isinstance(kind, known))


@pytest.fixture
def connect(postgres: Postgres, two: str) -> Connect:
    """Connect as a role, with whatever a client may ask for at the start."""

    @asynccontextmanager
    async def connected(role: str, /, **startup: str) -> AsyncIterator[Any]:
        url = postgres.url(role, two)
        connection: Any = await asyncpg.connect(url, server_settings=startup or None)
        try:
            yield connection
        finally:
            await connection.close()

    return connected
