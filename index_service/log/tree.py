"""The Merkle tree of RFC 6962: roots, inclusion and consistency paths, and how both are verified.

Pure: leaves come in as their hashes. A range (start, end) stands for the subtree over those
leaves; whoever has no leaves at hand asks which ranges a path needs (tiles.py finds them).
"""

import hashlib
from collections.abc import Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

_NODE = b"\x01"

Range = tuple[int, int]


def joined(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return hashlib.sha256(_NODE + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaves, or over subtrees of one size of which the last may be less."""
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        pairs = [joined(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return what proves a leaf in a tree of `size`, nearest first; ValueError outside it."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(before: int, after: int) -> list[Range]:
    """Return what proves that a tree of `before` leaves is the beginning of one of `after`."""
    if not 0 <= before <= after:
        raise ValueError("a tree begins no smaller one")
    start, end, found, whole = 0, after, [], True
    while 0 < before < end:
        middle = start + _split(end - start)
        if before <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Return whether a path leads from a leaf to a root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, reached = index, size - 1, leaf
    for each in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            reached = joined(each, reached)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            reached = joined(reached, each)
        at, last = at >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]
) -> bool:
    """Return whether the first tree is the beginning of the second (RFC 9162 section 2.1.4.2)."""
    before, after = sizes
    if not 0 <= before <= after:
        return False
    if before == after:
        return not path and roots[0] == roots[1]
    if before == 0:
        return not path and roots[0] == EMPTY_ROOT
    hashes = [roots[0], *path] if before & (before - 1) == 0 else list(path)
    if not hashes:
        return False
    at, last = before - 1, after - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = hashes[0]
    for each in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = joined(each, first), joined(each, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = joined(second, each)
        at, last = at >> 1, last >> 1
    return last == 0 and (first, second) == roots


def _split(size: int) -> int:
    """Return the largest power of two below a size of two or more."""
    return 1 << (size - 1).bit_length() - 1
