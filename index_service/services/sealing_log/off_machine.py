"""Every second's head, sent off the machine: losing the keeper alarms and stops nothing.

But a keeper that holds more than the second place here does shows that this whole machine
was set back, and that stops the sealer as any rollback does.
"""

import asyncio
import logging

from index_service.domain.errors import Unavailable
from index_service.log.checkpoint import Checkpoint, HeadKeys, NoteRefused, opened
from index_service.log.second_place import PlaceUnfit, SecondPlace, Step, SwapRefused
from index_service.log.tiles import RunMissing, hashes_of, runs_of
from index_service.log.tree import consistency_ranges
from index_service.services.sealing_log.growing import RolledBack
from index_service.store.sealed_log import SealedLog

AGAIN_S = 1.0

_process_log = logging.getLogger(__name__)


class OffMachine:
    """Sends the newest head to a keeper on another machine, one at a time."""

    def __init__(self, place: SecondPlace, store: SealedLog, keys: HeadKeys) -> None:
        self._place = place
        self._store = store
        self._keys = keys
        self._head: str | None = None
        self._sent: str | None = None
        self._told = asyncio.Event()
        self._ahead = False

    @property
    def lost(self) -> bool:
        """Whether the newest head is not known to have arrived."""
        return self._sent != self._head

    def check(self) -> None:
        """Raise RolledBack once the keeper was seen to hold what does not stand here."""
        if self._ahead:
            raise RolledBack("off_machine")

    def tell(self, head: str) -> None:
        """Have a head sent; a newer one takes the place of one that still waits."""
        if head != self._head:
            self._head = head
            self._told.set()

    async def run(self) -> None:
        """Send heads until cancelled; after a failure the newest one, again and again."""
        while True:
            await self._told.wait()
            self._told.clear()
            while self.lost:
                outcome = await self.send()
                if outcome is not None:
                    _process_log.error("sealer: head not kept off the machine, %s", outcome)
                    await asyncio.sleep(AGAIN_S)

    async def kept(self) -> Checkpoint | None:
        """Return the head the keeper holds, None before there was one."""
        held = await self._place.read()
        return self._opened(held) if held else None

    async def send(self) -> str | None:
        """Send the newest head; return the code of what went wrong, None if it is kept."""
        head = self._head
        if head is None:
            return None
        try:
            await self._send(head)
        except (PlaceUnfit, SwapRefused) as failed:
            return failed.code
        except (Unavailable, RunMissing, OSError) as failed:
            return type(failed).__name__
        except RolledBack as failed:
            self._ahead = True
            return failed.code
        self._sent = head
        return None

    async def _send(self, head: str) -> None:
        held = await self._place.read()
        now, before = self._opened(head), self._opened(held) if held else None
        proof: tuple[bytes, ...] = ()
        if before is not None:
            if (before.shard, before.size) > (now.shard, now.size):
                raise RolledBack("off_machine")
            if before == now:
                return
            if before.shard == now.shard:
                proof = await self._proof(before, now)
        await self._place.swap(Step(held, head, proof))

    async def _proof(self, before: Checkpoint, now: Checkpoint) -> tuple[bytes, ...]:
        ranges = consistency_ranges(before.size, now.size)
        async with self._store.sealing() as sealing:
            found = await sealing.tree.runs(now.shard, runs_of(ranges))
        return tuple(hashes_of(ranges, found))

    def _opened(self, note: str) -> Checkpoint:
        try:
            return opened(note, self._keys.verifiers)
        except NoteRefused as refused:
            raise PlaceUnfit(refused.code) from None
