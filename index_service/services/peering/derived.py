"""An index's own children under the region's derived digests, kept up to date run by run.

A run compares every record with what was derived of it, derives what differs in batches of
one size, and no request ever waits for the deriver. Filters and probes are own_filters.py's.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.envelope import SealBroken
from index_service.domain.errors import Unavailable, Unrecorded
from index_service.domain.matching.keys import IndexKey
from index_service.domain.matching.region_keys import REGION_KEYS_MAX
from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.oblivious import ProofFailed
from index_service.federation.region_client import RegionClient
from index_service.federation.sizes import DERIVED_BY_JOBS
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.services.peering.alarms import WELL, Alarm, cause_of, fared, tell
from index_service.services.peering.own_filters import FIRST_FILTER, OwnFilters
from index_service.services.peering.region_sheet import (
    SERIES,
    EpochRows,
    RegionSheet,
    inputs_of,
    keys_found_by,
    mark_of,
    open_sheet,
    rows_of,
    seal_sheet,
    sheet_ref,
)
from index_service.services.sealing import SealedChild, open_facts, open_policy
from index_service.store.federation_tables import region_token
from index_service.store.work import Work, work_on

CHILDREN_A_BATCH: Final = 64
CALLS_A_BATCH: Final = CHILDREN_A_BATCH * REGION_KEYS_MAX // DERIVED_BY_JOBS
_PAGE = 512
_DERIVE_AHEAD = 4  # the coming epoch's digests are derived in the last quarter before it
_UPLOAD_AHEAD = 28  # and its filters are built a day before it begins, where it has 28
_chance = SystemRandom()
_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fared:
    """How a run went: children written, batches that came to nothing, what the team was told."""

    written: int
    failed: int = 0
    causes: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether everything that was due was done."""
        return not self.failed and not self.causes


@dataclass(frozen=True, slots=True)
class _One:
    """A child as read: its keys in the region, its sheet if it has one, as sealed and open."""

    child: SealedChild
    ref: bytes
    keys: tuple[IndexKey, ...]
    sealed: bytes | None
    sheet: RegionSheet | None


class Derived:
    """Keeps one authority findable in its region (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine, region: RegionClient) -> None:
        self._index = index
        self._engine = engine
        self._region = region
        self._filters = OwnFilters(index, engine, region)
        self._written = self._failed = 0

    async def run(self, stop: asyncio.Event | None = None, rest: float = 0.0) -> Fared:
        """Derive what differs, build the filters that are due, probe the locator.

        Between batches rest so many times a batch's length. Stopped or cut off half way,
        what is done is done, and the next run finds what is left.
        """
        self._written = self._failed = 0
        epochs, now = self._region.directory.epochs, self._index.clock.now()
        current = epochs.at(now)
        deriver, locator = WELL, WELL
        for epoch in (current, current + 1):
            ahead = epochs.begins(epoch) - now
            if ahead > timedelta(seconds=epochs.seconds // _DERIVE_AHEAD):
                continue
            if epoch not in self._region.directory.deriver_keys[SERIES]:
                # Of the coming epoch there may be none yet; of this one there must.
                deriver = deriver if epoch > current else "deriver_key_missing"
                continue
            try:
                await self._derive(epoch, current, stop, rest)
            except (Unreachable, MessageRefused, ProofFailed) as lost:
                deriver = cause_of("deriver", lost)
                continue
            if stop is not None and stop.is_set():
                return Fared(self._written, self._failed)
            if not self._failed and ahead <= timedelta(seconds=epochs.seconds // _UPLOAD_AHEAD):
                locator = await self._filters.keep(epoch) or locator
        locator = await self._filters.probe(current) or locator
        causes = await self._told(deriver, locator)
        return Fared(self._written, self._failed, causes)

    async def _told(self, deriver: str, locator: str) -> tuple[str, ...]:
        """Note how deriver and locator fared; alert the team to what went wrong, once a day."""
        index = self._index
        causes = tuple(cause for cause in (deriver, locator) if cause != WELL)
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.alone("derive")
            await fared(index, work, "deriver", deriver)
            await fared(index, work, "locator", locator)
            await tell(index, work, [Alarm(cause) for cause in causes])
            await work.commit(index.log.prepare(self._entry(len(causes))))
        return causes

    async def _derive(
        self, epoch: int, current: int, stop: asyncio.Event | None, rest: float
    ) -> None:
        """Bring every child's rows of an epoch up to date."""
        ids = await self._everybody()
        stale = await self._stale(ids, epoch)
        _chance.shuffle(stale)
        # One batch even where nothing differs: that something did is nobody's to see.
        for start in range(0, max(1, len(stale)), CHILDREN_A_BATCH):
            if stop is not None and stop.is_set():
                break
            begun = time.monotonic()
            try:
                some = _filled(stale[start : start + CHILDREN_A_BATCH], ids)
                self._written += await self._batch(some, epoch, current)
            except (LookupError, Unavailable, Unrecorded) as failure:
                self._failed += 1
                _process_log.error("derive: a batch failed, cause=%s", type(failure).__name__)
            await asyncio.sleep(rest * (time.monotonic() - begun))

    async def _everybody(self) -> list[UUID]:
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            return await work.upkeep.child_ids()

    async def _stale(self, ids: Sequence[UUID], epoch: int) -> list[UUID]:
        """Return the children whose rows of an epoch are not those of their keys."""
        public = self._region.directory.deriver_key(SERIES, epoch)
        found = []
        for start in range(0, len(ids), _PAGE):
            for one in await self._read(ids[start : start + _PAGE]):
                rows = one.sheet.of(epoch) if one.sheet else None
                mark = mark_of(self._index.keyring, epoch, public, one.keys)
                if rows is None or rows.mark != mark:
                    found.append(one.child.child_id)
        return found

    async def _read(self, ids: Sequence[UUID]) -> list[_One]:
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            rows = await work.children.beheld(sorted(ids)) if ids else []
            refs = {
                row["child_id"]: sheet_ref(self._index.keyring, row["child_id"]) for row in rows
            }
            sheets = await work.region_tokens.sheets(list(refs.values())) if refs else {}
        return [
            one
            for row in rows
            if (one := self._opened(row, refs[row["child_id"]], sheets)) is not None
        ]

    def _opened(self, row: Any, ref: bytes, sheets: dict[bytes, bytes]) -> _One | None:
        """Open a child and its sheet; one that does not open keeps nobody else from it."""
        sealed = sheets.get(ref)
        try:
            child = open_policy(self._index.keyring, row)
            keys = keys_found_by(open_facts(child), child.policy)
            sheet = open_sheet(child.key, ref, sealed) if sealed is not None else None
        except SealBroken as broken:
            _process_log.error("derive: a child does not open, cause=%s", type(broken).__name__)
            return None
        return _One(child, ref, keys, sealed, sheet)

    async def _batch(self, ids: Sequence[UUID], epoch: int, current: int) -> int:
        """Derive and write the rows of these children: by as many calls, in one transaction."""
        keyring, directory = self._index.keyring, self._region.directory
        read = await self._read(ids)
        inputs = [text for one in read for text in inputs_of(one.keys)]
        digests = iter(await self._region.derive_by_calls(SERIES, epoch, inputs, CALLS_A_BATCH))
        public = directory.deriver_key(SERIES, epoch)
        rows: dict[bytes, EpochRows] = {}
        for one in read:
            mark = mark_of(keyring, epoch, public, one.keys)
            own = tuple(next(digests) for _ in one.keys)
            bare = EpochRows(epoch, mark, ())
            rows[one.ref] = rows_of(keyring, one.child.child_id, bare, one.keys, own)
        return await self._write(read, rows, current)

    async def _write(self, read: list[_One], rows: dict[bytes, EpochRows], current: int) -> int:
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.alone("derive")
            await work.locks.shields_shared()  # nobody moves token rows meanwhile
            arrived_s = await self._arrived_s(work)
            stood = await work.region_tokens.sheets(list(rows))
            old: list[tuple[bytes, bytes]] = []
            new: list[tuple[bytes, bytes]] = []
            sheets = []
            for one in read:
                if stood.get(one.ref) != one.sealed:
                    continue  # another run wrote it meanwhile
                before = one.sheet or RegionSheet(arrived_s)
                after = before.with_rows(rows[one.ref], current)
                kept = {each.epoch for each in after.epochs} - {rows[one.ref].epoch}
                old += [p for each in before.epochs if each.epoch not in kept for p in each.pairs]
                new += rows[one.ref].pairs
                sealed = seal_sheet(one.child.key, one.ref, after)
                sheets.append({"child_ref": one.ref, "sealed": sealed})
            if await work.children.remove_pointers(region_token, old) != len(old):
                raise LookupError("a sheet names rows that are not there")
            await work.children.add_pointers(region_token, sorted(new))
            await work.region_tokens.put_sheets(sorted(sheets, key=lambda row: row["child_ref"]))
            await work.commit(index.log.prepare(self._entry(len(sheets))))
        return len(sheets)

    async def _arrived_s(self, work: Work) -> int:
        """Return since when whoever is new counts as here: always, until a first filter."""
        joined = FIRST_FILTER in await work.region_checks.checks()
        return int(self._index.clock.now().timestamp()) if joined else 0

    def _entry(self, count: int) -> AccessEntry:
        stamp = self._index.log.stamp()
        return AccessEntry(
            *stamp, action="derive", route="job", outcome=Outcome.RECORDED, count=count
        )


def _filled(some: list[UUID], everybody: Sequence[UUID]) -> list[UUID]:
    """Return a smaller batch filled up with others by lot: batches have one size."""
    rest = CHILDREN_A_BATCH - len(some)
    others = set(everybody) - set(some) if rest else set()
    return some + _chance.sample(sorted(others), min(rest, len(others)))
