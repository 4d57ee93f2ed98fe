"""Filters of derived digests: binary fuse, 16-bit fingerprints, of one size for one capacity.

Written is a mark, the number of keys, the seed and the fingerprints. Where they lie follows from
the number of keys alone, so nothing a stranger writes steers what is read of memory.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

# The package's own classes digest Python's spelling of a key first: another filter than the one
# the format names. What they are made from is the reference implementation (FastFilter).
from pyfusefilter._xorfilter import ffi, lib

KEYS_MIN: Final = 6
KEYS_MAX: Final = 6_000_000

_MARK: Final = b"isa/fu16"
_HEAD: Final = struct.Struct("<8sIQ")
_KEY_BYTES: Final = 8
_PRINT_BYTES: Final = 2


class FilterFull(Exception):  # noqa: N818 (a state, told to the operator)
    """More digests than the member's capacity: a larger one has to stand in the directory."""


class FilterRefused(Exception):  # noqa: N818 (the finding of a check)
    """Not a filter of this many keys."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def build(digests: Iterable[bytes], keys: int) -> bytes:
    """Return the filter of these digests, filled with random keys up to `keys`; or FilterFull.

    Two filters of one number of keys have one size.
    """
    wanted = {digest[:_KEY_BYTES] for digest in digests}
    if any(len(key) != _KEY_BYTES for key in wanted):
        raise ValueError("a digest has at least eight bytes")
    if len(wanted) > keys:
        raise FilterFull
    # In order of digest, whatever order the children were read in; the machines this runs on
    # are little-endian, as the format is. That two random keys are one does no harm.
    filled = b"".join(sorted(wanted)) + os.urandom((keys - len(wanted)) * _KEY_BYTES)
    with _allocated(keys) as layout:
        listed = ffi.new("uint64_t[]", keys)
        ffi.memmove(listed, filled, len(filled))
        if not lib.binary_fuse16_populate(listed, keys, layout):
            raise RuntimeError("no filter comes of these keys")
        prints = bytes(ffi.buffer(layout.Fingerprints, _PRINT_BYTES * layout.ArrayLength))
        return _HEAD.pack(_MARK, keys, layout.Seed) + prints


def size_of(keys: int) -> int:
    """Return how many bytes a filter of so many keys has."""
    with _allocated(keys) as layout:
        return _HEAD.size + _PRINT_BYTES * int(layout.ArrayLength)


def keys_stated(written: bytes) -> int:
    """Return how many keys a filter says it has; `open` holds it against the filter's size."""
    if len(written) < _HEAD.size:
        raise FilterRefused("size")
    keys: int = _HEAD.unpack_from(written)[1]
    return keys


class Filter:
    """A filter as it is asked: it reads in the very bytes it was opened from."""

    __slots__ = ("_layout", "_prints", "keys")

    def __init__(self, layout: Any, prints: Any, keys: int) -> None:
        self._layout = layout
        self._prints = prints  # keeps the bytes where the layout points
        self.keys = keys

    @classmethod
    def open(cls, written: bytes, keys: int) -> "Filter":
        """Open what must be a filter of `keys` keys; FilterRefused for anything else."""
        if len(written) < _HEAD.size:
            raise FilterRefused("size")
        mark, stated, seed = _HEAD.unpack_from(written)
        if mark != _MARK:
            raise FilterRefused("mark")
        if stated != keys:
            raise FilterRefused("keys")
        with _allocated(keys) as empty:
            layout = ffi.new("binary_fuse16_t *", empty[0])
        if len(written) != _HEAD.size + _PRINT_BYTES * layout.ArrayLength:
            raise FilterRefused("size")
        prints = ffi.from_buffer("uint16_t[]", written[_HEAD.size :])
        layout.Seed = seed
        layout.Fingerprints = prints
        return cls(layout, prints, keys)

    def holds(self, digest: bytes) -> bool:
        """Return whether a digest is held; one in 65,536 that are not is said to be."""
        key = int.from_bytes(digest[:_KEY_BYTES], "little")
        return bool(lib.binary_fuse16_contain(key, self._layout))


@contextmanager
def _allocated(keys: int) -> Iterator[Any]:
    """Lend a layout for so many keys, its memory with it, and take the memory back."""
    if not KEYS_MIN <= keys <= KEYS_MAX:
        raise FilterRefused("keys")
    layout = ffi.new("binary_fuse16_t *")
    if not lib.binary_fuse16_allocate(keys, layout):
        raise MemoryError("no room for a filter")
    try:
        yield layout
    finally:
        lib.binary_fuse16_free(layout)
