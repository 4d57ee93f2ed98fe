"""Panels: one account reviews one child's case, for so many days. Opened and read by auditors."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.cases import (
    case_for,
    case_of,
    keep_case,
    suggest_case,
    suggested_case,
    to_state_case,
)
from thin_client.pages.log_searching import ID_FORM, shared
from thin_client.pages.page import Page

DAYS_MAX: Final = 90


async def show(visit: Visit) -> Response:
    """Ask which panel is read, and for which case."""
    blank = Form.blank(case=suggested_case(visit))
    return await visit.page("panels/which.html", form=blank)


async def show_form(visit: Visit) -> Response:
    """Show the form to open one, for another auditor to read."""
    return await _form(visit, Form.blank(case=suggested_case(visit)))


async def open_one(visit: Visit) -> Response:
    """Open a panel; until it ends nothing of the child is removed for its age."""
    form = await visit.form()
    case = case_of(form)
    asked: Any = {
        "child_id": _id(form, "child_id", "Give the id of the record"),
        "account_id": _id(form, "account_id", "Say whose account is to read it"),
        "days": _days(form),
    }
    if not form.ready or case is None:
        return await _form(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    try:
        made = await visit.index.open_panel(asked, reference=case, idempotency_key=form.once)
    except Refused as refused:
        if form.take(refused):
            return await _form(visit, form, 400)
        raise
    suggest_case(visit, case)
    opened = {"panel_id": made.body["id"], "case": case, **asked}
    return visit.sent(form, f"/panels/opened/{visit.keep('opened', opened)}")


async def show_opened(visit: Visit) -> Response:
    """Show whoever opened a panel what its reader needs: they cannot read it themselves."""
    opened = visit.kept("opened", visit.id("opened"))
    if opened is None:
        return visit.go("/panels")
    return await visit.page("panels/opened.html", opened=opened)


async def go_to_one(visit: Visit) -> Response:
    """Keep the case, and go to the panel that was opened for whoever asks."""
    form = await visit.form()
    case, panel_id = case_of(form), _id(form, "panel_id", "Give the panel's number")
    if not form.ready or case is None:
        return await visit.page("panels/which.html", 400 if form.faults else 200, form=form)
    keep_case(visit, panel_id, case)
    return visit.go(f"/panels/{panel_id}")


async def read(visit: Visit) -> Response:
    """Show who was involved with the child, and who looked, to the panel's reader."""
    panel_id = visit.id("panel_id")
    case = case_for(visit, panel_id)
    if case is None:
        return to_state_case(visit, panel_id)
    cursor = visit.request.query_params.get("cursor")
    told = (await visit.index.read_panel(panel_id, reference=case, cursor=cursor)).body
    shows = await shared(visit)
    return await visit.page("panels/panel.html", panel=told, case=case, **shows)


def _id(form: Form, name: str, needed: str) -> str:
    typed = (form.text(name, needed) or "").lower()
    if typed and not ID_FORM.fullmatch(typed):
        form.fault(name, "An id has 36 characters, as its page's address shows it")
    return typed


def _days(form: Form) -> int:
    typed = form.text("days", "Say for how many days", 2) or ""
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= DAYS_MAX:
        return int(typed)
    form.fault("days", f"Give a number of days from 1 to {DAYS_MAX}")
    return 0


async def _form(visit: Visit, form: Form, status: int = 200) -> Response:
    return await visit.page("panels/form.html", status, form=form)


PAGES = (
    Page("/panels", "panels", show, go_to_one),
    Page("/panels/new", "panel_form", show_form, open_one),
    Page("/panels/opened/{opened}", "panel_opened", show_opened),
    Page("/panels/{panel_id:uuid}", "panel", read),
)
