"""Overriding a shield: warned, signed in anew, on a ground, one read, and what follows said."""

from typing import Any

from starlette.responses import Response

from index_client import Refused
from thin_client import clock, codes_practice
from thin_client.asking import Visit, doors_of
from thin_client.forms import Form
from thin_client.pages.children import told_of_child
from thin_client.pages.page import Page
from thin_client.pages.posting import practice

_ASKED = "asked"  # in another session: whether somebody must agree first is not known here
_LATER = frozenset({"second_person_needed", "ended_already"})


async def show(visit: Visit) -> Response:
    """Warn, and show the form; whoever goes on has just given their second factor."""
    visit.access_for(visit.id("child_id"))
    visit.signed_in_strongly()
    return await _warned(visit, Form.blank(), 200)


async def ask(visit: Visit) -> Response:
    """Ask for the override: from here on it is investigated."""
    child_id = visit.id("child_id")
    access = visit.access_for(child_id)
    form = await visit.form()
    ground = form.choice("ground", codes_practice.OVERRIDE_GROUNDS, "Say on what ground")
    if "yes" not in form.values("warning_read"):
        form.fault("warning_read", "Say that you have read what it sets off, or go back")
    if not form.ready:
        return await _warned(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    visit.signed_in_strongly()
    stated: Any = {"ground": ground, "warning_read": True}
    made = await visit.index.ask_override(
        stated, child_id, access=access, idempotency_key=form.once
    )
    visit.session.put(f"override:{made.body['id']}", made.body)
    return visit.sent(form, f"/children/{child_id}/override/{made.body['id']}")


async def show_made(visit: Visit) -> Response:
    """Show how far an override has come, and the one way to read under it."""
    visit.access_for(visit.id("child_id"))
    return await _made(visit, None)


async def read(visit: Visit) -> Response:
    """Read the record: shown in this one answer, and by no way back to it."""
    child_id, override_id = visit.id("child_id"), visit.id("override_id")
    access = visit.access_for(child_id)
    form = await visit.form()
    if not form.ready:
        return await _made(visit, None)
    visit.signed_in_strongly(within_s=900)
    stated: Any = {"override_id": override_id}
    try:
        answer = await visit.index.read_under_override(stated, child_id, access=access)
    except Refused as refused:
        if refused.code not in _LATER:
            raise
        return await _made(visit, refused.code)
    told = {**told_of_child(answer, access), "at": f"/children/{child_id}/override"}
    return await practice(visit, "overriding/record.html", **told)


async def _warned(visit: Visit, form: Form, status: int) -> Response:
    return await practice(
        visit, "overriding/warning.html", status, form=form, child_id=visit.id("child_id")
    )


async def _made(visit: Visit, later: str | None) -> Response:
    """Show what is known of an override here; `later` is what the index said of reading now."""
    made = visit.kept("override", visit.id("override_id")) or {"state": _ASKED, "ends_at": None}
    state, ends_at = made["state"], made["ends_at"]
    if later == "second_person_needed":
        state = "waiting"
    if later == "ended_already" or (ends_at is not None and ends_at <= clock.now_s()):
        state = "lapsed"
    team = [each for each in await doors_of(visit) if each["agency_kind"] == "authority"]
    return await practice(
        visit,
        "overriding/made.html",
        state=state,
        ends_at=ends_at,
        later=later,
        team=team,
        form=Form.blank(),
        child_id=visit.id("child_id"),
    )


PAGES = (
    Page("/children/{child_id:uuid}/override", "override_ask", show, ask),
    Page("/children/{child_id:uuid}/override/{override_id:uuid}", "override_made", show_made, read),
)
