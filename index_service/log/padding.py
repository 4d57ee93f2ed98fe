"""Leaves without an entry: outsiders cannot tell them; whoever is handed a blind counts them."""

import os

from index_service.log.leaf import BLIND_SIZE, leaf_hash

PADDED_TO = 16


def padding_leaf(index: int) -> tuple[bytes, bytes]:
    """Return a new padding leaf for this place in the tree, and the blind that opens it."""
    blind = os.urandom(BLIND_SIZE)
    return leaf_hash(blind, padding_text(index)), blind


def is_padding(index: int, leaf: bytes, blind: bytes) -> bool:
    """Return whether a blind opens the leaf of this place as padding."""
    return len(blind) == BLIND_SIZE and leaf_hash(blind, padding_text(index)) == leaf


def missing_to_full(size: int) -> int:
    """Return how many padding leaves bring a tree to the next multiple of PADDED_TO."""
    return -size % PADDED_TO


def padding_text(index: int) -> bytes:
    """Return the text of padding at a place."""
    return b'{"pad":%d,"v":1}' % index
