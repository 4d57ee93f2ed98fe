"""Each durable step of a round fails both ways, and the next sealer goes on from there."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from index_service.crypto.providers import KeyRefused
from index_service.domain.errors import Unavailable
from index_service.log.second_place import PlaceUnfit, SwapRefused
from index_service.services.sealing_log.running import End, keep_sealing, seal_once
from index_service.store.sealed_log import LedByAnother, SealedLog
from tests.sealing.sealing import Beside, Broken, BrokenPlace, SetClock, environment

ROOT = Path(__file__).resolve().parent.parent.parent
# A round's transactions in their order; the swap stands between the second and the third.
GROWING, READING_BACK, LETTING_GO = 1, 2, 3


def broken(beside: Beside, at: int, kept: bool) -> Broken:
    store = beside.rounds.sealer.store
    return Broken(store._pool, beside.settings.csa, at, kept)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("at", [GROWING, READING_BACK, LETTING_GO])
async def test_a_transaction_lost_or_not_known_to_be_kept_is_got_over(
    beside: Beside, at: int, kept: bool
) -> None:
    before = await beside.head()
    await beside.append(5)
    beside.clock.on(seconds=61)  # a head of the minute is due, and padding with it
    with pytest.raises(Unavailable):
        await beside.again(store=broken(beside, at, kept)).round()
    stands = await beside.head()
    assert (stands == before) is (at != LETTING_GO)  # a head is signed for what is durable alone
    await beside.append(2)
    await beside.all(beside.again())
    head = await beside.checked()
    assert head.size > stands.size
    assert await beside.unsealed() == []
    heads = "select count(*) from log_head where kind = 1 and size > $1"
    assert await beside.value(heads, before.size) >= 1


@pytest.mark.parametrize("kept", [False, True])
async def test_a_swap_that_failed_or_is_not_known_to_have_is_got_over(
    beside: Beside, kept: bool
) -> None:
    before = await beside.head()
    await beside.append(5)
    place = BrokenPlace(beside.rounds.sealer.second, kept)
    with pytest.raises(PlaceUnfit):
        await beside.again(second=place).round()
    assert ((await beside.head()) == before) is not kept
    assert await beside.value("select count(*) from log_batch") == 5  # gone only with its head
    await beside.all(beside.again())
    assert (await beside.checked()).size == before.size + 5


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("at", [1, 4, 5])
async def test_a_year_that_turns_amid_a_fault_turns_once(
    beside: Beside, at: int, kept: bool
) -> None:
    """1 asks whether the shard has begun; 4 is the closing round's end, 5 begins the shard."""
    await beside.append(5)
    year = beside.clock.at.year + 1
    beside.clock.at = beside.clock.at.replace(year=year, month=1, day=1)
    with pytest.raises(Unavailable):
        await beside.again(store=broken(beside, at, kept)).round()
    await beside.append(1)
    await beside.all(beside.again())
    assert (await beside.checked()).shard == year * 100
    assert await beside.unsealed() == []
    assert await beside.value("select count(*) from log_shard") == 2


@pytest.mark.parametrize("kept", [False, True])
async def test_a_year_whose_first_head_is_not_taken_turns_once(beside: Beside, kept: bool) -> None:
    year = beside.clock.at.year + 1
    await beside.all()
    beside.clock.on(seconds=61)
    await beside.all()  # nothing is new: the closing round has nothing to sign
    beside.clock.at = beside.clock.at.replace(year=year, month=1, day=1)
    place = BrokenPlace(beside.rounds.sealer.second, kept)
    with pytest.raises(PlaceUnfit):
        await beside.again(second=place).round()
    await beside.append(1)
    await beside.all(beside.again())
    assert (await beside.checked()).shard == year * 100


async def test_an_adoption_not_known_to_be_kept_is_no_gap(beside: Beside) -> None:
    """The sealer is a writer too: it goes on under another name."""
    for kept in (False, True):
        (entry,) = await beside.append(1)
        await beside.sql("delete from log_batch")
        await beside.sql("insert into unnumbered (csa, entry_id) values ('northmere', $1)", entry)
        beside.clock.on(seconds=10)
        rounds = beside.again(store=broken(beside, GROWING, kept))
        with pytest.raises(Unavailable):
            await rounds.round()
        done = await beside.all(rounds)
        assert done[-1].refused == 0
        assert await beside.unsealed() == []
        # The index's own writer has lost a batch by this test's hand, and goes on.
        beside.served.index.log._commit._writer.unsure()
        beside.served.index.log._commit._writer._predecessor = None
        beside.served.index.log._commit._writer._begin(None)


async def test_one_sealer_at_a_time_and_the_next_when_it_dies(beside: Beside) -> None:
    store, other = beside.rounds.sealer.store, beside.again().sealer.store
    kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    kill += " where usename = 'northmere_seal' and state = 'idle in transaction'"
    stack = AsyncExitStack()
    leading = await stack.enter_async_context(store.leading())
    with pytest.raises(LedByAnother):
        await stack.enter_async_context(other.leading())
    assert await beside.value(kill) == 1
    with pytest.raises(Unavailable):
        await leading.check()
    async with other.leading() as following:
        await following.check()
    with pytest.raises(Unavailable):  # its transaction has ended already
        await stack.aclose()


async def test_a_sealer_that_was_followed_unawares_harms_nothing(beside: Beside) -> None:
    """Two without a lock, round for round: the tree's keys and the second place hold."""
    one, two = beside.again(), beside.again()
    for _ in range(5):
        await beside.append(7)
        await asyncio.gather(one.round(), two.round(), return_exceptions=True)
    beside.clock.on(seconds=61)
    await beside.all(one)
    await beside.checked()
    assert await beside.unsealed() == []


async def test_a_stale_sealer_is_refused_by_the_second_place(beside: Beside) -> None:
    """It read the place before another one's round, and swaps after it."""

    class Stale(BrokenPlace):
        async def swap(self, step: object) -> None:
            await beside.all()
            await self.place.swap(step)  # type: ignore[arg-type]  # handed through

    await beside.append(2)
    with pytest.raises((SwapRefused, Unavailable)):
        await beside.again(second=Stale(beside.rounds.sealer.second, True)).round()
    await beside.all()
    await beside.checked()


async def test_the_loop_outlives_a_database_that_is_lost(beside: Beside) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(keep_sealing(beside.again(), None, stop, 0.05))
    kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    kill += " where usename = 'northmere_seal'"
    for _ in range(3):
        await beside.append(3)
        await asyncio.sleep(0.2)
        assert await beside.value(kill) >= 1
    await beside.append(1)
    async with asyncio.timeout(20):
        while await beside.unsealed():  # noqa: ASYNC110 (the loop tells nobody)
            await asyncio.sleep(0.05)
        stop.set()
        await task
    await beside.checked()


async def test_once_says_how_it_went(beside: Beside) -> None:
    await beside.append(1)
    assert await seal_once(beside.again(), None) is End.WELL
    async with beside.rounds.sealer.store.leading():
        assert await seal_once(beside.again(), None) is End.ANOTHER_LEADS
    assert await seal_once(beside.again(store=_nowhere()), None) is End.STORE_LOST
    await beside.checked()


def _nowhere() -> SealedLog:
    class Nowhere:
        def acquire(self, **_: object) -> object:
            raise ConnectionRefusedError

    return SealedLog(Nowhere(), "northmere")


async def test_a_sealer_killed_at_any_moment_leaves_a_log_that_goes_on(beside: Beside) -> None:
    """The real command, killed as by a power cut, time and again while entries come."""
    command = [sys.executable, "-m", "index_service.commands.cli", "seal"]
    more = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    beside.clock.at = SetClock().at
    for turn in range(4):
        environ = environment(beside.settings, **more)
        process = await asyncio.create_subprocess_exec(*command, env=environ)
        try:
            async with asyncio.timeout(20):
                before = (await beside.head()).size
                while (await beside.head()).size == before:
                    await beside.append(5)
            await asyncio.sleep(0.013 * turn)
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
    beside.clock.at = SetClock().at
    await beside.append(1)
    await beside.all(beside.again())
    await beside.checked()
    assert await beside.unsealed() == []


def test_keys_of_the_index_beside_its_own_stop_a_sealer(tmp_path: Path) -> None:
    """Whoever seals could otherwise forge what is sealed."""
    from_both = tmp_path / "keys"
    from_both.mkdir(mode=0o700)
    from_both.joinpath("receipt.1").write_text(os.urandom(32).hex())
    from_both.joinpath("receipt.1").chmod(0o600)
    command = [sys.executable, "-m", "index_service.commands.cli"]
    make = [*command, "keys", "make-sealer", str(from_both)]
    done = subprocess.run(make, capture_output=True, check=False)
    assert done.returncode == 2
    assert KeyRefused.__name__ not in done.stderr.decode()
