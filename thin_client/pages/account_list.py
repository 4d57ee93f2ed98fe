"""The accounts there are: listed by agency, found by name, each with its state and clearances."""

import re
import unicodedata
from typing import Any, Final

from starlette.responses import Response

from index_client import Refused
from thin_client import codes, words
from thin_client.asking import Visit, doors_of
from thin_client.forms import Form
from thin_client.pages.deciding import cursor_of, draw, each_of
from thin_client.pages.page import Page

LIST: Final = "/team/accounts"
FOUND_MAX: Final = 100  # of one name: more is asked anew, with more of it
_ACCOUNT_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def show(visit: Visit) -> Response:
    """List accounts of all agencies, page by page, and ask which."""
    return await _listed(visit)


async def show_agencys(visit: Visit) -> Response:
    """List one agency's accounts."""
    return await _listed(visit, visit.id("agency_id"))


async def find(visit: Visit) -> Response:
    """Go to an agency's accounts, to those of a name, or to one that an entry names."""
    form, agencies = await visit.form(), await agency_names(visit)
    agency_id = form.choice("agency_id", agencies)
    name = form.text("name", chars_max=60)
    account_id = (form.text("account_id", chars_max=36) or "").lower()
    if account_id and not _ACCOUNT_ID.fullmatch(account_id):
        form.fault("account_id", "An account's id has 36 characters: digits, a to f, and dashes")
    if not form.ready:
        return await draw(visit, "team/accounts.html", form, agencies=agencies, told=None)
    if account_id:
        return visit.go(f"{LIST}/{account_id}")
    if name:
        sought = {"name": name, "agency_id": agency_id}
        return visit.go(f"{LIST}/found/{visit.keep('accounts', sought)}")
    return visit.go(f"{LIST}/of/{agency_id}" if agency_id else LIST)


async def show_found(visit: Visit) -> Response:
    """List whom a name finds: of one agency, or of all."""
    sought = visit.kept("accounts", visit.id("found"))
    if sought is None:
        return visit.go(LIST)
    wanted, agency_id = _folded(sought["name"]), sought["agency_id"]
    listed = accounts_of(visit, agency_id)
    found = [each async for each in listed if wanted in _folded(each["name"] or "")]
    told = {"accounts": _by_name(found)[:FOUND_MAX], "next": None}
    form = Form.blank(name=sought["name"], agency_id=agency_id)
    more = len(found) > FOUND_MAX
    agencies = await agency_names(visit)
    return await draw(
        visit, "team/accounts.html", form, agencies=agencies, told=told, of=agency_id, more=more
    )


def accounts_of(visit: Visit, agency_id: str | None) -> Any:
    """Yield every account of an agency, or of all."""
    return each_of(
        lambda cursor: visit.index.read_accounts(agency_id=agency_id, cursor=cursor), "accounts"
    )


async def whose(visit: Visit, account_id: str | None) -> str:
    """Return whose account this is, in words; its id for whom the index does not tell."""
    if account_id is None:
        return ""
    try:
        return in_words((await visit.index.read_account(account_id)).body)
    except Refused:
        return account_id


def in_words(account: Any) -> str:
    """Return an account as people know it: by name, or by its role and its id."""
    if account["name"]:
        return str(account["name"])
    return f"{words.word(codes.ROLES, account['role'])}, account {account['account_id']}"


async def agency_names(visit: Visit) -> dict[str, str]:
    """Return the agencies' names by id."""
    return {each["agency_id"]: each["agency"] for each in await doors_of(visit)}


async def _listed(visit: Visit, agency_id: str | None = None) -> Response:
    told = (await visit.index.read_accounts(agency_id=agency_id, cursor=cursor_of(visit))).body
    shown = {"accounts": _by_name(told["accounts"]), "next": told["next"]}
    form = Form.blank(agency_id=agency_id)
    agencies = await agency_names(visit)
    return await draw(
        visit, "team/accounts.html", form, agencies=agencies, told=shown, of=agency_id, more=False
    )


def _by_name(accounts: Any) -> list[Any]:
    """Return them in order of name, those that stand for no practitioner last."""
    return sorted(accounts, key=lambda each: (each["name"] is None, _folded(each["name"] or "")))


def _folded(name: str) -> str:
    """Return a name as it is compared: without its accents, and in small letters."""
    parts = unicodedata.normalize("NFD", name.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


PAGES = (
    Page(LIST, "accounts", show, find),
    Page(f"{LIST}/of/{{agency_id:uuid}}", "accounts_of_agency", show_agencys),
    Page(f"{LIST}/found/{{found}}", "accounts_found", show_found),
)
