"""Requests that a child's record be shielded: asked, listed, refused, appealed against."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Access
from thin_client import clock, codes_team
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.deciding import (
    SHIELDING,
    Decision,
    among,
    cursor_of,
    done,
    draw,
    not_agreed_yet,
    own_account,
    preview,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page
from thin_client.pages.shields import suggested_review

LIST: Final = "/shield-requests"
OWN: Final = Access("safeguard", "review")
_APPEAL: Final = (
    "The request waits again, and somebody else than who refused it decides.",
    "One can appeal once.",
    "The record stays as it is until then.",
)
APPEAL: Final = Decision("Appeal against the refusal", _APPEAL, "Appeal", LIST)


async def show(visit: Visit) -> Response:
    """List one's own requests; to the team, all there are."""
    access, cursor = await _access(visit), cursor_of(visit)
    told = (await visit.index.read_shield_requests(access=access, cursor=cursor)).body
    return await team_page(
        visit,
        "team/shield_requests.html",
        told=told,
        access=access,
        own=await own_account(visit),
        now=clock.now_s(),
    )


async def show_asking(visit: Visit) -> Response:
    """Show the form by which a shield is asked for."""
    await _access_to(visit, visit.id("child_id"))
    return await draw(visit, "team/shield_ask.html", Form.blank())


async def ask(visit: Visit) -> Response:
    """Ask for a shield, for whoever can be reached and is known."""
    child_id = visit.id("child_id")
    access, form = await _access_to(visit, child_id), await visit.form()
    asked: Any = {
        "ground": form.choice("ground", codes_team.OWN_GROUNDS, "Say what the risk is"),
        "asked_by": form.choice("asked_by", codes_team.OWN_ASKED_BY, "Say who asks for it"),
        "identity_checked": form.choice(
            "identity_checked", codes_team.IDENTITY_CHECKS, "Say how you know who asks"
        ),
        "can_be_contacted": True,
    }
    if form.value("can_be_contacted") != "yes":
        form.fault("can_be_contacted", "Whoever asks must be one the team can reach")
    if not form.ready:
        return await draw(visit, "team/shield_ask.html", form)
    if before := visit.already(form):
        return before
    await visit.index.ask_shield(asked, child_id, access=access, idempotency_key=form.once)
    return done(visit, form, LIST, "shield_requested")


async def show_appeal(visit: Visit) -> Response:
    """Say what an appeal brings about."""
    return await preview(visit, APPEAL)


async def appeal(visit: Visit) -> Response:
    """Appeal against a refusal."""
    form = await visit.form()
    if not form.ready:
        return await preview(visit, APPEAL, form)
    if first := await not_agreed_yet(visit, form, APPEAL):
        return first
    access = await _access(visit)
    await visit.index.appeal_shield(visit.id("request_id"), access=access)
    return done(visit, form, LIST, "shield_appealed")


async def show_request(visit: Visit) -> Response:
    """Show the team one request, and what can be decided."""
    request = await _request(visit)
    if request is None:
        return visit.go(LIST)
    visit.state_access(request["child_id"], SHIELDING)
    suggested = Form.blank(
        request_id=request["request_id"],
        ground=request["ground"],
        asked_by=request["asked_by"],
        **suggested_review(),
    )
    return await team_page(
        visit,
        "team/shield_request.html",
        request_shown=request,
        granting=suggested,
        refusing=Form.blank(),
        access=SHIELDING,
        now=clock.now_s(),
    )


async def refuse(visit: Visit) -> Response:
    """Refuse a request, with a reason."""
    form = await visit.form()
    reason = form.choice("reason", codes_team.SHIELD_REFUSALS, "Say why it is refused")
    if still_filling_in(form):
        return await draw(visit, "team/shield_refuse.html", form)
    if first := await not_agreed_yet(visit, form, _refusal(visit, reason)):
        return first
    said: Any = {"reason": reason}
    await visit.index.refuse_shield(said, visit.id("request_id"), access=SHIELDING)
    return done(visit, form, LIST, "shield_refused")


def _refusal(visit: Visit, reason: str) -> Decision:
    return Decision(
        "Refuse this request for a shield",
        (
            f"Whoever sent it is told why: {codes_team.SHIELD_REFUSALS[reason].lower()}.",
            "They can appeal, once; then somebody else than you decides.",
            "The record stays as it is: everybody sees what they see now.",
        ),
        "Refuse it",
        f"/team/shield-requests/{visit.id('request_id')}",
        careful=True,
        access=SHIELDING,
    )


async def _request(visit: Visit) -> Any:
    return await among(
        lambda cursor: visit.index.read_shield_requests(access=SHIELDING, cursor=cursor),
        "requests",
        "request_id",
        visit.id("request_id"),
    )


async def _access(visit: Visit) -> Access:
    """Return what is stated for a list: the team keeps the index, others act for a child."""
    return SHIELDING if (await visit.me())["role"] == "management_team" else OWN


async def _access_to(visit: Visit, child_id: str) -> Access:
    access = await _access(visit)
    return SHIELDING if access is SHIELDING else visit.access_for(child_id)


PAGES = (
    Page(LIST, "shield_requests", show),
    Page("/children/{child_id:uuid}/shield-request", "shield_asked", show_asking, ask),
    Page("/shield-requests/{request_id:uuid}/appeal", "shield_appeal", show_appeal, appeal),
    Page("/team/shield-requests/{request_id:uuid}", "shield_request", show_request),
    Page("/team/shield-requests/{request_id:uuid}/refuse", "shield_refused", show_request, refuse),
)
