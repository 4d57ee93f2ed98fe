"""The walls: a role sees and writes its own authority's rows, whatever it says or sets."""

from typing import Any

import asyncpg
import pytest

from demo.postgres import SUPERUSER
from index_service.store.enrolment import DUTIES
from index_service.store.tables import GOVERNED
from tests.store.conftest import AUTHORITIES, Connect, row_of

NOBODY_TAKES_BACK = {
    "access_entry",
    "access_subject",
    "access_actor",
    "exchange",
    "leaf",
    "tile",
    "log_shard",
    "log_head",
    "cosignature",
    "log_expired",
}
TABLES = pytest.mark.parametrize("table", GOVERNED, ids=lambda table: table.name)
OURS = "northmere_feed"


async def seen(connection: Any, table: str) -> set[str] | None:
    """Return whose rows a connection sees; None if it may not look at all."""
    try:
        return {row["csa"] for row in await connection.fetch(f"select csa from {table}")}
    except asyncpg.InsufficientPrivilegeError:
        return None


@TABLES
async def test_the_rows_are_there_for_whoever_may_bypass_the_walls(
    connect: Connect, table: Any
) -> None:
    """Else every test below would pass on an empty table."""
    async with connect(SUPERUSER) as connection:
        assert await seen(connection, table.name) == set(AUTHORITIES)


@pytest.mark.parametrize("csa", AUTHORITIES)
@pytest.mark.parametrize("duty", DUTIES)
async def test_a_duty_sees_its_own_authority_in_every_table(
    connect: Connect, csa: str, duty: str
) -> None:
    async with connect(f"{csa}_{duty}") as connection:
        found = [await seen(connection, table.name) for table in GOVERNED]
    looked = [each for each in found if each is not None]
    assert all(each == {csa} for each in looked)
    assert looked or duty in ("tripwire", "seal")  # no grants yet


@TABLES
async def test_the_owner_of_the_tables_sees_and_writes_nothing(
    connect: Connect, table: Any
) -> None:
    """Row-level security is forced: the role that migrates moves no data."""
    async with connect("index_owner") as connection:
        assert await seen(connection, table.name) == set()
        if table.name not in NOBODY_TAKES_BACK:  # there it may not even ask: test_grants.py
            assert await connection.execute(f"delete from {table.name}") == "DELETE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(*row_of(table, "northmere"))


async def test_a_role_nobody_enrolled_sees_nothing(connect: Connect) -> None:
    async with connect(SUPERUSER) as connection:
        await connection.execute("create role stranger login in role index_feed, index_api")
    try:
        async with connect("stranger") as connection:
            found = [await seen(connection, table.name) for table in GOVERNED]
        assert {frozenset(each) for each in found if each is not None} == {frozenset()}
    finally:
        async with connect(SUPERUSER) as connection:
            await connection.execute("drop role stranger")


SETTINGS = (
    "select set_config('session_authorization', 'camfield_feed', false)",
    "select set_config('role', 'camfield_feed', false)",
    "select set_config('app.csa', 'camfield', false)",
    "select set_config('row_security', 'off', false)",
    "set session authorization camfield_feed",
    "set local session authorization camfield_feed",
    "set session authorization postgres",
    "set session authorization default",
    "reset session authorization",
    "set role camfield_feed",
    "set role index_owner",
    "set role index_feed",
    "set role none",
    "set row_security = off",
    "set csa = 'camfield'",
    "set search_path = pg_temp, public",
    "create temp table csa_role as select 'northmere_feed'::text role, 'camfield'::text csa",
    "create function session_user() returns name language sql as $$select 'camfield_feed'::name$$",
    "update csa_role set csa = 'camfield' where role = 'northmere_feed'",
    "insert into csa_role values ('northmere_feed', 'camfield', 'feed')",
    "alter table child disable row level security",
    "alter role northmere_feed bypassrls",
    "drop policy own_authority on child",
    "grant camfield_feed to northmere_feed",
)


@pytest.mark.parametrize("trick", SETTINGS)
async def test_nothing_that_can_be_said_to_the_server_opens_a_wall(
    connect: Connect, trick: str
) -> None:
    """Either it is refused, or it changes nothing: only session_user decides."""
    async with connect(OURS) as connection:
        for statement in ("select 1", trick):
            try:
                await connection.execute(statement)
            except asyncpg.PostgresError:
                assert statement == trick
        for table in ("child", "guard_token", "case_row"):
            assert await seen(connection, f"public.{table}") in ({"northmere"}, None)
            assert await seen(connection, table) in ({"northmere"}, None)


STARTUP = (
    {"role": "camfield_feed"},
    {"session_authorization": "camfield_feed"},
    {"session_authorization": "postgres"},
    {"options": "-c role=camfield_feed"},
    {"options": "-c session_authorization=camfield_feed"},
    {"options": "-c row_security=off"},
    {"options": "-c role=index_owner"},
    {"search_path": "pg_temp, public"},
    {"is_superuser": "on"},
)


@pytest.mark.parametrize("startup", STARTUP, ids=str)
async def test_nothing_asked_for_at_the_start_opens_a_wall(
    connect: Connect, startup: dict[str, str]
) -> None:
    try:
        async with connect(OURS, **startup) as connection:
            found = await seen(connection, "child")
    except (asyncpg.InsufficientPrivilegeError, asyncpg.CantChangeRuntimeParamError):
        found = None  # not even let in
    assert found in ({"northmere"}, None)


@pytest.mark.parametrize("table", ["child", "guard_token", "case_row", "access_entry", "account"])
async def test_no_row_is_written_for_another_authority(connect: Connect, table: str) -> None:
    (known,) = [each for each in GOVERNED if each.name == table]
    role = "northmere_api" if table == "account" else OURS
    async with connect(role) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(*row_of(known, "camfield"))


async def test_no_row_is_moved_to_or_changed_or_removed_from_another_authority(
    connect: Connect,
) -> None:
    async with connect(OURS) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute("update case_row set csa = 'camfield'")
        change = "update child set policy = '' where csa = 'camfield'"
        assert await connection.execute(change) == "UPDATE 0"
        removal = "delete from guard_token where csa = 'camfield'"
        assert await connection.execute(removal) == "DELETE 0"


@pytest.mark.parametrize("table", ["child_token", "guard_token", "case_row", "source_record"])
async def test_anothers_key_is_free_to_use(connect: Connect, table: str) -> None:
    """A conflict with a hidden row would tell that it is there (SECURITY 0.8)."""
    (known,) = [each for each in GOVERNED if each.name == table]
    sql, *values = row_of(known, "camfield")
    ours = ["northmere" if value == "camfield" else value for value in values]
    async with connect(OURS) as connection:
        transaction = connection.transaction()
        await transaction.start()
        assert await connection.execute(sql, *ours) == "INSERT 0 1"
        await transaction.rollback()


async def test_copy_is_no_way_in(connect: Connect) -> None:
    """It would write without the walls' check; so bulk writes are INSERT ... SELECT."""
    async with connect(OURS) as connection:
        with pytest.raises(asyncpg.PostgresError, match="COPY FROM not supported"):
            await connection.copy_records_to_table("child_token", records=[("northmere", b"", b"")])
