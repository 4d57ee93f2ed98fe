"""Entries as rows of a spreadsheet in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Mapping

from consent.facts import AgencyKind
from index_service.domain.disclosure import Shown
from index_service.services.auditing.opening import Found
from index_service.services.auditing.shown import ChildNames, moment_text, shown_entry

COLUMNS = (
    "entry_id", "at", "state", "account", "agency", "agency_kind", "role", "action", "outcome",
    "code", "purpose", "reason", "reference", "mediation_grant", "mediation_requester", "override",
    "federated", "agreement_version", "count", "child", "shown", "classes", "leaf",
)  # fmt: skip
# What a spreadsheet begins a formula with, in either width, and what it skips before one.
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def guarded(cell: str) -> str:
    """Return a cell no spreadsheet takes for a formula: behind an apostrophe where it would."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


def csv_of(found: Iterable[Found], kinds: Mapping[str, AgencyKind], names: ChildNames) -> bytes:
    """Return RFC 4180 rows: one a child of each entry, one for an entry of no child."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for each in found:
        for row in _rows(each, kinds, names):
            rows.writerow([guarded(row.get(column, "")) for column in COLUMNS])
    return text.getvalue().encode()


def _rows(
    found: Found, kinds: Mapping[str, AgencyKind], names: ChildNames
) -> Iterable[dict[str, str]]:
    shown = shown_entry(found, kinds, names)
    head = {
        "entry_id": shown["entry_id"],
        "at": moment_text(found.at),
        "state": shown["state"],
        "leaf": found.leaf.hex(),
    }
    said: Shown | None = shown["said"]
    if said is None:
        return [head]
    grant = said["mediation"] or {}
    plain = {name: _text(said[name]) for name in COLUMNS if name in said}
    row = {
        **head,
        **plain,
        "mediation_grant": grant.get("grant_id", ""),
        "mediation_requester": grant.get("requester_id", ""),
    }
    return [{**row, **_of_child(child)} for child in said["children"]] or [row]


def _of_child(child: Shown) -> dict[str, str]:
    return {
        "child": child["child_id"] or child["reference"],
        "shown": _text(child["shown"]),
        "classes": " ".join(child["classes"]),
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
