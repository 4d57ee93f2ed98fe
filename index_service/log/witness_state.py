"""What a witness cosigned last, a file a log and shard: durable before the cosignature leaves.

A witness that forgot would cosign a fork. So its directory is begun once, together with its
key, and a directory that was not begun for this key is refused: who loses the one makes both anew.
"""

import fcntl
import os
import stat
from pathlib import Path
from urllib.parse import quote, unquote

from index_service.log.checkpoint import Checkpoint, NoteRefused, VerifierKey, opened
from index_service.log.policy import LogKeys

_BEGUN = "begun"
_SUFFIX = ".head"


class StateUnfit(Exception):  # noqa: N818 (a state of this machine, told to its operator)
    """Not what this witness kept, or not fit to keep anything; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def begin_state(directory: Path, public: bytes) -> None:
    """Begin an empty directory for a new key; StateUnfit where anything is in it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise StateUnfit("not_empty")
    _write(directory, _BEGUN, public.hex())


class WitnessState:
    """The heads of one witness. One process at a time; a second one is refused."""

    def __init__(self, directory: Path, key: VerifierKey, logs: LogKeys) -> None:
        found = os.stat(directory)
        if not stat.S_ISDIR(found.st_mode):
            raise StateUnfit("malformed")
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise StateUnfit("readable_by_others")
        self._directory = directory
        self._logs = logs
        if _read(directory / _BEGUN) != key.public.hex():
            raise StateUnfit("not_begun")
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._lock = os.open(directory / ".lock", flags, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._check_all()
        except BlockingIOError:
            os.close(self._lock)
            raise StateUnfit("kept_by_another") from None
        except StateUnfit:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Let another process witness from here."""
        os.close(self._lock)

    def last(self, origin: str, shard: int) -> tuple[str, Checkpoint] | None:
        """Return the note cosigned last and its head, None before there was one.

        Read each time: after a write that failed half way the disk alone knows. StateUnfit
        for what is not that log's own.
        """
        note = _read(self._directory / _name(origin, shard))
        if note is None:
            return None
        try:
            head = opened(note, self._logs[origin])
        except NoteRefused as refused:
            raise StateUnfit(refused.code) from None
        if (head.origin, head.shard) != (origin, shard):
            raise StateUnfit("another_log")
        return note, head

    def keep(self, head: Checkpoint, note: str) -> None:
        """Keep a note as the last, durably; after OSError it may be kept or not: `last` knows."""
        _write(self._directory, _name(head.origin, head.shard), note)

    def _check_all(self) -> None:
        for path in self._directory.glob(f"*{_SUFFIX}"):
            origin, _, shard = unquote(path.name.removesuffix(_SUFFIX)).rpartition("/")
            if origin in self._logs:
                self.last(origin, int(shard))


def _name(origin: str, shard: int) -> str:
    return quote(f"{origin}/{shard}", safe="") + _SUFFIX


def _read(path: Path) -> str | None:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            return file.read().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise StateUnfit("malformed") from None


def _write(directory: Path, name: str, text: str) -> None:
    draft = directory / f".{name}.draft"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, directory / name)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
