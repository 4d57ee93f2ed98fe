"""The nightly rewrite: tokens lie in token order, and no transaction joins a child's rows."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from demo.postgres import SUPERUSER
from index_service.services.index import Index
from index_service.services.lists import list_pointer
from index_service.services.resort import Resort
from index_service.services.sealing import open_policy
from index_service.services.tokens import TokenSheet
from index_service.services.upkeep import Upkeep
from index_service.store.work import work_on
from tests.authority import Served
from tests.jobs.conftest import beside, entry_of
from tests.stories.asking import Ask
from tests.stories.made import Stated, a_child, by_everything, child_line, reference

TABLES = ("child_token", "guard_token", "work_token")
CHILDREN = 120


async def stored(served: Served, table: str) -> list[Any]:
    """Return a token table's rows as they lie in it."""
    sql = f"select xmin::text as born, token, pointer from {table} order by ctid"
    return await served.rows(sql)


async def crowd(ask: Ask) -> list[str]:
    """Record a few children one by one and supply others; return the ids of the few."""
    ids = [await ask.create(a_child()) for _ in range(5)]
    await ask.feed(*(child_line(reference(), a_child()) for _ in range(CHILDREN)))
    return ids


async def sheets(index: Index, served: Served) -> dict[UUID, set[tuple[bytes, bytes]]]:
    """Return what rows of child_token are each child's: the judge holds the keys."""
    found = {}
    async with work_on(index.feed, index.csa, index.log) as work:
        for row in await work.children.beheld(await work.upkeep.child_ids()):
            sheet = TokenSheet.decoded(open_policy(index.keyring, row).part("tokens"))
            found[row["child_id"]] = set(sheet.search)
    return found


async def test_rows_lie_in_token_order_and_are_the_same_rows(ask: Ask, served: Served) -> None:
    for table in TABLES:  # or rows would be put where vacuum made room, in another slice's place
        await served.rows(f"alter table {table} set (autovacuum_enabled = false)")
        await served.rows(f"vacuum full {table}")  # nor where it made room after another test
    await crowd(ask)
    before = {table: await stored(served, table) for table in TABLES}
    assert any(
        [row["token"] for row in rows] != sorted(row["token"] for row in rows)
        for rows in before.values()
    )
    async with beside(served, "job") as index:
        moved = await Resort(index, index.feed).night()
    assert moved == sum(len(rows) for rows in before.values())
    for table in TABLES:
        after = await stored(served, table)
        pairs = [(row["token"], row["pointer"]) for row in after]
        assert pairs == sorted(pairs)
        assert pairs == sorted((row["token"], row["pointer"]) for row in before[table])
        assert not {row["born"] for row in after} & {row["born"] for row in before[table]}


async def test_no_transaction_joins_the_rows_of_a_child(ask: Ask, served: Served) -> None:
    """Before, one transaction wrote one child; after, each holds a stretch of everybody's."""
    alone = {UUID(child_id) for child_id in await crowd(ask)}
    async with beside(served, "job") as index:
        own = await sheets(index, served)
        assert alone <= await joined(served, own)
        await Upkeep(index, index.feed).round()
        await Resort(index, index.feed).night()
        assert not await joined(served, await sheets(index, served))


async def joined(served: Served, own: dict[UUID, set[tuple[bytes, bytes]]]) -> set[UUID]:
    """Return the children some transaction wrote half of whose rows, and few others."""
    by_birth = defaultdict(set)
    for row in await stored(served, "child_token"):
        by_birth[row["born"]].add((row["token"], row["pointer"]))
    return {
        child_id
        for child_id, rows in own.items()
        for written in by_birth.values()
        if len(rows & written) >= len(rows) / 2 and len(written) <= 2 * len(rows)
    }


async def test_every_child_is_found_at_every_moment_of_a_night(ask: Ask, served: Served) -> None:
    children: list[Stated] = [a_child() for _ in range(5)]
    ids = [await ask.create(child) for child in children]
    over = asyncio.Event()

    async def looking() -> int:
        asked = 0
        while not over.is_set():
            answer = await ask.look_up("social_worker", **by_everything(children[asked % 5]))
            assert [m["child"]["child_id"] for m in answer["matches"]] == [ids[asked % 5]]
            asked += 1
        return asked

    async with beside(served, "job") as index:
        looked = asyncio.create_task(looking())
        for _ in range(3):
            await Resort(index, index.feed).night(rest=0.5)
        over.set()
        assert await looked > 5


async def test_a_record_amended_meanwhile_is_amended_exactly(ask: Ask, served: Served) -> None:
    """A writer deletes the very rows a sheet names: none may be half way at that moment."""
    over = asyncio.Event()

    async def amending() -> int:
        done = 0
        while not over.is_set():
            child_id = await ask.create(a_child())
            etag = (await ask.read("social_worker", child_id)).headers["etag"]
            name = a_child()["name"]
            answer = await ask.amend("social_worker", child_id, etag, name=name)
            assert answer.status_code == 200 or answer.status_code == 204, answer.text
            done += 1
        return done

    async with beside(served, "job") as index:
        task = asyncio.create_task(amending())
        for _ in range(3):
            await Resort(index, index.feed).night(rest=0.5)
        over.set()
        assert await task > 0
        assert (await Upkeep(index, index.feed).round()).failed == 0


async def test_who_takes_a_row_off_a_list_meanwhile_takes_it_off(ask: Ask, served: Served) -> None:
    """They hold no shield lock, and must wait for the row rather than find it gone."""
    index = served.index
    row = next(
        row
        for number in range(5000)
        if (row := list_pointer(index.keyring, f"list-{number}", uuid4()))[0][0] == 0
    )
    async with work_on(index.feed, index.csa, index.log) as work:
        await work.children.add_work([row])
        await work.commit(index.log.prepare(entry_of(index)))

    async def take_off() -> None:
        async with work_on(index.feed, index.csa, index.log) as work:
            await work.children.remove_work([row])
            await work.commit(index.log.prepare(entry_of(index)))

    async with beside(served, "job") as job:
        async with entries_locked(served):
            # The first slice has the row in hand, and waits to be entered.
            night = asyncio.create_task(Resort(job, job.feed).night())
            await asyncio.sleep(0.4)
            off = asyncio.create_task(take_off())
            await asyncio.sleep(0.4)
        await asyncio.gather(night, off)
    left = await served.rows("select token, pointer from work_token")
    assert row not in {tuple(each) for each in left}


@asynccontextmanager
async def entries_locked(served: Served) -> AsyncIterator[None]:
    """Let nobody add an entry to the access log meanwhile."""
    connection: Any = await asyncpg.connect(served.postgres.url(SUPERUSER, served.database))
    try:
        async with connection.transaction():
            await connection.execute("lock table access_entry in exclusive mode")
            yield
    finally:
        await connection.close()


@pytest.mark.parametrize("job", ["upkeep", "resort"])
async def test_no_token_moves_while_records_are_written(ask: Ask, served: Served, job: str) -> None:
    await ask.create(a_child())
    index = served.index
    async with beside(served, "job") as moving:
        moves = {"upkeep": Upkeep(moving, moving.feed).round, "resort": resorting(moving)}
        async with work_on(index.feed, index.csa, index.log) as work:
            await work.locks.shields_shared()
            before = {table: await stored(served, table) for table in TABLES}
            task = asyncio.create_task(moves[job]())
            await asyncio.sleep(0.5)
            assert not task.done()
            assert {table: await stored(served, table) for table in TABLES} == before
        await task
    assert {table: await stored(served, table) for table in TABLES} != before


def resorting(index: Index) -> Callable[[], Any]:
    """Return the night's rewrite, to be begun later."""
    return Resort(index, index.feed).night
