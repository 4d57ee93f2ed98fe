"""What vanishes before sealing is noticed, whoever made it look sealed, numbered or fresh."""

from datetime import timedelta
from uuid import UUID

import pytest

from index_service.domain.errors import Unavailable
from tests.sealing.sealing import BATCHES_WAIT, Beside, Broken

LEAF = "select leaf from access_entry where entry_id = $1"
PLACED = "insert into leaf (csa, shard, leaf_index, hash, entry_id)"
PLACED += " values ('northmere', $1, $2, $3, $4)"
LOST_SIGHT = "delete from access_entry where entry_id = $1"
NOT_NUMBERED = "insert into unnumbered (csa, entry_id) values ('northmere', $1)"


async def placed(beside: Beside, shard: int, index: int) -> UUID:
    """Have an entry appended, and a leaf of it put where the sealer did not."""
    (entry,) = await beside.append(1)
    await beside.sql(PLACED, shard, index, await beside.value(LEAF, entry), entry)
    return entry


def outcomes(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return why batches were refused."""
    told = [r.getMessage() for r in caplog.records if "batches refused" in r.getMessage()]
    return [line.split("outcome=")[1].split(" ")[0] for line in told]


@pytest.mark.parametrize("shard", [200001, 299900])
async def test_a_leaf_in_another_shard_does_not_make_an_entry_sealed(
    beside: Beside, caplog: pytest.LogCaptureFixture, shard: int
) -> None:
    entry = await placed(beside, shard, 0)
    assert (await beside.again().round()).refused == 1
    assert outcomes(caplog) == ["leaf_differs"]
    assert await beside.value(BATCHES_WAIT) == 1
    await beside.sql("delete from leaf where shard = $1", shard)
    await beside.sql(LOST_SIGHT, entry)
    await beside.append(3)
    caplog.clear()
    assert (await beside.again().round()).refused == 1
    assert outcomes(caplog) == ["entry_missing"]


async def test_a_leaf_in_another_ones_place_does_not_make_an_entry_sealed(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """In a full tile of the signed tree, which a round does not read again for itself."""
    await beside.append(300)
    await beside.all()
    head = await beside.head()
    await beside.sql("delete from leaf where shard = $1 and leaf_index = 40", head.shard)
    await placed(beside, head.shard, 40)
    assert (await beside.again().round()).refused == 1
    assert outcomes(caplog) == ["leaf_differs"]


async def test_a_leaf_of_a_closed_shard_that_no_head_covers_is_no_proof(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    old = await turned(beside)
    await placed(beside, old, await beside.value("select count(*) from leaf where shard = $1", old))
    assert (await beside.again().round()).refused == 1
    assert outcomes(caplog) == ["leaf_differs"]


async def test_what_a_closed_shard_holds_under_its_head_is_sealed(beside: Beside) -> None:
    """Numbered once more by a writer that was slow over the turn of the year."""
    (entry,) = await beside.append(1)
    await beside.all()
    await turned(beside)
    await beside.sql(NOT_NUMBERED, entry)
    await beside.sql("update unnumbered set at = at - interval '1 year'")
    done = await beside.again().round()
    assert (done.adopted, done.refused) == (1, 0)
    assert await beside.value(BATCHES_WAIT) == 0
    await beside.checked()


async def test_a_round_cut_short_after_its_head_is_proven_and_goes_on(beside: Beside) -> None:
    """The head stands, the batches wait still: in full tiles and in the last."""
    entries = await beside.append(300)
    store = beside.rounds.sealer.store
    with pytest.raises(Unavailable):
        await beside.again(store=Broken(store._pool, "northmere", 3, kept=False)).round()
    assert await beside.value(BATCHES_WAIT) > 0
    assert (await beside.head()).size > 300
    done = await beside.all(beside.again())
    assert [each.refused for each in done] == [0] * len(done)
    assert not set(entries) & set(await beside.unsealed())
    await beside.checked()


async def turned(beside: Beside) -> int:
    """Let the year end; return the shard that is closed."""
    year = beside.clock.at.year
    beside.clock.at = beside.clock.at.replace(year=year + 1, month=1, day=1)
    await beside.all()
    assert (await beside.head()).shard == (year + 1) * 100
    return year * 100


async def test_an_entry_gone_before_anybody_numbered_it_alarms(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """And what else was left is adopted all the same."""
    gone, left = await beside.append(2)
    await beside.sql("delete from log_batch")
    await beside.sql(LOST_SIGHT, gone)
    for entry in (gone, left):
        await beside.sql(NOT_NUMBERED, entry)
    beside.clock.on(seconds=10)
    done = await beside.again().round()
    assert (done.adopted, done.gone) == (1, 1)
    assert "sealer: entries gone before they were numbered, count=1" in caplog.text
    assert await beside.value("select entry_id from unnumbered") == gone


async def test_a_made_up_moment_of_an_entry_does_not_put_off_its_adoption(
    beside: Beside,
) -> None:
    (entry,) = await beside.append(1)
    await beside.sql("delete from log_batch where $1 = any(entries)", entry)
    await beside.sql(NOT_NUMBERED, entry)
    await beside.sql("update access_entry set at = at + interval '1 year'")
    beside.clock.on(seconds=10)
    assert (await beside.again().round()).adopted == 1


async def test_what_nobody_numbers_is_a_delay_too(beside: Beside) -> None:
    lag = beside.served.index.lag
    assert lag is not None
    (entry,) = await beside.append(1)
    await beside.all()
    await beside.sql(NOT_NUMBERED, entry)
    await beside.sql("update unnumbered set at = at - $1::interval", timedelta(hours=9))
    await lag.look()
    assert lag.waited_s >= 9 * 60 * 60
