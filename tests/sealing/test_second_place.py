"""The second place, here and off the machine: compare and swap, and only what follows."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.authority import free_port
from index_service.commands.keep_heads import log_keys
from index_service.log.checkpoint import Checkpoint, HeadKeys, NoteRefused, opened
from index_service.log.kept_heads import KeptHeads
from index_service.log.second_place import (
    FileSecondPlace,
    HttpSecondPlace,
    PlaceUnfit,
    SecondPlace,
    Step,
    SwapRefused,
)
from index_service.log.tree import EMPTY_ROOT, consistency_ranges, root_of
from index_service.services.sealing_log.growing import RolledBack
from index_service.services.sealing_log.off_machine import OffMachine
from index_service.services.sealing_log.running import End, keep_sealing, seal_once
from tests.sealing.sealing import Beside

ROOT = Path(__file__).resolve().parent.parent.parent
KEYS = HeadKeys("index.northmere.example/log", bytes(range(32)), bytes(range(1, 33)))
LEAVES = [os.urandom(32) for _ in range(300)]
EMPTY = KEYS.signed(Checkpoint(KEYS.origin, 202600, 0, EMPTY_ROOT), 1)


def head(size: int, leaves: list[bytes] = LEAVES, shard: int = 202600) -> str:
    root = root_of(leaves[:size])
    return KEYS.signed(Checkpoint(KEYS.origin, shard, size, root), 1_790_000_000)


def proof(before: int, after: int) -> tuple[bytes, ...]:
    return tuple(root_of(LEAVES[a:b]) for a, b in consistency_ranges(before, after))


@asynccontextmanager
async def keeper(directory: Path, keys: HeadKeys = KEYS) -> AsyncIterator[str]:
    """Run the real command on a directory; yield its address."""
    policy = directory.with_suffix(".policy")
    policy.write_text("".join(f"log {key.text()}\n" for key in keys.verifiers))
    port = free_port()
    command = [sys.executable, "-m", "index_service.commands.cli", "keep-heads", str(directory)]
    process = await asyncio.create_subprocess_exec(
        *(*command, "--policy", str(policy), "--port", str(port)),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(20):
            while True:
                try:
                    await HttpSecondPlace(url, keys.verifiers).read()
                    break
                except PlaceUnfit:
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
        yield url
    finally:
        process.kill()
        await process.wait()


def heads_in(directory: Path) -> list[Path]:
    """Return the files of heads."""
    return list(directory.glob("*.heads"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "heads"
    made.mkdir(mode=0o700)
    return made


@asynccontextmanager
async def placed(kind: str, directory: Path) -> AsyncIterator[SecondPlace]:
    """One of the two places, by name: both keep the same promise."""
    if kind == "file":
        yield FileSecondPlace(directory / "head", KEYS.verifiers)
    else:
        async with keeper(directory) as url:
            yield HttpSecondPlace(url, KEYS.verifiers)


@pytest.mark.parametrize("kind", ["file", "http"])
async def test_a_place_takes_what_follows_and_nothing_else(kind: str, directory: Path) -> None:
    async with placed(kind, directory) as place:
        assert await place.read() is None
        await place.swap(Step(None, EMPTY))
        assert await place.read() == EMPTY
        ten, later = head(10), head(25)
        await place.swap(Step(EMPTY, ten))
        await place.swap(Step(ten, later, proof(10, 25)))
        assert await place.read() == later
        other = [*LEAVES[:3], os.urandom(32), *LEAVES[4:]]
        wrong = [
            Step(None, EMPTY),
            Step(ten, head(30), proof(10, 30)),  # another head stands there by now
            Step(ten, head(40), proof(25, 40)),  # which is all that is wrong with this one
            Step(later, ten, proof(10, 25)),  # smaller
            Step(later, head(25, other)),  # as large, and another tree
            Step(later, head(40, other), proof(25, 40)),  # a fork
            Step(later, head(40)),  # without its proof
            Step(later, head(40), proof(25, 41)),
            Step(later, head(40).replace("\n40\n", "\n41\n"), proof(25, 41)),
            Step(later, head(9, shard=202500)),
            Step("x", head(40), proof(25, 40)),
        ]
        for step in wrong:
            with pytest.raises(SwapRefused):
                await place.swap(step)
        assert await place.read() == later
        again = head(25)  # the same head signed once more
        await place.swap(Step(head(25), again))
        following = head(0, shard=202700)
        await place.swap(Step(again, following))
        assert await place.read() == following


async def test_of_many_swaps_at_once_one_is_taken(directory: Path) -> None:
    place = FileSecondPlace(directory / "head", KEYS.verifiers)
    await place.swap(Step(None, EMPTY))
    steps = [Step(EMPTY, head(size)) for size in range(1, 9)]
    done = await asyncio.gather(*(place.swap(each) for each in steps), return_exceptions=True)
    assert len([each for each in done if each is None]) == 1
    assert all(each is None or isinstance(each, SwapRefused) for each in done)


async def test_a_file_begins_with_the_empty_head(directory: Path) -> None:
    place = FileSecondPlace(directory / "head", KEYS.verifiers)
    with pytest.raises(SwapRefused, match="not_founded"):
        await place.swap(Step(None, head(10)))


async def test_a_file_that_is_a_link_a_pipe_or_nowhere_is_refused(directory: Path) -> None:
    (directory / "real").write_text(EMPTY)
    (directory / "link").symlink_to(directory / "real")
    os.mkfifo(directory / "pipe")
    for name in ("link", "pipe", "none/head"):
        with pytest.raises(PlaceUnfit):
            await FileSecondPlace(directory / name, KEYS.verifiers).read()


async def test_a_disk_that_refuses_leaves_the_head_that_stood_there(directory: Path) -> None:
    place = FileSecondPlace(directory / "head", KEYS.verifiers)
    await place.swap(Step(None, EMPTY))
    (directory / ".head.draft").mkdir()
    with pytest.raises(OSError, match="directory"):
        await place.swap(Step(EMPTY, head(10)))
    assert await place.read() == EMPTY


async def test_a_keeper_keeps_every_head_and_goes_on_after_a_crash(directory: Path) -> None:
    """Killed, and its last line cut short as by a power cut."""
    async with keeper(directory) as url:
        place = HttpSecondPlace(url, KEYS.verifiers)
        await place.swap(Step(None, EMPTY))
        await place.swap(Step(EMPTY, head(10)))
    (file,) = heads_in(directory)
    whole = file.read_bytes()
    file.write_bytes(whole + whole.splitlines(keepends=True)[1][:40])
    async with keeper(directory) as url:
        place = HttpSecondPlace(url, KEYS.verifiers)
        ten = await place.read()
        assert ten is not None
        assert opened(ten, KEYS.verifiers).size == 10
        await place.swap(Step(ten, head(25), proof(10, 25)))
    lines = file.read_bytes().splitlines()
    assert file.read_bytes().startswith(whole)
    assert len(lines) == 4  # two, the one cut short, and the new one


def test_one_process_keeps_a_directory(directory: Path) -> None:
    kept = KeptHeads(directory, KEYS.verifiers)
    with pytest.raises(PlaceUnfit, match="kept_by_another"):
        KeptHeads(directory, KEYS.verifiers)
    kept.close()
    KeptHeads(directory, KEYS.verifiers).close()


def test_days_in_names_do_not_say_which_head_is_the_last(directory: Path) -> None:
    """A clock was set back between two heads."""
    kept = KeptHeads(directory, KEYS.verifiers)
    kept.keep(Step(None, EMPTY), datetime(2026, 5, 9, tzinfo=UTC))
    kept.keep(Step(EMPTY, head(10)), datetime(2026, 5, 2, tzinfo=UTC))
    kept.close()
    again = KeptHeads(directory, KEYS.verifiers)
    assert again.last is not None
    assert opened(again.last, KEYS.verifiers).size == 10
    again.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"before":1,"head":"","proof":[]}',
        b'{"before":null,"head":"","proof":[1]}',
        b'{"before":null,"head":"","proof":["!"]}',
        b"x" * 200_000,
    ],
)
async def test_a_keeper_answers_nonsense_by_refusing_it(directory: Path, body: bytes) -> None:
    async with keeper(directory) as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /v1/heads HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        with suppress(ConnectionError):  # hung up on amid a body that is too long
            status = int((await reader.read()).split(b" ")[1])
            assert status in (400, 413)
        writer.close()
        assert await HttpSecondPlace(url, KEYS.verifiers).read() is None
        assert heads_in(directory) == []


def test_a_policy_names_one_log_with_two_keys() -> None:
    lines = [f"log {key.text()}\n" for key in KEYS.verifiers]
    other = HeadKeys("index.camfield.example/log", bytes(range(32)), bytes(range(1, 33)))
    assert log_keys("csa northmere\n" + "".join(lines)) == KEYS.verifiers
    for policy in ("", lines[0], lines[0] * 2, lines[0] + f"log {other.verifiers[1].text()}\n"):
        with pytest.raises(NoteRefused):
            log_keys(policy)


async def off(beside: Beside, url: str) -> OffMachine:
    of = beside.rounds.sealer
    return OffMachine(HttpSecondPlace(url, of.keys.verifiers), of.store, of.keys)


async def test_every_head_leaves_the_machine(beside: Beside, directory: Path) -> None:
    async with keeper(directory, beside.rounds.sealer.keys) as url:
        away = await off(beside, url)
        for _ in range(3):
            await beside.append(3)
            assert await seal_once(beside.again(), away) is End.WELL
            note = await HttpSecondPlace(url, beside.verifiers).read()
            assert note is not None
            assert opened(note, beside.verifiers) == await beside.head()


async def test_a_lost_keeper_alarms_and_stops_nothing(
    beside: Beside, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """When it is back it gets the newest head, with the proof over all it missed."""
    async with keeper(directory, beside.rounds.sealer.keys) as url:
        assert await seal_once(beside.again(), await off(beside, url)) is End.WELL
    away = await off(beside, url)
    await beside.append(300)
    assert await seal_once(beside.again(), away) is End.WELL
    assert "head not kept off the machine, outcome=unreachable" in caplog.text
    assert away.lost
    async with keeper(directory, beside.rounds.sealer.keys) as url:
        away = await off(beside, url)
        stop = asyncio.Event()
        loop = asyncio.create_task(keep_sealing(beside.again(), away, stop, 0.05))
        async with asyncio.timeout(20):
            while True:
                await asyncio.sleep(0.05)
                note = await HttpSecondPlace(url, beside.verifiers).read()
                if note and opened(note, beside.verifiers) == await beside.head():
                    break
        stop.set()
        await loop
    await beside.checked()


async def test_a_whole_machine_set_back_is_stopped_by_what_left_it(
    beside: Beside, directory: Path
) -> None:
    """Database and second place both restored: they agree, and the keeper knows better."""
    place = beside.settings.second_place
    old, size = place.read_bytes(), (await beside.head()).size
    async with keeper(directory, beside.rounds.sealer.keys) as url:
        await beside.append(5)
        away = await off(beside, url)
        assert await seal_once(beside.again(), away) is End.WELL
        place.write_bytes(old)
        await beside.sql("delete from leaf where leaf_index >= $1", size)
        away = await off(beside, url)
        assert await seal_once(beside.again(), away) is End.ROLLED_BACK
        with pytest.raises(RolledBack, match="off_machine"):
            away.check()


async def test_the_second_place_itself_may_be_on_another_machine(
    unfounded: Beside, directory: Path
) -> None:
    of = unfounded.rounds.sealer
    async with keeper(directory, of.keys) as url:
        rounds = unfounded.again(second=HttpSecondPlace(url, of.keys.verifiers))
        unfounded.rounds.sealer = replace(of, second=rounds.sealer.second)
        unfounded.clock.on(seconds=6)
        await rounds.found()
        await unfounded.append(5)
        await unfounded.all(rounds)
        await unfounded.checked()
