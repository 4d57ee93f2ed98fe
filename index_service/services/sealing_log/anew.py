"""The tree begun anew after a rollback: by an operator, for an approved release (decision 0023).

The sealer has none of the index's keys and judges no release: it sees that the entry it is
given stands in the database and was never sealed, and makes its leaf the first of a new shard.
Whether that entry is the approval of a release, the index says by its own keys.
"""

from uuid import UUID

import orjson

from index_service.log.checkpoint import Checkpoint, NoteRefused, opened
from index_service.log.second_place import PlaceUnfit, Step
from index_service.log.tree import EMPTY_ROOT
from index_service.services.sealing_log.cosigning import Cosigning
from index_service.services.sealing_log.growing import RolledBack, edge_of
from index_service.services.sealing_log.off_machine import OffMachine
from index_service.services.sealing_log.sealer import NotFounded, Sealer
from index_service.store.sealed_log import NewLeaf, Sealing

SHARDS_A_YEAR = 100


class NotReleased(Exception):  # noqa: N818 (told to the operator)
    """Nothing is begun anew; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def begin_anew(
    sealer: Sealer,
    off_machine: OffMachine | None,
    entry: UUID,
    cosigning: Cosigning | None = None,
) -> Checkpoint:
    """Begin a shard with an entry's leaf, following the newest head there is; return that head.

    Done again after it was cut short, it goes on where it was. NotReleased where the database
    is not rolled back, or the entry is not there or was sealed before.
    """
    async with sealer.store.leading():
        note = await _standing(sealer)
        here = _opened(sealer, note)
        kept = await off_machine.kept() if off_machine is not None else None
        seen = await cosigning.kept(note) if cosigning is not None else None
        follows = max((each for each in (here, kept, seen) if each is not None), key=_reached)
        now = sealer.clock.now()
        shard = max(follows.shard, now.year * SHARDS_A_YEAR) + 1
        if shard % SHARDS_A_YEAR == 0:
            raise NotReleased("too_often")
        async with sealer.store.sealing() as sealing:
            if seen is None:
                await _must_be_rolled_back(sealing, follows)
            begun = _begun(follows, entry)
            found = await sealing.tree.begun(shard)
            if found is None:
                leaf = await _unsealed(sealing, entry)
                await sealing.tree.begin(shard, now, begun)
                await sealing.tree.add(shard, 0, [NewLeaf(leaf, entry)], [])
            elif found != begun:
                raise NotReleased("begun_otherwise")
        head = Checkpoint(sealer.keys.origin, shard, 0, EMPTY_ROOT)
        signed = sealer.keys.signed(head, int(now.timestamp()))
        try:
            await sealer.second.swap(Step(note, signed))
        except OSError as failed:  # done again, it finds out
            raise PlaceUnfit("disk") from failed
    return follows


async def _must_be_rolled_back(sealing: Sealing, follows: Checkpoint) -> None:
    """Raise NotReleased for a healthy tree; one begun anew already may be begun once more."""
    try:
        await edge_of(sealing.tree, follows)
    except RolledBack:
        return
    if follows.shard % SHARDS_A_YEAR == 0:
        raise NotReleased("not_rolled_back")


async def _unsealed(sealing: Sealing, entry: UUID) -> bytes:
    leaves = await sealing.pending.leaves([entry])
    if entry not in leaves:
        raise NotReleased("no_such_entry")
    if await sealing.pending.sealed([entry]):
        raise NotReleased("sealed_before")
    return leaves[entry]


async def _standing(sealer: Sealer) -> str:
    try:
        note = await sealer.second.read()
    except OSError as failed:
        raise PlaceUnfit("disk") from failed
    if note is None:
        raise NotFounded
    return note


def _opened(sealer: Sealer, note: str) -> Checkpoint:
    try:
        return opened(note, sealer.keys.verifiers)
    except NoteRefused as refused:
        raise PlaceUnfit(refused.code) from None


def _reached(head: Checkpoint) -> tuple[int, int]:
    return head.shard, head.size


def _begun(follows: Checkpoint, entry: UUID) -> str:
    said = {"follows": follows.text(), "release": entry.hex, "why": "rollback"}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
