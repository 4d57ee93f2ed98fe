"""What a case system's link begins: a reason to confirm, then the child or the search."""

from dataclasses import asdict
from typing import Any

from starlette.responses import Response

from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.page import Page
from thin_client.pages.stating import access_of


async def show(visit: Visit) -> Response:
    """Show what the link suggests, to be confirmed. It waits for one session, and no other."""
    launch = _launch(visit)
    if launch is None:
        return await visit.page("launching/refused.html", 400)
    stated = {name: launch[name] for name in ("purpose", "reason", "reference")}
    return await _drawn(visit, Form.blank(**stated), launch)


async def confirm(visit: Visit) -> Response:
    """Take what the practitioner says why, and open the child, or begin the search."""
    launch = _launch(visit)
    if launch is None:
        return await visit.page("launching/refused.html", 400)
    form = await visit.form()
    access = access_of(form)
    if not form.ready or access is None:
        return await _drawn(visit, form, launch, 400 if form.faults else 200)
    visit.suggest_access(access)
    if launch["child"]:
        visit.state_access(launch["child"], access)
        return visit.go(f"/children/{launch['child']}")
    stated = {"purpose": access.purpose, "reason": access.reason, "reference": access.reference}
    typed = {"fields": {name: [word] for name, word in stated.items() if word}}
    search = {"facts": {}, "age": None, **stated, "typed": typed}
    return visit.go(f"/searches/{visit.keep('search', search)}")


def _launch(visit: Visit) -> dict[str, Any] | None:
    """Return what the link said: whoever signs in with it first has it, and keeps it."""
    waiting = visit.id("launched")
    known: dict[str, Any] | None = visit.kept("launch", waiting)
    if known is None:
        launch = visit.house.launches.taken(waiting)
        if launch is not None:
            known = asdict(launch)
            visit.session.put(f"launch:{waiting}", known)
    return known


async def _drawn(visit: Visit, form: Form, launch: dict[str, Any], status: int = 200) -> Response:
    return await visit.page("launching/confirm.html", status, form=form, launch=launch)


PAGES = (Page("/launched/{launched}", "launched", show, confirm),)
