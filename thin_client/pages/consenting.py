"""Renewing a consent, going on without one, and deciding not to share."""

from typing import Any, Final

from starlette.responses import Response

from thin_client import codes, codes_practice, codes_subject
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.involvements import today_typed
from thin_client.pages.page import Page
from thin_client.pages.posting import Posted, practice

_CHILD: Final = "/children/{child_id:uuid}"


async def show_renew(visit: Visit) -> Response:
    """Show the form by which a consent in force is renewed."""
    visit.access_for(visit.id("child_id"))
    return await _drawn(visit, "consenting/renew.html", Form.blank(), 200)


async def renew(visit: Visit) -> Response:
    """Renew a consent from today: it was asked again."""
    form = await visit.form()
    consent_id, access = visit.id("consent_id"), visit.access_for(visit.id("child_id"))
    said = {
        "giver": form.choice("giver", codes_subject.GIVERS, "Say whose word it is"),
        "understanding": form.choice("understanding", codes_subject.UNDERSTANDINGS),
        "until": form.day("until"),
    }
    stated: Any = {name: word for name, word in said.items() if word}

    async def send() -> None:
        await visit.index.renew_consent(stated, consent_id, access=access)

    posted = Posted(visit, form, _drawing(visit, "consenting/renew.html"))
    return await posted.does(send, f"/children/{visit.id('child_id')}/consents", "renewed")


async def show_basis(visit: Visit) -> Response:
    """Show the form for a decision to go on without consent."""
    visit.access_for(visit.id("child_id"))
    form = Form.blank(**today_typed("decided_on"))
    return await _drawn(visit, "consenting/basis.html", form, 200)


async def record_basis(visit: Visit) -> Response:
    """Record a decision to go on without consent."""
    form = await visit.form()
    reason = form.choice("reason", codes_subject.BASIS_REASONS, "Say on what it rests")
    stated: Any = {
        "kind": codes_practice.BASIS_KIND_OF.get(reason or ""),
        "reason": reason,
        "decided_on": form.day("decided_on", "Say when that was decided"),
        "review": form.day("review", "Say when that is looked at again"),
        "service": form.choice("service", codes_practice.SENSITIVE),
    }
    call = visit.index.record_basis
    return await _sends(visit, form, "consenting/basis.html", call, stated)


async def show_not_shared(visit: Visit) -> Response:
    """Show the form for a decision not to share."""
    visit.access_for(visit.id("child_id"))
    form = Form.blank(**today_typed("decided_on"))
    return await _drawn(visit, "consenting/not_shared.html", form, 200)


async def record_not_shared(visit: Visit) -> Response:
    """Record a decision not to share: with whom, and why."""
    form = await visit.form()
    kinds, why = codes.AGENCY_KINDS, codes_subject.NOT_SHARED
    stated: Any = {
        "recipient_kind": form.choice("recipient_kind", kinds, "Say with what kind of agency"),
        "reason": form.choice("reason", why, "Say why it was not shared"),
        "decided_on": form.day("decided_on", "Say when that was decided"),
    }
    call = visit.index.record_not_shared
    return await _sends(visit, form, "consenting/not_shared.html", call, stated)


async def end_basis(visit: Visit) -> Response:
    """Say that a basis no longer holds."""
    form = await visit.form()
    child_id, basis_id = visit.id("child_id"), visit.id("basis_id")
    access = visit.access_for(child_id)

    async def send() -> None:
        await visit.index.end_basis(child_id, basis_id, access=access)

    posted = Posted(visit, form, _drawing(visit, "consenting/end_basis.html"))
    return await posted.does(send, f"/children/{child_id}/consents", "ended")


async def show_end_basis(visit: Visit) -> Response:
    """Ask whether it is meant."""
    visit.access_for(visit.id("child_id"))
    return await _drawn(visit, "consenting/end_basis.html", Form.blank(), 200)


def _drawing(visit: Visit, template: str) -> Any:
    async def draw(form: Form, status: int) -> Response:
        return await _drawn(visit, template, form, status)

    return draw


async def _sends(visit: Visit, form: Form, template: str, call: Any, stated: Any) -> Response:
    child_id = visit.id("child_id")
    access = visit.access_for(child_id)

    async def send() -> None:
        await call(stated, child_id, access=access, idempotency_key=form.once)

    posted = Posted(visit, form, _drawing(visit, template))
    return await posted.does(send, f"/children/{child_id}/consents")


async def _drawn(visit: Visit, template: str, form: Form, status: int) -> Response:
    told = {"form": form, "child_id": visit.id("child_id"), "subject": codes_subject}
    return await practice(visit, template, status, **told)


PAGES = (
    Page(f"{_CHILD}/consents/{{consent_id:uuid}}/renew", "consent_renew", show_renew, renew),
    Page(f"{_CHILD}/bases/new", "basis_new", show_basis, record_basis),
    Page(f"{_CHILD}/bases/{{basis_id:uuid}}/end", "basis_end", show_end_basis, end_basis),
    Page(f"{_CHILD}/not-shared", "not_shared", show_not_shared, record_not_shared),
)
