"""Subject access: what the index holds of a child, as its subject is told, onto paper."""

from typing import Final

from starlette.responses import Response

from thin_client import clock, codes_subject
from thin_client.asking import Visit
from thin_client.pages.cases import case_for, to_state_case
from thin_client.pages.page import Page

_ATTRIBUTES: Final = {
    "nhs_number": "NHS number",
    "upn": "Unique pupil number",
    "date_of_birth": "Date of birth",
}


async def show(visit: Visit) -> Response:
    """Show the report of a request in order, within its 28 days; asked anew each time."""
    request_id = visit.id("request_id")
    case = case_for(visit, request_id)
    if case is None:
        return to_state_case(visit, request_id)
    told = (await visit.index.read_access_report(visit.id("child_id"), request_id=request_id)).body
    return await visit.page(
        "access_reports/report.html",
        told=told,
        case=case,
        made_on=clock.today().isoformat(),
        subject=codes_subject,
        attributes=_ATTRIBUTES,
    )


PAGES = (Page("/children/{child_id:uuid}/access-report/{request_id:uuid}", "access_report", show),)
