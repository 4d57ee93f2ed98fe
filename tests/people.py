"""People the stories need beside the demo's personas: a colleague, a suspended one, others."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from consent.facts import AccountState, AgencyKind, Role
from demo.personas import AGENCIES, SOCIAL_CARE, Persona, made_id, personas
from index_service.domain.directory import Account, Agency

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


def everybody(today: date) -> dict[str, Persona]:
    """Return the demo's personas and ours, by name."""
    known = personas(today)
    pattern = known["social_worker"]
    rows: tuple[tuple[str, Agency, dict[str, object]], ...] = (
        ("colleague", SOCIAL_CARE, {}),  # another account of the social worker's own agency
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
        ("suspended_manager", known["manager"].agency, _suspended(Role.MANAGEMENT_TEAM)),
        ("suspended_feed", known["schools_feed"].agency, _suspended(Role.SUPPLIER)),
        ("second_feed", known["schools_feed"].agency, {"role": Role.SUPPLIER}),
    )
    for name, agency, differs in rows:
        account = replace(
            pattern.account,
            id=made_id(f"account of {name}"),
            agency_id=agency.id,
            **differs,  # type: ignore[arg-type]  # fields of an account, by name
        )
        known[name] = _persona(name, agency, account)
    return known


def _suspended(role: Role) -> dict[str, object]:
    return {"role": role, "state": AccountState.SUSPENDED}


def _persona(name: str, agency: Agency, account: Account) -> Persona:
    subject = f"northmere-{name.replace('_', '-')}"
    return Persona(name, name.replace("_", " "), subject, agency, account)


def agency_ids() -> set[UUID]:
    """Return the ids of every agency there is."""
    return {agency.id for agency in (*AGENCIES, *MORE_AGENCIES)}
