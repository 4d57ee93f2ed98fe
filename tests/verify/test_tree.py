"""The streaming tree and the proofs, against the recursion of RFC 6962's own text."""

import random

import pytest

from index_verify.tree import EMPTY_ROOT, GrowingTree, consistent, included
from tests.verify.made import MadeLog
from tests.verify.second import sha, tree

LEAVES = [sha(b"\x00%d" % number) for number in range(1100)]


def test_the_root_at_every_size_is_the_recursions() -> None:
    grown = GrowingTree()
    assert grown.root() == EMPTY_ROOT == tree([])
    for size, leaf in enumerate(LEAVES[:700], 1):
        grown.append(leaf)
        assert grown.root() == tree(LEAVES[:size]), size


def test_a_tree_of_three_levels_of_tiles_has_the_recursions_root() -> None:
    grown = GrowingTree(tiles=True)
    leaves = [sha(b"%d" % number) for number in range(256 * 257 + 3)]
    for leaf in leaves:
        grown.append(leaf)
    assert grown.root() == tree(leaves)
    assert sorted(grown.tiles) == [*((0, index) for index in range(257)), (1, 0)]
    assert grown.tiles[0, 1] == sha(b"".join(leaves[256:512]))
    above = [tree(leaves[at : at + 256]) for at in range(0, 256 * 256, 256)]
    assert grown.tiles[1, 0] == sha(b"".join(above))


@pytest.fixture(scope="module")
def log() -> MadeLog:
    log = MadeLog()
    log.append(48)
    return log


def test_every_leaf_is_proven_at_every_size_and_nowhere_else(log: MadeLog) -> None:
    for size in range(1, 40):
        root = tree(log.leaves(size))
        for index in range(size):
            path = log.path(index, size)
            leaf = log.stored[index].leaf
            assert included(leaf, index, size, path) == root
            assert included(log.stored[index + 1].leaf, index, size, path) != root
            for other in range(size + 2):
                assert other == index or included(leaf, other, size, path) != root
            assert included(leaf, index, size, [*path, leaf]) is None
            assert not path or included(leaf, index, size, path[:-1]) != root


def test_every_growth_is_proven_and_no_changed_proof_holds(log: MadeLog) -> None:
    chance = random.Random(0)
    for new in range(1, 34):
        for old in range(1, new + 1):
            roots = tree(log.leaves(old)), tree(log.leaves(new))
            proof = log.growth_path(old, new)
            assert consistent((old, new), roots, proof), (old, new)
            assert not consistent((old, new), roots, [*proof, LEAVES[0]])
            assert not proof or not consistent((old, new), roots, proof[:-1])
            assert not proof or not consistent((old, new), roots, proof[1:])
            for at in range(len(proof)):
                changed = [*proof[:at], chance.randbytes(32), *proof[at + 1 :]]
                assert not consistent((old, new), roots, changed)
            if old < new:
                assert not consistent((old, new), (roots[1], roots[0]), proof)
                assert not consistent((new, old), roots, proof)


def test_nothing_grows_from_a_root_that_is_not_the_empty_one() -> None:
    assert consistent((0, 5), (EMPTY_ROOT, LEAVES[0]), [])
    assert not consistent((0, 5), (LEAVES[1], LEAVES[0]), [])
    assert not consistent((0, 5), (EMPTY_ROOT, LEAVES[0]), [LEAVES[1]])
