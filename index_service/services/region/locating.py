"""The locator's story of filters: kept by member, set and epoch; asked by digests alone.

It holds no key: what a digest stands for it cannot try out.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from index_service.federation.directory import RegionDirectory
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.filters import Filter, FilterRefused, keys_stated
from index_service.federation.members import MEMBERS_MAX
from index_service.federation.region_bodies import (
    FILTER_BYTES_MAX,
    FILTERS_PATH,
    LOCATE_BYTES_MAX,
    LOCATE_PATH,
    LOCATED_BYTES,
    NO_ENTRY,
    NO_FILTER,
    POSSIBLE,
    STORED_BYTES,
    FilterSent,
    LocateAsked,
    LocateSaid,
    Stored,
)
from index_service.federation.sizes import KEYS_A_CHILD
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.services.region.serving import (
    Charge,
    Noted,
    Serving,
    check_epoch,
    check_manages,
)
from index_service.store.region import FilterRow
from index_service.store.work import Work

FILTERS_A_DAY = 32
"""How often a member uploads: two sets, and anew whenever a child is shielded meanwhile."""

EPOCHS_KEPT = 1  # beside the one there is: a note to a row of the last epoch still finds it
NOTES_KEPT = 2


@dataclass(frozen=True, slots=True)
class LocatorLimits:
    """How much a member asks of its day: numbers of digests, rows and notes."""

    located_a_day: int
    shield_asked_a_child: int
    shield_batches_a_day: int
    notes_a_day: int


class Locating(Serving):
    """Keeps the filters of one region, and tells where a child may be known."""

    def __init__(self, index: Index, limits: LocatorLimits) -> None:
        super().__init__(index)
        self._limits = limits
        self._open: dict[tuple[str, str, int], tuple[bytes, Filter]] = {}

    def handlers(self) -> tuple[PeerHandler, ...]:
        """Return the routes about filters."""
        return (
            PeerHandler(FILTERS_PATH, self.upload, STORED_BYTES, FILTER_BYTES_MAX, step_s=0),
            PeerHandler(LOCATE_PATH, self.locate, LOCATED_BYTES, LOCATE_BYTES_MAX, step_s=0),
        )

    async def upload(self, heard: PeerAsked) -> PeerSaid:
        """Keep a member's filter of the epoch there is, if it has none, or of the next.

        Sent again it is stored again; another one for an epoch that has begun is refused.
        """
        check_manages(heard)
        sent = FilterSent.decoded(heard.body)
        directory, member = heard.standing.directory, heard.sender.member
        check_epoch(sent.epoch, self.epochs_to_prepare(directory))
        try:
            Filter.open(sent.filter, member.capacity * KEYS_A_CHILD[sent.set_name])
        except FilterRefused:
            raise MessageRefused(PeerCode.FILTER_REFUSED) from None
        digest = hashlib.sha256(sent.filter).digest()
        row = FilterRow(member.name, sent.set_name, sent.epoch, digest, sent.filter)
        async with self.work() as work:
            await work.region.one_at_a_time(f"filters {member.name}")
            await self.charge(work, heard, Charge("filters", 1, FILTERS_A_DAY))
            await self._keep(work, directory, row)
            await forget(self, work, directory)
            noted = Noted("keep_filter", f"{sent.set_name}/{sent.epoch}", 1)
            return await self.told(work, heard, noted, Stored(digest.hex()).encoded())

    async def _keep(self, work: Work, directory: RegionDirectory, row: FilterRow) -> None:
        stands = await work.region.filter_digest(row.member, row.set_name, row.epoch)
        if stands == row.digest:
            return
        now = self.index.clock.now()
        # INVARIANT: within its epoch a member's filter never changes: two of one epoch would
        # tell, by their difference, who came and who went.
        if stands is not None and directory.epochs.begins(row.epoch) <= now:
            raise MessageRefused(PeerCode.ALREADY_THERE)
        await work.region.put_filter(row, now)

    async def locate(self, heard: PeerAsked) -> PeerSaid:
        """Tell for every index whether it may know one of the digests, in one size."""
        asked = LocateAsked.decoded(heard.body)
        check_epoch(asked.epoch, self.epochs_now(heard.standing.directory))
        count = len(asked.digests)
        async with self.work() as work:
            charge = Charge(f"locate/{heard.sender.use}", count, self._limits.located_a_day)
            await self.charge(work, heard, charge)
            filters = await self._filters(work, asked.set_name, asked.epoch)
            names = [member.name for member in heard.standing.directory.indexes]
            found = {name: _told(filters.get(name), asked.digests) for name in names}
            noted = Noted("locate", f"{asked.set_name}/{asked.epoch}", count)
            return await self.told(work, heard, noted, LocateSaid(found).encoded())

    async def _filters(self, work: Work, set_name: str, epoch: int) -> dict[str, Filter]:
        """Return the filters of a set and epoch, opened anew only where another stands now."""
        stand = await work.region.filter_digests(set_name, epoch, MEMBERS_MAX)
        for member, digest in stand.items():
            key = (member, set_name, epoch)
            if key not in self._open or self._open[key][0] != digest:
                written = await work.region.filter_bytes(*key)
                if written is None or hashlib.sha256(written).digest() != digest:
                    continue  # replaced this very moment: the next question finds it
                self._open[key] = (digest, Filter.open(written, keys_stated(written)))
        gone = [key for key in self._open if key[2] < epoch - 1]
        for key in gone:
            self._open.pop(key, None)
        held = {name: self._open.get((name, set_name, epoch)) for name in stand}
        return {name: each[1] for name, each in held.items() if each and each[0] == stand[name]}


def _told(kept: Filter | None, digests: tuple[bytes, ...]) -> str:
    if kept is None:
        return NO_FILTER
    # Every digest is tried: how long an answer takes tells nothing of what was found.
    held = [kept.holds(digest) for digest in digests]
    return POSSIBLE if any(held) else NO_ENTRY


async def forget(serving: Serving, work: Work, directory: RegionDirectory) -> None:
    """Remove what epochs gone by have left."""
    now = serving.index.clock.now()
    current = directory.epochs.at(now)
    kept = timedelta(seconds=NOTES_KEPT * directory.epochs.seconds)
    await work.region.forget_epochs(current - EPOCHS_KEPT, now - kept)
    await work.region.forget_days(now.date() - timedelta(days=2))
