"""What the sealer refuses: gaps, missing entries, other people's numbers; and restored backups."""

import os
from uuid import UUID, uuid4

import pytest

from index_service.domain.errors import Unrecorded
from index_service.log.numbering import batch_hash
from index_service.log.second_place import PlaceUnfit
from index_service.services.sealing_log.growing import RolledBack
from index_service.services.sealing_log.running import End, seal_once
from index_service.services.sealing_log.sealer import NotFounded
from tests.sealing.sealing import BATCHES_WAIT, Beside

LAST = "select writer, seq from log_batch order by at desc, seq desc limit 1"


async def numbers(beside: Beside, batches: int) -> tuple[UUID, list[int]]:
    """Have batches appended one by one; return their writer and numbers."""
    for _ in range(batches):
        await beside.append(1)
    writer = (await beside.sql(LAST))[0]["writer"]
    rows = await beside.sql("select seq from log_batch where writer = $1 order by 1", writer)
    return writer, [row[0] for row in rows]


async def refused(beside: Beside, caplog: pytest.LogCaptureFixture) -> str:
    """Run a round that must refuse one writer; return the word it says."""
    caplog.clear()
    done = await beside.again().round()
    assert done.refused == 1
    (line,) = [r.getMessage() for r in caplog.records if "batches refused" in r.getMessage()]
    return line.split("outcome=")[1].split(" ")[0]


async def test_a_batch_taken_away_before_sealing_is_noticed(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """With its entry and everything that named it: by the one after it."""
    writer, seqs = await numbers(beside, 3)
    gone = "delete from log_batch where writer = $1 and seq = $2 returning entries"
    (entry,) = (await beside.sql(gone, writer, seqs[1]))[0]["entries"]
    await beside.sql("delete from access_entry where entry_id = $1", entry)
    assert await refused(beside, caplog) == "gap"
    await beside.checked(waiting=1)
    assert await beside.value("select seq from writer_sealed where writer = $1", writer) == seqs[0]


async def test_an_entry_taken_away_before_sealing_is_noticed(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    (entry,) = await beside.append(1)
    await beside.sql("delete from access_entry where entry_id = $1", entry)
    assert await refused(beside, caplog) == "entry_missing"
    await beside.checked(waiting=1)


async def test_an_entry_taken_out_of_its_batch_as_well_is_noticed(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    (entry,) = await beside.append(1)
    await beside.sql("delete from access_entry where entry_id = $1", entry)
    await beside.sql("update log_batch set entries = '{}' where $1 = any(entries)", entry)
    assert await refused(beside, caplog) == "hash"


async def test_another_leaf_in_an_entrys_place_is_noticed(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    (entry,) = await beside.append(1)
    await beside.sql("update access_entry set leaf = $2 where entry_id = $1", entry, os.urandom(32))
    assert await refused(beside, caplog) == "hash"


async def test_a_whole_batch_made_anew_does_not_fit_the_next(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever knows the formats gives the forged batch its true hash: the chain shows it."""
    writer, seqs = await numbers(beside, 2)
    row = (
        await beside.sql("select * from log_batch where writer = $1 and seq = $2", writer, seqs[0])
    )[0]
    made, leaf = uuid4(), os.urandom(32)
    await beside.sql("delete from access_entry where entry_id = any($1)", row["entries"])
    await beside.sql("insert into access_entry values ('northmere', $1, now(), $2, '')", made, leaf)
    hash_ = batch_hash("northmere", writer, seqs[0], row["previous"], [leaf])
    await beside.sql(
        "update log_batch set entries = $3, hash = $4 where writer = $1 and seq = $2",
        writer,
        seqs[0],
        [made],
        hash_,
    )
    assert await refused(beside, caplog) == "chain"
    await beside.checked(waiting=1)


async def test_a_successor_whose_predecessors_batches_are_gone_is_refused(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """Its connection was cut on purpose, so that the writer ended and nothing follows in it."""
    writer, _ = await numbers(beside, 3)
    beside.served.index.log._commit._writer.unsure()
    await beside.append(1)
    await beside.sql("delete from log_batch where writer = $1", writer)
    assert await refused(beside, caplog) == "predecessor"


@pytest.mark.parametrize("kept", [False, True])
async def test_an_unknown_outcome_ends_a_writer_and_refuses_nobody(
    beside: Beside, kept: bool
) -> None:
    """The batch nobody is sure of may be there or not."""
    log = beside.served.index.log._commit
    await beside.append(2)
    writer, write = log._writer, log._write

    async def unsure(batch: object) -> None:
        if kept:
            await write(batch)  # type: ignore[arg-type]  # handed through
        raise ConnectionResetError

    log._write = unsure
    with pytest.raises(Unrecorded):
        await beside.append(1)
    log._write = write
    await beside.append(2)
    done = await beside.all()
    assert done[-1].refused == 0
    assert writer is log._writer
    await beside.checked()
    assert await beside.unsealed() == []


async def test_nobody_else_can_say_that_a_batch_was_sealed(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """Taken away, and the writer's row moved on over the gap: the mark is not the sealer's."""
    await beside.append(1)
    await beside.all()
    writer, seqs = await numbers(beside, 2)
    row = (
        await beside.sql(
            "delete from log_batch where writer = $1 and seq = $2 returning *", writer, seqs[0]
        )
    )[0]
    await beside.sql("delete from access_entry where entry_id = any($1)", row["entries"])
    await beside.sql(
        "update writer_sealed set seq = $2, hash = $3, previous = $4 where writer = $1",
        writer,
        seqs[0],
        row["hash"],
        row["previous"],
    )
    assert await refused(beside, caplog) == "forged"
    await beside.sql("delete from writer_sealed where writer = $1", writer)
    assert await refused(beside, caplog) == "gap"


async def test_others_are_sealed_while_one_is_refused_and_it_is_tried_again(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many batches it has: nobody waits behind them."""
    monkeypatch.setattr("index_service.store.pending.ENTRIES_MAX", 4)
    _, seqs = await numbers(beside, 9)
    hold = "delete from log_batch where seq = $1 returning *"
    row = (await beside.sql(hold, seqs[0]))[0]
    other = beside.served.index.log._commit._writer
    other._begin(None)
    entries = await beside.append(3)
    for _ in range(12):
        await beside.rounds.round()
    assert not set(entries) & set(await beside.unsealed())
    assert await beside.value(BATCHES_WAIT) == 8
    await beside.sql(
        "insert into log_batch values ('northmere', $1, $2, $3, $4, $5, $6, $7, $8)",
        *list(row.values())[1:9],
    )
    beside.clock.on(seconds=61)
    await beside.all()
    assert await beside.unsealed() == []
    await beside.checked()


async def test_a_restored_backup_is_refused_for_good(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    """Smaller than the second place's head; growing beyond its size makes it no better."""
    size = (await beside.head()).size
    await beside.append(3)
    await beside.all()
    await beside.sql("delete from leaf where leaf_index >= $1", size)
    with pytest.raises(RolledBack, match="smaller"):
        await beside.again().round()
    assert await seal_once(beside.again(), None) is End.ROLLED_BACK
    assert "ROLLED BACK" in caplog.text
    for index in range(size, size + 5):
        await beside.sql(
            "insert into leaf select csa, shard, $1, hash, null, pad_blind from leaf"
            " where pad_blind is not null limit 1",
            index,
        )
    with pytest.raises(RolledBack, match="inconsistent"):
        await beside.again().round()
    assert await seal_once(beside.again(), None) is End.ROLLED_BACK
    assert (await beside.head()).size == size + 3


async def test_a_database_made_anew_is_refused(beside: Beside) -> None:
    for table in ("leaf", "tile", "log_head", "log_shard", "writer_sealed"):
        await beside.sql(f"delete from {table}")
    with pytest.raises(RolledBack):
        await beside.again().round()


async def test_a_database_made_anew_before_its_first_leaf_is_refused(unfounded: Beside) -> None:
    await unfounded.rounds.found()
    await unfounded.sql("delete from log_shard")
    with pytest.raises(RolledBack, match="no_shard"):
        await unfounded.again().round()


async def test_a_shard_that_follows_another_head_is_refused(beside: Beside) -> None:
    """Begun in the database by somebody, or before the last round was lost."""
    year = beside.clock.at.year + 1
    begun = "insert into log_shard values ('northmere', $1, now(), $2)"
    await beside.sql(begun, year * 100, '{"follows":null,"why":"year"}')
    beside.clock.at = beside.clock.at.replace(year=year, month=1, day=1)
    with pytest.raises(RolledBack, match="shard_follows_another"):
        await beside.again().round()


async def test_a_changed_leaf_at_the_trees_edge_is_noticed(beside: Beside) -> None:
    await beside.sql("update leaf set hash = $1 where leaf_index = 1", os.urandom(32))
    with pytest.raises(RolledBack, match="inconsistent"):
        await beside.again().round()


async def test_a_leaf_put_in_while_no_sealer_ran_is_not_signed(beside: Beside) -> None:
    """Rows beyond the head are taken over only if they are some entry's, or padding."""
    head = await beside.head()
    put = "insert into leaf values ('northmere', $1, $2, $3, $4, $5)"
    for entry, blind in ((uuid4(), None), (None, os.urandom(32)), (None, None)):
        await beside.sql(put, head.shard, head.size, os.urandom(32), entry, blind)
        with pytest.raises(RolledBack, match="leaf"):
            await beside.again().round()
        await beside.sql("delete from leaf where leaf_index = $1", head.size)
    (entry,) = await beside.append(1)
    leaf = await beside.value("select leaf from access_entry where entry_id = $1", entry)
    await beside.sql(put, head.shard, head.size + 1, leaf, entry, None)
    with pytest.raises(RolledBack, match="gap"):
        await beside.again().round()
    assert await beside.head() == head


async def test_a_second_place_that_is_lost_is_no_beginning(beside: Beside) -> None:
    beside.settings.second_place.unlink()
    with pytest.raises(NotFounded):
        await beside.again().round()
    with pytest.raises(RolledBack, match="second_place_lost"):
        await beside.again().found()
    assert await seal_once(beside.again(), None) is End.SECOND_PLACE


async def test_a_second_place_others_can_read_is_refused(beside: Beside) -> None:
    beside.settings.second_place.chmod(0o644)
    with pytest.raises(PlaceUnfit, match="readable_by_others"):
        await beside.again().round()
    beside.settings.second_place.chmod(0o600)
    beside.settings.second_place.parent.chmod(0o755)
    with pytest.raises(PlaceUnfit, match="readable_by_others"):
        await beside.again().round()


async def test_a_second_place_set_back_follows_the_tree_it_is_consistent_with(
    beside: Beside,
) -> None:
    """The file alone was restored: the tree extends it, and no head was ever taken back."""
    place = beside.settings.second_place
    old = place.read_bytes()
    await beside.append(3)
    await beside.all()
    newer = await beside.head()
    place.write_bytes(old)
    await beside.all(beside.again())
    assert await beside.head() == newer


async def test_a_head_somebody_else_signed_is_refused(beside: Beside) -> None:
    place = beside.settings.second_place
    text = place.read_text()
    place.write_text(text.replace("\n", "\n0", 1))
    with pytest.raises(PlaceUnfit):
        await beside.again().round()
    place.write_bytes(b"\xff")
    with pytest.raises(PlaceUnfit, match="malformed"):
        await beside.again().round()


ALTERED = """
create function altered() returns trigger language plpgsql as $$
begin new.{column} := sha256(new.{column}); return new; end $$;
create trigger altered before insert on {table} for each row execute function altered();
"""


@pytest.mark.parametrize(
    ("table", "column", "code"),
    [("leaf", "hash", "leaf"), ("leaf", "pad_blind", "leaf"), ("tile", "root", "read_back")],
)
async def test_what_the_store_made_of_it_is_read_back_before_it_is_signed(
    beside: Beside, table: str, column: str, code: str
) -> None:
    """A store that keeps something else than it was given: a bad disk, or somebody's trigger."""
    head = await beside.head()
    beside.served.postgres.psql(ALTERED.format(table=table, column=column), beside.served.database)
    await beside.append(1)
    for _ in range(256 if table == "tile" else 0):
        await beside.append(1)
    beside.clock.on(seconds=61)
    for _ in range(2):
        with pytest.raises(RolledBack, match=code):
            await beside.again().round()
    assert await beside.head() == head
