"""One's own requests for contact, and how far each has come."""

from starlette.responses import Response

from thin_client.asking import Visit
from thin_client.pages.own_work import asked
from thin_client.pages.page import Page
from thin_client.pages.posting import practice


async def show(visit: Visit) -> Response:
    """Show one's own requests, the most urgent first."""
    cursor = visit.request.query_params.get("cursor")
    told, access, about = await asked(
        visit, lambda why: visit.index.read_contact_requests(access=why, cursor=cursor)
    )
    return await practice(visit, "contact/list.html", told=told, access=access, about=about)


PAGES = (Page("/contact-requests", "contact_requests", show),)
