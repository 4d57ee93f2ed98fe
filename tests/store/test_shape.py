"""The stored shape tells nothing: keys lead with the authority, sizes and counts are one."""

from collections import Counter
from collections.abc import AsyncIterator
from itertools import combinations
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import LargeBinary

from demo.issuer import Issuer
from demo.postgres import SUPERUSER
from index_service.store.log_tables import charge, log_batch, unnumbered
from index_service.store.tables import GOVERNED, metadata
from tests.authority import Served
from tests.store.conftest import Connect
from tests.stories.asking import Ask
from tests.stories.hidden import archived, held
from tests.stories.made import a_child, begin_line, child_line, contact, day, reference
from tests.stories.test_read import WHOLE

LONG = "Wolfeschlegelsteinhausenberger-Quoy"
NAME = {"given_name": LONG, "family_name": LONG, "middle_names": LONG}
SEALED = [
    (table.name, column.name)
    for table in GOVERNED
    for column in table.columns
    if isinstance(column.type, LargeBinary)
    # Entries come in steps of 256: theirs is tests/stories/test_access_log.py.
    if (table.name, column.name) != ("access_entry", "sealed")
]


async def test_every_key_leads_with_the_authority(connect: Connect) -> None:
    """An index that does not would tell of another authority's rows by a conflict or by time."""
    sql = """select c.relname as index, t.relname as table, a.attname as first, i.indisunique
        from pg_index i
        join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
        join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
        where t.relnamespace = 'public'::regnamespace"""
    async with connect("index_owner") as connection:
        rows = await connection.fetch(sql)
    led = {row["table"]: row["first"] for row in rows}
    apart = {"csa_role", "alembic_version"}
    assert {row["first"] for row in rows if row["table"] not in apart} == {"csa"}
    assert led.keys() - apart == {table.name for table in GOVERNED}


async def test_every_table_is_behind_a_forced_wall(connect: Connect) -> None:
    sql = """select relname, relrowsecurity and relforcerowsecurity as forced,
        (select string_agg(polcmd::text || pg_get_expr(polqual, polrelid)
            || pg_get_expr(polwithcheck, polrelid), ';')
         from pg_policy where polrelid = c.oid) as walls
        from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace"""
    async with connect("index_owner") as connection:
        found = {row["relname"]: row for row in await connection.fetch(sql)}
    assert found.keys() == metadata.tables.keys() | {"alembic_version"}
    for table in GOVERNED:
        assert found[table.name]["forced"], table.name
        assert found[table.name]["walls"].count("SESSION_USER") == 2, table.name
        assert ";" not in found[table.name]["walls"], table.name


# What stands in the tables of children of every sort


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(served: Served, issuer: Issuer) -> AsyncIterator[Ask]:
    """Ask the index whose tables are looked at."""
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        yield Ask(client, issuer, served)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sorts(ask: Ask) -> dict[str, str]:
    """One child of every sort there is, by what is special about it."""
    none: dict[str, Any] = dict.fromkeys(("nhs_number", "upn", "case_number", "address"))
    carer = WHOLE["carers"][0]
    children = {
        "plain": await ask.create(a_child()),
        "bare": await ask.create(a_child(**none)),
        "whole": await ask.create(a_child(**WHOLE)),
        "many names": await ask.create(
            a_child(name=NAME, former_names=[NAME] * 3, carers=[{**carer, "name": NAME}] * 4)
        ),
        "shielded": await ask.create(a_child()),
        "involved": await ask.create(a_child()),
        "amended": await ask.create(a_child(gender="male")),
        "held": (await held(ask))[0],
        "archived": (await archived(ask))[0],
    }
    await ask.shield(children["shielded"], day(-90))
    for service in ("social_care", "early_help"):
        said = contact("Northmere Neighbourhood Wolfeschlegelsteinhausenberger Team", name=LONG)
        await ask.begin("social_worker", children["involved"], service=service, contact=said)
    tag = (await ask.read("social_worker", children["amended"])).headers["etag"]
    answer = await ask.amend("social_worker", children["amended"], tag, gender="female")
    assert answer.status_code == 204
    ref = reference()
    lines = [child_line(ref, a_child(**WHOLE)), begin_line(reference("I"), ref)]
    await ask.feed(*lines, child_line(reference(), a_child(**none)))
    return children


@pytest.mark.parametrize(("table", "column"), SEALED)
async def test_every_sealed_column_has_one_length(
    ask: Ask, sorts: dict[str, str], table: str, column: str
) -> None:
    rows = await ask.served.rows(f"select distinct length({column}) from {table}")
    assert len(rows) <= 1
    children = {"child", "child_token", "guard_token", "work_token", "case_row", "source_record"}
    assert rows or table not in children


async def test_entries_come_in_steps_of_256(ask: Ask, sorts: dict[str, str]) -> None:
    rows = await ask.served.rows("select distinct length(sealed) % 256 as rest from access_entry")
    assert len(rows) == 1


async def count(ask: Ask) -> Counter[str]:
    """Return how many rows each table holds.

    But for entries' numbers, which follow by batch, and charges: those are of what was shown.
    """
    counted = Counter[str]()
    for table in (each for each in GOVERNED if each not in (log_batch, unnumbered, charge)):
        (row,) = await ask.served.rows(f"select count(*) as n from {table.name}")
        counted[table.name] = row["n"]
    return counted


async def test_every_child_has_as_many_rows_whatever_it_is(ask: Ask, sorts: dict[str, str]) -> None:
    """16 search rows, or 24 for many names; 8 guard rows; one row of work, real or decoy."""
    shielded = a_child()
    await ask.shield(await ask.create(shielded), day(-90))
    none: dict[str, Any] = dict.fromkeys(("nhs_number", "upn", "case_number", "address"))
    name = {"given_name": "Ashva Corvina", "family_name": "Vale-Okondo", "middle_names": "Hestor"}
    former = [
        {"given_name": "Dellith Brin", "family_name": f"{f}-Garth"} for f in ("Ox", "Lu", "Em")
    ]
    for facts, search_rows in (
        (a_child(), 16),
        (a_child(**none), 16),
        (a_child(**WHOLE), 16),
        ({**a_child(), "nhs_number": shielded["nhs_number"]}, 16),  # born held
        (a_child(name=name, former_names=former), 24),
    ):
        before = await count(ask)
        child_id = await ask.create(facts)
        made = await count(ask) - before
        assert made == {
            "child": 1,
            "child_token": search_rows,
            "guard_token": 8,
            "work_token": 1,
            "idempotency": 1,
            "access_entry": 1,
            "access_subject": 1,
            "access_actor": 1,
        }
        before = await count(ask)
        tag = (await ask.read("manager", child_id)).headers["etag"]
        assert (
            await ask.amend("manager", child_id, tag, gender="not_specified")
        ).status_code == 204
        after = await count(ask)
        entries = {"access_entry": 2, "access_subject": 2, "access_actor": 2}
        assert after - before == {"work_token": 1, **entries}


async def test_a_shield_leaves_the_rows_an_involvement_that_begins_leaves(ask: Ask) -> None:
    """A grant leaves no mark of its own: no search or guard row moves, no table tells it."""
    child_id, other = [await ask.create(a_child()) for _ in range(2)]
    tables = ("child_token", "guard_token")
    before, tokens = await count(ask), [await ask.served.rows(f"table {t}") for t in tables]
    await ask.shield(child_id, day(-90))
    shielded = await count(ask)
    after = [await ask.served.rows(f"table {t}") for t in tables]
    assert [sorted(map(bytes_of, rows)) for rows in after] == [
        sorted(map(bytes_of, rows)) for rows in tokens
    ]
    await ask.begin("social_worker", other)
    assert await count(ask) - shielded == shielded - before


def bytes_of(row: Any) -> bytes:
    """Return a row of tokens as bytes, to compare."""
    return bytes(row["token"]) + bytes(row["pointer"])


async def test_rows_of_one_child_cannot_be_joined(ask: Ask, sorts: dict[str, str]) -> None:
    """No two of a child's tables share a value, nor does any hold the child's id in clear."""
    values: dict[str, set[bytes]] = {}
    for name in ("child", "child_token", "guard_token", "work_token", "case_row", "source_record"):
        rows = await ask.served.rows(f"select * from {name}", role=SUPERUSER)
        cells = [cell for row in rows for column, cell in row.items() if column != "wrap_key_id"]
        values[name] = {as_bytes(cell) for cell in cells} - {b"northmere"}
        assert values[name]
    for (one, theirs), (other, others) in combinations(values.items(), 2):
        assert not theirs & others, (one, other)
    apart = [cell for name, cells in values.items() if name != "child" for cell in cells]
    elsewhere = b"".join(apart)
    for child_id in sorts.values():
        assert bytes.fromhex(child_id.replace("-", "")) not in elsewhere


def as_bytes(cell: object) -> bytes:
    """Return a cell's value as bytes, an id as its sixteen."""
    if isinstance(cell, bytes):
        return cell
    return getattr(cell, "bytes", None) or str(cell).encode()


async def test_no_two_rows_of_a_childs_token_tables_share_a_pointer(
    ask: Ask, sorts: dict[str, str]
) -> None:
    for table in ("child_token", "guard_token", "work_token"):
        sql = f"select count(*) as all, count(distinct pointer) as different from {table}"
        (row,) = await ask.served.rows(sql)
        assert row["all"] == row["different"] > 0
