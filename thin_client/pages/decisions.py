"""Why a request of one's own was answered as it was."""

from starlette.responses import Response

from thin_client import codes_audit
from thin_client.asking import Visit
from thin_client.pages.page import Page
from thin_client.pages.posting import practice


async def show(visit: Visit) -> Response:
    """Show the rules that decided, in words; what was not disclosed is one answer, always."""
    told = (await visit.index.read_decision(visit.id("entry_id"))).body
    return await practice(
        visit,
        "decisions/decision.html",
        told=told,
        audit=codes_audit,
    )


PAGES = (Page("/decisions/{entry_id:uuid}", "decision", show),)
