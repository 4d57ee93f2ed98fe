"""Consents of one child: what was agreed to, recorded anew, withdrawn, and the receipt chosen."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from index_client import Access, Refused
from thin_client import clock, codes, codes_subject
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.page import Page

# The team keeps the index: that is why it asks, and the page says so.
KEEP: Final = Access("keep_index", "review")
_SENSITIVE: Final = {
    code: codes.SERVICES[code] for code in ("mental_health", "sexual_health", "substance_misuse")
}
_SAID: Final[Mapping[str, str]] = {"given": "Given", "refused": "Refused"}
_DIFFERS: Final = "state_conflict"


async def show(visit: Visit) -> Response:
    """Show an agency its own rows, the team everybody's; newest first."""
    child_id = visit.id("child_id")
    access = await _access(visit, child_id)
    told = (await visit.index.read_consents(child_id, access=access)).body
    return await visit.page("consents/list.html", told=told, access=access, **_shared(visit))


async def show_form(visit: Visit) -> Response:
    """Show the form in which a consent or a refusal is recorded."""
    await _access(visit, visit.id("child_id"))
    return await _form(visit, Form.blank(receipt="none", state="given"))


async def record(visit: Visit) -> Response:
    """Record whose word it is and for what; the receipt is told once, as the child chose it."""
    form, child_id = await visit.form(), visit.id("child_id")
    access, asked = await _access(visit, child_id), _stated(form)
    if not form.ready:
        return await _form(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    try:
        made = await visit.index.record_consent(
            asked, child_id, access=access, idempotency_key=form.once
        )
    except Refused as refused:
        if form.take(refused):
            return await _form(visit, form, 400)
        raise
    receipt = {
        "chosen": asked["receipt"],
        "receipt": made.body["receipt"],
        "state": asked["state"],
        "made_on": clock.today().isoformat(),
        "case": access.reference or "none stated",
        "child_id": child_id,
    }
    return visit.sent(form, f"/consents/receipts/{visit.keep('consent', receipt)}")


async def show_receipt(visit: Visit) -> Response:
    """Show what proves a consent that was just recorded, to be printed or not, as chosen."""
    receipt = visit.kept("consent", visit.id("receipt"))
    if receipt is None:
        return visit.go("/")
    return await visit.page("consents/receipt.html", told=receipt, subject=codes_subject)


async def show_withdraw(visit: Visit) -> Response:
    """Ask whose word it is that a consent ends."""
    await _access(visit, visit.id("child_id"))
    return await visit.page("consents/withdraw.html", form=Form.blank(), **_shared(visit))


async def withdraw(visit: Visit) -> Response:
    """Withdraw a consent as of now."""
    form, child_id = await visit.form(), visit.id("child_id")
    access, asked = await _access(visit, child_id), _spoken(form)
    shared = _shared(visit)
    if not form.ready:
        status = 400 if form.faults else 200
        return await visit.page("consents/withdraw.html", status, form=form, **shared)
    if done := visit.already(form):
        return done
    try:
        await visit.index.withdraw_consent(asked, visit.id("consent_id"), access=access)
    except Refused as refused:
        if form.take(refused):
            return await visit.page("consents/withdraw.html", 400, form=form, **shared)
        raise
    return visit.sent(form, f"/children/{child_id}/consents")


async def show_proof(visit: Visit) -> Response:
    """Ask for what somebody brought to the counter."""
    return await visit.page("consents/prove.html", form=Form.blank(), **_shared(visit))


async def prove(visit: Visit) -> Response:
    """Say whether what was brought proves this consent."""
    form, shared = await visit.form(), _shared(visit)
    typed = form.text("receipt", "Type the code, or paste the receipt")
    if not form.ready or typed is None:
        status = 400 if form.faults else 200
        return await visit.page("consents/prove.html", status, form=form, **shared)
    brought = typed if typed.startswith("c1.") else typed.replace(" ", "").replace("-", "")
    access = await _access(visit, visit.id("child_id"))
    asked: Any = {"receipt": brought}
    try:
        await visit.index.prove_consent(asked, visit.id("consent_id"), access=access)
    except Refused as refused:
        if refused.code == _DIFFERS:
            form.fault("receipt", "This is not the receipt of this consent")
        if form.take(refused):
            return await visit.page("consents/prove.html", 400, form=form, **shared)
        raise
    return await visit.page("consents/prove.html", form=Form.blank(), proven=True, **shared)


def _stated(form: Form) -> Any:
    asked = {
        "given_for": form.choice("given_for", codes_subject.CONSENT_FOR, "Say for what"),
        "state": form.choice("state", _SAID, "Say what was said"),
        **_spoken(form),
        "receipt": form.choice("receipt", codes_subject.RECEIPTS, "Say what the child chose"),
    }
    more = {
        "service": form.choice("service", _SENSITIVE),
        "purpose": form.choice("purpose", codes.PURPOSES),
        "begins": form.day("begins"),
        "until": form.day("until"),
        "receiving_authority": form.text("receiving_authority", chars_max=31),
    }
    if asked["given_for"] == "sensitive_entry" and not more["service"]:
        form.fault("service", "Say which service is entered")
    if asked["given_for"] == "caf_transfer" and not more["receiving_authority"]:
        form.fault("receiving_authority", "Say to which authority it moves")
    return asked | {name: value for name, value in more.items() if value is not None}


def _spoken(form: Form) -> Any:
    """Return whose word it is, and the judgement that it was theirs to say."""
    giver = form.choice("giver", codes_subject.GIVERS, "Say whose word it is")
    understanding = form.choice("understanding", codes_subject.UNDERSTANDINGS)
    return {"giver": giver} | ({"understanding": understanding} if understanding else {})


async def _access(visit: Visit, child_id: str) -> Access:
    if (await visit.me())["role"] == "management_team":
        return KEEP
    return visit.access_for(child_id)


def _shared(visit: Visit) -> dict[str, Any]:
    return {
        "child_id": visit.id("child_id"),
        "subject": codes_subject,
        "sensitive": _SENSITIVE,
        "said": _SAID,
    }


async def _form(visit: Visit, form: Form, status: int = 200) -> Response:
    return await visit.page("consents/form.html", status, form=form, **_shared(visit))


_ONE: Final = "/children/{child_id:uuid}/consents/{consent_id:uuid}"
PAGES = (
    Page("/children/{child_id:uuid}/consents", "consents", show),
    Page("/children/{child_id:uuid}/consents/new", "consent_form", show_form, record),
    Page("/consents/receipts/{receipt}", "consent_receipt", show_receipt),
    Page(f"{_ONE}/withdraw", "consent_withdraw", show_withdraw, withdraw),
    Page(f"{_ONE}/prove", "consent_prove", show_proof, prove),
)
