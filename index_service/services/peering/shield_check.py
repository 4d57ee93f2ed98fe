"""Asking the region's shield set: before a new record is seen, and of all records at night.

A record the set has not answered about stays unseen, and the team hears when it cannot be
asked. What comes of an answer is shield_hits.py's.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.envelope import SealBroken
from index_service.domain.matching.keys import GUARD_KEYS_MAX
from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.oblivious import ProofFailed
from index_service.federation.region_client import RegionClient
from index_service.federation.shield_note import NoteUnfit
from index_service.federation.sizes import DERIVED_BY_JOBS
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.services.peering.alarms import WELL, Alarm, cause_of, fared, silent_for, tell
from index_service.services.peering.region_state import NEW, NIGHT, NIGHTLY, NOTES, SET
from index_service.services.peering.shield_hits import (
    Asked,
    Pair,
    ShieldHits,
    asked_of,
    is_checked,
)
from index_service.services.peering.shield_rows import BATCHES_BY_THE_HOUR, ShieldRows
from index_service.services.pointers import open_waiting
from index_service.services.sealing import open_policy
from index_service.services.unchecked import unchecked_tokens
from index_service.store.reading import OverTheBound
from index_service.store.work import Work, work_on

CHILDREN_A_UNIT: Final = DERIVED_BY_JOBS // GUARD_KEYS_MAX
LATE: Final = "shield_check_unanswered"
LATE_THERE: Final = "shield_check_unanswered_there"
UNANSWERED: Final = timedelta(hours=24)
_TRIED_AGAIN = timedelta(minutes=10)
_NEW_BETWEEN_S = 60.0  # nobody new waits for the night's work
_LOST = (Unreachable, MessageRefused, ProofFailed, NoteUnfit)
_chance = SystemRandom()
_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Went:
    """How a run went: records whose wait ended, records shielded, and what the team was told."""

    answered: int
    shielded: int
    causes: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether everything that was due was done."""
        return not self.causes


@dataclass(frozen=True, slots=True)
class _Listed:
    """A record that waits: the row that lists it, and since when."""

    child_id: UUID
    row: Pair
    since_s: int


class ShieldCheck:
    """Asks the shield set about one authority's records (role job, a managing process)."""

    def __init__(self, index: Index, engine: AsyncEngine, region: RegionClient) -> None:
        self._index = index
        self._engine = engine
        self._region = region
        self._rows = ShieldRows(index, engine, region)
        self._hits = ShieldHits(index, engine, region, self._rows)
        self._answered = self._shielded = 0
        self._late: list[str] = []  # authorities whose own checks nobody answers

    async def run(self, stop: asyncio.Event | None = None, rest: float = 0.0) -> Went:
        """Check who is new, upload and fetch what is due, and once a night check everybody."""
        self._answered = self._shielded = 0
        words = {NEW: await self._tried(self._check_new(stop))}
        if await self._is_due(NOTES, self._an_hour()):
            words[SET] = words[NOTES] = await self._tried(self._keep_up())
            await self._ask_whether_others_check()
        if await self._is_due(NIGHT, NIGHTLY):
            words[NIGHT] = await self._tried(self._check_all(stop, rest))
        if stop is not None and stop.is_set():
            words.pop(NIGHT, None)  # not all were asked about
        return Went(self._answered, self._shielded, await self._told(words))

    async def _tried(self, trying: Awaitable[None]) -> str:
        try:
            await trying
        except _LOST as lost:
            return cause_of(SET, lost)
        return WELL

    def _an_hour(self) -> timedelta:
        """Return how often a batch is uploaded: hourly, or as often in a shorter epoch."""
        seconds = self._region.directory.epochs.seconds
        return timedelta(seconds=min(3600, seconds // BATCHES_BY_THE_HOUR))

    async def _keep_up(self) -> None:
        await self._rows.upload()
        await self._rows.fetch_notes()

    async def _is_due(self, what: str, every: timedelta) -> bool:
        now = self._index.clock.now()
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            known = (await work.region_checks.checks()).get(what)
        if known is None:
            return True
        waited = every if known.word == WELL else min(every, _TRIED_AGAIN)
        return now - known.at >= waited

    async def _told(self, words: dict[str, str]) -> tuple[str, ...]:
        """Note how the set fared; alert the team the same day, and again after 24 hours."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.alone("shields")
            causes = {word for word in words.values() if word != WELL}
            for what, word in words.items():
                rest = NIGHTLY if what == NIGHT else timedelta()
                if silent_for(await fared(index, work, what, word)) >= UNANSWERED + rest:
                    causes.add(LATE)
            since = [each.since_s for each in await self._listed(work)]
            now_s = int(index.clock.now().timestamp())
            if since and now_s - min(since) >= UNANSWERED.total_seconds():
                causes.add(LATE)
            told = sorted(causes)
            alarms = [Alarm(cause) for cause in told]
            alarms += [
                Alarm(LATE_THERE, None, {"authority": name}, name.encode()) for name in self._late
            ]
            await tell(index, work, alarms)
            await work.commit(index.log.prepare(self._entry(len(told))))
        return tuple(told)

    async def _ask_whether_others_check(self) -> None:
        """Ask every other authority since when its checks are answered: it holds our shields."""
        now, directory = self._index.clock.now(), self._region.directory
        self._late = []
        for member in directory.others:
            try:
                since = await self._region.checks_answered(member)
            except (Unreachable, MessageRefused):
                continue  # who does not answer at all is told of by reachability
            if since is not None and now - since >= UNANSWERED:
                self._late.append(member.name)

    # Who is new

    async def _check_new(self, stop: asyncio.Event | None) -> None:
        """Ask about every record that waits, and end its wait or shield it."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            listed = await self._listed(work)
        rows: dict[UUID, tuple[Pair, ...]] = {}
        for each in listed:
            rows[each.child_id] = (*rows.get(each.child_id, ()), each.row)
        ids = list(rows)
        _chance.shuffle(ids)
        shielded = 0
        for start in range(0, len(ids), CHILDREN_A_UNIT):
            if stop is not None and stop.is_set():
                break
            unit = await self._read(ids[start : start + CHILDREN_A_UNIT], rows)
            shielded += len(await self._settled(unit))
            self._answered += await self._hits.release(unit)
        if ids and not shielded:
            await self._hits.leave_as_many_rows()

    async def _listed(self, work: Work) -> list[_Listed]:
        """Return every record that waits for the set; list by list where they are many."""
        tokens = unchecked_tokens(self._index.keyring)
        try:
            stored = await work.children.work(tokens)
        except OverTheBound:
            stored = [row for token in tokens for row in await work.children.work([token])]
        found = []
        for row in stored:
            waiting = open_waiting(self._index.keyring, row.token, row.pointer)
            found.append(_Listed(waiting.child_id, (row.token, row.pointer), waiting.since_s))
        return found

    async def _read(self, ids: Sequence[UUID], listed: dict[UUID, tuple[Pair, ...]]) -> list[Asked]:
        """Return what is to be asked about these records; one that does not open stays as it is."""
        unit = []
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            rows: list[Any] = list(await work.children.beheld(sorted(ids))) if ids else []
        for row in rows:
            try:
                child = open_policy(self._index.keyring, row)
                if listed or is_checked(child.policy):
                    unit.append(asked_of(child, listed.get(child.child_id, ())))
            except SealBroken as broken:
                _process_log.error("shields: a record is broken, cause=%s", type(broken).__name__)
        return unit

    async def _settled(self, unit: Sequence[Asked]) -> list[Asked]:
        """Ask about a unit and settle its hits; return those that were shielded just now."""
        settled = [await self._hits.settle(found) for found in await self._hits.ask(unit)]
        shielded = [each for each in settled if each is not None]
        self._shielded += len(shielded)
        return shielded

    # Everybody

    async def _check_all(self, stop: asyncio.Event | None, rest: float) -> None:
        """Ask about every record, in an order by lot, so many at a time."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            ids = await work.upkeep.child_ids()
        _chance.shuffle(ids)
        shielded, since = 0, time.monotonic()
        for start in range(0, len(ids), CHILDREN_A_UNIT):
            if stop is not None and stop.is_set():
                return
            begun = time.monotonic()
            if begun - since > _NEW_BETWEEN_S:
                await self._check_new(stop)
                since = begun
            unit = await self._read(ids[start : start + CHILDREN_A_UNIT], {})
            hit = await self._settled(unit)
            if hit:
                await self._hits.release(hit, others=True)
            shielded += len(hit)
            await asyncio.sleep(rest * (time.monotonic() - begun))
        if not shielded:
            await self._hits.leave_as_many_rows()

    def _entry(self, count: int) -> AccessEntry:
        stamp = self._index.log.stamp()
        return AccessEntry(
            *stamp, action="shield_check", route="job", outcome=Outcome.RECORDED, count=count
        )


__all__ = ["CHILDREN_A_UNIT", "LATE", "UNANSWERED", "ShieldCheck", "Went"]
