"""The agencies' front doors: whom to ring whatever the index knows."""

from starlette.responses import Response

from thin_client.asking import Visit
from thin_client.pages.page import Page


async def show_agencies(visit: Visit) -> Response:
    """Show every agency's duty line, hours and safeguarding lead."""
    told = (await visit.index.read_agencies()).body
    return await visit.page("agencies.html", agencies=told["agencies"])


PAGES = (Page("/agencies", "agencies", show_agencies),)
