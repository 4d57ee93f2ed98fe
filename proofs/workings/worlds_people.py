"""Who asks in the two worlds: the demo's people, and those its story does not need."""

from dataclasses import replace
from datetime import date
from typing import Any

from consent.facts import AccountState, AgencyKind, Role
from demo.personas import SOCIAL_CARE, Persona, made_id, personas
from index_service.domain.directory import Agency

LISTENING = replace(
    SOCIAL_CARE,
    id=made_id("Northmere Listening Service"),
    name="Northmere Listening Service",
    kind=AgencyKind.MENTAL_HEALTH,
    front_door=False,
)
FAMILIES = replace(
    SOCIAL_CARE,
    id=made_id("Northmere Families Together"),
    name="Northmere Families Together",
    kind=AgencyKind.VOLUNTARY,
    front_door=False,
)
MORE_AGENCIES = (LISTENING, FAMILIES)

# Every practitioner here could be the accomplice; the parent is one with an account, who
# knows every name, date, number and school that a parent knows.
PARENT = "parent"
PRACTITIONERS = ("social_worker", "colleague", "teacher", "health_visitor", "police_desk", PARENT)
TEAM = "manager"
SUPPLIERS = ("schools_feed", "health_feed")
CASE_SYSTEM = "case_system"
THERAPIST = "therapist"
REFUSED = ("lapsed_nurse", "suspended_worker", "stranger", None)
EVERYBODY: tuple[str | None, ...] = (
    *PRACTITIONERS,
    THERAPIST,
    TEAM,
    "second_manager",
    *SUPPLIERS,
    CASE_SYSTEM,
    "auditor",
    *REFUSED,
)


def everybody(today: date) -> dict[str, Persona]:
    """Return the demo's personas and ours, by name; the stranger has no account."""
    known = personas(today)
    rows: tuple[tuple[str, Agency, dict[str, Any]], ...] = (
        ("colleague", SOCIAL_CARE, {}),
        (PARENT, FAMILIES, {}),
        (THERAPIST, LISTENING, {}),
        ("suspended_worker", SOCIAL_CARE, {"state": AccountState.SUSPENDED}),
        ("second_manager", known[TEAM].agency, {"role": Role.MANAGEMENT_TEAM}),
        ("stranger", SOCIAL_CARE, {}),
    )
    pattern = known["social_worker"].account
    for name, agency, differs in rows:
        account = replace(pattern, id=made_id(f"account of {name}"), agency_id=agency.id, **differs)
        subject = f"northmere-{name.replace('_', '-')}"
        known[name] = Persona(name, name.replace("_", " "), subject, agency, account)
    return known


def with_accounts(today: date) -> dict[str, Persona]:
    """Return everybody the index knows by login and the demo did not found it with."""
    founded = personas(today)
    return {
        name: persona
        for name, persona in everybody(today).items()
        if name not in founded and name != "stranger"
    }
