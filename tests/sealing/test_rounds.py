"""A round: every entry gets one leaf, in order, under a head that stands in the second place."""

import pytest

from index_service.log.checkpoint import opened
from index_service.log.tree import EMPTY_ROOT
from index_service.services.sealing_log.sealer import FoundedAlready, NotFounded
from tests.sealing.sealing import Beside, ids


async def test_a_log_is_begun_once_and_by_word_only(unfounded: Beside) -> None:
    with pytest.raises(NotFounded):
        await unfounded.rounds.round()
    await unfounded.rounds.found()
    head = await unfounded.head()
    year = unfounded.clock.at.year
    assert (head.shard, head.size, head.root) == (year * 100, 0, EMPTY_ROOT)
    with pytest.raises(FoundedAlready):
        await unfounded.rounds.found()


async def test_every_entry_gets_one_leaf_and_its_batch_goes(beside: Beside) -> None:
    before = (await beside.head()).size
    entries = [*await beside.append(20), await beside.change()]
    await beside.append(1)  # whatever the story left is numbered by now
    done = await beside.all()
    assert sum(each.added for each in done) == 22
    assert (await beside.checked()).size == before + 22
    assert await beside.unsealed() == []
    sealed = "select count(*) from leaf where entry_id = any($1)"
    assert await beside.value(sealed, entries) == 21
    assert done[-1].refused == 0


async def test_leaves_stand_in_the_order_of_their_batches(beside: Beside) -> None:
    entries = []
    for _ in range(5):
        entries += await beside.append(1)
    await beside.all()
    order = "select entry_id from leaf where entry_id = any($1) order by leaf_index"
    assert ids(await beside.sql(order, entries)) == entries


async def test_a_round_with_nothing_to_seal_signs_nothing(beside: Beside) -> None:
    place = beside.settings.second_place
    before = place.read_bytes()
    done = await beside.rounds.round()
    assert (done.added, done.more) == (0, False)
    assert place.read_bytes() == before == done.head.encode()


async def test_a_tree_of_many_tiles_is_that_of_its_leaves(beside: Beside) -> None:
    """Across tile borders, in rounds of different lengths."""
    for count in (200, 1, 255, 256, 3):
        await beside.append(count)
        await beside.all()
    await beside.checked()
    assert await beside.value("select count(*) from tile") >= 2


async def test_once_a_minute_the_tree_is_padded_and_a_head_stored(beside: Beside) -> None:
    count = "select count(*) from log_head where kind = 1"
    first = await beside.value(count)
    await beside.append(3)
    await beside.all()
    assert (await beside.head()).size % 16 == 3
    assert await beside.value(count) == first
    beside.clock.on(seconds=61)
    done = await beside.all()
    assert sum(each.added for each in done) == 13
    assert await beside.value(count) == first + 1
    assert (await beside.checked()).size % 16 == 0


async def test_padding_can_be_counted_by_who_has_its_blinds(beside: Beside) -> None:
    await beside.append(1)
    beside.clock.on(seconds=61)
    await beside.all()
    await beside.checked()  # opens each
    told = "select count(*) from leaf where entry_id is null and pad_blind is not null"
    assert await beside.value(told) >= 15
    assert await beside.value("select count(*) from leaf where pad_blind is null") == (
        await beside.value("select count(*) from leaf where entry_id is not null")
    )


async def test_nothing_new_makes_no_head_however_long_it_lasts(beside: Beside) -> None:
    before = await beside.value("select count(*) from log_head")
    beside.clock.on(hours=30)
    await beside.all()
    assert await beside.value("select count(*) from log_head") == before


async def test_once_an_hour_outsiders_get_a_head(beside: Beside) -> None:
    count = "select count(*) from log_head where kind = 2"
    first = await beside.value(count)
    for _ in range(3):
        await beside.append(1)
        beside.clock.on(minutes=25)
        await beside.all()
    assert await beside.value(count) == first + 1
    await beside.checked()


async def test_a_clock_set_back_does_not_stop_heads(beside: Beside) -> None:
    count = "select count(*) from log_head where kind = 1"
    before = await beside.value(count)
    beside.clock.on(days=-200)
    await beside.append(1)
    await beside.all()
    assert await beside.value(count) == before + 1
    await beside.checked()


async def test_what_nobody_numbers_is_adopted_after_five_seconds(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """A story's process ended right after its commit."""
    (entry,) = await beside.append(1)
    await beside.sql("delete from log_batch where $1 = any(entries)", entry)
    await beside.sql("insert into unnumbered (csa, entry_id) values ('northmere', $1)", entry)
    beside.clock.at = await beside.value("select at from unnumbered")
    beside.clock.on(seconds=4)
    assert (await beside.rounds.round()).adopted == 0
    assert await beside.unsealed() == [entry]
    beside.clock.on(seconds=2)
    assert (await beside.rounds.round()).adopted == 1
    assert await beside.unsealed() == []
    assert "entries adopted, count=1" in caplog.text
    assert await beside.value("select count(*) from unnumbered") == 0
    await beside.checked()


async def test_an_entry_numbered_twice_has_one_leaf(beside: Beside) -> None:
    """Adopted by the sealer, and numbered all the same by a writer that was only slow."""
    entry = await beside.change()
    await beside.append(1)  # by now its writer has numbered it
    await beside.sql("insert into unnumbered (csa, entry_id) values ('northmere', $1)", entry)
    beside.clock.on(seconds=30)
    await beside.append(1)
    await beside.all()
    assert await beside.value("select count(*) from leaf where entry_id = $1", entry) == 1
    await beside.checked()


async def test_a_year_ends_with_a_head_and_the_next_names_it(beside: Beside) -> None:
    year = beside.clock.at.year
    await beside.append(5)
    beside.clock.at = beside.clock.at.replace(year=year + 1, month=1, day=1)
    await beside.all()
    head = await beside.checked()
    assert (head.shard, head.size) == ((year + 1) * 100, 0)
    last = "select note from log_head where shard = $1 and kind = $2 order by size desc limit 1"
    closing = opened(await beside.value(last, year * 100, 2), beside.verifiers)
    begun = await beside.value(
        "select begun::json->>'follows' from log_shard where shard = $1", head.shard
    )
    assert begun == closing.text()
    assert await beside.value(last, year * 100, 1) is not None
    await beside.append(2)
    beside.clock.on(seconds=61)
    await beside.all()
    assert (await beside.checked()).size == 16
    assert await beside.unsealed() == []


async def test_a_clock_years_ahead_begins_no_shard(beside: Beside) -> None:
    shard = (await beside.head()).shard
    beside.clock.at = beside.clock.at.replace(year=beside.clock.at.year + 40)
    await beside.append(1)
    await beside.all()
    assert (await beside.checked()).shard == shard


async def test_more_than_a_round_takes_is_sealed_in_several(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index_service.store.pending.ENTRIES_MAX", 8)
    for _ in range(10):
        await beside.append(3)
    done = await beside.all()
    assert len(done) > 3
    assert await beside.unsealed() == []
    await beside.checked()
