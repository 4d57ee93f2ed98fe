"""Whether a leaf that stands in the store is under a signed head: a row alone proves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from index_service.log.checkpoint import Checkpoint, NoteRefused, VerifierKey, opened
from index_service.log.tiles import WIDTH, Run, RunMissing, hashes_of, runs_of
from index_service.log.tree import Range, inclusion_ranges, root_of, verify_inclusion
from index_service.store.pending import Place
from index_service.store.sealed_log import Tree


@dataclass(frozen=True, slots=True)
class Standing:
    """The signed head a round begins at, and the keys by which heads of closed shards count."""

    before: Checkpoint
    verifiers: Sequence[VerifierKey]


async def unproven(tree: Tree, standing: Standing, places: Mapping[UUID, Place]) -> frozenset[UUID]:
    """Return the entries whose leaf is not proven to stand where its row says.

    INVARIANT: `edge_of` has checked what stands in the head's own shard at or beyond its size.
    """
    before = standing.before
    doubted = {
        entry: place
        for entry, place in places.items()
        if place.shard != before.shard or place.index < before.size
    }
    found = set()
    for shard in sorted({place.shard for place in doubted.values()}):
        here = {entry: place for entry, place in doubted.items() if place.shard == shard}
        head = before if shard == before.shard else await _closed(tree, standing, shard)
        found |= set(here) if head is None else await _not_under(tree, head, here)
    return frozenset(found)


async def _closed(tree: Tree, standing: Standing, shard: int) -> Checkpoint | None:
    """Return the largest head stored of an earlier shard, if it is signed by our keys."""
    if shard > standing.before.shard:
        return None
    note = await tree.largest_head(shard)
    try:
        head = opened(note, standing.verifiers) if note is not None else None
    except NoteRefused:
        return None
    return head if head is not None and head.shard == shard else None


async def _not_under(tree: Tree, head: Checkpoint, places: Mapping[UUID, Place]) -> set[UUID]:
    """Return the entries whose leaf is not in the tree of a head, a tile of leaves at a time."""
    tiles: dict[int, list[bytes]] = {}
    for first in sorted({each.index - each.index % WIDTH for each in places.values()}):
        if 0 <= first < head.size:
            tiles[first] = await _proven_tile(tree, head, first)
    missing = set()
    for entry, place in places.items():
        at = place.index % WIDTH
        leaves = tiles.get(place.index - at, [])
        if at >= len(leaves) or leaves[at] != place.hash:
            missing.add(entry)
    return missing


async def _proven_tile(tree: Tree, head: Checkpoint, first: int) -> list[bytes]:
    """Return the leaves of a tile if they are proven, all by the path of the first; or none."""
    tile = Run(0, first, min(WIDTH, head.size - first))
    ranges = inclusion_ranges(first, head.size)
    end = first + tile.count
    above = [each for each in ranges if not _within(each, first, end)]
    runs = await tree.runs(head.shard, [tile, *runs_of(above)])
    leaves = runs[tile]
    if len(leaves) != tile.count:
        return []
    path = [
        root_of(leaves[s - first : e - first]) for s, e in ranges if _within((s, e), first, end)
    ]
    try:
        path += hashes_of(above, runs)
    except RunMissing:
        return []
    proven = verify_inclusion(leaves[0], first, head.size, path, head.root)
    return leaves if proven else []


def _within(one: Range, first: int, end: int) -> bool:
    return first <= one[0] and one[1] <= end
