"""Tiles of 256 hashes (C2SP tlog-tiles, height 8), and the edge a tree grows at.

The hash number T at level L is that of the complete subtree over the 256**L leaves from
256**L * T on. Those of level 0 are leaves; those of a level above are the roots of the full
tiles below. So the store is asked for runs of such hashes, and for nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from index_service.log.tree import EMPTY_ROOT, Range, joined, root_of

HEIGHT = 8
WIDTH = 1 << HEIGHT


@dataclass(frozen=True, slots=True)
class Run:
    """Hashes that lie side by side at one level: the first one's number, and how many."""

    level: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class FullTile:
    """256 hashes of a level, and the root over them: one hash of the level above."""

    level: int
    index: int
    hashes: bytes
    root: bytes


class RunMissing(Exception):  # noqa: N818 (a finding: the tree is not as large as it should be)
    """The store lacks hashes that a tree of this size has."""


def edge_runs(size: int) -> list[Run]:
    """Return what a tree of this size grows from: at each level what fills no tile yet."""
    runs = []
    level = 0
    while size >> HEIGHT * level:
        here = size >> HEIGHT * level
        if count := here % WIDTH:
            runs.append(Run(level, here - count, count))
        level += 1
    return runs


def runs_of(ranges: Sequence[Range]) -> list[Run]:
    """Return every run that the hashes of these ranges are made of, each once."""
    return list(dict.fromkeys(run for each in ranges for run in _pieces(*each)))


def hashes_of(ranges: Sequence[Range], found: Mapping[Run, Sequence[bytes]]) -> list[bytes]:
    """Return the hash of each range out of the runs `runs_of` names; RunMissing where one lacks."""
    return [_hash_of(each, found) for each in ranges]


def _pieces(start: int, end: int) -> Iterator[Run]:
    """Yield the complete subtrees a range of a tree consists of, from the left."""
    while start < end:
        height = (end - start).bit_length() - 1
        level = height // HEIGHT
        yield Run(level, start >> HEIGHT * level, 1 << height % HEIGHT)
        start += 1 << height


def _hash_of(one: Range, found: Mapping[Run, Sequence[bytes]]) -> bytes:
    pieces = []
    for run in _pieces(*one):
        hashes = found.get(run, ())
        if len(hashes) != run.count:
            raise RunMissing
        pieces.append(root_of(hashes))
    if not pieces:
        return EMPTY_ROOT
    whole = pieces.pop()
    while pieces:
        whole = joined(pieces.pop(), whole)
    return whole


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: all it takes to append leaves and to tell the root."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)

    @classmethod
    def at(cls, size: int, found: Mapping[Run, Sequence[bytes]]) -> "Frontier":
        """Take a tree up again from the runs `edge_runs` names; RunMissing where one lacks."""
        edge = cls(size)
        for run in edge_runs(size):
            hashes = list(found.get(run, ()))
            if len(hashes) != run.count:
                raise RunMissing
            while len(edge.levels) <= run.level:
                edge.levels.append([])
            edge.levels[run.level] = hashes
        return edge

    def append(self, leaf: bytes) -> list[FullTile]:
        """Append a leaf; return the tiles that it fills, lowest first."""
        self.size += 1
        filled: list[FullTile] = []
        rising, level = leaf, 0
        while True:
            if level == len(self.levels):
                self.levels.append([])
            hashes = self.levels[level]
            hashes.append(rising)
            if len(hashes) < WIDTH:
                return filled
            rising = root_of(hashes)
            index = (self.size >> HEIGHT * (level + 1)) - 1
            filled.append(FullTile(level, index, b"".join(hashes), rising))
            self.levels[level] = []
            level += 1

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        rest: list[bytes] = []  # of the levels below: one subtree that is not complete
        for hashes in self.levels:
            if hashes or rest:
                rest = [root_of([*hashes, *rest])]
        return rest[0] if rest else EMPTY_ROOT
