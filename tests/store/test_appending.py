"""A batch's one statement leaves all that its entries leave, whichever parts a batch has."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest

from demo.postgres import SUPERUSER, Postgres
from index_service.log.group_commit import Batch
from index_service.log.leaf import LogRow
from index_service.log.numbering import Writer
from index_service.store.appending import Appender
from index_service.store.engines import pool_for
from tests.store.conftest import Connect

CSA = "northmere"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHARED = (b"one asker".ljust(16), b"one child".ljust(16))
BESIDE = ("asked", "charged", "exchanged", "stories")
COLUMNS = {
    "access_entry": "entry_id, at, leaf, sealed",
    "access_subject": "ref, sealed",
    "access_actor": "ref, sealed",
    "asked": "id, at, sealed",
    "exchange": "entry_id, sealed",
    "charge": "day, who, what",
    "unnumbered": "entry_id",
    "log_batch": "writer, seq, hash, entries",
}


def row() -> LogRow:
    """Return a row of two subjects and an actor, its bytes its own."""
    some = os.urandom
    subjects = ((some(16), some(40)), (some(16), some(40)))
    return LogRow(uuid4(), AT, some(32), some(80), subjects, (some(16), some(40)))


def rows(parts: set[str]) -> tuple[LogRow, ...]:
    """Return four rows: two left more beside them, if any do; the last is about nobody."""
    made = [row(), row(), row(), replace(row(), subjects=(), actor=None)]
    for place in (0, 2):
        made[place] = replace(
            made[place],
            asked=os.urandom(40) if "asked" in parts else None,
            charges=(SHARED, (os.urandom(16), os.urandom(16))) if "charged" in parts else (),
            exchange=os.urandom(40) if "exchanged" in parts else None,
        )
    return tuple(made)


def left_by(batch: Batch) -> dict[str, set[Any]]:
    """Return the rows a batch must leave; what a story stored is numbered, and that is all."""
    number, appended = batch.number, batch.rows
    ids = tuple(each.entry_id for each in (*appended, *batch.stored))
    return {
        "access_entry": {(each.entry_id, each.at, each.leaf, each.sealed) for each in appended},
        "access_subject": {subject for each in appended for subject in each.subjects},
        "access_actor": {each.actor for each in appended if each.actor},
        "asked": {(each.entry_id, each.at, each.asked) for each in appended if each.asked},
        "exchange": {(each.entry_id, each.exchange) for each in appended if each.exchange},
        "charge": {(AT.date(), *due) for each in appended for due in each.charges},
        "unnumbered": set(),
        "log_batch": {(number.writer, number.seq, number.hash, ids)},
    }


async def stored(connection: Any) -> dict[str, set[Any]]:
    found = {}
    for table, columns in COLUMNS.items():
        kept = await connection.fetch(f"select {columns} from {table} where csa = $1", CSA)
        found[table] = {tuple(tuple(v) if isinstance(v, list) else v for v in one) for one in kept}
    return found


@pytest.mark.parametrize(
    "parts",
    [
        *({"rows", *beside} for count in range(5) for beside in combinations(BESIDE, count)),
        {"stories"},
    ],
    ids=lambda parts: "+".join(sorted(parts)),
)
async def test_a_batch_leaves_all_of_its_parts(
    postgres: Postgres, two: str, connect: Connect, parts: set[str]
) -> None:
    appended = rows(parts) if "rows" in parts else ()
    waiting = (row(), row()) if "stories" in parts else ()
    leaves = [each.leaf for each in (*appended, *waiting)]
    batch = Batch(appended, waiting, Writer(CSA).number(leaves))
    pool = await pool_for(postgres.url("{role}", two), CSA, "api", 1)
    try:
        async with connect(SUPERUSER) as connection:
            before = await stored(connection)
            before["charge"].discard((AT.date(), *SHARED))
            for each in waiting:
                await connection.execute(
                    "insert into unnumbered values ($1, $2)", CSA, each.entry_id
                )
            await Appender(pool, CSA)(batch)
            after = await stored(connection)
    finally:
        await pool.close()
    if "charged" not in parts:
        after["charge"].discard((AT.date(), *SHARED))  # of a batch before
    assert {table: after[table] - before[table] for table in after} == left_by(batch)


async def test_moments_are_kept_to_the_millisecond(
    postgres: Postgres, two: str, connect: Connect
) -> None:
    moments = {AT + timedelta(milliseconds=n * 86_399_993) for n in range(2000)}
    appended = tuple(replace(row(), at=at) for at in moments)
    number = Writer(CSA).number([each.leaf for each in appended])
    pool = await pool_for(postgres.url("{role}", two), CSA, "api", 1)
    try:
        await Appender(pool, CSA)(Batch(appended, (), number))
    finally:
        await pool.close()
    wanted = {each.entry_id: each.at for each in appended}
    async with connect(SUPERUSER) as connection:
        sql = "select entry_id, at from access_entry where entry_id = any($1)"
        assert wanted == dict(map(tuple, await connection.fetch(sql, list(wanted))))


@pytest.mark.parametrize("size", [31, 33])
async def test_a_leaf_of_another_size_takes_its_batch_along(
    postgres: Postgres, two: str, connect: Connect, size: int
) -> None:
    """Values stand end to end in the statement: one too short would shift all behind it."""
    appended = (row(), replace(row(), leaf=os.urandom(size)), row())
    number = Writer(CSA).number([each.leaf for each in appended])
    pool = await pool_for(postgres.url("{role}", two), CSA, "api", 1)
    try:
        with pytest.raises(ValueError, match="unlike sizes"):
            await Appender(pool, CSA)(Batch(appended, (), number))
    finally:
        await pool.close()
    async with connect(SUPERUSER) as connection:
        sql = "select count(*) from access_entry where entry_id = any($1)"
        assert await connection.fetchval(sql, [each.entry_id for each in appended]) == 0
