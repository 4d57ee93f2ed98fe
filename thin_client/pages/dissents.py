"""Saying that one disagrees with what was decided about a child, and who else does."""

from typing import Any

from starlette.responses import Response

from thin_client import codes_practice
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages import whom
from thin_client.pages.page import Page
from thin_client.pages.posting import Posted, practice


async def show(visit: Visit) -> Response:
    """Show one's agency's dissents, and the form for another."""
    visit.access_for(visit.id("child_id"))
    return await _drawn(visit, Form.blank(**await whom.suggested(visit)), 200)


async def record(visit: Visit) -> Response:
    """Record that one disagrees."""
    child_id = visit.id("child_id")
    access = visit.access_for(child_id)
    form = await visit.form()
    about = form.choice("about", codes_practice.DISSENTS, "Say with what you disagree")
    stated: Any = {"about": about, "contact": whom.whom_of(form)}

    async def send() -> None:
        await visit.index.record_dissent(stated, child_id, access=access, idempotency_key=form.once)

    async def draw(again: Form, status: int) -> Response:
        return await _drawn(visit, again, status)

    posted = Posted(visit, form, draw, whom.PLACES)
    return await posted.does(send, f"/children/{child_id}/dissents")


async def _drawn(visit: Visit, form: Form, status: int) -> Response:
    child_id = visit.id("child_id")
    told = (await visit.index.read_dissents(child_id, access=visit.access_for(child_id))).body
    hours = await whom.hours_offered(visit, form)
    shown = {"form": form, "hours": hours, "told": told, "child_id": child_id}
    return await practice(visit, "dissents/child.html", status, **shown)


PAGES = (Page("/children/{child_id:uuid}/dissents", "dissents", show, record),)
