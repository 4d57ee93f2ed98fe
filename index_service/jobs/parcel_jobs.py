"""The jobs of an authority's post: lines routed to others, and what moves owe the other side."""

import asyncio

from index_service.services.index import Index
from index_service.services.peering.move_job import MoveJob
from index_service.services.peering.posting import Post
from index_service.services.peering.routing import Routing


async def route(index: Index, _: asyncio.Event) -> bool:
    """Send the lines that wait to the authorities they belong to; outside a region none wait."""
    post = await _post(index)
    if post is None:
        return index.region is None
    await Routing(index, index.feed, post).run()
    return True


async def move(index: Index, _: asyncio.Event) -> bool:
    """Tell the other side of each move what it is owed."""
    post = await _post(index)
    if post is None:
        return index.region is None
    await MoveJob(index, index.feed, post).run()
    return True


async def _post(index: Index) -> Post | None:
    """Return the way to the other indexes; None where no directory counts."""
    if index.region is None:
        return None
    standing = await index.region.standing()
    return None if standing is None else Post(index, index.feed, index.region.client, standing)
