"""People the stories need beside the demo's personas: a colleague, a suspended one, others."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from consent.facts import AccountState, AgencyKind, Role
from demo.personas import AGENCIES, SCHOOLS, SOCIAL_CARE, Persona, beside, made_id, personas
from index_service.domain.directory import Agency

HOUSING = replace(
    SOCIAL_CARE,
    id=made_id("Northmere Housing Options"),
    name="Northmere Housing Options",
    kind=AgencyKind.HOUSING,
    front_door=False,
)
HOSPITAL = replace(
    SOCIAL_CARE,
    id=made_id("Northmere General Hospital"),
    name="Northmere General Hospital",
    kind=AgencyKind.HOSPITAL,
    front_door=False,
)
UNACCREDITED = replace(
    SOCIAL_CARE,
    id=made_id("Northmere Saturday Club"),
    name="Northmere Saturday Club",
    kind=AgencyKind.VOLUNTARY,
    accredited=False,
    front_door=False,
)
MORE_AGENCIES = (HOUSING, HOSPITAL, UNACCREDITED)
_DOUBLE: dict[str, object] = {
    "role": Role.MANAGEMENT_TEAM,
    "practitioner_id": made_id("practitioner of two accounts"),
    "may_override": True,
}
_DOUBLE_AUDITOR: dict[str, object] = {
    "role": Role.AUDITOR,
    "practitioner_id": made_id("auditor of two accounts"),
}
_DOUBLE_WORKER: dict[str, object] = {
    "practitioner_id": made_id("social worker of two accounts"),
}
_LEADS: dict[str, object] = {"role": Role.MANAGEMENT_TEAM, "may_supervise": True}


def everybody(today: date) -> dict[str, Persona]:
    """Return the demo's personas and ours, by name."""
    known = personas(today)
    rows: tuple[tuple[str, Agency, dict[str, object]], ...] = (
        ("colleague", SOCIAL_CARE, {}),  # another account of the social worker's own agency
        ("double_worker", SOCIAL_CARE, _DOUBLE_WORKER),
        ("same_worker", SOCIAL_CARE, _DOUBLE_WORKER),  # the same person's other account
        ("suspended_worker", SOCIAL_CARE, {"state": AccountState.SUSPENDED}),
        ("closed_worker", SOCIAL_CARE, {"state": AccountState.CLOSED}),
        ("untrained_worker", SOCIAL_CARE, {"trained_on": None}),
        ("unsigned_worker", SOCIAL_CARE, {"signed_on": None}),
        ("bound_worker", SOCIAL_CARE, {"binding_demanded": True}),
        ("housing_officer", HOUSING, {}),
        ("emergency_nurse", HOSPITAL, {}),
        ("club_leader", UNACCREDITED, {}),
        ("override_holder", known["teacher"].agency, {"may_override": True}),
        ("second_manager", known["manager"].agency, {"role": Role.MANAGEMENT_TEAM}),
        ("double_manager", known["manager"].agency, _DOUBLE),
        ("same_manager", known["manager"].agency, _DOUBLE),  # the same person's other account
        ("suspended_manager", known["manager"].agency, _suspended(Role.MANAGEMENT_TEAM)),
        ("supervisor", SOCIAL_CARE, {"may_supervise": True}),
        ("second_supervisor", SOCIAL_CARE, {"may_supervise": True}),
        ("schools_supervisor", SCHOOLS, {"may_supervise": True}),
        ("team_supervisor", known["manager"].agency, _LEADS),
        ("suspended_supervisor", SOCIAL_CARE, _suspended(Role.PRACTITIONER, may_supervise=True)),
        ("schools_auditor", known["schools_feed"].agency, {"role": Role.AUDITOR}),
        ("second_auditor", known["auditor"].agency, {"role": Role.AUDITOR}),
        ("double_auditor", known["auditor"].agency, _DOUBLE_AUDITOR),
        ("same_auditor", known["auditor"].agency, _DOUBLE_AUDITOR),  # the other account
        ("suspended_auditor", known["auditor"].agency, _suspended(Role.AUDITOR)),
        ("suspended_feed", known["schools_feed"].agency, _suspended(Role.SUPPLIER)),
        ("second_feed", known["schools_feed"].agency, {"role": Role.SUPPLIER}),
    )
    for name, agency, differs in rows:
        known[name] = beside(known, name, agency, **differs)
    return known


def _suspended(role: Role, **more: object) -> dict[str, object]:
    return {"role": role, "state": AccountState.SUSPENDED, **more}


def agency_ids() -> set[UUID]:
    """Return the ids of every agency there is."""
    return {agency.id for agency in (*AGENCIES, *MORE_AGENCIES)}
