"""The job of subscriptions: looked at once a day, exchanged with every other index each hour."""

import asyncio
import logging

from index_service.domain.errors import Unavailable
from index_service.services.index import Index
from index_service.services.looking_again import LookingAgain
from index_service.services.peering.posting import Post
from index_service.services.peering.subscriptions_exchanged import Exchanging

_process_log = logging.getLogger(__name__)


async def notify(index: Index, stop: asyncio.Event) -> bool:
    """Look at what is due, then tell every other index what it is owed and fetch what it tells."""
    region = index.region
    standing = None if region is None else await region.standing()
    looked = await _looked(LookingAgain(index, index.feed, standing), stop)
    if region is None or standing is None:
        return looked and region is None
    post = Post(index, index.feed, region.client, standing)
    await Exchanging(index, index.feed, post).run(standing)
    return looked


async def _looked(looking: LookingAgain, stop: asyncio.Event) -> bool:
    """Look; what was not looked at in this run is in the next, and the exchange goes on."""
    try:
        await looking.run(stop)
    except Unavailable:
        _process_log.error("notify: not everything could be looked at")
        return False
    return True
