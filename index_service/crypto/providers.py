"""Where an authority's 32-byte secrets live, outside the database, and what is refused.

One provider holds the keys of one authority. Key names are `use.number`: `index.2` is the
second search key, `wrap.202548` the wrap key of ISO week 48 of 2025, `log.2025` a year's.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Protocol

SECRET_BYTES = 32
_HEX_LENGTH = 2 * SECRET_BYTES
_DISTINCT_MIN = 16
# Weeks and years are exact: `wrap.48` would sort before every week there is.
_NAME = re.compile(
    r"(index|guard|pointer|reference|authority|tag|receipt)\.[1-9][0-9]{0,2}"
    r"|wrap\.20[0-9]{2}(0[1-9]|[1-4][0-9]|5[0-3])|log\.20[0-9]{2}"
    r"|head_(ed25519|ml_dsa)\.1"  # the sealer's, in a directory of its own (sealer_keys.py)
    r"|witness_ed25519\.1"  # a witness's, likewise (witness_key.py)
    r"|registrar_ed25519\.1"  # a registrar's, likewise (peer_keys.py)
    r"|peer_(serve|manage)\.[1-9][0-9]{0,2}"  # a region's member's (peer_keys.py)
    r"|oprf_(search|shield)\.(0|[1-9][0-9]{0,8})"  # the deriver's, by epoch (oprf_keys.py)
)
_HEX = re.compile(rb"[0-9a-f]+")


class KeyUse(StrEnum):
    """What a secret is for; the number after it is a version, an ISO week or a year."""

    INDEX = "index"  # digests of lookups
    GUARD = "guard"  # digests that keep shielded children from being made again
    POINTER = "pointer"
    REFERENCE = "reference"
    AUTHORITY = "authority"  # seals accounts, agencies, agreements
    TAG = "tag"  # ETags, idempotency, cursors
    WRAP = "wrap"  # wraps subject keys; destroyed 28 days after its week ends
    LOG = "log"
    RECEIPT = "receipt"


class KeyFault(StrEnum):
    """Why a key, or the directory of keys, was refused."""

    MISSING = "missing"
    WORLD_READABLE = "world_readable"  # anyone but the owner may read or write it
    NOT_OWNED = "not_owned"
    MALFORMED = "malformed"  # not a regular file, or not hexadecimal
    WRONG_LENGTH = "wrong_length"
    WEAK = "weak"
    REUSED = "reused"  # one secret under two names: destroying one would destroy nothing
    EXISTS = "exists"
    NAME = "name"


class KeyRefused(Exception):  # noqa: N818 (the field's word, not an error of ours)
    """A key is not fit for use: no start. `name` is the key's name, never its value."""

    def __init__(self, fault: KeyFault, name: str) -> None:
        super().__init__(f"{fault}: {name}")
        self.fault = fault
        self.name = name


class KeyProvider(Protocol):
    """Keeps secrets outside the database. Every method may raise KeyRefused."""

    def secret(self, name: str) -> bytes:
        """Return the 32 bytes of a key; asked again, a destroyed key is missing."""

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Return the names that begin with `prefix`, by use and then by number."""

    def create(self, name: str) -> None:
        """Make a new random key; refuse to replace one."""

    def destroy(self, name: str) -> None:
        """Make a key unobtainable from here on."""


def week_id(day: date) -> int:
    """Return the ISO week a day lies in, as wrap keys are numbered: YYYYWW."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


def make_keys(provider: KeyProvider, week: int, year: int) -> None:
    """Create every key of a new authority; `week` as from `week_id`, `year` of its log.

    Refuses where any key stands: new keys beside a loss would hide the loss.
    """
    if present := provider.names():
        raise KeyRefused(KeyFault.EXISTS, present[0])
    numbers = {KeyUse.WRAP: week, KeyUse.LOG: year}
    names = [f"{use}.{numbers.get(use, 1)}" for use in KeyUse]
    for name in names:
        _split(name)  # all before the first is made: half a set is in the way of a whole one
    for name in names:
        provider.create(name)


class MemoryKeyProvider:
    """Keys that live as long as the process: pure tests."""

    def __init__(self, secrets: Mapping[str, bytes] | None = None) -> None:
        self._secrets = dict(secrets or {})
        for name, secret in self._secrets.items():
            _split(name)
            _check_secret(name, secret)
        _check_reuse(self._secrets)

    def secret(self, name: str) -> bytes:
        """Return the 32 bytes of a key."""
        if name not in self._secrets:
            raise KeyRefused(KeyFault.MISSING, name)
        return self._secrets[name]

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Return the names that begin with `prefix`, by use and then by number."""
        return _ordered(name for name in self._secrets if name.startswith(prefix))

    def create(self, name: str) -> None:
        """Make a new random key; refuse to replace one."""
        _split(name)
        if name in self._secrets:
            raise KeyRefused(KeyFault.EXISTS, name)
        self._secrets[name] = os.urandom(SECRET_BYTES)

    def destroy(self, name: str) -> None:
        """Forget a key."""
        if self._secrets.pop(name, None) is None:
            raise KeyRefused(KeyFault.MISSING, name)


class FileKeyProvider:
    """Keys as files of 64 hexadecimal digits in a directory only its owner may enter.

    The directory and every key in it are examined at once: a process that would
    stumble over a bad key later does not start. Files of other names are ignored.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        try:
            found = os.stat(directory)
        except FileNotFoundError:
            raise KeyRefused(KeyFault.MISSING, "directory") from None
        if not stat.S_ISDIR(found.st_mode):
            raise KeyRefused(KeyFault.MALFORMED, "directory")
        _check_owner("directory", found, forbidden=0o077)
        _check_reuse({name: self.secret(name) for name in self.names()})

    def secret(self, name: str) -> bytes:
        """Read a key from its file, examining file and key each time."""
        _split(name)
        with _key_file(self._directory / name, name) as descriptor:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise KeyRefused(KeyFault.MALFORMED, name)
            _check_owner(name, found, forbidden=0o177)
            digits = os.read(descriptor, _HEX_LENGTH + 2).removesuffix(b"\n")
        if len(digits) != _HEX_LENGTH:
            raise KeyRefused(KeyFault.WRONG_LENGTH, name)
        if not _HEX.fullmatch(digits):
            raise KeyRefused(KeyFault.MALFORMED, name)
        secret = bytes.fromhex(digits.decode("ascii"))
        _check_secret(name, secret)
        return secret

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Return the names that begin with `prefix`, by use and then by number."""
        present = os.listdir(self._directory)
        return _ordered(name for name in present if name.startswith(prefix) and _is_name(name))

    def create(self, name: str) -> None:
        """Make a new random key, durable before this returns; refuse to replace one.

        Written under another name and linked into place, so that a process listing the
        directory meanwhile, or a crash, never finds half a key.
        """
        _split(name)
        draft = self._directory / f".{name}.{os.urandom(4).hex()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(draft, flags, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(SECRET_BYTES).hex().encode("ascii"))
                file.flush()
                os.fsync(descriptor)
            os.link(draft, self._directory / name)  # refuses an existing name
        except FileExistsError:
            raise KeyRefused(KeyFault.EXISTS, name) from None
        finally:
            os.unlink(draft)
            self._sync()

    def destroy(self, name: str) -> None:
        """Remove the key's file, durably.

        That is all: nothing is overwritten, because on journalled file systems and flash
        an overwrite promises what it does not do. What remains on the medium, in its
        snapshots and in copies of the directory is the operator's to destroy.
        """
        _split(name)
        try:
            os.unlink(self._directory / name)
        except FileNotFoundError:
            raise KeyRefused(KeyFault.MISSING, name) from None
        self._sync()

    def _sync(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _key_file(path: Path, name: str) -> Iterator[int]:
    # Non-blocking: a pipe in a key's place must be refused, not waited for.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise KeyRefused(KeyFault.MISSING, name) from None
    except PermissionError:
        raise KeyRefused(KeyFault.NOT_OWNED, name) from None
    except OSError:  # a symbolic link, a socket
        raise KeyRefused(KeyFault.MALFORMED, name) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _check_owner(name: str, found: os.stat_result, forbidden: int) -> None:
    if found.st_uid != os.geteuid():
        raise KeyRefused(KeyFault.NOT_OWNED, name)
    if found.st_mode & forbidden:
        raise KeyRefused(KeyFault.WORLD_READABLE, name)


def _check_secret(name: str, secret: bytes) -> None:
    """Refuse what no random source gives: few distinct bytes, text, a pattern."""
    if len(secret) != SECRET_BYTES:
        raise KeyRefused(KeyFault.WRONG_LENGTH, name)
    text = all(0x20 <= byte < 0x7F for byte in secret)
    repeats = any(secret[step:] == secret[:-step] for step in range(1, SECRET_BYTES // 2 + 1))
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    if text or repeats or len(steps) == 1 or len(set(secret)) < _DISTINCT_MIN:
        raise KeyRefused(KeyFault.WEAK, name)


def _check_reuse(secrets: Mapping[str, bytes]) -> None:
    names_by_secret: dict[bytes, str] = {}
    for name, secret in secrets.items():
        if names_by_secret.setdefault(secret, name) != name:
            raise KeyRefused(KeyFault.REUSED, name)


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _split(name: str) -> tuple[str, int]:
    if not _is_name(name):
        raise KeyRefused(KeyFault.NAME, "not a key's name")
    use, _, number = name.partition(".")
    return use, int(number)


def _ordered(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=_split))
