"""Token upkeep: tokens follow policy, and that they moved says nothing of any child."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from index_service.domain.matching.keys import guard_keys
from index_service.log.access_log import AccessLog
from index_service.services.index import Index
from index_service.services.sealing import open_facts, open_policy
from index_service.services.tokens import TokenSheet, guard_tokens_of
from index_service.services.upkeep import CHILDREN_A_RUN, Upkeep
from index_service.store import upkeep as upkeep_store
from index_service.store.work import work_on
from tests.authority import Served
from tests.jobs.conftest import beside
from tests.stories.asking import SHIELDING, Ask
from tests.stories.made import DUTY, Stated, a_child, by_everything, child_line, day, reference

TABLES = ("child_token", "guard_token")


async def everybody(ask: Ask, count: int) -> None:
    """Supply so many children at once."""
    lines = [child_line(reference(), a_child()) for _ in range(count)]
    await ask.feed(*lines)


async def guarded(index: Index, child_id: str) -> bool:
    """Return whether the guard rows of a child are real: each leads to it, or none does."""
    async with work_on(index.feed, index.csa, index.log) as work:
        (row,) = await work.children.locked([UUID(child_id)])
        facts = open_facts(open_policy(index.keyring, row))
        rows = await work.children.guards_of(list(guard_tokens_of(index.keyring, facts)))
    found = [row for row in rows if leads_to(index, row) == UUID(child_id)]
    assert len(found) in (0, len(guard_keys(facts)))
    return bool(found)


def leads_to(index: Index, row: Any) -> UUID:
    """Return whose a real row is."""
    return index.keyring.pointers.open(row.token, row.pointer).child_id


async def rows_of(served: Served) -> dict[str, set[tuple[Any, ...]]]:
    """Return everything of children and tokens as it is stored."""
    found = {
        table: {tuple(row) for row in await served.rows(f"select token, pointer from {table}")}
        for table in TABLES
    }
    found["child"] = {tuple(row) for row in await served.rows("select * from child")}
    return found


async def test_guard_rows_are_real_after_a_grant_and_a_round(ask: Ask, served: Served) -> None:
    child_id = await ask.create(a_child())
    other = await ask.create(a_child())
    async with beside(served, "job") as index:
        await ask.shield(child_id, day(-90))
        assert not await guarded(index, child_id)
        await Upkeep(index, index.feed).round()
        assert await guarded(index, child_id)
        assert not await guarded(index, other)


async def test_guard_rows_are_decoys_once_a_shield_is_lifted(ask: Ask, served: Served) -> None:
    child_id = await ask.create(a_child())
    shield_id = await ask.shield(child_id, day(-90))
    async with beside(served, "job") as index:
        await Upkeep(index, index.feed).round()
        path = f"/v1/children/{child_id}/shield/lift"
        answer = await ask("manager", "POST", path, {"shield_id": shield_id}, why=SHIELDING)
        assert answer.status_code == 204, answer.text
        await Upkeep(index, index.feed).round()
        assert not await guarded(index, child_id)


async def test_a_round_writes_every_childs_rows_anew_whatever_waits(
    ask: Ask, served: Served
) -> None:
    """The same rows go and come in a round with a new shield as in one with none."""
    await everybody(ask, CHILDREN_A_RUN + 10)
    child_id = await ask.create(a_child())
    async with beside(served, "job") as index:
        shapes = []
        for shielding in (False, True):
            if shielding:
                await ask.shield(child_id, day(-90))
            before = await rows_of(served)
            entries = len(await served.entries())
            went = await Upkeep(index, index.feed).round()
            after = await rows_of(served)
            assert went.failed == 0
            assert not before["child"] & after["child"]
            assert sealed_anew(before["child"], after["child"])
            shapes.append(
                [(len(after[t]), len(after[t] - before[t]) > 0) for t in after]
                + [len(await served.entries()) - entries, went.runs]
            )
        assert shapes[0] == shapes[1]


def sealed_anew(before: set[tuple[Any, ...]], after: set[tuple[Any, ...]]) -> bool:
    """Return whether every part of every child is another, under the key it had."""
    old = {row[1]: row for row in before}
    assert {row[:4] for row in before} == {row[:4] for row in after}
    return all(
        ours != theirs
        for row in after
        for ours, theirs in zip(row[4:], old[row[1]][4:], strict=True)
    )


async def test_a_round_changes_nothing_of_what_is_shown(ask: Ask, served: Served) -> None:
    """With names beyond a part's room, carers, settings and provenance: all is as it was."""
    name = {"given_name": "ꦏ" * 35, "family_name": "ꦏ" * 35}
    carer = {"name": name, "relation": "mother", "parental_responsibility": True, "phone": DUTY}
    facts = a_child(former_names=[name] * 3, carers=[carer] * 4)
    child_id = await ask.create(facts)
    await ask.begin("social_worker", child_id)
    before = [await ask.read(who, child_id) for who in ("manager", "teacher")]
    async with beside(served, "job") as index:
        await Upkeep(index, index.feed).round()
    for who, old in zip(("manager", "teacher"), before, strict=True):
        answer = await ask.read(who, child_id)
        assert (answer.status_code, answer.content) == (200, old.content)
        assert answer.headers["etag"] == old.headers["etag"]


async def test_a_runs_children_are_as_many_whatever_is_left(ask: Ask, served: Served) -> None:
    await everybody(ask, CHILDREN_A_RUN + 1)
    entries = await served.entries()
    async with beside(served, "job") as index:
        went = await Upkeep(index, index.feed).round()
    counts = [entry["count"] for entry in (await served.entries())[len(entries) :]]
    assert went.runs > 1
    assert set(counts[: went.runs]) == {CHILDREN_A_RUN}


async def test_most_rows_lie_elsewhere_again_when_a_round_is_over(ask: Ask, served: Served) -> None:
    """Where a row lies would tell how often it was written: `prove shield` makes use of it."""
    await everybody(ask, 2 * CHILDREN_A_RUN)
    async with beside(served, "job") as index:
        await Upkeep(index, index.feed).round()
    (row,) = await served.rows(
        "select count(*) as all, count(*) filter"
        " (where xmin::text not in (select xmin::text from child_token)) as n from child"
    )
    assert 0.7 < row["n"] / row["all"] < 0.99  # seven of eight, by lot


async def test_a_round_leaves_nobody_out_however_many_there_are(
    ask: Ask, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everybody(ask, 7)
    rows = await served.rows("select child_id from child")
    async with beside(served, "job") as index:
        for size in (3, len(rows), len(rows) + 1):
            monkeypatch.setattr(upkeep_store, "IDS_A_PAGE", size)
            async with work_on(index.feed, index.csa, index.log) as work:
                found = await work.upkeep.child_ids()
            assert found == sorted(row["child_id"] for row in rows)


async def test_every_runs_entry_has_the_size_of_its_rows_count(ask: Ask, served: Served) -> None:
    await ask.create(a_child())
    async with beside(served, "job") as index:
        await Upkeep(index, index.feed).round()
    entries = [entry for entry in await served.entries() if entry["action"] == "upkeep"]
    runs = {entry["entry_id"]: (entry["count"], bool(entry["row_state"])) for entry in entries}
    rows = await served.rows("select entry_id, octet_length(sealed) as n from access_entry")
    sizes = {(runs[str(row["entry_id"])], row["n"]) for row in rows if str(row["entry_id"]) in runs}
    assert len(sizes) == len(set(runs.values()))
    subjects = await served.rows(
        "select count(*) as n from access_subject s join access_entry e"
        " on s.xmin::text = e.xmin::text where e.entry_id = any($1)",
        [UUID(each) for each in runs],
    )
    assert subjects[0]["n"] == 0


async def test_a_run_is_whole_or_nothing_and_the_round_goes_on(ask: Ask, served: Served) -> None:
    """A sheet that names a row that is not there stops its own run only."""
    await everybody(ask, 2 * CHILDREN_A_RUN)
    facts = a_child()
    broken = UUID(await ask.create(facts))
    async with beside(served, "job") as index:
        sheet = await sheet_rows(index, broken)
        await served.rows("delete from child_token where token = $1 and pointer = $2", *sheet[0])
        before = await rows_of(served)
        went = await Upkeep(index, index.feed).round()
        after = await rows_of(served)
        assert went.failed >= 1
        assert went.runs >= 1
        kept = before["child"] & after["child"]
        assert broken in {row[1] for row in kept}
        for table in TABLES:
            assert len(before[table]) == len(after[table])
        await served.rows("insert into child_token select csa, $1, $2 from directory", *sheet[0])
        assert (await Upkeep(index, index.feed).round()).failed == 0


async def sheet_rows(index: Index, child_id: UUID) -> list[tuple[bytes, bytes]]:
    """Return the search rows a child's sheet names."""
    async with work_on(index.feed, index.csa, index.log) as work:
        (row,) = await work.children.locked([child_id])
        sheet = TokenSheet.decoded(open_policy(index.keyring, row).part("tokens"))
    return list(sheet.search)


async def test_a_run_that_never_commits_leaves_nothing(
    ask: Ask, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short just before its entry: as if the process had been killed there."""
    await ask.create(a_child())

    def cut(*_: object) -> None:
        raise asyncio.CancelledError

    async with beside(served, "job") as index:
        before = await rows_of(served)
        monkeypatch.setattr(AccessLog, "prepare", cut)
        with pytest.raises(asyncio.CancelledError):
            await Upkeep(index, index.feed).round()
        monkeypatch.undo()
        assert await rows_of(served) == before


async def test_a_stopped_round_ends_between_two_runs(ask: Ask, served: Served) -> None:
    await ask.create(a_child())
    stop = asyncio.Event()
    stop.set()
    async with beside(served, "job") as index:
        before = await rows_of(served)
        assert (await Upkeep(index, index.feed).round(stop)).runs == 0
        assert await rows_of(served) == before


async def test_lookups_and_writers_go_on_during_a_round(ask: Ask, served: Served) -> None:
    children: list[Stated] = [a_child() for _ in range(5)]
    ids = [await ask.create(child) for child in children]
    over = asyncio.Event()

    async def looking() -> int:
        found = 0
        while not over.is_set():
            child = children[found % 5]
            answer = await ask.look_up("social_worker", **by_everything(child))
            assert [m["child"]["child_id"] for m in answer["matches"]] == [ids[found % 5]]
            found += 1
        return found

    async def writing() -> int:
        made = 0
        while not over.is_set():
            await ask.create(a_child())
            made += 1
        return made

    async with beside(served, "job") as index:
        looked, wrote = asyncio.create_task(looking()), asyncio.create_task(writing())
        for _ in range(3):
            assert (await Upkeep(index, index.feed).round()).failed == 0
            await asyncio.sleep(0.2)
        over.set()
        assert await looked > 3
        assert await wrote > 0
        assert (await Upkeep(index, index.feed).round()).failed == 0
