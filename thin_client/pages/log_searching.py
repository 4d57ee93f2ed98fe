"""Auditors search the access log: what is looked for is kept in the session, never an address."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import clock, codes, codes_audit
from thin_client.asking import Visit, doors_of
from thin_client.forms import Form
from thin_client.pages.cases import case_of, suggest_case, suggested_case
from thin_client.pages.page import Page

ID_FORM: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAYS_SUGGESTED: Final = 7
_IDS: Final = {
    "account_id": "An account's id has 36 characters, as entries show it",
    "child_id": "A child's id has 36 characters, as the record's address shows it",
}
_WORDS: Final[Mapping[str, Collection[str]]] = {
    "agency_kind": codes.AGENCY_KINDS,
    "role": codes.ROLES,
    "action": codes_audit.ACTIONS,
    "purpose": codes.PURPOSES,
    "outcome": codes_audit.OUTCOMES,
}
_EITHER: Final = ("mediated", "override", "federated")


async def show(visit: Visit) -> Response:
    """Show the form, the last week suggested."""
    until = clock.today()
    since = until - timedelta(days=_DAYS_SUGGESTED)
    days = {**_split("since", since), **_split("until", until)}
    form = Form({name: [value] for name, value in days.items()})
    if case := suggested_case(visit):
        form = Form({**form.fields, "case": [case]})
    return await _form(visit, form)


async def search(visit: Visit) -> Response:
    """Keep what is looked for under a random id, and go to what is found."""
    form = await visit.form()
    case, sought = case_of(form), await _sought(visit, form)
    if not form.ready or case is None:
        return await _form(visit, form, 400 if form.faults else 200)
    if done := visit.already(form):
        return done
    suggest_case(visit, case)
    kept = {"case": case, "sought": sought, "typed": form.kept()}
    return visit.sent(form, f"/log/results/{visit.keep('log', kept)}")


async def change(visit: Visit) -> Response:
    """Show the form of a search again, as it was filled in."""
    kept = visit.kept("log", visit.id("search"))
    if kept is None:
        return visit.go("/log")
    return await _form(visit, Form(kept["typed"]["fields"]))


async def results(visit: Visit) -> Response:
    """Search the log; each showing of a page is an entry of its own."""
    kept = visit.kept("log", visit.id("search"))
    if kept is None:
        return visit.go("/log")
    asked: Any = dict(kept["sought"])
    if cursor := visit.request.query_params.get("cursor"):
        asked["cursor"] = cursor
    try:
        found = (await visit.index.search_log(asked, reference=kept["case"])).body
    except Refused as refused:
        form = Form(kept["typed"]["fields"], sent=True)
        if form.take(refused):
            return await _form(visit, form, 400)
        raise
    return await visit.page(
        "audit/results.html",
        found=found,
        kept=kept,
        here=f"/log/results/{visit.id('search')}",
        **(await shared(visit)),
    )


async def shared(visit: Visit) -> dict[str, Any]:
    """Return what pages that show entries need besides: words, and agencies' names by id."""
    agencies = await doors_of(visit)
    names = {each["agency_id"]: each["agency"] for each in agencies}
    return {"audit": codes_audit, "agency_names": names}


async def _sought(visit: Visit, form: Form) -> dict[str, Any]:
    sought: dict[str, Any] = {
        name: form.choice(name, listed) for name, listed in _WORDS.items() if form.value(name)
    }
    for name, wrong in _IDS.items():
        typed = form.text(name)
        if typed and not ID_FORM.fullmatch(typed.lower()):
            form.fault(name, wrong)
        sought[name] = typed.lower() if typed else None
    agencies = {each["agency_id"] for each in await doors_of(visit)}
    sought["agency_id"] = form.choice("agency_id", agencies)
    for name in _EITHER:
        said = form.choice(name, codes_audit.YES_NO)
        sought[name] = None if said is None else said == "yes"
    since = form.day("since", "Say from which day")
    until = form.day("until", "Say to which day")
    if since and until:
        sought["since"] = _midnight(since)
        sought["until"] = _midnight(until, days_on=1)
        if sought["until"] <= sought["since"]:
            form.fault("until", "The last day comes before the first")
    return {name: value for name, value in sought.items() if value is not None}


def _midnight(day: str, days_on: int = 0) -> int:
    """Return when a day begins in England, in seconds of the epoch."""
    found = date.fromisoformat(day) + timedelta(days=days_on)
    return int(datetime(found.year, found.month, found.day, tzinfo=clock.LONDON).timestamp())


def _split(name: str, day: date) -> dict[str, str]:
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


async def _form(visit: Visit, form: Form, status: int = 200) -> Response:
    return await visit.page("audit/search.html", status, form=form, **(await shared(visit)))


PAGES = (
    Page("/log", "log_search", show, search),
    Page("/log/results/{search}", "log_results", results),
    Page("/log/results/{search}/change", "log_search_again", change),
)
