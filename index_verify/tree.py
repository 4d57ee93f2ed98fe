"""The tree of RFC 6962, grown leaf by leaf in the memory of its newest tiles, and its proofs."""

import hashlib
from collections.abc import Iterator, Sequence

TILE = 256
EMPTY_ROOT = hashlib.sha256(b"").digest()
PROOF_LENGTH_MAX = 63

_sha256 = hashlib.sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return _sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """Takes leaves in order and says the root at every size; keeps at most 255 hashes a level."""

    def __init__(self, *, tiles: bool = False) -> None:
        """`tiles`: keep the digest of each full tile, to compare stored ones with."""
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}
        self._keep_tiles = tiles
        self._levels: list[list[bytes]] = [[]]

    def append(self, leaf: bytes) -> None:
        """Add the next leaf."""
        self.size += 1
        newest = self._levels[0]
        newest.append(leaf)
        if len(newest) == TILE:
            self._carry()

    def root(self) -> bytes:
        """Return the root at this size."""
        right: bytes | None = None
        for hashes in self._levels:
            for peak in _peaks(hashes):
                right = peak if right is None else node_hash(peak, right)
        return EMPTY_ROOT if right is None else right

    def _carry(self) -> None:
        level = 0
        while len(self._levels[level]) == TILE:
            hashes = self._levels[level]
            self._levels[level] = []
            if self._keep_tiles:
                index = self.size // TILE ** (level + 1) - 1
                self.tiles[level, index] = _sha256(b"".join(hashes)).digest()
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(_complete(hashes))


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root a leaf's inclusion path leads to (RFC 9162, 2.1.3.2), or None."""
    if index >= size:
        return None
    here, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            found = node_hash(beside, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        here, last = here >> 1, last >> 1
    return found if last == 0 else None


def consistent(sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the larger tree begins with the smaller (2.1.4.2)."""
    before, after = sizes
    if before > after or len(proof) > PROOF_LENGTH_MAX:
        return False
    if before == after:
        return not proof and roots[0] == roots[1]
    if before == 0:
        return not proof and roots[0] == EMPTY_ROOT
    way = list(proof)
    if before & (before - 1) == 0:
        way.insert(0, roots[0])
    if not way:
        return False
    here, last = before - 1, after - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = way[0]
    for beside in way[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        here, last = here >> 1, last >> 1
    return last == 0 and (old, new) == roots


def _complete(hashes: list[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [_sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def _peaks(hashes: list[bytes]) -> Iterator[bytes]:
    """Yield the roots of the complete trees these hashes make up, the last and smallest first."""
    end = len(hashes)
    while end:
        width = end & -end
        yield _complete(hashes[end - width : end])
        end -= width
