"""Overrides of shields under investigation: approved by a second person, and concluded."""

from typing import Any, Final

from starlette.responses import Response

from thin_client import clock, codes_team
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.account_list import agency_names, whose
from thin_client.pages.deciding import (
    Decision,
    among,
    cursor_of,
    done,
    draw,
    not_agreed_yet,
    own_account,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page

LIST: Final = "/team/overrides"
_ANSWERS: Final = ("yes", "no")


async def show(visit: Visit) -> Response:
    """List overrides whose investigation is not concluded, the most urgent first."""
    told = (await visit.index.read_overrides(cursor=cursor_of(visit))).body
    own = await own_account(visit)
    return await team_page(visit, "team/overrides.html", told=told, own=own, now=clock.now_s())


async def show_one(visit: Visit) -> Response:
    """Show one override, and what can be decided about it."""
    return await _one(visit)


async def approve(visit: Visit) -> Response:
    """Approve an override of somebody else's, or not."""
    form = await visit.form()
    answer = form.choice("approved", _ANSWERS, "Say whether you approve")
    if still_filling_in(form):
        return await _one(visit, approving=form)
    override = await _found(visit)
    if override is None:
        return visit.go(LIST)
    if first := await not_agreed_yet(visit, form, _approval(override, answer == "yes")):
        return first
    said: Any = {"approved": answer == "yes"}
    await visit.index.approve_override(said, visit.id("override_id"))
    did = "override_approved" if said["approved"] else "override_not_approved"
    return done(visit, form, LIST, did)


async def conclude(visit: Visit) -> Response:
    """Say how an investigation ended."""
    form = await visit.form()
    outcome = form.choice("outcome", codes_team.OVERRIDE_OUTCOMES, "Say how it ended")
    if still_filling_in(form):
        return await _one(visit, concluding=form)
    decision = Decision(
        "Conclude the investigation",
        (
            (
                f"It is written down that you concluded: "
                f"{codes_team.OVERRIDE_OUTCOMES[outcome].lower()}."
            ),
            "The override leaves this list. Its entries stay in the access log for good.",
            (
                "The index suspends nobody by this. If an account must be stopped, suspend it "
                "under Accounts; the employer takes any further step."
            ),
        ),
        "Conclude it",
        f"{LIST}/{visit.id('override_id')}",
        careful=True,
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    said: Any = {"outcome": outcome}
    await visit.index.conclude_override(said, visit.id("override_id"))
    return done(visit, form, LIST, "override_concluded")


def _approval(override: Any, approved: bool) -> Decision:
    waits = override["state"] == "waiting"
    effects: tuple[str, ...]
    if approved and waits:
        effects = (
            (
                "Whoever asked can read the shielded record once, within 15 minutes, with the "
                "address, school, practice and services."
            ),
            "Everybody else goes on seeing the shield.",
            "The investigation goes on: conclude it afterwards.",
        )
    elif approved:
        effects = (
            "It is written down that you approved it after the fact.",
            "Nobody sees more by this. The investigation goes on: conclude it afterwards.",
        )
    elif waits:
        effects = (
            "Nothing is shown under it. It leaves this list: it ends here.",
            "Whoever asked can read nothing under it; contact can be brought about instead.",
        )
    else:
        effects = (
            "It is written down that you did not approve it.",
            "Nothing is shown under it from now on; what was read has been read.",
            "The investigation goes on: conclude it afterwards.",
        )
    title = "Approve this override" if approved else "Do not approve this override"
    back = f"{LIST}/{override['override_id']}"
    button = "Approve it" if approved else "Do not approve it"
    return Decision(title, effects, button, back, careful=approved and waits)


async def _one(
    visit: Visit, approving: Form | None = None, concluding: Form | None = None
) -> Response:
    override = await _found(visit)
    if override is None:
        return visit.go(LIST)
    return await draw(
        visit,
        "team/override.html",
        approving or concluding or Form.blank(),
        approving=approving or Form.blank(),
        concluding=concluding or Form.blank(),
        override=override,
        asked_by=await whose(visit, override["account_id"]),
        approved_by=await whose(visit, override["approved_by"]),
        agencies=await agency_names(visit),
        own=await own_account(visit),
        to_approve=_to_approve(override),
        to_conclude=_to_conclude(override),
        now=clock.now_s(),
    )


def _to_approve(override: Any) -> bool:
    """Return whether a second person's word is still awaited."""
    lapsed_unapproved = override["second_person"] == "before" and override["state"] == "lapsed"
    needed = override["second_person"] != "not_needed"
    return needed and override["approved"] is None and not lapsed_unapproved


def _to_conclude(override: Any) -> bool:
    """Return whether it can be concluded: it shows nothing any more, and was answered for."""
    answered_for = override["second_person"] != "after" or override["approved"] is not None
    return override["state"] in ("used", "lapsed") and answered_for


async def _found(visit: Visit) -> Any:
    return await among(
        lambda cursor: visit.index.read_overrides(cursor=cursor),
        "overrides",
        "override_id",
        visit.id("override_id"),
    )


_ONE: Final = "/team/overrides/{override_id:uuid}"
PAGES = (
    Page(LIST, "overrides", show),
    Page(_ONE, "override_investigated", show_one),
    Page(f"{_ONE}/approve", "override_approved", show_one, approve),
    Page(f"{_ONE}/conclude", "override_concluded", show_one, conclude),
)
