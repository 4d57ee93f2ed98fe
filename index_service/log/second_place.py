"""Where the last signed head also stands, outside the database: compare, and only then swap.

A database restored from a backup lacks what was sealed since; here it is told by the head it
can no longer come up to. Either place takes a head only if it follows from the one it has,
with the proof, so that a sealer gone wrong is stopped by it as well.
"""

import asyncio
import fcntl
import os
import stat
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiohttp

from index_service.log.answers import answered
from index_service.log.checkpoint import (
    NOTE_LENGTH_MAX,
    Checkpoint,
    NoteRefused,
    VerifierKey,
    opened,
)
from index_service.log.tree import verify_consistency

HEADS_PATH = "/v1/heads"
ANSWER_S_MAX = 5.0


class SwapRefused(Exception):  # noqa: N818 (the finding of a check, not a fault of ours)
    """The place keeps what it has: another head stands there, or this one does not follow."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PlaceUnfit(Exception):  # noqa: N818 (a state of this machine, told to its operator)
    """Others may read or write the place, or it cannot be had at all."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Step:
    """A head to be put in another's stead; `before` is that other one's note, None for none.

    `proof` is the consistency path between two heads of one shard.
    """

    before: str | None
    head: str
    proof: tuple[bytes, ...] = ()


class SecondPlace(Protocol):
    """Holds the last head. Either method may raise PlaceUnfit."""

    async def read(self) -> str | None:
        """Return the note of the last head, None before there was one."""

    async def swap(self, step: Step) -> None:
        """Put a head in the stead of `before`, durably; SwapRefused where it is not there.

        After any other exception the head may stand there or not: ask again.
        """


def checked_step(
    before: str | None, step: Step, verifiers: Sequence[VerifierKey]
) -> tuple[Checkpoint | None, Checkpoint]:
    """Return both heads of a step from what stands now, or SwapRefused.

    A note's bytes are not compared: the same head may be signed twice.
    """
    try:
        now = opened(before, verifiers) if before else None
        expected = opened(step.before, verifiers) if step.before else None
        head = opened(step.head, verifiers)
    except NoteRefused as refused:
        raise SwapRefused(refused.code) from None
    if now != expected:
        raise SwapRefused("another_head")
    if now is not None and not _follows(now, head, step.proof):
        raise SwapRefused("inconsistent")
    return now, head


def _follows(now: Checkpoint, head: Checkpoint, proof: Sequence[bytes]) -> bool:
    if head.shard != now.shard:
        return head.shard > now.shard
    return verify_consistency((now.size, head.size), (now.root, head.root), proof)


class FileSecondPlace:
    """A file of the sealer's own, on another disk than the database's.

    A head is written under another name, flushed and renamed, under a lock that a second
    sealer on this machine meets. The first head comes from `found` alone: a file that is
    missing later is a loss, never a beginning.
    """

    def __init__(self, path: Path, verifiers: Sequence[VerifierKey]) -> None:
        self._path = path
        self._verifiers = tuple(verifiers)

    async def read(self) -> str | None:
        """Return the note of the last head, None before there was one."""
        return await asyncio.to_thread(self._read)

    async def swap(self, step: Step) -> None:
        """Put a head in the stead of the one there."""
        await asyncio.to_thread(self._swap, step)

    def _read(self) -> str | None:
        self._fit_directory()
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self._path, flags)
        except FileNotFoundError:
            return None
        except OSError:
            raise PlaceUnfit("malformed") from None
        with os.fdopen(descriptor, "rb") as file:
            _fit(os.fstat(descriptor), stat.S_ISREG, 0o177)
            raw = file.read(NOTE_LENGTH_MAX + 1)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise PlaceUnfit("malformed") from None

    def _swap(self, step: Step) -> None:
        self._fit_directory()
        with self._locked():
            now, head = checked_step(self._read(), step, self._verifiers)
            if now is None and head.size:
                raise SwapRefused("not_founded")
            draft = self._path.with_name(f".{self._path.name}.draft")
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
                file.write(step.head.encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self._path)
            _sync(self._path.parent)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._path.with_name(f".{self._path.name}.lock"), flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _fit_directory(self) -> None:
        try:
            found = os.stat(self._path.parent)
        except OSError:
            raise PlaceUnfit("missing") from None
        _fit(found, stat.S_ISDIR, 0o077)


class HttpSecondPlace:
    """A keeper of heads on another machine (`index-service keep-heads`), asked over HTTP(S).

    Heads are public and signed: whoever reads or answers on the way can drop them, and
    nothing more.
    """

    def __init__(self, url: str, verifiers: Sequence[VerifierKey]) -> None:
        self._url = url.rstrip("/") + HEADS_PATH
        self._verifiers = tuple(verifiers)
        self._timeout = aiohttp.ClientTimeout(total=ANSWER_S_MAX)

    async def read(self) -> str | None:
        """Return the note of the last head it keeps, None before there was one."""
        status, text = await self._ask("GET", None)
        if status == 404:
            return None
        if status != 200:
            raise PlaceUnfit("answer")
        try:
            opened(text, self._verifiers)
        except NoteRefused as refused:
            raise PlaceUnfit(refused.code) from None
        return text

    async def swap(self, step: Step) -> None:
        """Have a head kept, with its proof."""
        body = {
            "before": step.before,
            "head": step.head,
            "proof": [b64encode(each).decode() for each in step.proof],
        }
        status, text = await self._ask("POST", body)
        if status == 409:
            raise SwapRefused(text if text.isidentifier() else "refused")
        if status != 204:
            raise PlaceUnfit("answer")

    async def _ask(self, method: str, body: object) -> tuple[int, str]:
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.request(method, self._url, json=body, allow_redirects=False) as answer,
            ):
                return answer.status, await answered(answer, NOTE_LENGTH_MAX)
        except (aiohttp.ClientError, TimeoutError):
            raise PlaceUnfit("unreachable") from None


def _fit(found: os.stat_result, kind: object, forbidden: int) -> None:
    if not (callable(kind) and kind(found.st_mode)):
        raise PlaceUnfit("malformed")
    if found.st_uid != os.geteuid() or found.st_mode & forbidden:
        raise PlaceUnfit("readable_by_others")


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
