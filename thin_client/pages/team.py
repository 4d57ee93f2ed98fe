"""The team's own first page, and finding a child to keep the index right."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.deciding import KEEPING, draw, team_page
from thin_client.pages.page import Page

START: Final = "/team"
FIND: Final = "/team/find"
WORK: Final = (
    (
        "Children",
        (
            ("Find a child", FIND, "lookup"),
            ("Requests for shields", "/shield-requests", "shield"),
            ("Overrides under investigation", "/team/overrides", "investigate"),
            ("Contact to bring about", "/team/contact-requests", "broker"),
            ("Records held or doubtful", "/team/holds", "read_holds"),
            ("Moves between authorities", "/team/moves", "transfer"),
            ("Alerts", "/team/alerts", "read_holds"),
        ),
    ),
    (
        "The directory",
        (
            ("Accounts and clearances", "/team/accounts", "keep_directory"),
            ("Agencies", "/team/agencies", "keep_directory"),
            ("Practitioners", "/team/practitioners", "keep_directory"),
            ("Feed batches", "/team/batches", "read_batch"),
        ),
    ),
    (
        "The region and the law",
        (
            ("Sharing agreements", "/team/agreements", "keep_agreement"),
            ("Other authorities and the locator", "/team/peers", "keep_directory"),
            ("After a restored backup", "/team/log-releases", "release_log"),
        ),
    ),
)


async def show(visit: Visit) -> Response:
    """Show what there is to do, as far as this account may."""
    may = (await visit.me())["may"]
    work = [
        (heading, [(text, href) for text, href, action in ways if may.get(action) == []])
        for heading, ways in WORK
    ]
    return await team_page(visit, "team/start.html", work=work)


async def show_find(visit: Visit) -> Response:
    """Show the form that finds a child by a number, or by name and date of birth."""
    return await draw(visit, "team/find.html", Form.blank(), access=KEEPING)


async def find(visit: Visit) -> Response:
    """Keep what was typed under a random id, and go to its answer."""
    form = await visit.form()
    typed = {
        "given_name": form.text("given_name", chars_max=35),
        "family_name": form.text("family_name", chars_max=35),
        "date_of_birth": form.day("born"),
        "nhs_number": form.text("nhs_number", chars_max=12),
    }
    facts = {name: fact for name, fact in typed.items() if fact}
    if "nhs_number" not in facts and not ("date_of_birth" in facts and len(facts) > 1):
        form.fault("given_name", "Give a number, or a name with a date of birth")
    if not form.ready:
        return await draw(visit, "team/find.html", form, access=KEEPING)
    if done := visit.already(form):
        return done
    kept = {"facts": facts, "typed": form.kept()}
    return visit.sent(form, f"/team/found/{visit.keep('team_search', kept)}")


async def found(visit: Visit) -> Response:
    """Ask the index, now, and show whom it finds."""
    search = visit.kept("team_search", visit.id("search"))
    if search is None:
        return visit.go(FIND)
    facts: Any = search["facts"]
    try:
        told = (await visit.index.look_up_child(facts, access=KEEPING)).body
    except Refused as refused:
        form = Form(search["typed"]["fields"], sent=True)
        if form.take(refused, {"date_of_birth": "born"}):
            return await draw(visit, "team/find.html", form, access=KEEPING)
        raise
    return await team_page(visit, "team/found.html", told=told, access=KEEPING)


PAGES = (
    Page(START, "team", show),
    Page(FIND, "team_search", show_find, find),
    Page("/team/found/{search}", "team_results", found),
)
