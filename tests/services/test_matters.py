"""Matters: one form and as many rows whatever they are, listed and taken off again exactly."""

from uuid import UUID, uuid4

import pytest

from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.matters import (
    ALERTS,
    TEAM,
    matter_by_id,
    matter_to_change,
    matters_on,
    of_account,
    of_agency,
    open_matter,
    put_matter,
)
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on
from tests.authority import Served

SOMEBODY = str(UUID(int=7))


def matter(kind: MatterKind = MatterKind.ALERT, **more: object) -> Matter:
    told = {"child_id": uuid4(), "account": SOMEBODY, **more}
    return Matter(uuid4(), kind, MatterState.WAITING, 1_790_000_000, **told)  # type: ignore[arg-type]  # fields by name


async def commit(served: Served, work: Work) -> None:
    stamp = served.index.log.stamp()
    entry = AccessEntry(*stamp, action="test", route="tests", outcome=Outcome.RECORDED)
    await work.commit(served.index.log.prepare(entry))


async def add(served: Served, one: Matter, *lists: str) -> None:
    index = served.index
    async with work_on(index.feed, index.csa, index.log) as work:
        await open_matter(index, work, one, lists)
        await commit(served, work)


async def listed(served: Served, name: str) -> list[Matter]:
    async with snapshot(served.index.reading, served.index.csa) as reading:
        return await matters_on(served.index, reading, name)


async def counts(served: Served) -> tuple[int, ...]:
    (row,) = await served.rows(
        "select (select count(*) from matter), (select count(*) from work_token),"
        " (select coalesce(sum(length(sealed)), 0) from matter)"
    )
    return tuple(row)


async def test_a_matter_comes_back_as_it_was_written(served: Served) -> None:
    one = matter(
        MatterKind.CONTACT_REQUEST,
        details={"wanted": "school", "facts": ["é" * 200]},
        steps=(Step(1, SOMEBODY, "asked"),),
        agency=SOMEBODY,
        due_s=5,
    )
    await add(served, one, TEAM, of_account(SOMEBODY))
    async with snapshot(served.index.reading, served.index.csa) as reading:
        assert await matter_by_id(served.index, reading, one.id) == one
        assert await matter_by_id(served.index, reading, uuid4()) is None
    assert one in await listed(served, TEAM)
    assert one in await listed(served, of_account(SOMEBODY))
    assert await listed(served, of_agency(SOMEBODY)) == []


async def test_every_matter_leaves_as_many_rows_whatever_it_is(served: Served) -> None:
    grown = []
    for one, lists in (
        (matter(MatterKind.DECOY, child_id=None), ()),
        (matter(MatterKind.ALERT, details={"what": "tripwire"}), (ALERTS,)),
        (matter(details={"much": "x" * 900}), (TEAM, of_account("a"), of_agency("b"))),
    ):
        before = await counts(served)
        await add(served, one, *lists)
        grown.append([after - old for after, old in zip(await counts(served), before, strict=True)])
    assert grown[0] == grown[1] == grown[2]
    assert grown[0][:2] == [1, 3]


async def test_no_matter_stands_on_more_lists_than_it_has_rows(served: Served) -> None:
    before = await counts(served)
    with pytest.raises(ValueError, match="three"):
        await add(served, matter(), "a", "b", "c", "d")
    assert await counts(served) == before


async def test_a_matter_goes_on_step_by_step_and_off_its_list(served: Served) -> None:
    one, index = matter(), served.index
    await add(served, one, TEAM, ALERTS)
    async with work_on(index.feed, index.csa, index.log) as work:
        found = await matter_to_change(index, work, one.id)
        assert found is not None
        after = found.matter.stepped(Step(9, SOMEBODY, "took"), MatterState.TAKEN, by=SOMEBODY)
        await put_matter(index, work, found, after, off=[TEAM])
        await commit(served, work)
    assert one.id not in {each.id for each in await listed(served, TEAM)}
    (stands,) = [each for each in await listed(served, ALERTS) if each.id == one.id]
    assert stands == after
    assert (stands.state, stands.details["by"]) == (MatterState.TAKEN, SOMEBODY)


async def test_a_matter_moved_onto_another_row_does_not_open(served: Served) -> None:
    one, other = matter(), matter()
    await add(served, one)
    await add(served, other)
    sql = "update matter set sealed = (select sealed from matter where id = $1) where id = $2"
    await served.rows(sql, one.id, other.id)
    async with snapshot(served.index.reading, served.index.csa) as reading:
        with pytest.raises(Exception, match="matter"):
            await matter_by_id(served.index, reading, other.id)
