"""Who asks in the two worlds: the demo's people, and those its story does not need."""

from dataclasses import replace
from datetime import date
from typing import Any

from consent.facts import AccountState, AgencyKind, Role
from demo.personas import SOCIAL_CARE, Persona, beside, made_id, personas
from index_service.domain.directory import Agency

FAMILIES = replace(
    SOCIAL_CARE,
    id=made_id("Northmere Families Together"),
    name="Northmere Families Together",
    kind=AgencyKind.VOLUNTARY,
    front_door=False,
)
MORE_AGENCIES = (FAMILIES,)

# Every practitioner here could be the accomplice; the parent is one with an account, who
# knows every name, date, number and school that a parent knows.
PARENT = "parent"
LEADER = "team_leader"  # the parent's manager, who sees how they use the index
PRACTITIONERS = ("social_worker", "colleague", "teacher", "health_visitor", "police_desk", PARENT)
TEAM = "manager"
SUPPLIERS = ("schools_feed", "health_feed")
CASE_SYSTEM = "case_system"
THERAPIST = "therapist"
AUDITOR = "auditor"
REFUSED = ("lapsed_nurse", "suspended_worker", "stranger", None)
EVERYBODY: tuple[str | None, ...] = (
    *PRACTITIONERS,
    LEADER,
    THERAPIST,
    TEAM,
    "second_manager",
    *SUPPLIERS,
    CASE_SYSTEM,
    AUDITOR,
    *REFUSED,
)


def everybody(today: date) -> dict[str, Persona]:
    """Return the demo's personas and ours, by name; the stranger has no account."""
    known = personas(today)
    rows: tuple[tuple[str, Agency, dict[str, Any]], ...] = (
        ("colleague", SOCIAL_CARE, {}),
        (PARENT, FAMILIES, {"practitioner_id": made_id("practitioner who is a parent")}),
        (LEADER, FAMILIES, {"may_supervise": True}),
        ("suspended_worker", SOCIAL_CARE, {"state": AccountState.SUSPENDED}),
        ("second_manager", known[TEAM].agency, {"role": Role.MANAGEMENT_TEAM}),
        ("stranger", SOCIAL_CARE, {}),
    )
    for name, agency, differs in rows:
        known[name] = beside(known, name, agency, **differs)
    return known


def with_accounts(today: date) -> dict[str, Persona]:
    """Return everybody the index knows by login and the demo did not found it with."""
    founded = personas(today)
    return {
        name: persona
        for name, persona in everybody(today).items()
        if name not in founded and name != "stranger"
    }
