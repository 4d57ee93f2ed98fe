"""Each duty has the least it needs; above all, nobody takes anything back out of the access log."""

import asyncpg
import pytest

from index_service.store.enrolment import DUTIES
from index_service.store.tables import metadata
from tests.store.conftest import Connect

# r read, a add, w change, d remove. What is not here is not granted.
NEEDED: dict[str, dict[str, str]] = {
    "api": {
        "csa_role": "r",
        "child": "r",
        "child_token": "r",
        "case_row": "r",
        "work_token": "rad",
        "matter": "raw",
        "asked": "a",
        "proposal": "ra",
        "wrap_key": "r",
        "feed_batch": "r",
        "feed_invalid": "r",
        "feed_source": "ra",
        "agency": "raw",
        "account": "raw",
        "practitioner": "raw",
        "directory": "raw",
        "agreement": "ra",
        "idempotency": "ra",
        "access_entry": "a",
        "log_batch": "a",
        "unnumbered": "rad",
        "charge": "ra",
        "leaf": "r",
        "tile": "r",
        "log_shard": "r",
        "log_head": "r",
        "cosignature": "r",
        "log_expired": "r",
        "region_directory": "ra",
        "peer_suspension": "rad",
        "peer_nonce": "rad",
        "exchange": "a",
        "region_token": "r",
        "region_check": "r",
        "peer_work": "rawd",
        "member_day": "rawd",
        "member_filter": "rad",
        "shield_row": "rad",
        "shield_note": "rad",
    },
    "feed": {
        "csa_role": "r",
        "child": "raw",
        "case_row": "raw",
        "source_record": "raw",
        "feed_batch": "raw",
        "child_token": "rad",
        "guard_token": "rad",
        "work_token": "rad",
        "matter": "raw",
        "feed_invalid": "ra",
        "idempotency": "ra",
        "feed_source": "rw",
        "directory": "rw",
        "agency": "r",
        "account": "r",
        "practitioner": "r",
        "agreement": "r",
        "wrap_key": "r",
        "access_entry": "a",
        "unnumbered": "a",
        "region_directory": "r",
        "peer_suspension": "r",
        "exchange": "a",
        "parcel": "rad",
    },
    "audit": {
        "csa_role": "r",
        "access_entry": "ra",
        "access_subject": "r",
        "access_actor": "r",
        "log_batch": "a",
        "unnumbered": "rad",
        "leaf": "r",
        "tile": "r",
        "log_shard": "r",
        "log_head": "r",
        "cosignature": "r",
        "log_expired": "r",
        "agency": "r",
        "account": "r",
        "practitioner": "r",
        "agreement": "r",
        "directory": "r",
        "child": "r",
        "case_row": "r",
        "work_token": "rad",
        "matter": "ra",
        "exchange": "r",
    },
    "job": {
        "csa_role": "r",
        "wrap_key": "rad",
        "child": "rw",
        "child_token": "rad",
        "guard_token": "rad",
        "work_token": "rad",
        "case_row": "ra",
        "matter": "raw",
        "access_entry": "ad",
        "access_subject": "d",
        "access_actor": "d",
        "leaf": "rd",
        "tile": "rd",
        "log_shard": "r",
        "log_head": "r",
        "cosignature": "r",
        "log_expired": "ra",
        "log_batch": "a",
        "unnumbered": "rad",
        "charge": "rad",
        "region_directory": "r",
        "peer_suspension": "r",
        "exchange": "ad",
        "region_token": "rad",
        "region_filter": "rad",
        "region_check": "rawd",
        "shield_key": "rad",
        "region_sheet": "rawd",
        "peer_work": "rawd",
        "parcel": "rd",
        "agency": "r",
        "account": "r",
        "practitioner": "r",
        "agreement": "r",
        "directory": "r",
        "feed_source": "r",
    },
    "tripwire": {
        "csa_role": "r",
        "asked": "rd",
        "child": "r",
        "child_token": "r",
        "guard_token": "r",
        "matter": "a",
        "work_token": "a",
        "access_entry": "a",
        "log_batch": "a",
        "unnumbered": "rad",
    },
    "seal": {
        "csa_role": "r",
        "log_batch": "rad",
        "unnumbered": "rd",
        "writer_sealed": "raw",
        "leaf": "ra",
        "tile": "ra",
        "log_shard": "ra",
        "log_head": "ra",
        "cosignature": "ra",
    },
}
POINTING = {"access_subject": "csa ref sealed", "access_actor": "csa ref sealed"}
OF_COLUMNS: dict[str, dict[str, dict[str, str]]] = {
    "api": {"r": {"log_batch": "at csa"}, "a": POINTING},
    "feed": {"a": POINTING},
    "audit": {"a": POINTING},
    "job": {
        "r": {
            "access_entry": "at csa entry_id",
            "access_subject": "csa ref year",
            "access_actor": "csa ref year",
            "exchange": "csa entry_id",
        },
        "a": POINTING,
    },
    "tripwire": {"a": POINTING},
    "seal": {"r": {"access_entry": "at csa entry_id leaf"}},
}
LETTERS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}
VERBS = {
    "r": "select count(*) from {table}",
    "a": "insert into {table} select * from {table}",
    "w": "update {table} set csa = 'northmere'",
    "d": "delete from {table}",
    "t": "truncate {table}",
}
EXPIRING = ("access_entry", "access_subject", "access_actor", "leaf", "tile", "exchange")
LOG = (*EXPIRING, "log_shard", "log_head", "cosignature", "log_expired")


async def may(connect: Connect, role: str, verb: str, table: str) -> bool:
    """Try a statement as a role, and undo it; say whether the grants allowed it."""
    async with connect(role) as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(VERBS[verb].format(table=table))
        except asyncpg.InsufficientPrivilegeError as refused:
            return "permission denied" not in str(refused)  # else a wall refused, not a grant
        except asyncpg.IntegrityConstraintViolationError:
            return True  # allowed, and stopped by what refers to it
        finally:
            await transaction.rollback()
        return True


@pytest.mark.parametrize("duty", DUTIES)
async def test_a_duty_is_granted_what_it_needs_and_nothing_else(
    connect: Connect, duty: str
) -> None:
    sql = "select relname, privilege_type from pg_class, aclexplode(relacl) as a"
    sql += " where relkind in ('r', 'v', 'S', 'm') and a.grantee = $1::regrole"
    granted: dict[str, str] = {}
    async with connect("index_owner") as connection:
        for row in await connection.fetch(sql, f"index_{duty}"):
            table, letter = row["relname"], LETTERS.get(row["privilege_type"], "?")
            granted[table] = "".join(sorted(granted.get(table, "") + letter))
    assert granted == {table: "".join(sorted(verbs)) for table, verbs in NEEDED[duty].items()}


@pytest.mark.parametrize("duty", DUTIES)
async def test_a_duty_is_granted_those_columns_and_no_others(connect: Connect, duty: str) -> None:
    sql = """select relname, attname, privilege_type from pg_class c
        join pg_attribute t on t.attrelid = c.oid, aclexplode(attacl) as a
        where a.grantee = $1::regrole order by attname"""
    granted: dict[str, dict[str, list[str]]] = {}
    async with connect("index_owner") as connection:
        for row in await connection.fetch(sql, f"index_{duty}"):
            of = granted.setdefault(LETTERS.get(row["privilege_type"], "?"), {})
            of.setdefault(row["relname"], []).append(row["attname"])
    told = {
        verb: {name: " ".join(of) for name, of in each.items()} for verb, each in granted.items()
    }
    assert told == OF_COLUMNS[duty]


@pytest.mark.parametrize("duty", DUTIES)
async def test_a_login_role_has_its_duty_and_nothing_of_its_own(
    connect: Connect, duty: str
) -> None:
    role = f"northmere_{duty}"
    of_its_own = (
        "select count(*) from pg_class, aclexplode(relacl) as a where a.grantee = $1::regrole"
    )
    groups = "select roleid::regrole::text from pg_auth_members where member = $1::regrole"
    powers = "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication"
    async with connect("index_owner") as connection:
        assert await connection.fetchval(of_its_own, role) == 0
        assert [row[0] for row in await connection.fetch(groups, role)] == [f"index_{duty}"]
        powers += " from pg_roles where rolname = $1"
        assert await connection.fetchval(powers, role) is False


@pytest.mark.parametrize("verb", ["w", "d", "t"])
@pytest.mark.parametrize("role", [*(f"northmere_{duty}" for duty in DUTIES), "index_owner"])
async def test_nobody_changes_removes_or_empties_the_access_log(
    connect: Connect, role: str, verb: str
) -> None:
    """Nor does the role that migrates, which owns the tables.

    The job that drops old years may ask, and removes nothing of a year that is not dropped.
    """
    for table in LOG:
        if (role, verb) == ("northmere_job", "d") and table in EXPIRING:
            async with connect(role) as connection:
                assert await connection.execute(f"delete from {table}") == "DELETE 0"
        else:
            assert not await may(connect, role, verb, table)


async def test_only_auditors_read_the_access_log(connect: Connect) -> None:
    """The sealer sees leaves and when they came, the job when, and neither a sealed entry."""
    readers = [d for d in DUTIES if await may(connect, f"northmere_{d}", "r", "access_entry")]
    assert readers == ["audit", "job", "seal"]
    for duty in ("job", "seal"):
        async with connect(f"northmere_{duty}") as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("select sealed from access_entry")


async def test_the_process_that_answers_reads_no_guard_token(connect: Connect) -> None:
    """Which facts are a shielded child's is for those who write records to know."""
    readers = [d for d in DUTIES if await may(connect, f"northmere_{d}", "r", "guard_token")]
    assert readers == ["feed", "job", "tripwire"]


@pytest.mark.parametrize("verb", ["a", "w", "d", "t"])
@pytest.mark.parametrize("table", ["child", "case_row", "source_record"])
async def test_only_one_duty_writes_records(connect: Connect, table: str, verb: str) -> None:
    """But for the jobs: tokens moved re-seal the sheet, the region's shields are case rows."""
    writers = [d for d in DUTIES if await may(connect, f"northmere_{d}", verb, table)]
    movers = ["job"] if (table, verb) in (("child", "w"), ("case_row", "a")) else []
    assert writers == (["feed", *movers] if verb in NEEDED["feed"][table] else [])


@pytest.mark.parametrize("verb", ["a", "d"])
async def test_tokens_are_moved_by_writers_and_upkeep_alone(connect: Connect, verb: str) -> None:
    for table in ("child_token", "guard_token"):
        movers = [d for d in DUTIES if await may(connect, f"northmere_{d}", verb, table)]
        assert movers == ["feed", "job"]


async def test_the_duty_that_writes_records_makes_no_account(connect: Connect) -> None:
    for table in ("account", "agency", "agreement", "practitioner"):
        for verb in "awdt":
            assert not await may(connect, "northmere_feed", verb, table)


async def test_nobody_says_whose_role_is_whose(connect: Connect) -> None:
    for duty in DUTIES:
        for verb in "awdt":
            assert not await may(connect, f"northmere_{duty}", verb, "csa_role")


async def test_agreements_are_added_and_never_rewritten(connect: Connect) -> None:
    assert await may(connect, "northmere_api", "r", "agreement")
    for duty in DUTIES:
        for verb in "wdt":
            assert not await may(connect, f"northmere_{duty}", verb, "agreement")
            assert not await may(connect, f"northmere_{duty}", verb, "proposal")


async def test_whoever_may_connect_may_read_nothing(connect: Connect) -> None:
    sql = "select relname from pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner))) a"
    sql += " where a.grantee = 0 and relnamespace = 'public'::regnamespace"
    async with connect("index_owner") as connection:
        assert await connection.fetch(sql) == []


@pytest.mark.parametrize("duty", DUTIES)
async def test_nobody_makes_tables_beside_ours(connect: Connect, duty: str) -> None:
    async with connect(f"northmere_{duty}") as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create table public.mine (name text)")


def test_the_table_above_names_every_duty_and_only_tables_there_are() -> None:
    assert NEEDED.keys() == set(DUTIES)
    assert {table for needed in NEEDED.values() for table in needed} <= metadata.tables.keys()
