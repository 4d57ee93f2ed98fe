"""A shard's tree as stored rows have it: taken up where it was signed, checked, made longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from index_service.log.checkpoint import Checkpoint, HeadKind
from index_service.log.dense import Judged, Stored
from index_service.log.padding import is_padding, missing_to_full, padding_leaf
from index_service.log.tiles import Frontier, FullTile, RunMissing, edge_runs
from index_service.store.sealed_log import NewLeaf, StoredLeaf, Tree

HEAD_EVERY = {HeadKind.MINUTE: timedelta(minutes=1), HeadKind.HOUR: timedelta(hours=1)}


class RolledBack(Exception):  # noqa: N818 (the field's word, not an error of ours)
    """The database is behind the last signed head, or holds another tree: nothing is sealed.

    `code` says how it was noticed. A restored backup looks like this, and so does tampering.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Grown:
    """What a round has made of the tree, not signed yet."""

    shard: int
    size: int
    root: bytes
    added: int
    kinds: tuple[HeadKind, ...]


async def edge_of(tree: Tree, before: Checkpoint) -> Frontier:
    """Return the tree's edge as it is stored, having checked that it extends the signed head.

    Leaves beyond that head stem from a round that was cut short: each must be its entry's.
    """
    size = await tree.size(before.shard)
    if size < before.size:
        raise RolledBack("smaller")
    if not before.size and await tree.begun(before.shard) is None:
        raise RolledBack("no_shard")
    try:
        edge = Frontier.at(before.size, await tree.runs(before.shard, edge_runs(before.size)))
    except RunMissing:
        raise RolledBack("inconsistent") from None
    if edge.root() != before.root:
        raise RolledBack("inconsistent")
    for each in await tree.leaves_from(before.shard, before.size):
        if not _is_sound(each):
            raise RolledBack("leaf")
        edge.append(each.hash)
    if edge.size != size:
        raise RolledBack("gap")
    return edge


def _is_sound(leaf: StoredLeaf) -> bool:
    if leaf.entry_id is None:
        return leaf.pad_blind is not None and is_padding(leaf.index, leaf.hash, leaf.pad_blind)
    return leaf.committed == leaf.hash


async def read_back(tree: Tree, before: Checkpoint, grown: Grown) -> None:
    """Compute the root again from stored rows, once from leaves and once from tiles."""
    edge = await edge_of(tree, before)
    if (edge.size, edge.root()) != (grown.size, grown.root):
        raise RolledBack("read_back")
    try:
        stored = Frontier.at(grown.size, await tree.runs(grown.shard, edge_runs(grown.size)))
    except RunMissing:
        raise RolledBack("read_back") from None
    if stored.root() != grown.root:
        raise RolledBack("read_back")


def new_leaves(judged: Judged, stored: Stored) -> list[NewLeaf]:
    """Return a leaf for each entry of sound batches that has none, in the batches' order."""
    entries = dict.fromkeys(entry for batch in judged.sound for entry in batch.entries)
    return [NewLeaf(stored.leaves[entry], entry) for entry in entries if entry not in stored.sealed]


@dataclass(frozen=True, slots=True)
class Due:
    """When heads of each kind are due: not before their time, nor where nothing is new."""

    now: datetime
    closing: bool = False  # the shard ends: every kind, at once

    async def kinds(self, tree: Tree, shard: int, size: int) -> tuple[HeadKind, ...]:
        """Return which heads this size of a shard's tree is due as."""
        return tuple([kind for kind in HeadKind if await self._is_due(tree, shard, size, kind)])

    async def _is_due(self, tree: Tree, shard: int, size: int, kind: HeadKind) -> bool:
        last = await tree.last_head(kind)
        if not size or (last and last.shard == shard and last.size >= size):
            return False
        # Of a clock that was set back, the distance counts all the same.
        return self.closing or last is None or abs(self.now - last.at) >= HEAD_EVERY[kind]


async def grow(
    tree: Tree, before: Checkpoint, edge: Frontier, leaves: Sequence[NewLeaf], due: Due
) -> Grown:
    """Add leaves to the tree; where a head is due, pad it first."""
    first = edge.size
    kinds = await due.kinds(tree, before.shard, first + len(leaves))
    added = list(leaves)
    if kinds:
        padded_from = first + len(leaves)
        for index in range(padded_from, padded_from + missing_to_full(padded_from)):
            hash_, blind = padding_leaf(index)
            added.append(NewLeaf(hash_, None, blind))
    filled: list[FullTile] = []
    for each in added:
        filled += edge.append(each.hash)
    if added:
        await tree.add(before.shard, first, added, filled)
    return Grown(before.shard, edge.size, edge.root(), len(added), kinds)
