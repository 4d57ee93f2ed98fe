"""Group commit: shares writes, tells the truth about each, and never stops for one that failed."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.domain.errors import Unrecorded
from index_service.log.group_commit import Batch, GroupCommit
from index_service.log.leaf import LogRow
from index_service.log.numbering import Writer, batch_hash, first_previous


class GatedWrite:
    """A store whose every write waits for the test to let it through or fail it."""

    def __init__(self) -> None:
        self.batches: list[list[LogRow]] = []
        self.numbered: list[Batch] = []
        self.gate = asyncio.Event()
        self.fail: list[bool] = []  # for each write in turn; True raises after the gate
        self.ignore_cancel = False
        self.at_once = 0

    async def __call__(self, batch: Batch) -> None:
        """Keep the batch, wait, and succeed or raise."""
        self.at_once += 1
        assert self.at_once == 1 or self.ignore_cancel
        self.batches.append(list(batch.rows))
        self.numbered.append(batch)
        turn = len(self.batches) - 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            if not self.ignore_cancel:
                raise
            await asyncio.Event().wait()
        finally:
            self.at_once -= 1
        if turn < len(self.fail) and self.fail[turn]:
            raise ConnectionError


def row() -> LogRow:
    """Return a row; group commit does not look inside."""
    return LogRow(uuid4(), datetime.now(UTC), os.urandom(32), b"", ())


@asynccontextmanager
async def running(write: GatedWrite, **limits: float) -> AsyncIterator[GroupCommit]:
    """Run a group commit over a write."""
    commit = GroupCommit(write, Writer("northmere"), **limits)  # type: ignore[arg-type]  # keywords of one call
    commit.start()
    yield commit
    write.gate.set()
    await commit.stop()


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_who_come_while_a_write_is_in_flight_share_the_next() -> None:
    """No timer: the first goes at once, the rest together as soon as it is over."""
    write = GatedWrite()
    async with running(write) as commit:
        first = asyncio.create_task(commit.append(row()))
        await settle()
        rest = [asyncio.create_task(commit.append(row())) for _ in range(9)]
        await settle()
        assert [len(batch) for batch in write.batches] == [1]
        assert not first.done()
        write.gate.set()
        await asyncio.gather(first, *rest)
        assert [len(batch) for batch in write.batches] == [1, 9]


async def test_those_who_come_in_one_turn_of_the_loop_share_the_first_write() -> None:
    """A burst pays for one commit."""
    write = GatedWrite()
    write.gate.set()
    async with running(write) as commit:
        await asyncio.gather(*(commit.append(row()) for _ in range(16)))
        assert [len(batch) for batch in write.batches] == [16]


async def test_a_failed_write_is_told_to_all_of_its_batch_and_to_no_other() -> None:
    """The writer goes on with the next."""
    write = GatedWrite()
    write.fail = [True, False]
    async with running(write) as commit:
        first = [asyncio.create_task(commit.append(row())) for _ in range(3)]
        await settle()
        second = [asyncio.create_task(commit.append(row())) for _ in range(2)]
        await settle()
        write.gate.set()
        answers = await asyncio.gather(*first, *second, return_exceptions=True)
        assert [type(each) for each in answers[:3]] == [Unrecorded] * 3
        assert answers[3:] == [None, None]


async def test_a_write_that_takes_too_long_is_told_as_unrecorded() -> None:
    """Outcome unknown; the next batch begins only when the cancelled write has ended."""
    write = GatedWrite()
    async with running(write, wait_s_max=0.2) as commit:
        with pytest.raises(Unrecorded):
            await commit.append(row())
        write.gate.set()
        await commit.append(row())
        assert len(write.batches) == 2


async def test_a_write_that_ignores_being_cancelled_does_not_stop_the_log() -> None:
    """A hung driver costs its batch and one more wait, not the service."""
    write = GatedWrite()
    write.ignore_cancel = True
    async with running(write, wait_s_max=0.2) as commit:
        with pytest.raises(Unrecorded):
            await commit.append(row())
        later = asyncio.create_task(commit.append(row()))
        await settle()
        assert len(write.batches) == 1
        write.gate.set()
        async with asyncio.timeout(5):
            await later
        assert len(write.batches) == 2


async def test_a_full_queue_refuses_at_once() -> None:
    """No memory without bound behind a store that does not answer."""
    write = GatedWrite()
    async with running(write, queue_max=4) as commit:
        first = asyncio.create_task(commit.append(row()))
        await settle()
        waiting = [asyncio.create_task(commit.append(row())) for _ in range(4)]
        await settle()
        with pytest.raises(Unrecorded):
            await commit.append(row())
        write.gate.set()
        await asyncio.gather(first, *waiting)
        assert sum(map(len, write.batches)) == 5


async def test_who_hangs_up_has_still_asked() -> None:
    """Cancelling the caller, in flight or queued, takes no row back and hurts no other."""
    write = GatedWrite()
    async with running(write) as commit:
        callers = [asyncio.create_task(commit.append(row())) for _ in range(2)]
        await settle()
        callers += [asyncio.create_task(commit.append(row())) for _ in range(2)]
        await settle()
        for each in (callers[0], callers[2]):
            each.cancel()
        write.gate.set()
        answers = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(each) for each in answers] == [
            asyncio.CancelledError,
            type(None),
            asyncio.CancelledError,
            type(None),
        ]
        assert [len(batch) for batch in write.batches] == [2, 2]


async def test_stopping_writes_what_was_accepted_and_accepts_no_more() -> None:
    """A clean shutdown loses nothing."""
    write = GatedWrite()
    commit = GroupCommit(write, Writer("northmere"))
    with pytest.raises(Unrecorded):
        await commit.append(row())
    commit.start()
    callers = [asyncio.create_task(commit.append(row()))]
    await settle()
    callers.append(asyncio.create_task(commit.append(row())))
    await settle()
    stopping = asyncio.create_task(commit.stop())
    await settle()
    with pytest.raises(Unrecorded):
        await commit.append(row())
    write.gate.set()
    await asyncio.gather(stopping, *callers)
    assert [len(batch) for batch in write.batches] == [1, 1]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=6))
def test_every_caller_told_yes_has_its_row_and_every_row_is_written_once(
    waves: list[tuple[int, bool]],
) -> None:
    """Over any sequence of batches and failures."""

    async def run() -> None:
        write = GatedWrite()
        write.fail = [fails for _, fails in waves]
        write.gate.set()
        told: list[tuple[LogRow, bool]] = []

        async def ask(commit: GroupCommit) -> None:
            mine = row()
            try:
                await commit.append(mine)
            except Unrecorded:
                told.append((mine, False))
            else:
                told.append((mine, True))

        async with running(write) as commit:
            for size, _ in waves:
                await asyncio.gather(*(ask(commit) for _ in range(size)))
        durable = [
            each.entry_id
            for turn, batch in enumerate(write.batches)
            if not write.fail[turn]
            for each in batch
        ]
        assert sorted(durable) == sorted(each.entry_id for each, said in told if said)
        assert len(told) == sum(size for size, _ in waves)

    asyncio.run(run())


async def test_batches_are_numbered_densely_and_bound_to_the_one_before() -> None:
    """What a sealer needs to see that nothing was taken away."""
    write = GatedWrite()
    write.gate.set()
    async with running(write) as commit:
        for _ in range(3):
            await commit.append(row())
    numbers = [batch.number for batch in write.numbered]
    writer = numbers[0].writer
    assert [(number.writer, number.seq) for number in numbers] == [(writer, n) for n in (1, 2, 3)]
    previous = first_previous("northmere", writer, None)
    for batch, number in zip(write.numbered, numbers, strict=True):
        assert number.previous == previous
        leaves = [each.leaf for each in batch.rows]
        previous = batch_hash("northmere", writer, number.seq, previous, leaves)
        assert number.hash == previous


async def test_after_an_unknown_outcome_a_successor_names_the_last_sure_number() -> None:
    """The batch in doubt may be there or not; all before it must be."""
    write = GatedWrite()
    write.fail = [False, True, False, False]
    write.gate.set()
    async with running(write) as commit:
        await commit.append(row())
        with pytest.raises(Unrecorded):
            await commit.append(row())
        await commit.append(row())
        await commit.append(row())
    first, doubtful, after, last = (batch.number for batch in write.numbered)
    assert (doubtful.writer, doubtful.seq) == (first.writer, 2)
    assert after.writer not in (first.writer,)
    assert after.seq == 1
    assert after.predecessor is not None
    assert after.predecessor.writer == first.writer
    assert (after.predecessor.seq, after.predecessor.hash) == (1, first.hash)
    assert after.previous == first_previous("northmere", after.writer, after.predecessor)
    assert (last.writer, last.seq, last.predecessor) == (after.writer, 2, None)


async def test_what_a_story_stored_is_numbered_with_the_next_batch_and_nobody_waits() -> None:
    """Entries committed with their effect get their number right after."""
    write = GatedWrite()
    write.gate.set()
    async with running(write) as commit:
        stored = row()
        commit.number_stored(stored)
        await settle()
    (batch,) = write.numbered
    assert (batch.rows, batch.stored) == ((), (stored,))
