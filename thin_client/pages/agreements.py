"""Sharing agreements: in force and waiting, what each would widen, proposed and approved."""

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import codes_team, words
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.deciding import done, draw, own_account, still_filling_in, team_page
from thin_client.pages.differing import differences
from thin_client.pages.page import Page

LIST: Final = "/team/agreements"
VERSIONS_MAX: Final = 1_000_000
_DOCUMENT_NEEDED: Final = "Paste the agreement: a JSON document"


async def show(visit: Visit) -> Response:
    """Show what is in force, and what waits."""
    told = (await visit.index.read_agreements()).body
    own = await own_account(visit)
    return await team_page(visit, "team/agreements.html", told=told, own=own)


async def show_version(visit: Visit) -> Response:
    """Show a version, and term by term what it changed of the one before."""
    version = visit.request.path_params["version"]
    if not 0 < version < VERSIONS_MAX:
        return visit.go(LIST)
    told = (await visit.index.read_agreement(str(version))).body
    before = await _before(visit, version)
    return await team_page(
        visit,
        "team/agreement.html",
        version=version,
        document=json.dumps(told["document"], indent=2, ensure_ascii=False),
        differences=differences(before, told["document"]) if before is not None else None,
    )


async def _before(visit: Visit, version: int) -> Any:
    if version < 2:
        return None
    try:
        return (await visit.index.read_agreement(str(version - 1))).body["document"]
    except Refused as refused:
        if refused.status != 404:
            raise
        return None


async def show_proposing(visit: Visit) -> Response:
    """Show the form that takes an agreement's document."""
    return await draw(visit, "team/agreement_propose.html", Form.blank())


async def propose(visit: Visit) -> Response:
    """Propose an agreement, having seen term by term what it changes."""
    form = await visit.form()
    document = _document(form)
    if still_filling_in(form) or document is None:
        return await draw(visit, "team/agreement_propose.html", form)
    if form.value("confirmed") != "yes":
        return await _compared(visit, form, document)
    if before := visit.already(form):
        return before
    said: Any = {"document": document}
    try:
        kept = (await visit.index.propose_agreement(said, idempotency_key=form.once)).body
    except Refused as refused:
        if refused.code == "agreement_invalid" or refused.fields:
            form.fault("document", refused.detail or "This is not an agreement the index can read")
            return await draw(visit, "team/agreement_propose.html", form)
        raise
    waits = kept["state"] == "waiting"
    if waits:
        return done(visit, form, f"{LIST}/waiting/{kept['id']}", "agreement_waits")
    return done(visit, form, LIST, "agreement_in_force")


async def show_waiting(visit: Visit) -> Response:
    """Show all that a waiting agreement would widen, before anybody approves it."""
    return await _waiting(visit, Form.blank())


async def approve(visit: Visit) -> Response:
    """Bring a waiting agreement into force as the second person, having seen the difference."""
    form = await visit.form()
    if form.value("seen") != "yes":
        form.fault("seen", "Say that you have read all that it widens")
    if not form.ready:
        return await _waiting(visit, form)
    if before := visit.already(form):
        return before
    # The difference that was on the page: another that came meanwhile is not approved by it.
    said: Any = {"difference": form.value("difference")}
    await visit.index.approve_agreement(said, visit.id("agreement_id"))
    return done(visit, form, LIST, "agreement_approved")


async def _waiting(visit: Visit, form: Form) -> Response:
    told = (await visit.index.read_agreements()).body
    wanted = visit.id("agreement_id")
    waiting = next((each for each in told["waiting"] if each["id"] == wanted), None)
    if waiting is None:
        return visit.go(LIST)
    return await draw(
        visit,
        "team/agreement_waiting.html",
        form,
        waiting=waiting,
        terms=_by_term(waiting["widens"]),
        own=await own_account(visit),
    )


async def _compared(visit: Visit, form: Form, document: Any) -> Response:
    in_force = (await visit.index.read_agreements()).body["in_force"]
    standing = (await visit.index.read_agreement(str(in_force["version"]))).body["document"]
    return await team_page(
        visit,
        "team/agreement_check.html",
        form=form,
        differences=differences(standing, document),
        in_force=in_force,
    )


def _document(form: Form) -> Any:
    typed = form.value("document").strip()
    if not typed:
        form.fault("document", _DOCUMENT_NEEDED)
        return None
    try:
        document = json.loads(typed)
    except ValueError:
        form.fault("document", "This is not JSON: check that all of it was pasted")
        return None
    if not isinstance(document, dict):
        form.fault("document", _DOCUMENT_NEEDED)
        return None
    return document


def _by_term(widens: Iterable[Any]) -> list[dict[str, Any]]:
    """Return what is widened, grouped by the term it is about, in words."""
    ordered = sorted(widens, key=lambda each: str(each["kind"]))
    return [
        {
            "term": words.word(codes_team.WIDENINGS, kind),
            "wider": [" / ".join(_word(word) for word in each["where"]) for each in found],
        }
        for kind, found in groupby(ordered, key=lambda each: each["kind"])
    ]


def _word(word: str) -> str:
    return word.replace("_", " ")


PAGES = (
    Page(LIST, "agreements", show),
    Page(f"{LIST}/propose", "agreement_proposed", show_proposing, propose),
    Page(f"{LIST}/versions/{{version:int}}", "agreement", show_version),
    Page(f"{LIST}/waiting/{{agreement_id:uuid}}", "agreement_waiting", show_waiting, approve),
)
