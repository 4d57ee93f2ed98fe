"""An index's own filters: built once for an epoch, uploaded, and held against what is answered.

What was uploaded is kept, sealed, so that a probe with children of our own has one right
answer: whoever is in the filter we hold must be possible.
"""

from collections.abc import Sequence
from random import SystemRandom
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.envelope import SealBroken
from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.filters import Filter, FilterFull, build
from index_service.federation.region_bodies import POSSIBLE
from index_service.federation.region_client import RegionClient
from index_service.federation.sizes import KEYS_A_CHILD
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.peering.alarms import cause_of, fared
from index_service.services.peering.region_sheet import (
    EpochRows,
    RegionSheet,
    open_sheet,
    sheet_ref,
)
from index_service.services.sealing import open_policy
from index_service.store.work import Work, work_on

FIRST_FILTER: Final = "first_filter"  # noted once: whoever comes later has arrived since
FULL: Final = "filter_full"
MISSED: Final = "locator_misses_a_child"
PROBES_A_RUN: Final = 4  # children, of each set
_DRAWN_AT_ONCE, _DRAWN_MAX = 64, 4_096  # where hardly any had arrived, it takes many
_POLICIES_A_PAGE = 2_000
_PART_BYTES = 32_768
_LENGTH_BYTES = 8
_chance = SystemRandom()


def told_of(policy: Policy) -> bool:
    """Return whether a filter may hold a child at all, whenever it arrived."""
    return not (policy.shielded or policy.unseen or policy.archived or policy.superseded)


class OwnFilters:
    """Builds, uploads and probes one authority's filters (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine, region: RegionClient) -> None:
        self._index = index
        self._engine = engine
        self._region = region

    async def keep(self, epoch: int) -> str:
        """Build and upload an epoch's filters if that was not done; return what went wrong.

        Until the epoch begins they are built anew wherever somebody in them is hidden since.
        """
        begun = self._region.directory.epochs.begins(epoch) <= self._index.clock.now()
        try:
            for set_name in KEYS_A_CHILD:
                async with work_on(self._engine, self._index.csa, self._index.log) as work:
                    uploaded = _what(set_name, epoch) in await work.region_checks.checks()
                anew = not begun and await self._holds_whom_it_must_not(set_name, epoch)
                if anew or not uploaded:
                    await self._upload(set_name, epoch, anew=anew)
        except (Unreachable, MessageRefused) as lost:
            return cause_of("locator", lost)
        except FilterFull:
            return FULL
        return ""

    async def _upload(self, set_name: str, epoch: int, *, anew: bool) -> None:
        """Hand in the filter kept of this set and epoch, built now if there is none.

        An upload whose answer was lost is repeated byte for byte.
        """
        index = self._index
        written = None if anew else await self._kept(set_name, epoch)
        if written is None:
            written = build(await self._digests(set_name, epoch), self._keys(set_name))
            async with work_on(self._engine, index.csa, index.log) as work:
                parts = self._sealed(set_name, epoch, written)
                await work.region_tokens.put_filter(epoch, set_name, parts)
                await fared(index, work, FIRST_FILTER)
                await work.commit(index.log.prepare(self._entry()))
        await self._region.upload_filter(set_name, epoch, written)
        async with work_on(self._engine, index.csa, index.log) as work:
            await fared(index, work, _what(set_name, epoch))
            await work.region_checks.drop_checks(_what(set_name, epoch - 2))
            await work.commit(index.log.prepare(self._entry()))

    def _keys(self, set_name: str) -> int:
        return self._region.directory.own.capacity * KEYS_A_CHILD[set_name]

    async def _digests(self, set_name: str, epoch: int) -> list[bytes]:
        """Return the digests of whoever may be told of and had arrived in time."""
        epochs = self._region.directory.epochs
        arrived_max = int((epochs.begins(epoch) - epochs.arrivals_wait).timestamp())
        found: list[bytes] = []
        for policy, sheet in await self._everybody():
            rows = sheet.of(epoch)
            if rows and told_of(policy) and sheet.arrived_s <= arrived_max:
                found += rows.digests(set_name)
        return found

    async def _holds_whom_it_must_not(self, set_name: str, epoch: int) -> bool:
        """Return whether the filter kept for an epoch holds somebody no filter may tell of."""
        written = await self._kept(set_name, epoch)
        if written is None:
            return False
        own = Filter.open(written, self._keys(set_name))
        hidden = [
            sheet.of(epoch) for policy, sheet in await self._everybody() if not told_of(policy)
        ]
        return any(rows and _held(own, rows, set_name) for rows in hidden)

    async def _everybody(self) -> list[tuple[Policy, RegionSheet]]:
        found = []
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            ids = await work.upkeep.child_ids()
            for start in range(0, len(ids), _POLICIES_A_PAGE):
                found += await self._sheets(work, ids[start : start + _POLICIES_A_PAGE])
        return found

    async def _sheets(self, work: Work, ids: Sequence[UUID]) -> list[tuple[Policy, RegionSheet]]:
        """Return policy and sheet of these children; what does not open is told of nobody."""
        keyring = self._index.keyring
        refs = {child_id: sheet_ref(keyring, child_id) for child_id in ids}
        sealed = await work.region_tokens.sheets(list(refs.values()))
        found = []
        for row in await work.upkeep.policies(ids):
            ref = refs[row["child_id"]]
            if ref not in sealed:
                continue
            try:
                child = open_policy(keyring, row)
                found.append((child.policy, open_sheet(child.key, ref, sealed[ref])))
            except SealBroken:
                continue
        return found

    # Probes

    async def probe(self, epoch: int) -> str:
        """Ask the locator for some children of our own, by lot; return what went wrong."""
        try:
            for set_name in KEYS_A_CHILD:
                if not await self._found(set_name, epoch):
                    return MISSED
        except (Unreachable, MessageRefused) as lost:
            return cause_of("locator", lost)
        return ""

    async def _found(self, set_name: str, epoch: int) -> bool:
        """Return whether the locator finds whoever stands in the filter it was given."""
        for digests in await self._drawn(set_name, epoch):
            said = await self._region.locate(set_name, epoch, digests)
            if digests and said.get(self._region.directory.self_name) != POSSIBLE:
                return False
        return True

    async def _drawn(self, set_name: str, epoch: int) -> list[list[bytes]]:
        """Return the digests of a few children by lot, of those in the filter uploaded.

        Filled with none at all: the locator is asked as often whoever is there to ask for.
        """
        nobody: list[list[bytes]] = [[]] * PROBES_A_RUN
        written = await self._kept(set_name, epoch)
        if written is None:
            return nobody
        own = Filter.open(written, self._keys(set_name))
        probes: list[list[bytes]] = []
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            uploaded = _what(set_name, epoch) in await work.region_checks.checks()
            ids = await work.upkeep.child_ids() if uploaded else []
            _chance.shuffle(ids)
            for start in range(0, min(len(ids), _DRAWN_MAX), _DRAWN_AT_ONCE):
                drawn = await self._sheets(work, ids[start : start + _DRAWN_AT_ONCE])
                held = [_held(own, sheet.of(epoch), set_name) for _, sheet in drawn]
                probes += [digests for digests in held if digests]
                if len(probes) >= PROBES_A_RUN:
                    break
        return (probes + nobody)[:PROBES_A_RUN]

    # What was uploaded, kept sealed

    async def _kept(self, set_name: str, epoch: int) -> bytes | None:
        async with work_on(self._engine, self._index.csa, self._index.log) as work:
            parts = await work.region_tokens.filter_parts(epoch, set_name)
        if not parts:
            return None
        keyring = self._index.keyring
        text = b"".join(
            keyring.rows.open("region_filter", _place(set_name, epoch, number), sealed)
            for number, sealed in enumerate(parts)
        )
        length = int.from_bytes(text[:_LENGTH_BYTES])
        return text[_LENGTH_BYTES : _LENGTH_BYTES + length]

    def _sealed(self, set_name: str, epoch: int, written: bytes) -> list[bytes]:
        text = len(written).to_bytes(_LENGTH_BYTES) + written
        cut = [text[at : at + _PART_BYTES] for at in range(0, len(text), _PART_BYTES)]
        rows = self._index.keyring.rows
        return [
            rows.seal("region_filter", _place(set_name, epoch, number), part, _PART_BYTES)
            for number, part in enumerate(cut)
        ]

    def _entry(self) -> AccessEntry:
        stamp = self._index.log.stamp()
        return AccessEntry(*stamp, action="filter", route="job", outcome=Outcome.RECORDED)


def _what(set_name: str, epoch: int) -> str:
    return f"filter/{set_name}/{epoch}"


def _place(set_name: str, epoch: int, number: int) -> bytes:
    return f"{set_name}/{epoch}/{number}".encode()


def _held(own: Filter, rows: EpochRows | None, set_name: str) -> list[bytes]:
    digests = rows.digests(set_name) if rows else ()
    return [digest for digest in digests if own.holds(digest)]
