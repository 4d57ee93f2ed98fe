"""What restricts a child's record, before the team: shields granted, looked at again, lifted."""

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import clock, codes_team, spoken
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.deciding import (
    KEEPING,
    SHIELDING,
    Decision,
    done,
    draw,
    not_agreed_yet,
    preview,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page

REVIEW_DAYS: Final = 182  # suggested: half a year
_DAYS: Final = {"review": "review"}


async def show(visit: Visit) -> Response:
    """Show what restricts a record, and what can be decided about it."""
    child_id = visit.id("child_id")
    visit.state_access(child_id, KEEPING)
    child = (await visit.index.read_child(child_id, access=SHIELDING)).body["child"]
    shields = _shields(child)
    return await team_page(
        visit,
        "team/child.html",
        child=child,
        standing=[each for each in shields if not each["lifted"]],
        lifted=[each for each in shields if each["lifted"]],
        today=clock.today().isoformat(),
        access=SHIELDING,
    )


async def show_grant(visit: Visit) -> Response:
    """Show the form by which a record is shielded."""
    return await draw(visit, "team/shield_grant.html", Form.blank(**suggested_review()))


async def grant(visit: Visit) -> Response:
    """Shield a record."""
    child_id, form = visit.id("child_id"), await visit.form()
    said: Any = {
        "ground": form.choice("ground", codes_team.OWN_GROUNDS, "Say what the risk is"),
        "asked_by": form.choice("asked_by", codes_team.OWN_ASKED_BY, "Say who asked for it"),
        "review": form.day("review", "Say when it is looked at again"),
    }
    if form.value("request_id"):
        said["request_id"] = form.value("request_id")
    if still_filling_in(form):
        return await draw(visit, "team/shield_grant.html", form)
    decision = Decision(
        "Shield this record",
        (
            (
                "From the next request on, everybody but the team sees only the name, gender, "
                "date of birth, number and carers' names."
            ),
            (
                "Address, school, practice, services and how to reach them are hidden. A search by "
                "any of them finds nothing, here and in every other authority."
            ),
            "Records that resemble this child wait for the team, unseen by others.",
            (
                f"It is looked at again on {spoken.day(said['review'])}. If that day is missed, "
                "the shield stands."
            ),
        ),
        "Shield the record",
        f"/team/children/{child_id}",
        access=SHIELDING,
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    try:
        await visit.index.grant_shield(said, child_id, access=SHIELDING, idempotency_key=form.once)
    except Refused as refused:
        if form.take(refused, _DAYS):
            return await draw(visit, "team/shield_grant.html", form)
        raise
    return done(visit, form, f"/team/children/{child_id}", "shield_granted")


async def show_review(visit: Visit) -> Response:
    """Show the form by which a shield is looked at again."""
    return await draw(visit, "team/shield_review.html", Form.blank(**suggested_review()))


async def review(visit: Visit) -> Response:
    """Note that a shield was looked at and stands on."""
    child_id, form = visit.id("child_id"), await visit.form()
    said: Any = {
        "shield_id": visit.id("shield_id"),
        "review": form.day("review", "Say when it is looked at again"),
    }
    if not form.ready:
        return await draw(visit, "team/shield_review.html", form)
    if before := visit.already(form):
        return before
    try:
        await visit.index.review_shield(said, child_id, access=SHIELDING)
    except Refused as refused:
        if form.take(refused, _DAYS):
            return await draw(visit, "team/shield_review.html", form)
        raise
    return done(visit, form, f"/team/children/{child_id}", "shield_reviewed")


async def show_lift(visit: Visit) -> Response:
    """Say what lifting a shield will show, and to whom."""
    return await preview(visit, await _lifting(visit))


async def lift(visit: Visit) -> Response:
    """Lift one shield."""
    child_id, form = visit.id("child_id"), await visit.form()
    if told := await not_agreed_yet(visit, form, await _lifting(visit)):
        return told
    said: Any = {"shield_id": visit.id("shield_id")}
    await visit.index.lift_shield(said, child_id, access=SHIELDING)
    return done(visit, form, f"/team/children/{child_id}", "shield_lifted")


async def _lifting(visit: Visit) -> Decision:
    """Return what lifting brings about: that depends on how many shields stand."""
    child_id = visit.id("child_id")
    child = (await visit.index.read_child(child_id, access=SHIELDING)).body["child"]
    others = [
        each
        for each in _shields(child)
        if not each["lifted"] and each["shield_id"] != visit.id("shield_id")
    ]
    if others:
        more = "1 more shield stands" if len(others) == 1 else f"{len(others)} more shields stand"
        shown = f"The record stays shielded: {more} over it."
    else:
        shown = (
            "From the next request on, everybody whom the sharing agreement lets see this child "
            "sees address, school, practice and services again, and finds the child by them."
        )
    effects = (
        shown,
        "Whoever asked for the shield is not told by the index: tell them before, not after.",
        "It cannot be taken back: what was seen has been seen. A new shield can be granted.",
    )
    back = f"/team/children/{child_id}"
    return Decision("Lift this shield", effects, "Lift the shield", back, True, SHIELDING)


def _shields(child: Any) -> list[Any]:
    restriction = child.get("restriction")
    return list(restriction["shields"]) if restriction else []


def suggested_review() -> dict[str, str]:
    """Return the day of review that is suggested, as its three fields hold it."""
    day = clock.today() + timedelta(days=REVIEW_DAYS)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {f"review-{part}": str(number) for part, number in parts.items()}


_SHIELD: Final = "/team/children/{child_id:uuid}/shields/{shield_id:uuid}"
PAGES = (
    Page("/team/children/{child_id:uuid}", "restrictions", show),
    Page("/team/children/{child_id:uuid}/shield", "shield_granted", show_grant, grant),
    Page(f"{_SHIELD}/review", "shield_reviewed", show_review, review),
    Page(f"{_SHIELD}/lift", "shield_lifted", show_lift, lift),
)
