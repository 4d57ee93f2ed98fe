"""Every head of a log, kept in order by somebody else: added to, never changed.

One line of JSON a head, in a file for each shard and day. A head is kept only if it follows
from the last one kept, which its consistency proof must show.
"""

import errno
import fcntl
import os
import stat
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import orjson

from index_service.log.checkpoint import VerifierKey, read_checkpoint, read_note
from index_service.log.second_place import PlaceUnfit, Step, checked_step

PROOF_LENGTH_MAX = 64


class KeptHeads:
    """A directory of heads. One process at a time; a second one is refused."""

    def __init__(self, directory: Path, verifiers: Sequence[VerifierKey]) -> None:
        found = os.stat(directory)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise PlaceUnfit("malformed")
        self._directory = directory
        self._verifiers = tuple(verifiers)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._lock = os.open(directory / ".lock", flags, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise PlaceUnfit("kept_by_another") from None
        self._last = self._newest()

    def close(self) -> None:
        """Let another process keep heads here."""
        os.close(self._lock)

    @property
    def last(self) -> str | None:
        """The note of the last head kept."""
        return self._last

    def keep(self, step: Step, at: datetime) -> None:
        """Keep a head durably, or SwapRefused. OSError where the disk refuses it."""
        _, head = checked_step(self._last, step, self._verifiers)
        line = orjson.dumps({"at": at.isoformat(), "note": step.head}) + b"\n"
        path = self._directory / f"{head.shard}-{at:%Y%m%d}.heads"
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                line = b"\n" + line  # a head cut short when the machine stopped
            if os.write(descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, "cut short")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._last = step.head

    def _newest(self) -> str | None:
        """Return the largest head kept; days in names are a clock's word, sizes are signed."""
        found = [note for path in self._directory.glob("*.heads") if (note := _last_of(path))]
        return max(found, key=_place, default=None)


def _last_of(path: Path) -> str | None:
    """Return the last whole line's note; what was cut short was never acknowledged."""
    for line in reversed(path.read_bytes().split(b"\n")):
        try:
            note = orjson.loads(line)["note"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue
        if isinstance(note, str):
            return note
    return None


def _place(note: str) -> tuple[int, int]:
    head = read_checkpoint(read_note(note).text)
    return head.shard, head.size


def read_step(body: bytes) -> Step:
    """Return what was sent to be kept; ValueError for anything of another form."""
    sent = orjson.loads(body)
    if not isinstance(sent, dict) or sent.keys() != {"before", "head", "proof"}:
        raise ValueError("other members")
    before, head, proof = sent["before"], sent["head"], sent["proof"]
    right = (
        (before is None or isinstance(before, str))
        and isinstance(head, str)
        and isinstance(proof, list)
        and len(proof) <= PROOF_LENGTH_MAX
        and all(isinstance(each, str) for each in proof)
    )
    if not right:
        raise ValueError("other kinds")
    return Step(before, head, tuple(b64decode(each, validate=True) for each in proof))
