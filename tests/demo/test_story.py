"""The demo as a whole: its story comes out as told, and nothing of it outlives it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.asking import NotAsTold, expect
from demo.story import main

ROOT = Path(__file__).resolve().parents[2]
STEPS = 20
LEFT_S_MAX = 30.0


@contextmanager
def demo(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the demo in a process of its own, ended at the latest when left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "demo.story", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def read_until(process: "subprocess.Popen[str]", pattern: str) -> str:
    """Return what the demo said up to and with the first line the pattern is found in."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if re.search(pattern, line):
            return said
    raise AssertionError(f"ended without {pattern!r}:\n{said}")


def descendants(process: int) -> set[int]:
    """Return the ids of every process started by this one, and by those in turn."""
    found = set()
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue  # it ended while we looked
        for child in map(int, children):
            found |= {child} | descendants(child)
    return found


def alive(process: int) -> bool:
    """Return whether a process runs; one that ended and waits to be collected does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def command(process: int) -> str:
    """Return a process's command line; of one that is gone, none."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def assert_nothing_left(processes: set[int], directory: Path) -> None:
    """Wait until every process and the directory are gone."""
    deadline = time.monotonic() + LEFT_S_MAX
    while any(map(alive, processes)) or directory.exists():
        running = [command(each) for each in processes if alive(each)]
        assert time.monotonic() < deadline, (running, directory.exists())
        time.sleep(0.05)


def database_directory(processes: set[int]) -> Path:
    """Return the one private directory all is kept in, as PostgreSQL was told it."""
    found = {
        match[1]
        for match in (re.search(r" -D (\S+)/data ", command(each)) for each in processes)
        if match
    }
    assert len(found) == 1
    return Path(found.pop())


def assert_requests_answer(said: str) -> None:
    """Paste what the demo prints into a shell, and expect the answers it promises."""
    pasted = said[said.index("token() {") :].replace("   Three requests to paste:", "")
    shown = subprocess.run(["sh", "-c", pasted], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^HTTP/1.1 (\d+)", shown, re.M) == ["200", "200", "204"]
    assert shown.lower().count("audit-receipt: v1.") == 3


def assert_every_step_is_told(said: str) -> None:
    """Every step is told with a receipt that stands in a log; no token is shown whole."""
    steps = re.split(r"\n +\d+  (?=[A-Z])", said[: said.index("== All as told")])[1:]
    assert len(steps) == STEPS
    for step in steps:
        for label in ("who", "why", "asks", "shown"):
            assert re.search(rf"^ +{label} +\S", step, re.MULTILINE), (label, step)
        stands = r"^ +log +receipt v1\.\S+ +entry \S+ +leaf \S+ +stands( in \w+)?$"
        assert re.search(stands, step, re.MULTILINE), step
    assert re.search(r"\d+ requests answered, \d+ receipts given", said)
    assert "eyJ" not in said


def test_the_story_comes_out_as_told_and_killed_while_it_serves_nothing_is_left() -> None:
    """One run for both: a story of three boroughs is not told twice for want of a second look."""
    with demo("--children", "300") as process:
        said = read_until(process, "/v1/accounts/[0-9a-f]")
        assert_every_step_is_told(said)
        assert "--cacert" in said
        assert said.count("\ncurl -si") == 3
        if shutil.which("curl"):
            assert_requests_answer(said)
        started = descendants(process.pid)
        commands = " ".join(map(command, started))
        for each in ("cli serve", "cli deriver", "cli locator", "cli seal", "postgres"):
            assert each in commands
        directory = database_directory(started)
        assert directory.is_dir()
        process.send_signal(signal.SIGKILL)
        assert_nothing_left(started, directory)


def test_interrupted_in_mid_feed_it_leaves_nothing() -> None:
    with demo("--children", "3000") as process:
        read_until(process, "feeds ")
        started = descendants(process.pid)
        directory = database_directory(started)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=200)[0]
        assert "nothing is left" in said
        assert_nothing_left(started, directory)


def test_a_port_that_is_taken_is_said_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with demo("--port", port) as process:
            said = process.communicate(timeout=100)[0]
            assert process.returncode == 2
            assert said.strip() == f"port {port} is taken: choose another with --port"


@pytest.mark.parametrize("arguments", [["--children", "3"], ["--children", "x"], ["--port", "-1"]])
def test_nonsense_on_the_command_line_is_refused(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["story", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "usage: dev.py demo" in capsys.readouterr().err


def test_a_step_that_does_not_go_as_told_says_what_was_expected() -> None:
    expect(True, "nothing")
    with pytest.raises(NotAsTold, match="expected a shield, got: 409"):
        expect(False, "a shield", 409)


def test_the_server_dies_with_the_demo_even_before_it_serves() -> None:
    """A kill in mid-founding finds the database up and the server not yet."""
    with demo("--children", "20") as process:
        read_until(process, "database and three issuers")
        started = descendants(process.pid)
        directory = database_directory(started)
        os.kill(process.pid, signal.SIGKILL)
        assert_nothing_left(started, directory)
