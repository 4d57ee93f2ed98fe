"""Why a child is asked about: read from a form, and a page of its own where nothing was said."""

from starlette.responses import Response

from index_client import Access
from thin_client import codes
from thin_client.asking import Visit, safe_back
from thin_client.forms import Form
from thin_client.pages.page import Page


def access_of(form: Form) -> Access | None:
    """Return what a form states (the macro `fields.why`); None with faults if it does not."""
    purpose = form.choice("purpose", codes.PURPOSES, "Say why you ask")
    reason = form.choice("reason", codes.REASONS, "Say for what, this time")
    reference = form.reference("reference")
    if purpose is None or reason is None:
        return None
    return Access(purpose, reason, reference)


def suggesting(visit: Visit) -> Form:
    """Return a blank form with what was stated last filled in, where one sees it."""
    known = visit.suggested
    # The reference is of one case: suggested to another child it would explain a wrong one.
    return Form.blank(purpose=known.get("purpose"), reason=known.get("reason"))


async def show(visit: Visit) -> Response:
    """Ask why, for a child or a request not asked about in this session yet."""
    back = safe_back(visit.request.query_params.get("back"))
    return await _drawn(visit, suggesting(visit), back)


async def state(visit: Visit) -> Response:
    """Keep what was stated, and go back to where it was needed."""
    form = await visit.form()
    back = safe_back(form.value("back"))
    access = access_of(form)
    if not form.ready or access is None:
        return await _drawn(visit, form, back, 400 if form.faults else 200)
    visit.state_access(visit.id("about"), access)
    visit.suggest_access(access)
    return visit.go(back)


async def _drawn(visit: Visit, form: Form, back: str, status: int = 200) -> Response:
    suggested = bool(visit.suggested) and not form.sent
    about = visit.id("about")
    told = {"form": form, "back": back, "suggested": suggested, "about": about}
    me = visit.me_last_known
    told |= {"of_child": f"/children/{about}" in back, "own": me and me["account_id"] == about}
    return await visit.page("why.html", status, **told)


PAGES = (Page("/why/{about:uuid}", "why", show, state),)
