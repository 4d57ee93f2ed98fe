"""The agencies' front doors: whom to ring whatever the index knows."""

from typing import Final

from starlette.responses import Response

from thin_client import codes, doors
from thin_client.asking import Visit
from thin_client.pages.page import Page

AT_ONCE_MAX: Final = 100


async def show_agencies(visit: Visit) -> Response:
    """Show agencies' duty lines, hours and safeguarding leads: some of each kind, or one kind's."""
    told = (await visit.index.read_agencies()).body
    kind = visit.request.query_params.get("kind")
    if kind not in codes.AGENCY_KINDS:
        return await visit.page("agencies.html", agencies=told["agencies"], kind=None)
    of_kind = [door for door in told["agencies"] if door["agency_kind"] == kind]
    said = visit.request.query_params.get("from", "")
    first = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    last = first + AT_ONCE_MAX
    return await visit.page(
        "agencies.html",
        agencies=doors.ordered(of_kind)[first:last],
        kind=kind,
        first=first,
        count=len(of_kind),
        next=last if last < len(of_kind) else None,
    )


PAGES = (Page("/agencies", "agencies", show_agencies),)
