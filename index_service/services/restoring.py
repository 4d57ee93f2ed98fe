"""Whether the database is a restored one: its tree compared with the head in the second place.

The head is read first and the database after it, so that a healthy index is never behind. A
tree that was begun anew counts only with a release whose approval is its first leaf: the sealer
signed that leaf, and this index's keys say what was released (decision 0023).
"""

import asyncio
from collections.abc import Mapping

import orjson

from index_service.domain.errors import Unavailable
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.checkpoint import Checkpoint, NoteRefused, opened, read_checkpoint
from index_service.log.second_place import PlaceUnfit
from index_service.log.tiles import RunMissing, hashes_of, runs_of
from index_service.services.gate import Gate, Standing
from index_service.services.index import Index
from index_service.services.matters import matters_on
from index_service.store.log_reading import LogSnapshot, log_snapshot

LOOK_EVERY_S = 10.0
RELEASES = "log_releases"  # the list of every release, approved or not


async def watch(index: Index) -> None:
    """Compare every few seconds until cancelled."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        await look(index)


async def look(index: Index) -> None:
    """Compare once, and open or close the gate."""
    gate = index.gate
    if gate is None or gate.second is None:
        return
    try:
        note = await gate.second.place.read()
        head = opened(note, gate.second.verifiers) if note else None
        async with log_snapshot(index.reading, index.csa) as reading:
            standing = await _standing(index, gate, reading, head)
    except (PlaceUnfit, NoteRefused, Unavailable, OSError):
        gate.lost(index.clock.now())
        return
    gate.found(standing, None if standing is Standing.AT_ONE else head, index.clock.now())


async def _standing(
    index: Index, gate: Gate, reading: LogSnapshot, head: Checkpoint | None
) -> Standing:
    if head is None:  # a log that has not begun, or a second place that was lost
        return Standing.UNKNOWN if await reading.newest_shard() else Standing.AT_ONE
    begun = await reading.begun(head.shard)
    if head.shard not in begun or await reading.size(head.shard) < head.size:
        gate.proven = None
        return Standing.BEHIND
    if gate.proven != head:
        if not await _has_root(reading, head):
            return Standing.BEHIND
        gate.proven = head
    released = await _is_released(index, gate, reading, head, begun)
    return Standing.AT_ONE if released else Standing.UNRELEASED


async def _has_root(reading: LogSnapshot, head: Checkpoint) -> bool:
    whole = [(0, head.size)]
    try:
        (root,) = hashes_of(whole, await reading.runs(head.shard, runs_of(whole)))
    except RunMissing:
        return False
    return root == head.root


async def _is_released(
    index: Index, gate: Gate, reading: LogSnapshot, head: Checkpoint, begun: Mapping[int, str]
) -> bool:
    """Return whether the newest tree that was begun anew has its release; shards follow on."""
    shard: int | None = head.shard
    while shard is not None:
        if shard not in begun:
            return False
        follows = _follows(begun[shard])
        if shard % 100:
            signed = shard < head.shard or head.size > 0
            return signed and await _has_release(index, gate, reading, shard, begun[shard])
        shard = follows.shard if follows and follows.shard < shard else None
    return True


async def _has_release(
    index: Index, gate: Gate, reading: LogSnapshot, shard: int, begun: str
) -> bool:
    if gate.released.get(shard) == begun:
        return True
    follows, first = _follows(begun), await reading.leaves(shard, 0, 1)
    for each in await matters_on(index, reading, RELEASES):
        if first and follows and releases(each, first[0], follows):
            gate.released[shard] = begun
            return True
    return False


def releases(matter: Matter, first: bytes, follows: Checkpoint) -> bool:
    """Return whether a matter is an approved release of a tree that begins with this leaf."""
    if (matter.kind, matter.state) != (MatterKind.LOG_RELEASE, MatterState.ANSWERED):
        return False
    behind = read_checkpoint(matter.details["follows"])
    same = behind.shard == follows.shard and behind.size <= follows.size
    return same and matter.details["leaf"] == first.hex()


def _follows(begun: str) -> Checkpoint | None:
    """Return the head a shard says it follows."""
    said = orjson.loads(begun)["follows"]
    return read_checkpoint(said) if said else None
