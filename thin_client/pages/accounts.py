"""Accounts: added, their clearances and rights changed, suspended in one action."""

import re
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import codes
from thin_client.asking import Visit, doors_of
from thin_client.forms import Form
from thin_client.pages.deciding import (
    Decision,
    draw,
    not_agreed_yet,
    own_account,
    preview,
    still_filling_in,
    team_page,
)
from thin_client.pages.page import Page

LIST: Final = "/team/accounts"
ACCOUNT_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAYS: Final = ("checked_on", "trained_on", "signed_on")
RIGHTS: Final = {
    "may_override": "May ask to override shields, by name",
    "may_supervise": "May see how the agency's own staff use the index",
}
CHANGES: Final = {
    "checked_on": "The disclosure check: a new day",
    "trained_on": "The training: a new day",
    "signed_on": "The user agreement: the day it was signed",
    "give_override": "Give the right to ask for overrides",
    "take_override": "Take the right to ask for overrides away",
    "give_supervision": "Give the right to supervise",
    "take_supervision": "Take the right to supervise away",
    "activate": "Make a suspended account active again",
    "close": "Close the account for good",
}
_SAID: Final[dict[str, dict[str, Any]]] = {
    "give_override": {"may_override": True},
    "take_override": {"may_override": False},
    "give_supervision": {"may_supervise": True},
    "take_supervision": {"may_supervise": False},
    "activate": {"state": "active"},
    "close": {"state": "closed"},
}
_EFFECTS: Final = {
    "give_override": "This account can ask to see what a shield hides, one record at a time. Each "
    "time is loud and investigated.",
    "take_override": "This account can ask for no override any more.",
    "give_supervision": "This account sees how the staff of its agency use the index.",
    "take_supervision": "This account no longer sees how others use the index.",
    "activate": "The account can ask again, as far as its clearances hold.",
    "close": "Nobody can ask with this account any more. What it recorded stays.",
}


async def show(visit: Visit) -> Response:
    """Say where to begin: the index tells of no list of accounts."""
    return await team_page(visit, "team/accounts.html", form=Form.blank())


async def find(visit: Visit) -> Response:
    """Go to an account by its id, as entries, overrides and alerts name it."""
    form = await visit.form()
    account_id = _account_id(form)
    if not form.ready:
        return await draw(visit, "team/accounts.html", form)
    return visit.go(f"{LIST}/{account_id}")


async def show_one(visit: Visit) -> Response:
    """Show what can be done with one account."""
    return await _one(visit, Form.blank())


async def amend(visit: Visit) -> Response:
    """Change one thing about an account."""
    form, account_id = await visit.form(), visit.id("account_id")
    change = form.choice("change_of", CHANGES, "Say what changes")
    said = dict(_SAID.get(change, {}))
    if change in DAYS:
        said[change] = form.day("on", "Say on which day")
    if still_filling_in(form):
        return await _one(visit, form)
    effect = _EFFECTS.get(change, "The account holds this clearance from that day on.")
    effects = (effect, "It is in force in the very next request, everywhere.")
    careful = change in ("close", "give_override")
    title, back = CHANGES[change], f"{LIST}/{account_id}"
    decision = Decision(title, effects, "Change the account", back, careful)
    if first := await not_agreed_yet(visit, form, decision):
        return first
    return await _amended(visit, form, said)


async def show_suspend(visit: Visit) -> Response:
    """Say what suspending an account brings about."""
    return await preview(visit, await _suspension(visit))


async def suspend(visit: Visit) -> Response:
    """Suspend an account."""
    form = await visit.form()
    if not form.ready:
        return await preview(visit, await _suspension(visit), form)
    if done := visit.already(form):
        return done
    return await _amended(visit, form, {"state": "suspended"})


async def _amended(visit: Visit, form: Form, said: Any) -> Response:
    account_id = visit.id("account_id")
    try:
        await visit.index.amend_account(said, account_id)
    except Refused as refused:
        if form.take(refused, dict.fromkeys(DAYS, "on")):
            return await _one(visit, form)
        raise
    visit.session.put(f"account:{account_id}", said)
    return visit.sent(form, f"{LIST}/{account_id}")


async def _suspension(visit: Visit) -> Decision:
    account_id = visit.id("account_id")
    own = account_id == await own_account(visit)
    effects = (
        (
            "From the very next request on this account is refused everything, wherever it is "
            "signed in; what is on a screen stays there until the page is left."
        ),
        "Whoever holds it is told that it is suspended, and to ring the index team.",
        "Tell their manager. What follows is the employer's to decide.",
        "It can be made active again.",
        *(("This is your own account: somebody else has to make it active again.",) if own else ()),
    )
    return Decision("Suspend this account", effects, "Suspend it now", f"{LIST}/{account_id}", True)


async def show_add(visit: Visit) -> Response:
    """Show the form by which an account is added."""
    return await _adding(visit, Form.blank(issuer=visit.house.settings.issuer))


async def add(visit: Visit) -> Response:
    """Add an account for one login."""
    form, agencies = await visit.form(), await _agencies(visit)
    stated: Any = {
        "issuer": form.text("issuer", "Say which identity provider the login is at"),
        "subject": form.text("subject", "Give the login's subject at the provider", 80),
        "agency_id": form.choice("agency_id", agencies, "Say for which agency"),
        "role": form.choice("role", codes.ROLES, "Say in which role"),
        "practitioner_id": form.text("practitioner_id", chars_max=36),
        "binding_demanded": form.value("binding_demanded") == "yes",
        **{day: form.day(day) for day in DAYS},
        **{right: right in form.values("rights") for right in RIGHTS},
    }
    if still_filling_in(form):
        return await _adding(visit, form)
    decision = Decision(
        "Add this account",
        (
            (
                f"Whoever signs in with this login asks as {codes.ROLES[stated['role']].lower()} "
                f"of {agencies[stated['agency_id']]}, from now on."
            ),
            *(f"{said}." for right, said in RIGHTS.items() if stated[right]),
            (
                "Without a disclosure check, training and a signed agreement it is refused most "
                "things; the index says so plainly."
            ),
        ),
        "Add the account",
        LIST,
        careful=any(stated[right] for right in RIGHTS),
    )
    if first := await not_agreed_yet(visit, form, decision):
        return first
    try:
        made = (await visit.index.add_account(stated, idempotency_key=form.once)).body
    except Refused as refused:
        if form.take(refused):
            return await _adding(visit, form)
        raise
    return visit.sent(form, f"{LIST}/{made['id']}")


async def _adding(visit: Visit, form: Form) -> Response:
    agencies = await _agencies(visit)
    return await draw(visit, "team/account_add.html", form, agencies=agencies, rights=RIGHTS)


async def _agencies(visit: Visit) -> dict[str, str]:
    """Return the agencies' names by id."""
    return {each["agency_id"]: each["agency"] for each in await doors_of(visit)}


async def _one(visit: Visit, form: Form) -> Response:
    account_id = visit.id("account_id")
    return await draw(
        visit,
        "team/account.html",
        form,
        account_id=account_id,
        changes=CHANGES,
        days=DAYS,
        own=await own_account(visit),
        done=visit.session.get(f"account:{account_id}"),
    )


def _account_id(form: Form) -> str | None:
    typed = form.text("account_id", "Give the account's id", 36)
    if typed and not ACCOUNT_ID.fullmatch(typed.lower()):
        form.fault("account_id", "An account's id has 36 characters: digits, a to f, and dashes")
    return typed.lower() if typed else None


_ONE: Final = "/team/accounts/{account_id:uuid}"
PAGES = (
    Page(LIST, "accounts", show, find),
    Page(f"{LIST}/add", "account_added", show_add, add),
    Page(_ONE, "account", show_one, amend),
    Page(f"{_ONE}/suspend", "account_suspended", show_suspend, suspend),
)
