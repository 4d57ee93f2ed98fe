"""The connection that appends is kept while batches follow one another, and no longer."""

import asyncio
from typing import Any

import asyncpg
import pytest

from demo.postgres import SUPERUSER, Postgres
from index_service.store.engines import pool_for
from index_service.store.kept_connection import IDLE_S, KeptConnection
from tests.store.conftest import Connect

CSA = "northmere"
NOTE = "select set_config('application_name', $1, false)"
OURS = "select pid, application_name from pg_stat_activity where application_name like 'kept%'"


async def named(connect: Connect) -> dict[int, str]:
    async with connect(SUPERUSER) as connection:
        return {row[0]: row[1] for row in await connection.fetch(OURS)}


async def test_uses_one_after_another_share_a_connection_and_then_it_is_given_back(
    postgres: Postgres, two: str, connect: Connect
) -> None:
    pool = await pool_for(postgres.url("{role}", two), CSA, "api", 1)
    try:
        kept = KeptConnection(pool)
        await kept.execute(NOTE, ["kept 1"])
        assert pool.get_idle_size() == 0
        first = await named(connect)
        await kept.execute(NOTE, ["kept 2"])
        assert dict.fromkeys(first, "kept 2") == await named(connect)
        await asyncio.sleep(4 * IDLE_S)
        assert pool.get_idle_size() == 1
        async with asyncio.timeout(5):
            await pool.close()
    finally:
        pool.terminate()


async def test_a_connection_that_was_ended_meanwhile_is_not_used_again(
    postgres: Postgres, two: str, connect: Connect
) -> None:
    pool = await pool_for(postgres.url("{role}", two), CSA, "api", 1)
    try:
        kept = KeptConnection(pool)
        async with connect(SUPERUSER) as connection:  # before, as it takes longer than one is kept
            await kept.execute(NOTE, ["kept 3"])
            ended = "select pg_terminate_backend(pid) from pg_stat_activity"
            await connection.execute(f"{ended} where application_name = 'kept 3'")
            await asyncio.sleep(IDLE_S / 5)
            assert pool.get_idle_size() == 0
        await kept.execute(NOTE, ["kept 4"])
        assert list((await named(connect)).values()) == ["kept 4"]
    finally:
        pool.terminate()


async def test_after_an_error_the_connection_is_the_pools_and_the_next_use_has_one(
    postgres: Postgres, two: str
) -> None:
    pool: Any = await pool_for(postgres.url("{role}", two), CSA, "api", 1)
    try:
        kept = KeptConnection(pool)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await kept.execute("select 1 / $1::int", [0])
        assert pool.get_idle_size() == 1
        await kept.execute(NOTE, ["kept 5"])
    finally:
        pool.terminate()


async def test_a_use_cut_short_does_not_share_its_connection_with_the_next(
    postgres: Postgres, two: str
) -> None:
    pool: Any = await pool_for(postgres.url("{role}", two), CSA, "api", 1)
    try:
        kept = KeptConnection(pool)
        await kept.execute(NOTE, ["kept 6"])
        slow = asyncio.create_task(kept.execute("select pg_sleep($1)", [30.0]))
        await asyncio.sleep(0.1)
        with pytest.raises(TimeoutError):  # the pool has no other, and waits a second for one
            await kept.execute(NOTE, ["kept 7"])
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        await kept.execute(NOTE, ["kept 8"])
    finally:
        pool.terminate()
