"""Letting somebody else ask on one's behalf: granted by one, begun by the other, ended by either.

Whoever asks for somebody else does so on pages of their own, so that no page of theirs is ever
taken for an ordinary one, nor an ordinary one for theirs.
"""

import re
from typing import Any, Final

from starlette.responses import Response

from index_client import Access, Refused
from thin_client import clock
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.choosing_agency import agency_of
from thin_client.pages.page import Page
from thin_client.pages.posting import practice
from thin_client.pages.stating import access_of, suggesting

_NUMBER: Final = re.compile(r"[0-9a-f]{32}")
_NO_SUCH: Final = (
    "No grant of this number holds for you. Ask for the number again, and why it was granted: "
    "each holds for 15 minutes, for one mediator"
)


async def show_grant(visit: Visit) -> Response:
    """Show the requester's form."""
    return await _granting(visit, suggesting(visit), {}, 200)


async def grant(visit: Visit) -> Response:
    """Let an agency's practitioners ask on one's behalf for 15 minutes, for what is said here."""
    form = await visit.form()
    access = access_of(form)
    agency_id, offered = await agency_of(visit, form, "Say whose practitioner asks for you")
    if not form.ready or access is None:
        return await _granting(visit, form, offered, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    stated: Any = {"mediator_agency_id": agency_id}
    made = (await visit.index.grant_mediation(stated, access=access)).body
    visit.suggest_access(access)
    visit.state_access(made["id"], access)
    return visit.sent(form, f"/mediation/{made['id']}")


async def show_granted(visit: Visit) -> Response:
    """Show the number to read out, and until when it holds."""
    grant_id = visit.id("mediation_id")
    access = visit.access_for(grant_id)
    told = (await visit.index.read_mediation(grant_id, access=access)).body
    over = told["until"] <= clock.now_s()
    return await practice(
        visit, "mediating/granted.html", told=told, over=over, spelt=_spelt(told["id"])
    )


async def show_begin(visit: Visit) -> Response:
    """Show the mediator's form."""
    return await practice(visit, "mediating/begin.html", form=Form.blank())


async def begin(visit: Visit) -> Response:
    """Take the number that was read out, and begin to ask for whoever granted it."""
    form = await visit.form()
    number = _number(form)
    access = access_of(form)
    if not form.ready or access is None or number is None:
        return await practice(visit, "mediating/begin.html", 400 if form.faults else 200, form=form)
    if done := visit.already(form):
        return done
    try:
        told: Any = (await visit.index.read_mediation(number, access=access)).body
    except Refused as refused:
        if refused.status != 404:
            raise
        told = None
    if told is None or told["until"] <= clock.now_s() or not _as_granted(told, access):
        form.fault("number", _NO_SUCH)
        return await practice(visit, "mediating/begin.html", 400, form=form)
    mode = {
        "id": told["id"],
        "until": told["until"],
        "purpose": told["purpose"],
        "reason": told["reason"],
        "reference": access.reference,
    }
    return visit.sent(form, f"/mediated/{visit.keep('mediated', mode)}")


def _as_granted(told: Any, access: Access) -> bool:
    return bool(told["purpose"] == access.purpose and told["reason"] == access.reason)


def _number(form: Form) -> str | None:
    """Return a grant's id from a number read out in groups."""
    typed = form.text("number", "Give the number that was read out to you", 80)
    if typed is None:
        return None
    digits = re.sub(r"[^0-9a-z]", "", typed.casefold())
    if not _NUMBER.fullmatch(digits):
        form.fault("number", "Check the number: it has 32 digits and letters from a to f")
        return None
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return "-".join(parts)


def _spelt(grant_id: str) -> list[str]:
    digits = grant_id.replace("-", "")
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


async def _granting(visit: Visit, form: Form, offered: dict[str, str], status: int) -> Response:
    return await practice(visit, "mediating/grant.html", status, form=form, offered=offered)


PAGES = (
    Page("/mediation", "mediation", show_grant, grant),
    Page("/mediation/{mediation_id:uuid}", "mediation_granted", show_granted),
    Page("/mediate", "mediate", show_begin, begin),
)
