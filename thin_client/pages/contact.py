"""Contact brought about by the index team: asked for, and what came of it."""

from typing import Any

from starlette.responses import Response

from index_client import Access, Refused
from thin_client import codes
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.page import Page

_PLACES = {"call_back.name": "name", "call_back.phone": "phone"}


async def show_for_child(visit: Visit) -> Response:
    """Show the form, for a child that was opened or found."""
    visit.access_for(visit.id("child_id"))
    return await _form(visit, await _blank(visit), f"/children/{visit.id('child_id')}")


async def ask_for_child(visit: Visit) -> Response:
    """Ask the team to reach whoever works with this child."""
    child_id = visit.id("child_id")
    access = visit.access_for(child_id)
    return await _ask(visit, {"child_id": child_id}, access, f"/children/{child_id}")


async def show_for_search(visit: Visit) -> Response:
    """Show the form, for a child nobody found here."""
    if visit.kept("search", visit.id("search")) is None:
        return visit.go("/")
    return await _form(visit, await _blank(visit), f"/results/{visit.id('search')}")


async def ask_for_search(visit: Visit) -> Response:
    """Ask the team about the child a search described."""
    number = visit.id("search")
    search = visit.kept("search", number)
    if search is None:
        return visit.go("/")
    facts = {name: fact for name, fact in search["facts"].items() if name != "across"}
    access = Access(search["purpose"], search["reason"], search["reference"])
    return await _ask(visit, {"lookup": facts}, access, f"/results/{number}")


async def show_request(visit: Visit) -> Response:
    """Show what came of a request."""
    request_id = visit.id("request_id")
    access = visit.access_for(request_id)
    answer = await visit.index.read_contact_request(request_id, access=access)
    return await visit.page("contact/request.html", request_shown=answer.body)


async def _ask(visit: Visit, about: dict[str, Any], access: Access, back: str) -> Response:
    form = await visit.form()
    urgency = form.choice("urgency", codes.URGENCIES, "Say how soon you must be reached")
    service = form.choice("service", codes.SERVICES)
    name = form.text("name", "Say who is to be rung", 60)
    phone = form.phone("phone", "Give the number to ring")
    if not form.ready:
        return await _form(visit, form, back, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    asked: Any = {
        **about,
        "urgency": urgency,
        "call_back": {"name": name, "phone": phone, "hours": []},
    }
    if service:
        asked["service"] = service
    try:
        made = await visit.index.ask_contact(asked, access=access, idempotency_key=form.once)
    except Refused as refused:
        if form.take(refused, _PLACES):
            return await _form(visit, form, back, 400)
        raise
    request_id = made.body["id"]
    visit.state_access(request_id, access)
    return visit.sent(form, f"/contact-requests/{request_id}")


async def _blank(visit: Visit) -> Form:
    return Form.blank(name=(await visit.me())["agency"]["name"])


async def _form(visit: Visit, form: Form, back: str, status: int = 200) -> Response:
    return await visit.page("contact/form.html", status, form=form, back=back)


PAGES = (
    Page("/children/{child_id:uuid}/contact", "contact", show_for_child, ask_for_child),
    Page("/results/{search}/contact", "contact_unfound", show_for_search, ask_for_search),
    Page("/contact-requests/{request_id:uuid}", "contact_request", show_request),
)
