"""What a transaction did to rows of children, as its entry tells: found so, left so."""

import asyncio
from base64 import b64decode
from typing import Any
from uuid import UUID, uuid4

import pytest

from index_service.log.entry import AccessEntry, Outcome
from index_service.log.row_states import ROWS_MAX, RowState, state_of, told_states
from index_service.services.feeding import CHUNK_LINES
from index_service.services.index import Index
from index_service.services.upkeep import CHILDREN_A_RUN
from index_service.store.reading import OverTheBound
from index_service.store.tables import SEALED_COLUMNS
from index_service.store.work import Work, work_on
from tests.authority import Served

NEW = bytes(16)


def row(child_id: UUID, index: Index, said: bytes = b"sealed") -> dict[str, Any]:
    """Return a row of made-up sealed columns under a wrap key that is open."""
    made = index.keyring.wrap.new_subject("child", child_id)
    key = {"wrap_key_id": made.wrap_key_id, "wrapped_key": made.wrapped}
    return {"child_id": child_id, **key, **{name: said + name.encode() for name in SEALED_COLUMNS}}


def state(said: bytes = b"sealed", **differs: bytes) -> bytes:
    return state_of(differs.get(name, said + name.encode()) for name in SEALED_COLUMNS)


async def committed(served: Served, work: Work) -> dict[str, tuple[bytes, bytes]]:
    """Commit, and return what the entry tells: of each reference, found and left."""
    index = served.index
    stamp = index.log.stamp()
    entry = AccessEntry(*stamp, action="test", route="tests", outcome=Outcome.RECORDED)
    receipt = await work.commit(index.log.prepare(entry))
    found = await served.entries()
    said = next(one for one in found if one["entry_id"] == str(receipt.entry_id))
    told = b64decode(said["row_state"])
    rows = [told[at : at + 64] for at in range(0, len(told), 64)]
    assert [one[:16] for one in rows] == sorted(one[:16] for one in rows)
    return {one[:16].hex(): (one[16:32], one[32:]) for one in rows}


def ref(served: Served, child_id: UUID) -> str:
    keyring = served.index.keyring
    return keyring.log_keys(served.index.clock.now().year).subject_ref(child_id).hex()


def writing(served: Served) -> Any:
    index = served.index
    return work_on(index.feed, index.csa, index.log)


async def test_an_entry_tells_of_each_row_how_it_was_found_and_left(served: Served) -> None:
    one, other = uuid4(), uuid4()
    async with writing(served) as work:
        await work.children.insert([row(each, served.index) for each in (one, other)])
        told = await committed(served, work)
    assert told == {ref(served, each): (NEW, state()) for each in (one, other)}
    async with writing(served) as work:
        await work.children.locked([one, other])
        await work.children.replace([{"child_id": one, "policy": b"anew"}])
        told = await committed(served, work)
    assert told == {ref(served, one): (state()[:16], state(policy=b"anew"))}


async def test_a_row_written_twice_is_told_once_from_first_to_last(served: Served) -> None:
    child_id = uuid4()
    async with writing(served) as work:
        await work.children.insert([row(child_id, served.index)])
        await work.children.replace([{"child_id": child_id, "policy": b"then"}])
        assert await committed(served, work) == {
            ref(served, child_id): (NEW, state(policy=b"then"))
        }
    async with writing(served) as work:
        for said in (b"anew", b"and anew"):
            await work.children.replace([{"child_id": child_id, "policy": said}])
        await work.children.replace([{"child_id": child_id, "tokens": b"moved"}])
        last = state(policy=b"and anew", tokens=b"moved")
        told = await committed(served, work)
    assert told == {ref(served, child_id): (state(policy=b"then")[:16], last)}


async def test_what_was_only_read_is_not_told(served: Served) -> None:
    child_id = uuid4()
    async with writing(served) as work:
        await work.children.insert([row(child_id, served.index)])
        await committed(served, work)
    async with writing(served) as work:
        await work.children.locked([child_id])
        assert await committed(served, work) == {}


async def test_what_stands_in_the_store_is_what_the_entry_tells(served: Served) -> None:
    child_id = uuid4()
    async with writing(served) as work:
        await work.children.insert([row(child_id, served.index)])
        await work.children.replace([{"child_id": child_id, "policy": b"anew"}])
        told = await committed(served, work)
    names = ", ".join(SEALED_COLUMNS)
    stored = await served.rows(f"select {names} from child where child_id = $1", child_id)
    assert told[ref(served, child_id)][1] == state_of(bytes(each) for each in stored[0])


async def test_more_rows_than_an_entry_holds_are_refused_before_it(served: Served) -> None:
    index = served.index
    made = [row(uuid4(), index) for _ in range(ROWS_MAX + 1)]
    async with writing(served) as work:
        with pytest.raises(OverTheBound):
            await work.children.insert(made)
    async with writing(served) as work:
        await work.children.insert(made[1:])
        assert len(await committed(served, work)) == ROWS_MAX
    keys = index.keyring.log_keys(index.clock.now().year)
    many = [RowState(each["child_id"], None, bytes(32)) for each in made]
    with pytest.raises(ValueError, match="than an entry holds"):
        told_states(many, keys)


def test_a_chunk_and_a_run_of_upkeep_fit_into_one_entry() -> None:
    assert max(CHUNK_LINES, CHILDREN_A_RUN) < ROWS_MAX


async def test_two_writers_of_one_row_tell_one_chain(served: Served) -> None:
    """Whoever waited for the lock tells the state the other left, not the one it began with."""
    child_id = uuid4()
    async with writing(served) as work:
        await work.children.insert([row(child_id, served.index)])
        await committed(served, work)

    async def change(said: bytes) -> tuple[bytes, bytes]:
        async with writing(served) as work:
            await work.children.beheld([child_id])
            await work.children.locked([child_id])
            await asyncio.sleep(0.05)
            await work.children.replace([{"child_id": child_id, "policy": said}])
            return (await committed(served, work))[ref(served, child_id)]

    told = await asyncio.gather(change(b"one"), change(b"other"))
    first, second = sorted(told, key=lambda one: one[0] != state()[:16])
    assert first[0] == state()[:16]
    assert second[0] == first[1][:16]
