"""Proofs over HTTP: heads of the log, leaves, and paths; for everybody who may ask anything.

Leaves are blinded, so that one tells nothing of whose it is: whoever holds a receipt's leaf may
have it proven, and one that is in no tree yet is answered alike whosever it was. How far the
tree is shown depends on the asker alone: to the newest head of an hour, or of a minute.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson

from consent.facts import Action
from consent.log_heads import sees_minute_heads
from index_service.domain.errors import Code, Invalid, Refused
from index_service.log.checkpoint import HeadKind, read_note
from index_service.log.entry import Outcome
from index_service.log.tiles import hashes_of, runs_of
from index_service.log.tree import Range, consistency_ranges, inclusion_ranges
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.store.log_reading import LogSnapshot, log_snapshot
from index_service.store.sealed_log import StoredHead

_FORMAT = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class HeadsAsked:
    """Which heads: the newest of each shard, of one shard, or that of one size."""

    kind: HeadKind
    shard: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a shard: from this leaf on, not to that one; or from one size to another."""

    shard: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class _Asking:
    """Somebody's question about the log: what it sees, and which kind of head reaches how far."""

    reading: LogSnapshot
    farthest: HeadKind

    async def reach(self, shard: int) -> StoredHead | None:
        """Return the head up to which this asker is shown a shard."""
        return await self.reading.head(self.farthest, shard)

    async def check_year(self, shard: int) -> None:
        """Raise Invalid for a shard whose leaves are dropped with its year."""
        if await self.reading.is_dropped(shard // 100):
            raise Invalid(Code.LOG_YEAR_DROPPED)

    def check(self, kind: HeadKind) -> None:
        """Raise Refused for heads that are not for this asker."""
        if kind is HeadKind.MINUTE and self.farthest is not HeadKind.MINUTE:
            raise Refused(Code.ROLE_NOT_ALLOWED)

    async def hashes(self, shard: int, ranges: Sequence[Range]) -> list[str]:
        """Return the hashes of these ranges in base64, from stored tiles and leaves."""
        found = await self.reading.runs(shard, runs_of(ranges))
        return [b64encode(each).decode() for each in hashes_of(ranges, found)]


class Proofs:
    """Hands out the tree of one authority's log, and proofs from it."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def heads(self, login: Login, asked: HeadsAsked, attempt: Attempt) -> bytes:
        """Return signed heads with their cosignatures, encoded, the newest last."""
        async with self._asking(login, attempt) as asking:
            asking.check(asked.kind)
            if asked.shard is None:
                heads = await asking.reading.newest_heads(asked.kind)
            else:
                size = {} if asked.size is None else {"least": asked.size, "most": asked.size}
                head = await asking.reading.head(asked.kind, asked.shard, **size)
                heads = [head] if head else []
        return await self._answered(orjson.dumps({"heads": [each.note for each in heads]}), attempt)

    async def leaves(self, login: Login, asked: Stretch, attempt: Attempt) -> bytes:
        """Return leaf hashes, encoded: fewer than were asked for where they are many.

        Invalid for a year that is dropped.
        """
        async with self._asking(login, attempt) as asking:
            await asking.check_year(asked.shard)
            reach = await asking.reach(asked.shard)
            end = min(asked.end, reach.size if reach else 0)
            found = await asking.reading.leaves(asked.shard, asked.begin, end)
        leaves = [each.hex() for each in found]
        body = {"shard": asked.shard, "from": asked.begin, "leaves": leaves}
        return await self._answered(orjson.dumps(body), attempt)

    async def inclusion(self, login: Login, leaf: bytes, kind: HeadKind, attempt: Attempt) -> bytes:
        """Return the proof that a leaf is in the newest head of a kind, as text.

        Invalid where it is in none: past the deadline of its receipt that is suppression.
        """
        async with self._asking(login, attempt) as asking:
            asking.check(kind)
            place = await asking.reading.place(leaf)
            if place is not None:
                await asking.check_year(place.shard)  # while it is being dropped
            head = await asking.reading.head(kind, place.shard) if place else None
            if place is None or head is None or head.size <= place.index:
                raise Invalid(Code.LEAF_NOT_SEALED)
            ranges = inclusion_ranges(place.index, head.size)
            path = await asking.hashes(place.shard, ranges)
        lines = [_FORMAT, f"index {place.index}", *path]
        text = "".join(f"{line}\n" for line in lines) + f"\n{head.note}"
        return await self._answered(text.encode(), attempt)

    async def consistency(self, login: Login, asked: Stretch, attempt: Attempt) -> bytes:
        """Return the proof that a shard's tree of one size begins that of another, encoded.

        Invalid for a year that is dropped.
        """
        async with self._asking(login, attempt) as asking:
            await asking.check_year(asked.shard)
            reach = await asking.reach(asked.shard)
            if reach is None or asked.end > reach.size:
                raise Invalid(Code.QUERY_INVALID, "to")
            if asked.begin > asked.end:
                raise Invalid(Code.QUERY_INVALID, "from")
            ranges = consistency_ranges(asked.begin, asked.end)
            path = await asking.hashes(asked.shard, ranges)
        origin = read_note(reach.note).text.partition("\n")[0]
        body = {"origin": origin, "from": asked.begin, "to": asked.end, "proof": path}
        return await self._answered(orjson.dumps(body), attempt)

    @asynccontextmanager
    async def _asking(self, login: Login, attempt: Attempt) -> AsyncIterator[_Asking]:
        index = self._index
        asked = Asked(login, Action.READ_PROOF, attempt.access)
        async with log_snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            minutes = sees_minute_heads(admitted.asker.facts.role)
            yield _Asking(reading, HeadKind.MINUTE if minutes else HeadKind.HOUR)

    async def _answered(self, body: bytes, attempt: Attempt) -> bytes:
        log = self._index.log
        attempt.answered(await log.append(attempt.entry(log.stamp(), Outcome.SHOWN)))
        return body
