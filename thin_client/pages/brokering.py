"""The team's inbox of contact to bring about: taken on, answered, each with its clock."""

from collections.abc import Iterable
from typing import Any, Final

from starlette.responses import Response

from index_client import Access, Refused
from thin_client import clock, codes_team
from thin_client.asking import Visit, doors_of
from thin_client.forms import Form
from thin_client.pages.account_list import accounts_of, in_words
from thin_client.pages.deciding import (
    KEEPING,
    Decision,
    cursor_of,
    done,
    draw,
    not_agreed_yet,
    own_account,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page

LIST: Final = "/team/contact-requests"
BROKERING: Final = Access("keep_index", "contact_practitioner")
_NO_CONTACT: Final = "Whoever asked is told that no contact can be made: the same words as where"
_SO_THAT: Final = "so that they cannot tell whether there is a service."
_TOLD: Final = {
    "passed_on": "Whoever asked is told: the service agreed, and will ring them. They are not told "
    "which service it is.",
    "contact_given": "Whoever asked is told the service's name and how to reach it, for as long as "
    "its involvement lasts and nothing forbids it.",
    "nobody_to_broker": f"{_NO_CONTACT} somebody did not agree, {_SO_THAT}",
    "not_agreed": f"{_NO_CONTACT} there is nobody, {_SO_THAT}",
}


async def show(visit: Visit) -> Response:
    """List what waits, the most urgent first."""
    cursor = cursor_of(visit)
    told = (await visit.index.read_contact_requests(access=BROKERING, cursor=cursor)).body
    return await team_page(
        visit, "team/contact_requests.html", told=told, access=BROKERING, now=clock.now_s()
    )


async def show_one(visit: Visit) -> Response:
    """Show a request whole: who asked, about whom, what was done."""
    return await _one(visit, Form.blank())


async def take(visit: Visit) -> Response:
    """Take a request on, or over from a colleague."""
    form = await visit.form()
    request_id = visit.id("request_id")
    if not form.ready:
        return await _one(visit, Form.blank())
    if before := visit.already(form):
        return before
    await visit.index.take_contact_request(request_id)
    return done(visit, form, f"{LIST}/{request_id}", "request_taken")


async def answer(visit: Visit) -> Response:
    """Say what was brought about; whoever asked is told no more than the service agreed to."""
    form, request_id = await visit.form(), visit.id("request_id")
    outcome = form.choice("outcome", codes_team.BROKERED, "Say what was brought about")
    said: Any = {"outcome": outcome}
    if outcome == "contact_given":
        said["involvement_id"] = form.text("involvement_id", "Say which service agreed")
        said["agreed_by"] = form.text("agreed_by", "Say who of the service agreed", 36)
        said["agreed_on"] = form.day("agreed_on", "Say when they agreed")
    if still_filling_in(form):
        return await _one(visit, form)
    effects = (_TOLD[outcome], "The request leaves the inbox. The answer cannot be changed.")
    title, back = "Answer this request", f"{LIST}/{request_id}"
    decision = Decision(title, effects, "Send the answer", back, access=BROKERING)
    if first := await not_agreed_yet(visit, form, decision):
        return first
    try:
        await visit.index.answer_contact_request(said, request_id)
    except Refused as refused:
        if form.take(refused):
            return await _one(visit, form)
        raise
    return done(visit, form, LIST, "request_answered")


async def _one(visit: Visit, form: Form) -> Response:
    request_id = visit.id("request_id")
    told = (await visit.index.read_contact_request(request_id, access=BROKERING)).body
    services = []
    if told["child_id"] and told["state"] != "answered":
        visit.state_access(told["child_id"], KEEPING)
        services = await _services(visit, told["child_id"])
    return await draw(
        visit,
        "team/contact_request.html",
        form,
        request_shown=told,
        services=services,
        people=await _people(visit, services),
        own=await own_account(visit),
        access=BROKERING,
        now=clock.now_s(),
    )


async def _services(visit: Visit, child_id: str) -> list[Any]:
    """Return who works with the child, as the team may see; nobody where the record is gone."""
    try:
        told = (await visit.index.read_child(child_id, access=BROKERING)).body
    except Refused as refused:
        if refused.status != 404:
            raise
        return []
    return [each for each in told["child"].get("involvements") or [] if not each["ceased"]]


async def _people(visit: Visit, services: Iterable[Any]) -> dict[str, str]:
    """Return who may have agreed for a service: the accounts of its agency, by id, in words."""
    agencies = {(each["agency"], each["agency_kind"]) for each in services if each["agency"]}
    found = {}
    for door in await doors_of(visit):
        if (door["agency"], door["agency_kind"]) in agencies:
            async for each in accounts_of(visit, door["agency_id"]):
                found[each["account_id"]] = f"{in_words(each)}, {door['agency']}"
    return dict(sorted(found.items(), key=lambda each: each[1].casefold()))


_ONE: Final = "/team/contact-requests/{request_id:uuid}"
PAGES = (
    Page(LIST, "brokering", show),
    Page(_ONE, "brokering_one", show_one),
    Page(f"{_ONE}/take", "brokering_taken", show_one, take),
    Page(f"{_ONE}/answer", "brokering_answered", show_one, answer),
)
