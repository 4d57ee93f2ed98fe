"""One entry of the access log, opened, and everything of its proof that can be checked here."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from index_client.proof import leaf_of
from index_client.receipts import entry_id_of
from thin_client import codes_audit
from thin_client.asking import Visit
from thin_client.forms import Form
from thin_client.pages.cases import case_for, keep_case, to_state_case
from thin_client.pages.log_searching import shared
from thin_client.pages.page import Page
from thin_client.pages.proving import Check, prove, verdict

RECEIPT_CHARS_MAX: Final = 260
SHOWN_CHARS_MAX: Final = 20_000  # of an entry; a batch of thousands is read in an export


async def show(visit: Visit) -> Response:
    """Open an entry that an alert, a sample or a notice names, for a case stated for it."""
    entry_id = visit.id("entry_id")
    case = case_for(visit, entry_id)
    if case is None:
        return to_state_case(visit, entry_id)
    return await _opened(visit, entry_id, case, back="/log")


async def show_found(visit: Visit) -> Response:
    """Open an entry that a search found, for the case of the search."""
    kept = visit.kept("log", visit.id("search"))
    if kept is None:
        return visit.go("/log")
    entry_id = visit.id("entry_id")
    keep_case(visit, entry_id, kept["case"])
    place = "/sample" if "sample" in kept else ""
    back = f"/log/results/{visit.id('search')}{place}"
    return await _opened(visit, entry_id, kept["case"], back)


async def show_receipt_form(visit: Visit) -> Response:
    """Ask for a receipt: whoever was answered may see why, and that it stands in the log."""
    return await visit.page("audit/receipt_form.html", form=Form.blank())


async def take_receipt(visit: Visit) -> Response:
    """Keep a receipt, and go to what it proves."""
    form = await visit.form()
    typed = form.text("receipt", "Paste the receipt", RECEIPT_CHARS_MAX) or ""
    if typed and entry_id_of(typed) is None:
        form.fault("receipt", "This is no receipt: it begins with v1. and has five parts")
    if not form.ready:
        return await visit.page("audit/receipt_form.html", 400 if form.faults else 200, form=form)
    return visit.sent(form, f"/receipts/{visit.keep('receipt', typed)}")


async def show_receipt(visit: Visit) -> Response:
    """Tell why a request of one's own was answered so, and check that it stands in the log."""
    receipt: str | None = visit.kept("receipt", visit.id("receipt"))
    entry_id = None if receipt is None else entry_id_of(receipt)
    if receipt is None or entry_id is None:
        return visit.go("/receipts")
    decision = (await visit.index.read_decision(str(entry_id))).body
    leaf = decision["leaf"]
    checks = [Check("receipt", verdict(_names(receipt, str(entry_id), leaf)))]
    proven = await prove(visit, leaf)
    told: dict[str, Any] = {
        "decision": decision,
        "proven": proven,
        "checks": [*checks, *proven.checks],
    }
    return await visit.page("audit/decision.html", audit=codes_audit, keys=_keys(visit), **told)


async def _opened(visit: Visit, entry_id: str, case: str, back: str) -> Response:
    told = (await visit.index.open_entry(entry_id, reference=case)).body
    proven = await prove(visit, told["leaf"], told["leaf_index"])
    text, blind = told["entry"], told["blind"]
    opens = None
    right_id = None
    if text is not None and blind is not None:
        opens = leaf_of(blind, text) == told["leaf"]
        right_id = _id_in(text) == entry_id
    named = _names(told["receipt"], entry_id, told["leaf"])
    checks = [
        Check("entry_id", verdict(right_id)),
        Check("leaf", verdict(opens)),
        Check("receipt", verdict(named)),
        *proven.checks,
    ]
    return await visit.page(
        "audit/entry.html",
        told=told,
        said=_readable(text) if len(text or "") <= SHOWN_CHARS_MAX else [],
        too_long=len(text or "") > SHOWN_CHARS_MAX,
        case=case,
        back=back,
        checks=checks,
        proven=proven,
        keys=_keys(visit),
        **(await shared(visit)),
    )


def _names(receipt: str, entry_id: str, leaf: str) -> bool:
    """Return whether a receipt, whole or up to its deadline, names this entry and this leaf."""
    parts = receipt.split(".")
    expected = [
        "v1",
        _spelt(UUID(entry_id).bytes),
        _spelt(bytes.fromhex(leaf)),
    ]
    return parts[:3] == expected


def _spelt(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _id_in(text: str) -> str | None:
    said = _read(text)
    found = said.get("entry_id")
    return found if isinstance(found, str) else None


def _readable(text: str | None) -> list[tuple[str, str]]:
    """Return what an entry's text says, a line a member, whatever it is."""
    return [] if text is None else [(name, _line(value)) for name, value in _read(text).items()]


def _line(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _keys(visit: Visit) -> bool:
    return visit.house.log_keys is not None


PAGES = (
    Page("/log/entries/{entry_id:uuid}", "log_entry", show),
    Page("/log/results/{search}/entries/{entry_id:uuid}", "log_entry_found", show_found),
    Page("/receipts", "receipts", show_receipt_form, take_receipt),
    Page("/receipts/{receipt}", "receipt", show_receipt),
)
