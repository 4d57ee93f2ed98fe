"""The people and systems of the demo: their agencies, and their accounts as the index keeps them.

Everything is invented. Telephone numbers are from the range kept free for drama.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from consent.facts import AccountState, AgencyKind, Role
from index_service.domain.directory import Account, Agency, Practitioner
from index_service.domain.involvement import Day, Hours, TeamContact

WEEKDAYS = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)
OFFICE_HOURS = (Hours(WEEKDAYS, "08:30", "17:30"),)
ALWAYS = (Hours(tuple(Day), "00:00", "23:59"),)
SCHOOL_HOURS = (Hours(WEEKDAYS, "08:00", "16:00"),)
NIGHT_LINE = "+441632960999"
CHECKED_DAYS_AGO = 400
TRAINED_DAYS_AGO = 120
SIGNED_DAYS_AGO = 60
LAPSED = "lapsed_nurse"
SUPERVISOR = "supervisor"
LAPSED_DAYS_AGO = 3 * 366 + 40  # a check counts for three years
KNOWN_AS = {
    "social_worker": "Marit Quoyle",
    "teacher": "Idris Fenwick",
    "health_visitor": "Sorrel Ashdown",
    "police_desk": "Berit Solane",
    "therapist": "Corvin Tarrow",
    SUPERVISOR: "Ottoline Reave",
}


@dataclass(frozen=True, slots=True)
class Persona:
    """One person or system of the demo: what its tokens say, and what the index knows."""

    name: str
    title: str
    subject: str
    agency: Agency
    account: Account


def made_id(name: str) -> UUID:
    """Return the demo's id for a name: the same in every run, in form as random as any."""
    return UUID(bytes=hashlib.sha256(f"index demo: {name}".encode()).digest()[:16], version=4)


def _agency(
    name: str, kind: AgencyKind, extension: str, hours: tuple[Hours, ...] = OFFICE_HOURS
) -> Agency:
    return Agency(
        id=made_id(name),
        name=name,
        kind=kind,
        duty_phone=f"+441632960{extension}0",
        hours=hours,
        lead_name="Designated safeguarding lead",
        lead_phone=f"+441632960{extension}1",
        accredited=True,
        front_door=True,
        out_of_hours="" if hours is ALWAYS else NIGHT_LINE,
    )


MANAGEMENT = _agency("Northmere Index Management Team", AgencyKind.AUTHORITY, "10")
SOCIAL_CARE = _agency("Northmere Childrens Social Care", AgencyKind.SOCIAL_CARE, "11", ALWAYS)
SCHOOLS = _agency("Northmere Primary School", AgencyKind.SCHOOL, "12", SCHOOL_HOURS)
HEALTH_VISITING = _agency("Northmere Health Visiting", AgencyKind.HEALTH_VISITING, "13")
SCHOOL_NURSING = _agency("Northmere School Nursing", AgencyKind.SCHOOL_NURSING, "14")
POLICE = _agency("Northmere Police Protection Desk", AgencyKind.POLICE, "15", ALWAYS)
LISTENING = replace(
    _agency("Northmere Listening Service", AgencyKind.MENTAL_HEALTH, "17"), front_door=False
)
AGENCIES = (MANAGEMENT, SOCIAL_CARE, SCHOOLS, HEALTH_VISITING, SCHOOL_NURSING, POLICE, LISTENING)


def personas(today: date) -> dict[str, Persona]:
    """Return every persona by name, with clearances dated from `today`."""
    works = Role.PRACTITIONER
    rows = (
        ("social_worker", "Social worker, assessment team", SOCIAL_CARE, works),
        ("teacher", "Class teacher", SCHOOLS, works),
        ("health_visitor", "Health visitor", HEALTH_VISITING, works),
        ("police_desk", "Police protection desk officer", POLICE, works),
        ("therapist", "Family therapist", LISTENING, works),
        (LAPSED, "School nurse whose check has lapsed", SCHOOL_NURSING, works),
        ("manager", "Index manager", MANAGEMENT, Role.MANAGEMENT_TEAM),
        ("deputy", "Deputy index manager", MANAGEMENT, Role.MANAGEMENT_TEAM),
        ("auditor", "Access auditor", MANAGEMENT, Role.AUDITOR),
        ("subject_desk", "Subject access desk officer", MANAGEMENT, Role.MANAGEMENT_TEAM),
        (SUPERVISOR, "Social work team manager", SOCIAL_CARE, works),
        ("schools_feed", "Schools feed", SCHOOLS, Role.SUPPLIER),
        ("health_feed", "Child health feed", HEALTH_VISITING, Role.SUPPLIER),
        ("case_system", "Social care case system", SOCIAL_CARE, Role.CASE_SYSTEM),
    )
    return {
        name: Persona(
            name=name,
            title=title,
            subject=f"northmere-{name.replace('_', '-')}",
            agency=agency,
            account=_account(name, agency, role, today),
        )
        for name, title, agency, role in rows
    }


def practising(known: dict[str, Persona]) -> dict[str, Persona]:
    """Return these people, those who work with children as practitioners of the directory too."""
    return {
        name: replace(
            persona, account=replace(persona.account, practitioner_id=made_id(f"known as {name}"))
        )
        if name in KNOWN_AS
        else persona
        for name, persona in known.items()
    }


def practitioners_of(known: dict[str, Persona]) -> Iterator[Practitioner]:
    """Yield who stands in the directory: each answered for by their agency's duty line."""
    for name, persona in known.items():
        who, agency = persona.account.practitioner_id, persona.agency
        if who is not None and name in KNOWN_AS:
            team = TeamContact(f"{agency.name} duty team", agency.duty_phone, agency.hours)
            yield Practitioner(who, agency.id, KNOWN_AS[name], team)


def beside(known: dict[str, Persona], name: str, agency: Agency, **differs: object) -> Persona:
    """Return somebody the story does not need: as the social worker, but for what differs."""
    account = replace(
        known["social_worker"].account,
        id=made_id(f"account of {name}"),
        agency_id=agency.id,
        **differs,  # type: ignore[arg-type]  # fields of an account, by name
    )
    subject = f"northmere-{name.replace('_', '-')}"
    return Persona(name, name.replace("_", " "), subject, agency, account)


def _account(name: str, agency: Agency, role: Role, today: date) -> Account:
    checked_days_ago = LAPSED_DAYS_AGO if name == LAPSED else CHECKED_DAYS_AGO
    return Account(
        id=made_id(f"account of {name}"),
        agency_id=agency.id,
        role=role,
        state=AccountState.ACTIVE,
        checked_on=today - timedelta(days=checked_days_ago),
        trained_on=today - timedelta(days=TRAINED_DAYS_AGO),
        signed_on=today - timedelta(days=SIGNED_DAYS_AGO),
        may_supervise=name == SUPERVISOR,
    )
