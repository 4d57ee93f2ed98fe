"""A witness killed, started twice, robbed of its state: it cosigns no fork."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from demo.authority import free_port
from index_service.log.policy import logs_of
from index_service.log.witness import SIZE_TYPE
from index_service.log.witness_state import StateUnfit, WitnessState, begin_state
from tests.sealing.test_witness import grown
from tests.sealing.witnesses import (
    COMMAND,
    ENVIRONMENT,
    NAMES,
    OTHER,
    Begun,
    asked,
    begun,
    head,
    log_lines,
    post,
    serving,
)

DYING = """
import os, signal, sys
from pathlib import Path
from index_service.commands import witness
class Dying(witness.WitnessState):
    def keep(self, head, note):
        if {kept}:
            super().keep(head, note)
        os.kill(os.getpid(), signal.SIGKILL)
witness.WitnessState = Dying
from index_service.commands.cli import main
sys.exit(main(sys.argv[1:]))
"""


def command(witness: Begun, logs: Path, port: int) -> list[str]:
    made = ["witness", str(witness.keys), str(witness.state), "--name", NAMES[0]]
    return [*made, "--logs", str(logs), "--port", str(port)]


def started(way: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(way, env=ENVIRONMENT)


async def answering(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a witness of another process answers."""
    async with asyncio.timeout(30):
        while True:
            try:
                await post(url, b"")
                return
            except aiohttp.ClientError:
                assert process.poll() is None
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("kept", [True, False])
async def test_killed_at_the_write_a_witness_cosigns_no_fork_after(
    witness: Begun, tmp_path: Path, kept: bool
) -> None:
    """With kill -9 before its state is written, or between that and the answer."""
    logs = tmp_path / "logs"
    logs.write_text(log_lines())
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    ways = [
        [sys.executable, "-c", DYING.format(kept=kept), *command(witness, logs, port)],
        [*COMMAND, *command(witness, logs, port)],
    ]
    process = started(ways[0])
    try:
        await answering(url, process)
        with pytest.raises(aiohttp.ClientError):
            await post(url, asked(0, 16))
        assert process.wait(20) == -signal.SIGKILL
        process = started(ways[1])
        await answering(url, process)
        if kept:
            assert await post(url, asked(0, 16, OTHER)) == (409, SIZE_TYPE, "16\n")
            assert await post(url, asked(16, 16, OTHER)) == (409, SIZE_TYPE, "16\n")
            assert (await post(url, asked(16, 16)))[0] == 200
        else:
            assert (await post(url, asked(0, 16)))[0] == 200
        assert (await post(url, asked(16, 48)))[0] == 200
    finally:
        process.kill()
        process.wait()


def test_two_processes_never_witness_from_one_directory(witness: Begun) -> None:
    logs = logs_of(log_lines())
    state = WitnessState(witness.state, witness.key.verifier, logs)
    with pytest.raises(StateUnfit, match="kept_by_another"):
        WitnessState(witness.state, witness.key.verifier, logs)
    state.close()
    WitnessState(witness.state, witness.key.verifier, logs).close()


async def test_a_witness_that_lost_its_state_does_not_begin_anew(
    witness: Begun, tmp_path: Path
) -> None:
    logs = logs_of(log_lines())
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o700)
    with pytest.raises(StateUnfit, match="not_begun"):
        WitnessState(empty, witness.key.verifier, logs)
    with pytest.raises(StateUnfit, match="not_empty"):
        begin_state(witness.state, witness.key.verifier.public)
    other = begun(tmp_path / "other")
    with pytest.raises(StateUnfit, match="not_begun"):
        WitnessState(other.state, witness.key.verifier, logs)
    open_ = tmp_path / "open"
    begin_state(open_, witness.key.verifier.public)
    open_.chmod(0o755)
    with pytest.raises(StateUnfit, match="readable_by_others"):
        WitnessState(open_, witness.key.verifier, logs)


@pytest.mark.parametrize("content", ["", "x", head(16)[:-9], head(16).replace("\n16\n", "\n8\n")])
async def test_what_was_kept_and_changed_is_no_start_and_no_cosignature(
    witness: Begun, content: str
) -> None:
    async with serving(witness, log_lines()) as url:
        await grown(url, 16)
        (file,) = witness.state.glob("*.head")
        file.write_text(content)
        for size in (16, 48):
            assert (await post(url, asked(0, size)))[0] == 500
    with pytest.raises(StateUnfit):
        WitnessState(witness.state, witness.key.verifier, logs_of(log_lines()))


async def test_a_disk_that_refuses_is_no_cosignature(witness: Begun) -> None:
    async with serving(witness, log_lines()) as url:
        await grown(url, 16)
        (file,) = witness.state.glob("*.head")
        draft = witness.state / f".{file.name}.draft"
        draft.mkdir()
        assert (await post(url, asked(16, 48)))[0] == 503
        draft.rmdir()
        assert (await post(url, asked(16, 64)))[0] == 200
