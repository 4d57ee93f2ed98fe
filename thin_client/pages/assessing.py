"""Common assessment and lead professional: held, named, closed, handed on, offered elsewhere."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.responses import Response

from index_client import Access
from thin_client import codes
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages import whom
from thin_client.pages.choosing_agency import agency_of
from thin_client.pages.involvements import today_typed
from thin_client.pages.own_work import asked
from thin_client.pages.page import Page
from thin_client.pages.posting import Drawn, Posted, practice

_PATH: Final = "/children/{child_id:uuid}/assessment"


async def show(visit: Visit) -> Response:
    """Show what can be said of it: the same for every child."""
    visit.access_for(visit.id("child_id"))
    return await practice(visit, "assessing/choose.html", child_id=visit.id("child_id"))


async def show_hold(visit: Visit) -> Response:
    """Show the form by which one's agency says that it holds an assessment."""
    return await _blank_contact(visit, "assessing/hold.html", **today_typed("held_since"))


async def hold(visit: Visit) -> Response:
    """Say that one's agency holds a common assessment."""
    form = await visit.form()
    stated: Any = {
        "contact": whom.whom_of(form),
        "held_since": form.day("held_since", "Say since when"),
        "review_due": form.day("review_due"),
    }
    return await _sends(visit, "assessing/hold.html", "hold_assessment", stated)


async def show_lead(visit: Visit) -> Response:
    """Show the form by which the lead professional is named."""
    return await _blank_contact(visit, "assessing/lead.html", **today_typed("since"))


async def lead(visit: Visit) -> Response:
    """Say who leads for the child."""
    form = await visit.form()
    stated: Any = {"contact": whom.whom_of(form), "since": form.day("since", "Say since when")}
    return await _sends(visit, "assessing/lead.html", "name_lead_professional", stated)


async def show_close(visit: Visit) -> Response:
    """Show the form by which the assessment is closed."""
    return await _blank(visit, "assessing/close.html", Form.blank(**today_typed("closed")))


async def close(visit: Visit) -> Response:
    """Close the assessment one's agency holds."""
    form = await visit.form()
    stated: Any = {
        "reason": form.choice("reason", codes.CAF_CLOSURES, "Say why it is closed"),
        "closed": form.day("closed"),
    }
    return await _sends(visit, "assessing/close.html", "close_assessment", stated, "ended")


async def show_reassign(visit: Visit) -> Response:
    """Show the form by which it is handed to another agency."""
    return await _blank(visit, "assessing/reassign.html", Form.blank())


async def reassign(visit: Visit) -> Response:
    """Hand it to another agency of this authority."""
    form = await visit.form()
    agency_id, offered = await agency_of(visit, form, "Say which agency takes it on")
    stated: Any = {"agency_id": agency_id, "contact": whom.whom_of(form)}

    async def draw(again: Form, status: int) -> Response:
        return await _drawn(visit, "assessing/reassign.html", again, status, offered)

    return await _does(visit, draw, "reassign_assessment", stated, "handed")


async def show_offer(visit: Visit) -> Response:
    """Show the form by which it is offered to another authority."""
    return await _blank(visit, "assessing/offer.html", Form.blank())


async def offer(visit: Visit) -> Response:
    """Offer it to another authority, which decides."""
    form = await visit.form()
    typed = form.text("authority", "Say which authority", 31)
    stated: Any = {"authority": "_".join((typed or "").casefold().split())}
    return await _sends(visit, "assessing/offer.html", "offer_assessment", stated, "offered")


async def show_due(visit: Visit) -> Response:
    """Show assessments of one's agency whose review is due."""
    cursor = visit.request.query_params.get("cursor")
    told, access, about = await asked(
        visit, lambda why: visit.index.read_assessments_due(access=why, cursor=cursor)
    )
    return await practice(visit, "assessing/due.html", told=told, access=access, about=about)


async def _sends(
    visit: Visit, template: str, operation: str, stated: Any, did: str = "recorded"
) -> Response:
    async def draw(form: Form, status: int) -> Response:
        return await _drawn(visit, template, form, status)

    return await _does(visit, draw, operation, stated, did)


async def _does(visit: Visit, draw: Drawn, operation: str, stated: Any, did: str) -> Response:
    child_id = visit.id("child_id")
    access: Access = visit.access_for(child_id)
    call: Callable[..., Awaitable[Any]] = getattr(visit.index, operation)

    async def record() -> None:
        await call(stated, child_id, access=access)

    posted = Posted(visit, await visit.form(), draw, whom.PLACES)
    return await posted.does(record, f"/children/{child_id}", did)


async def _blank_contact(visit: Visit, template: str, **filled: str) -> Response:
    return await _blank(visit, template, Form.blank(**await whom.suggested(visit), **filled))


async def _blank(visit: Visit, template: str, form: Form) -> Response:
    visit.access_for(visit.id("child_id"))
    return await _drawn(visit, template, form, 200)


async def _drawn(
    visit: Visit, template: str, form: Form, status: int, offered: dict[str, str] | None = None
) -> Response:
    hours = await whom.hours_offered(visit, form)
    return await practice(
        visit,
        template,
        status,
        form=form,
        hours=hours,
        offered=offered or {},
        child_id=visit.id("child_id"),
    )


PAGES = (
    Page(_PATH, "assessment", show),
    Page(f"{_PATH}/hold", "assessment_hold", show_hold, hold),
    Page("/children/{child_id:uuid}/lead-professional", "lead_professional", show_lead, lead),
    Page(f"{_PATH}/close", "assessment_close", show_close, close),
    Page(f"{_PATH}/reassign", "assessment_reassign", show_reassign, reassign),
    Page(f"{_PATH}/offer", "assessment_offer", show_offer, offer),
    Page("/assessments/due", "assessments_due", show_due),
)
