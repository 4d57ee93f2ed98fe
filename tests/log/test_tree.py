"""The tree, its paths and its tiles against RFC 6962 written down as it is defined."""

import hashlib
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_service.log.tiles import (
    Frontier,
    FullTile,
    Run,
    RunMissing,
    edge_runs,
    hashes_of,
    runs_of,
)
from index_service.log.tree import (
    EMPTY_ROOT,
    Range,
    consistency_ranges,
    inclusion_ranges,
    joined,
    root_of,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(70_000)]
sizes = st.integers(1, 300)


def mth(leaves: Sequence[bytes]) -> bytes:
    """Return MTH(D[n]) of RFC 6962 section 2.1, over hashes of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = below(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PATH(m, D[n]) of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """Return SUBPROOF(m, D[n], b) of section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = below(len(leaves))
    if m <= k:
        return [*proof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*proof(m - k, leaves[k:], False), mth(leaves[:k])]


def below(size: int) -> int:
    """Return the largest power of two below a size."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def stored(leaves: Sequence[bytes]) -> tuple[Frontier, dict[tuple[int, int], bytes]]:
    """Grow a tree; return its edge and every hash the store would have, by level and number."""
    frontier = Frontier()
    held: dict[tuple[int, int], bytes] = {}
    grow(frontier, held, leaves)
    return frontier, held


def grow(
    frontier: Frontier,
    held: dict[tuple[int, int], bytes],
    leaves: Sequence[bytes],
    begin: int = 0,
) -> None:
    """Append leaves to a tree that has `begin` of them, and what the store would have to `held`."""
    for number, leaf in enumerate(leaves, begin):
        held[0, number] = leaf
        for tile in frontier.append(leaf):
            held[tile.level + 1, tile.index] = tile.root


def asked(runs: Sequence[Run], held: dict[tuple[int, int], bytes]) -> dict[Run, list[bytes]]:
    """Answer runs as the store does: with as many hashes as there are."""
    return {
        run: [
            held[run.level, at]
            for at in range(run.first, run.first + run.count)
            if (run.level, at) in held
        ]
        for run in runs
    }


def from_tiles(ranges: list[Range], held: dict[tuple[int, int], bytes]) -> list[bytes]:
    return hashes_of(ranges, asked(runs_of(ranges), held))


@given(st.integers(0, 600))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    leaves = LEAVES[:size]
    assert root_of(leaves) == mth(leaves) == stored(leaves)[0].root()


@given(sizes, st.data())
def test_an_inclusion_path_is_that_of_the_definition_and_holds(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    ranges = inclusion_ranges(index, size)
    hashes = [mth(leaves[start:end]) for start, end in ranges]
    assert hashes == path(index, leaves) == from_tiles(ranges, stored(leaves)[1])
    assert verify_inclusion(leaves[index], index, size, hashes, mth(leaves))


@given(st.integers(0, 300), st.data())
def test_a_consistency_path_is_that_of_the_definition_and_holds(before: int, data: st.DataObject):
    after = data.draw(st.integers(before, 300))
    leaves = LEAVES[:after]
    ranges = consistency_ranges(before, after)
    hashes = [mth(leaves[start:end]) for start, end in ranges]
    assert hashes == (proof(before, leaves) if before else [])
    assert hashes == from_tiles(ranges, stored(leaves)[1])
    roots = (mth(leaves[:before]), mth(leaves))
    assert verify_consistency((before, after), roots, hashes)


@given(sizes, st.data())
def test_no_other_leaf_index_size_path_or_root_is_proved(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    good, root = path(index, leaves), mth(leaves)
    at = data.draw(st.integers(0, len(good)))
    wrong = LEAVES[-1]
    assert not verify_inclusion(wrong, index, size, good, root)
    assert not verify_inclusion(leaves[index], index, size, good, wrong)
    assert not verify_inclusion(leaves[index], index, size, [*good[:at], wrong, *good[at:]], root)
    assert not verify_inclusion(leaves[index], size, size, good, root)
    assert not verify_inclusion(leaves[index], -1, size, good, root)
    if at < len(good):
        assert not verify_inclusion(leaves[index], index, size, good[:at] + good[at + 1 :], root)
        assert not verify_inclusion(leaves[index], index ^ 1 << at, size, good, root)


@given(st.integers(1, 299), st.data())
def test_no_other_beginning_is_proved(before: int, data: st.DataObject) -> None:
    after = data.draw(st.integers(before + 1, 300))
    leaves = LEAVES[:after]
    good, roots = proof(before, leaves), (mth(leaves[:before]), mth(leaves))
    at = data.draw(st.integers(0, len(good) - 1))
    wrong = LEAVES[-1]
    both = (before, after)
    assert not verify_consistency(both, (wrong, roots[1]), good)
    assert not verify_consistency(both, (roots[0], wrong), good)
    assert not verify_consistency(both, roots, good[:at] + good[at + 1 :])
    assert not verify_consistency(both, roots, [*good[:at], wrong, *good[at:]])
    assert not verify_consistency(both, roots, [*good[:at], wrong, *good[at + 1 :]])
    assert not verify_consistency((after, before), roots, good)
    assert not verify_consistency((before, before), roots, [])
    assert not verify_consistency((0, after), roots, good)


def test_a_tree_consistent_with_itself_needs_no_path() -> None:
    root = mth(LEAVES[:5])
    assert verify_consistency((5, 5), (root, root), [])
    assert not verify_consistency((5, 5), (root, root), [root])
    assert verify_consistency((0, 5), (EMPTY_ROOT, root), [])
    assert not verify_consistency((0, 5), (root, root), [])
    assert not verify_consistency((-1, 5), (root, root), [])


def test_ranges_outside_a_tree_are_refused() -> None:
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion_ranges(index, size)
    for before, after in ((6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no smaller one"):
            consistency_ranges(before, after)


EDGES = (0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000)


@cache
def grown_once() -> dict[int, tuple[Frontier, dict[tuple[int, int], bytes]]]:
    """Grow one tree to its end; return edge and stored hashes as they were at each size tried."""
    frontier, held, found = Frontier(), dict[tuple[int, int], bytes](), {}
    for begin, size in pairwise((0, *EDGES)):
        grow(frontier, held, LEAVES[begin:size], begin)
        found[size] = (deepcopy(frontier), dict(held))
    return found


@pytest.mark.parametrize("size", EDGES)
def test_a_tree_is_taken_up_again_from_its_edge(size: int) -> None:
    """Beyond 65,536 leaves a third level of tiles begins."""
    frontier, held = grown_once()[size]
    grown = deepcopy(frontier)
    again = Frontier.at(size, asked(edge_runs(size), held))
    assert again.root() == grown.root() == root_of(LEAVES[:size])
    for leaf in LEAVES[:300]:
        assert again.append(leaf) == grown.append(leaf)
    assert again.root() == grown.root()


def test_paths_of_a_tree_of_three_levels_come_from_its_tiles() -> None:
    size = 70_000
    frontier, held = grown_once()[size]
    root = frontier.root()
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        hashes = from_tiles(inclusion_ranges(index, size), held)
        assert verify_inclusion(LEAVES[index], index, size, hashes, root)
    for before in (1, 256, 300, 65_536, 65_537, 69_999):
        hashes = from_tiles(consistency_ranges(before, size), held)
        roots = (root_of(LEAVES[:before]), root)
        assert verify_consistency((before, size), roots, hashes)


def test_a_tile_holds_its_hashes_and_their_root() -> None:
    frontier = Frontier()
    filled = [tile for leaf in LEAVES[:65_536] for tile in frontier.append(leaf)]
    assert filled[0] == FullTile(0, 0, b"".join(LEAVES[:256]), mth(LEAVES[:256]))
    assert [tile.index for tile in filled if tile.level == 0] == list(range(256))
    upper = filled[-1]
    assert (upper.level, upper.index, upper.root) == (1, 0, root_of(LEAVES[:65_536]))
    assert upper.hashes == b"".join(tile.root for tile in filled if tile.level == 0)


def test_what_the_store_lacks_is_noticed() -> None:
    size = 700
    _, held = stored(LEAVES[:size])
    for lost in ((0, 600), (1, 0)):
        kept = {place: hash_ for place, hash_ in held.items() if place != lost}
        with pytest.raises(RunMissing):
            Frontier.at(size, asked(edge_runs(size), kept))
        with pytest.raises(RunMissing):
            from_tiles([(0, size)], kept)


def test_two_subtrees_are_told_from_a_leaf() -> None:
    assert joined(b"a" * 32, b"b" * 32) != hashlib.sha256(b"\x00" + b"a" * 32 + b"b" * 32).digest()
