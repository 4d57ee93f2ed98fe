"""The jobs of an authority in a region: its derived digests and filters, and the shield set."""

import asyncio
import logging

from index_service.federation.region_client import JOB_DEADLINE_S, RegionClient
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.index import Index
from index_service.services.peering.alarms import Alarm, tell
from index_service.services.peering.derived import Derived
from index_service.services.peering.shield_check import ShieldCheck
from index_service.store.work import work_on

REST = 1.0  # times as long as a batch took: deriver and store have others to serve
NO_DIRECTORY = "region_directory_missing"
_process_log = logging.getLogger(__name__)


async def derive(index: Index, stop: asyncio.Event) -> bool:
    """Keep this authority findable in its region; in none there is nothing to do."""
    client = await _client(index)
    if client is None:
        return index.region is None
    return (await Derived(index, index.feed, client).run(stop, REST)).well


async def shields(index: Index, stop: asyncio.Event) -> bool:
    """Ask the region's shield set about who is new, and keep this authority's part in it."""
    client = await _client(index)
    if client is None:
        return index.region is None
    return (await ShieldCheck(index, index.feed, client).run(stop, REST)).well


async def _client(index: Index) -> RegionClient | None:
    """Return the way to deriver and locator; None, and the team told, where no directory counts."""
    if index.region is None:
        return None
    standing = await index.region.standing()
    if standing is not None:
        return RegionClient(index.region.client, standing.directory, JOB_DEADLINE_S)
    _process_log.error("region: no directory counts, so nobody can be asked")
    async with work_on(index.feed, index.csa, index.log) as work:
        told = await tell(index, work, [Alarm(NO_DIRECTORY)])
        entry = AccessEntry(
            *index.log.stamp(),
            action="region",
            route="job",
            outcome=Outcome.RECORDED,
            count=told,
        )
        await work.commit(index.log.prepare(entry))
    return None
