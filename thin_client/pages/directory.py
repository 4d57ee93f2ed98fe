"""Who is in the directory: agencies and practitioners added, a practitioner's contact shielded."""

import re
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import codes
from thin_client.asking import Visit, doors_of
from thin_client.forms import Form
from thin_client.pages.deciding import Decision, done, draw, preview, team_page
from thin_client.pages.page import Page

AGENCIES: Final = "/team/agencies"
PRACTITIONERS: Final = "/team/practitioners"
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
YES: Final = {"yes": "Yes"}
_PLACES: Final = {
    "team.name": "team",
    "team.phone": "team_phone",
    "hours": "days",
    "home.family_name": "home_family_name",
    "home.postcode": "home_postcode",
    "home.house": "home_house",
}


async def show_agencies(visit: Visit) -> Response:
    """List every agency with its front door and its id."""
    told = (await visit.index.read_agencies()).body
    return await team_page(visit, "team/agencies.html", agencies=told["agencies"])


async def show_add_agency(visit: Visit) -> Response:
    """Show the form by which an agency is added."""
    office = Form({"days": tuple(codes.DAYS)[:5], "opens": ["09:00"], "closes": ["17:00"]})
    return await draw(visit, "team/agency_add.html", office, yes=YES)


async def add_agency(visit: Visit) -> Response:
    """Add an agency with its duty line, hours and named lead."""
    form = await visit.form()
    stated: Any = {
        "name": form.text("name", "Give the agency's name", 60),
        "kind": form.choice("kind", codes.AGENCY_KINDS, "Say which kind of agency it is"),
        "duty_phone": form.phone("duty_phone", "Give the number of its duty line"),
        "hours": _hours(form),
        "lead_name": form.text("lead_name", "Name its safeguarding lead", 35),
        "lead_phone": form.phone("lead_phone", "Give the lead's number"),
        "accredited": form.value("accredited") == "yes",
        "front_door": form.value("front_door") == "yes",
        "out_of_hours_phone": form.phone("out_of_hours_phone"),
        "source": form.text("source", chars_max=40),
    }
    if not form.ready:
        return await draw(visit, "team/agency_add.html", form, yes=YES)
    if before := visit.already(form):
        return before
    try:
        await visit.index.add_agency(stated, idempotency_key=form.once)
        visit.house.doors.at = float("-inf")  # told anew from now on
    except Refused as refused:
        if form.take(refused, _PLACES):
            return await draw(visit, "team/agency_add.html", form, yes=YES)
        raise
    return done(visit, form, AGENCIES, "agency_added")


async def show_practitioners(visit: Visit) -> Response:
    """Say where to begin: the index tells of no list of practitioners."""
    return await draw(visit, "team/practitioners.html", Form.blank())


async def find_practitioner(visit: Visit) -> Response:
    """Go to a practitioner by id."""
    form = await visit.form()
    typed = form.text("practitioner_id", "Give the practitioner's id", 36)
    if typed and not _ID.fullmatch(typed.lower()):
        form.fault("practitioner_id", "An id has 36 characters: digits, a to f, and dashes")
    if not form.ready:
        return await draw(visit, "team/practitioners.html", form)
    return visit.go(f"{PRACTITIONERS}/{(typed or '').lower()}")


async def show_add_practitioner(visit: Visit) -> Response:
    """Show the form by which a practitioner is added."""
    return await _adding(visit, Form.blank())


async def add_practitioner(visit: Visit) -> Response:
    """Add a practitioner and the team that answers for them."""
    form, agencies = await visit.form(), await _agencies(visit)
    stated: Any = {
        "agency_id": form.choice("agency_id", agencies, "Say for which agency they work"),
        "name": form.text("name", "Give their name", 35),
        "team": {
            "name": form.text("team", "Give their team's name", 60),
            "phone": form.phone("team_phone", "Give the team's number"),
        },
        "phone": form.phone("phone"),
        "email": form.text("email", chars_max=60),
        "home": _home(form),
    }
    if not form.ready:
        return await _adding(visit, form)
    if before := visit.already(form):
        return before
    try:
        made = (await visit.index.add_practitioner(stated, idempotency_key=form.once)).body
    except Refused as refused:
        if form.take(refused, _PLACES):
            return await _adding(visit, form)
        raise
    return done(visit, form, f"{PRACTITIONERS}/{made['id']}", "practitioner_added")


async def show_practitioner(visit: Visit) -> Response:
    """Show one practitioner, and whether others are shown the team line only."""
    told = (await visit.index.read_practitioner(visit.id("practitioner_id"))).body
    agencies = await _agencies(visit)
    return await team_page(visit, "team/practitioner.html", one=told, agencies=agencies)


async def show_contact(visit: Visit) -> Response:
    """Say what shielding a practitioner's own contact brings about, or no longer shielding it."""
    return await preview(visit, await _contact(visit))


async def shield_contact(visit: Visit) -> Response:
    """Shield a practitioner's own contact, or show it again."""
    form, practitioner_id = await visit.form(), visit.id("practitioner_id")
    if not form.ready:
        return await preview(visit, await _contact(visit), form)
    if before := visit.already(form):
        return before
    said: Any = {"contact_shielded": _shields(visit)}
    await visit.index.shield_contact(said, practitioner_id)
    did = "contact_shielded" if _shields(visit) else "contact_shown"
    return done(visit, form, f"{PRACTITIONERS}/{practitioner_id}", did)


def _shields(visit: Visit) -> bool:
    return visit.request.url.path.endswith("/shield")


async def _contact(visit: Visit) -> Decision:
    back = f"{PRACTITIONERS}/{visit.id('practitioner_id')}"
    if _shields(visit):
        effects = (
            (
                "From the next request on everybody but the team sees the team's name and line "
                "only; neither name, nor own number, nor e-mail, wherever an agency recorded them."
            ),
            "Nothing about any child changes. The team line must know how to reach them.",
        )
        return Decision("Show the team line only", effects, "Show the team line only", back)
    effects = (
        (
            "From the next request on everybody who sees an involvement of theirs sees their name, "
            "own number and e-mail again."
        ),
        "What has then been seen cannot be unseen.",
    )
    return Decision("Show their own contact again", effects, "Show it again", back, careful=True)


async def _adding(visit: Visit, form: Form) -> Response:
    agencies = await _agencies(visit)
    return await draw(visit, "team/practitioner_add.html", form, agencies=agencies)


async def _agencies(visit: Visit) -> dict[str, str]:
    return {each["agency_id"]: each["agency"] for each in await doors_of(visit)}


def _hours(form: Form) -> list[dict[str, Any]]:
    days = form.choices("days", codes.DAYS)
    opens, closes = form.text("opens", chars_max=5), form.text("closes", chars_max=5)
    if not days:
        form.fault("days", "Say on which days the duty line is answered")
    for name, typed in (("opens", opens), ("closes", closes)):
        if not _TIME.fullmatch(typed or ""):
            form.fault(name, "Give a time such as 08:30")
    return [{"days": days, "opens": opens, "closes": closes}]


def _home(form: Form) -> dict[str, Any] | None:
    """Return where they live, if they agreed that it is compared; all of it or nothing."""
    said = {
        "family_name": form.text("home_family_name", chars_max=35),
        "postcode": form.text("home_postcode", chars_max=9),
        "house": form.text("home_house", chars_max=40),
    }
    if not any(said.values()):
        return None
    for name, value in said.items():
        if value is None:
            form.fault(f"home_{name}", "Give all three, or none")
    return said


_ONE: Final = "/team/practitioners/{practitioner_id:uuid}"
PAGES = (
    Page(AGENCIES, "agencies_kept", show_agencies),
    Page(f"{AGENCIES}/add", "agency_added", show_add_agency, add_agency),
    Page(PRACTITIONERS, "practitioners", show_practitioners, find_practitioner),
    Page(
        f"{PRACTITIONERS}/add",
        "practitioner_added",
        show_add_practitioner,
        add_practitioner,
    ),
    Page(_ONE, "practitioner", show_practitioner),
    Page(f"{_ONE}/shield", "contact_shielded", show_contact, shield_contact),
    Page(f"{_ONE}/unshield", "contact_shown", show_contact, shield_contact),
)
