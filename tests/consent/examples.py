"""Askers, questions and agreements for the tests of policy."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import demo
from consent.agreement import AGREED_ACTIONS, Agreement, compile_agreement, default_document
from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    DisclosureClass,
    Purpose,
    Role,
)

DAY = date(2026, 11, 21)
AGENCY = "00000000-0000-4000-8000-00000000a9e1"  # the asker's
OTHER_AGENCY = "00000000-0000-4000-8000-00000000a9e2"
DEFAULT = compile_agreement(default_document())

TEAM = (Role.MANAGEMENT_TEAM, AgencyKind.AUTHORITY)
SOCIAL_WORKER = (Role.PRACTITIONER, AgencyKind.SOCIAL_CARE)
TEACHER = (Role.PRACTITIONER, AgencyKind.SCHOOL)
HEALTH_VISITOR = (Role.PRACTITIONER, AgencyKind.HEALTH_VISITING)
POLICE_DESK = (Role.PRACTITIONER, AgencyKind.POLICE)
CASE_SYSTEM = (Role.CASE_SYSTEM, AgencyKind.SOCIAL_CARE)
SUPPLIER = (Role.SUPPLIER, AgencyKind.SCHOOL)
AUDITOR = (Role.AUDITOR, AgencyKind.AUTHORITY)


def asker(who: tuple[Role, AgencyKind] = SOCIAL_WORKER, **changed: Any) -> AskerFacts:
    """An asker with everything in order but what is changed."""
    facts: dict[str, Any] = {
        "agency": AGENCY,
        "account_state": AccountState.ACTIVE,
        "checked_on": DAY,
        "trained_on": DAY,
        "signed_on": DAY,
        "employer_accredited": True,
    }
    role, kind = who
    return AskerFacts(role=role, agency_kind=kind, **{**facts, **changed})


def ask(
    action: Action,
    purpose: Purpose | None = Purpose.SAFEGUARD,
    reason: AccessReason | None = AccessReason.REVIEW,
    today: date = DAY,
) -> Ask:
    """A question with a purpose and a reason."""
    return Ask(action, today, purpose, reason)


def team_ask(action: Action) -> Ask:
    """A question of the management team's."""
    return ask(action, Purpose.KEEP_INDEX)


def bare(action: Action) -> Ask:
    """A question without purpose or reason."""
    return ask(action, None, None)


def changed_default(**changed: object) -> Agreement:
    """The default agreement with some of its parts replaced."""
    return compile_agreement({**default_document(), **changed})


def default_with(*path: str | int, value: object, of: Agreement = DEFAULT) -> Agreement:
    """The default agreement, or another, with the value at one place replaced."""
    document = json.loads(of.canonical)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return compile_agreement(document)


def camfield_document() -> dict[str, Any]:
    """A second authority's agreement, as a fresh document."""
    path = Path(demo.__file__).with_name("agreement_camfield.json")
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def named(**denied: object) -> dict[str, object]:
    """An exception for the asker's agency by name that denies this and nothing else."""
    nothing = {"classes_withheld": [], "level_max": "content", "purposes_closed": []}
    return {"agencies": [AGENCY], **nothing, **denied}


def without_party(kind: AgencyKind) -> Agreement:
    """The default agreement as if one kind of agency had never joined."""

    def dropped(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: dropped(part) for key, part in value.items()}
        if isinstance(value, list):
            return [dropped(part) for part in value if part != kind.value]
        return value

    return compile_agreement(dropped(default_document()))


def _open_document() -> dict[str, Any]:
    document: dict[str, Any] = default_document()
    everyone = {"agency_kinds": "all_parties", "actions": [action.value for action in Action]}
    givable = [
        name.value
        for name in DisclosureClass
        if not name.startswith("identifier:") and name not in ("provenance", "restriction")
    ]
    document["roles"] = {role.value: [everyone] for role in Role}
    for purpose in document["purposes"].values():
        purpose["reasons"] = [reason.value for reason in AccessReason]
        purpose["open_to"] = [{"roles": [role.value for role in Role], **everyone}]
    document["classes"] = {
        "by_action": {action.value: givable for action in AGREED_ACTIONS},
        "withheld": [],
    }
    document["identifiers"]["actions"] = [action.value for action in AGREED_ACTIONS]
    for scheme in document["identifiers"]["schemes"].values():
        scheme["agency_kinds"] = "all_parties"
    document["sensitive"]["brokered_told_to"] = "all_parties"
    document["override"]["statutory"]["agency_kinds"] = "all_parties"
    document["override"]["statutory"]["purposes"] = [purpose.value for purpose in Purpose]
    document["override"]["second_person"] = "not_needed"
    document["override"]["second_person_statutory"] = "not_needed"
    document["override"]["approvers"] = "all_parties"
    return document


# All that an agreement can give to everyone: what is still refused, the rules refuse.
OPEN = compile_agreement(_open_document())
CAMFIELD = compile_agreement(camfield_document())
