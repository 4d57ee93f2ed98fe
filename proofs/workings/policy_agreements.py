"""The agreements policy is tried under: the default, a second authority's, and extreme ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import demo
from consent.agreement import AGREED_ACTIONS, default_document
from consent.facts import AccessReason, Action, DisclosureClass, Purpose, Role

OWN_AGENCY = "00000000-0000-4000-8000-00000000a9e1"
OTHER_AGENCY = "00000000-0000-4000-8000-00000000a9e2"
NAMED_AGENCY = "00000000-0000-4000-8000-00000000a9e3"
Document = dict[str, Any]


def agreements() -> Iterator[tuple[str, Document]]:
    """Yield each agreement's name and document."""
    yield "default", default_document()
    camfield = Path(demo.__file__).with_name("agreement_camfield.json")
    yield "a second authority's", json.loads(camfield.read_text("utf-8"))
    yield "all that can be given", _everything()
    yield "every exception at once", _exceptions()


def _everything() -> Document:
    """Return a document that gives everybody all a document can: what is refused, rules refuse."""
    document: Document = default_document()
    everyone = {"agency_kinds": "all_parties", "actions": [action.value for action in Action]}
    taken = ("identifier:", "provenance", "restriction")
    givable = [name.value for name in DisclosureClass if not name.startswith(taken)]
    more: Document = {
        "roles": {role.value: [everyone] for role in Role},
        "classes": {"by_action": dict.fromkeys(AGREED_ACTIONS, givable), "withheld": []},
    }
    more["override"] = {
        "instrument": document["instrument"],
        "statutory": {
            "agency_kinds": "all_parties",
            "purposes": [purpose.value for purpose in Purpose],
        },
        "second_person": "not_needed",
        "second_person_statutory": "not_needed",
        "approvers": "all_parties",
    }
    document = plain({**document, **more})
    for purpose in document["purposes"].values():
        purpose["reasons"] = [reason.value for reason in AccessReason]
        purpose["open_to"] = [{"roles": [role.value for role in Role], **everyone}]
    document["identifiers"]["actions"] = [action.value for action in AGREED_ACTIONS]
    for scheme in document["identifiers"]["schemes"].values():
        scheme["agency_kinds"] = "all_parties"
    document["sensitive"]["brokered_told_to"] = "all_parties"
    return document


def _exceptions() -> Document:
    """Return a document with parties missing, gateways over, and exceptions by kind and name."""
    document = plain(_without("housing", default_document()))
    document["check_years_max"] = 1
    document["in_force_until"] = "2027-06-30"
    document["purposes"]["find_missing_education"]["in_force_until"] = "2026-10-31"
    document["purposes"]["promote_welfare"]["in_force_from"] = "2026-12-01"
    document["identifiers"]["schemes"]["upn"]["in_force_until"] = "2026-10-31"
    document["levels"] = {
        "default": "contact",
        "exceptions": [
            _level(["police"], ["school", "college"], [], "existence"),
            _level(["police", "hospital"], ["school"], [OTHER_AGENCY], "content"),
            _level(["social_care"], "all_parties", [], "content"),
            _level("all_parties", ["police"], [NAMED_AGENCY], "nothing"),
        ],
    }
    document["sensitive"]["brokered_told_to"] = ["social_care", "police", "school"]
    document["caf"]["consent"] = "express"
    document["override"] |= {"second_person_statutory": "not_needed", "approvers": ["police"]}
    document["mediation"] = {"mediators": ["authority", "school"], "requesters": ["police"]}
    document["named"] = [
        _denied(["whereabouts", "settings"], "contact", ["enquire_significant_harm"]),
        _denied(["involvements"], "existence", ["promote_welfare"]),
    ]
    return document


def _level(asking: Any, kinds: Any, agencies: list[str], level: str) -> Document:
    of = {"agency_kinds": kinds, "agencies": agencies}
    return {"asking": asking, "of": of, "level": level}


def _denied(classes: list[str], level: str, purposes: list[str]) -> Document:
    return {
        "agencies": [NAMED_AGENCY],
        "classes_withheld": classes,
        "level_max": level,
        "purposes_closed": purposes,
    }


def _without(kind: str, value: Any) -> Any:
    """Return a document as if one kind of agency had never joined."""
    if isinstance(value, dict):
        return {key: _without(kind, part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without(kind, part) for part in value if part != kind]
    return value


def plain(document: Document) -> Document:
    """Return a document as it would be read from a file."""
    read: Document = json.loads(json.dumps(document))
    return read
