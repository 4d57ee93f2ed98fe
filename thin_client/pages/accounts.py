"""One account: how it stands, its clearances and rights changed, suspended; one added."""

from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import codes
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.account_list import LIST, agency_names
from thin_client.pages.deciding import (
    Decision,
    done,
    draw,
    not_agreed_yet,
    own_account,
    preview,
    still_filling_in,
)
from thin_client.pages.page import Page

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
    "activate": "Make the account active again",
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


async def show_one(visit: Visit) -> Response:
    """Show how one account stands, and what can be done with it."""
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
    if before := visit.already(form):
        return before
    return await _amended(visit, form, {"state": "suspended"})


async def _amended(visit: Visit, form: Form, said: Any) -> Response:
    account_id = visit.id("account_id")
    try:
        await visit.index.amend_account(said, account_id)
    except Refused as refused:
        if form.take(refused, dict.fromkeys(DAYS, "on")):
            return await _one(visit, form)
        raise
    return done(visit, form, f"{LIST}/{account_id}", _did(said))


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
    form, agencies = await visit.form(), await agency_names(visit)
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
    return done(visit, form, f"{LIST}/{made['id']}", "account_added")


async def _adding(visit: Visit, form: Form) -> Response:
    agencies = await agency_names(visit)
    return await draw(visit, "team/account_add.html", form, agencies=agencies, rights=RIGHTS)


async def _one(visit: Visit, form: Form) -> Response:
    account = (await visit.index.read_account(visit.id("account_id"))).body
    return await draw(
        visit,
        "team/account.html",
        form,
        account=account,
        agencies=await agency_names(visit),
        changes=CHANGES,
        only=_changes_of(account),
        days=DAYS,
        own=await own_account(visit),
    )


def _changes_of(account: Any) -> list[str]:
    """Return what can change of an account as it stands: nothing is given to whom has it."""
    state = account["state"]
    fits = {
        "give_override": not account["may_override"],
        "take_override": account["may_override"],
        "give_supervision": not account["may_supervise"],
        "take_supervision": account["may_supervise"],
        "activate": state != "active",
        "close": state != "closed",
    }
    return [change for change in CHANGES if fits.get(change, True)]


def _did(said: Any) -> str:
    return f"account_{said['state']}" if "state" in said else "account_changed"


_ONE: Final = "/team/accounts/{account_id:uuid}"
PAGES = (
    Page(f"{LIST}/add", "account_added", show_add, add),
    Page(_ONE, "account", show_one, amend),
    Page(f"{_ONE}/suspend", "account_suspended", show_suspend, suspend),
)
