"""Has each minute's head cosigned by witnesses: losing them alarms and stops nothing.

But a witness that holds a head of ours which does not stand in our tree shows that we were set
back or forked, and that stops the sealer as any rollback does. What a witness merely says
counts as much only when as many say so as cosign: one alone shall not close a log.
"""

import asyncio
import logging
from dataclasses import dataclass

from index_service.domain.errors import Unavailable
from index_service.log.checkpoint import Checkpoint, HeadKeys, HeadKind, NoteRefused, opened
from index_service.log.policy import CosigningPolicy
from index_service.log.tiles import RunMissing, hashes_of, runs_of
from index_service.log.tree import Range, consistency_ranges
from index_service.log.witness import Asked
from index_service.log.witness_http import HttpWitness, WitnessLost
from index_service.services.sealing_log.growing import RolledBack
from index_service.store.sealed_log import SealedLog

AGAIN_S = 5.0
TRIES = 3  # of one witness and head: it tells its size, another sealer may have come between

_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A head to be cosigned; of a shard that ended nothing can be behind."""

    shard: int
    size: int
    note: str
    grows: bool
    cosigned: frozenset[str]


class Cosigning:
    """Asks every witness of a policy for its line below the newest heads."""

    def __init__(self, policy: CosigningPolicy, store: SealedLog, keys: HeadKeys) -> None:
        self._witnesses = [HttpWitness(each) for each in policy.witnesses]
        self._quorum = policy.quorum
        self._store = store
        self._keys = keys
        self._one_at_a_time = asyncio.Lock()  # the sealer's own round shall find a connection
        self._sizes: dict[tuple[str, int], int] = {}
        self._disputing: set[str] = set()
        self._contradicted = False
        self._head: str | None = None
        self._told = asyncio.Event()
        self._missing: dict[str, str] = {}

    @property
    def missing(self) -> dict[str, str]:
        """Why each witness that should have cosigned by now has not, by its name."""
        return dict(self._missing)

    def check(self) -> None:
        """Raise RolledBack once witnesses were seen to hold what does not stand here."""
        if self._contradicted:
            raise RolledBack("witnesses")

    def tell(self, head: str) -> None:
        """Have heads looked for that want cosignatures, if this one is new."""
        if head != self._head:
            self._head = head
            self._told.set()

    async def run(self) -> None:
        """Ask until cancelled; whoever did not cosign is asked again and again."""
        while True:
            await self._told.wait()
            self._told.clear()
            await self.ask()
            while self._missing and not self._contradicted:
                await asyncio.sleep(AGAIN_S)
                await self.ask()

    async def ask(self) -> None:
        """Ask every witness once for what it has not cosigned, and say what came of it."""
        try:
            wanted = await self._wanted()
        except Unavailable:
            self._missing = {each.name: "store" for each in self._witnesses}
            return
        codes = await asyncio.gather(*(self._asked(each, wanted) for each in self._witnesses))
        names = [each.name for each in self._witnesses]
        self._missing = {name: code for name, code in zip(names, codes, strict=True) if code}
        for name, outcome in self._missing.items():
            _process_log.error("sealer: not cosigned, name=%s outcome=%s", name, outcome)
        count = len(self._witnesses) - len(self._missing)
        if count < self._quorum:
            _process_log.error("sealer: fewer witnesses than the quorum, count=%d", count)

    async def _asked(self, witness: HttpWitness, wanted: list[_Wanted]) -> str | None:
        """Have a witness cosign what it has not; return the code of what is in the way."""
        try:
            for each in wanted:
                if witness.name not in each.cosigned:
                    await self._cosigned(witness, each)
        except WitnessLost as lost:
            return lost.code
        except (Unavailable, RunMissing):
            return "store"
        return None

    async def _cosigned(self, witness: HttpWitness, head: _Wanted) -> None:
        place = (witness.name, head.shard)
        for _ in range(TRIES):
            old = self._sizes.get(place, 0)
            if old > head.size:
                await self._ahead(witness, head)
                return
            asked = Asked(old, await self._proof(head.shard, old, head.size), head.note)
            told = await witness.add(asked)
            if told.line is not None:
                await self._store_line(head, witness.name, told.line)
                self._sizes[place] = head.size
                self._disputing.discard(witness.name)
                return
            if told.disputed:
                await self._disputed(witness, head)
            if told.size is not None:
                self._sizes[place] = told.size
                if told.size < old:
                    name = witness.name
                    _process_log.error("sealer: a witness forgot what it cosigned, name=%s", name)
        raise WitnessLost("conflict")

    async def _ahead(self, witness: HttpWitness, head: _Wanted) -> None:
        """Pass over a head where a later one of ours was cosigned; else look into it.

        Whatever a witness was ever asked to cosign was stored before.
        """
        if self._sizes[witness.name, head.shard] > await self._newest(head.shard):
            del self._sizes[witness.name, head.shard]
            await self._disputed(witness, head)

    async def _disputed(self, witness: HttpWitness, head: _Wanted) -> None:
        """Find out whether a witness saw another tree under our own signatures; WitnessLost."""
        if not head.grows:
            return
        seen = await self._shown(witness, head.note)
        if seen is None:
            self._disputing.add(witness.name)
        contradicts = seen is not None and not await self._stands(seen)
        if contradicts or len(self._disputing) >= self._quorum:
            name = witness.name
            _process_log.critical("sealer: A WITNESS HOLDS WHAT WE DO NOT, name=%s", name)
            self._contradicted = True
        raise WitnessLost("disputed")

    async def kept(self, note: str) -> Checkpoint | None:
        """Return the largest head of ours that a witness holds and our tree does not, or None.

        Asked with a head of the shard in question. A witness that is not reached shows none.
        """
        found = []
        for witness in self._witnesses:
            seen = await self._shown(witness, note)
            if seen is not None and not await self._stands(seen):
                found.append(seen)
        return max(found, key=lambda head: head.size, default=None)

    async def _shown(self, witness: HttpWitness, note: str) -> Checkpoint | None:
        """Return the head a witness cosigned last in a note's shard, if both our keys signed it."""
        shown = await witness.known(note)
        try:
            seen = None if shown is None else opened(shown, self._keys.verifiers)
            asked = opened(note, self._keys.verifiers)
        except NoteRefused:
            return None
        return seen if seen is not None and seen.shard == asked.shard else None

    async def _stands(self, seen: Checkpoint) -> bool:
        if seen.size > await self._newest(seen.shard):
            return False
        (root,) = await self._hashes(seen.shard, [(0, seen.size)])
        return root == seen.root

    async def _wanted(self) -> list[_Wanted]:
        wanted = []
        async with self._one_at_a_time, self._store.sealing() as sealing:
            rows = sealing.cosignatures
            shards = await rows.shards()
            for shard in sorted(shards):
                for size, note in (await rows.newest(shard, list(HeadKind))).items():
                    by = await rows.by(shard, size)
                    wanted.append(_Wanted(shard, size, note, shard == shards[0], by))
        return wanted

    async def _newest(self, shard: int) -> int:
        async with self._one_at_a_time, self._store.sealing() as sealing:
            return max(await sealing.cosignatures.newest(shard, list(HeadKind)), default=0)

    async def _proof(self, shard: int, before: int, after: int) -> tuple[bytes, ...]:
        return tuple(await self._hashes(shard, consistency_ranges(before, after)))

    async def _hashes(self, shard: int, ranges: list[Range]) -> list[bytes]:
        async with self._one_at_a_time, self._store.sealing() as sealing:
            found = await sealing.tree.runs(shard, runs_of(ranges))
        return hashes_of(ranges, found)

    async def _store_line(self, head: _Wanted, witness: str, line: str) -> None:
        async with self._one_at_a_time, self._store.sealing() as sealing:
            await sealing.cosignatures.add(head.shard, head.size, witness, line)
