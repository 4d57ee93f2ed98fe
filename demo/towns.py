"""The three authorities of the demo's region: their people, their agreements, what each lets the
others see.

Northmere begins with the default agreement, Camfield with its own, Eastbrook with a third:
stricter about other authorities than about its own people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from consent.agreement import default_document
from consent.facts import AgencyKind
from demo.personas import ALWAYS, NIGHT_LINE, Persona, made_id
from index_service.domain.directory import Agency
from index_service.federation.naming import agency_of

REGION: Final = "vale"
NORTHMERE, CAMFIELD, EASTBROOK = "northmere", "camfield", "eastbrook"
CAMFIELDS_OWN: Final = Path(__file__).with_name("agreement_camfield.json")
_NORTHMERE_TITLE: Final = "Northmere"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an agreement lets another authority see: its mode, and the purposes closed to it."""

    mode: str
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Town:
    """One authority: its short name, its title, and what it lets each of the others see."""

    name: str
    title: str
    area: str  # the postcode area it is responsible for
    extension: str
    others: Mapping[str, Seen]

    @property
    def audience(self) -> str:
        """Whom its tokens are for."""
        return f"https://index.{self.name}.example"

    def agency(self) -> Agency:
        """Return the authority as another's agency: whom to ring where no more is told."""
        return Agency(
            id=agency_of(REGION, self.name),
            name=f"{self.title} Childrens Services Authority",
            kind=AgencyKind.AUTHORITY,
            duty_phone=f"+441632960{self.extension}0",
            hours=ALWAYS,
            lead_name="Designated safeguarding lead",
            lead_phone=f"+441632960{self.extension}1",
            accredited=True,
            out_of_hours=NIGHT_LINE,
        )


TOWNS: Final = {
    each.name: each
    for each in (
        Town(
            NORTHMERE,
            "Northmere",
            "NM",
            "80",
            {CAMFIELD: Seen("content"), EASTBROOK: Seen("contact")},
        ),
        Town(
            CAMFIELD,
            "Camfield",
            "CF",
            "81",
            {NORTHMERE: Seen("content"), EASTBROOK: Seen("existence")},
        ),
        Town(
            EASTBROOK,
            "Eastbrook",
            "EB",
            "82",
            {
                NORTHMERE: Seen("contact", ("promote_welfare",)),
                CAMFIELD: Seen("existence"),
            },
        ),
    )
}


def agreement_of(town: Town) -> dict[str, Any]:
    """Return the sharing agreement an authority begins with, the others named in it."""
    document = _own_terms(town)
    document["named"] = [
        {
            "agencies": [str(agency_of(REGION, other))],
            "classes_withheld": [],
            "level_max": seen.mode,
            "purposes_closed": list(seen.closed),
        }
        for other, seen in town.others.items()
    ]
    return document


def _own_terms(town: Town) -> dict[str, Any]:
    if town.name == CAMFIELD:
        own: dict[str, Any] = json.loads(CAMFIELDS_OWN.read_text("utf-8"))
        return own
    document: dict[str, Any] = default_document()
    if town.name == EASTBROOK:
        document["name"] = "Eastbrook sharing agreement"
        document["check_years_max"] = 2
        document["sensitive"]["brokered_told_to"] = ["social_care"]
    return document


def neighbours(town: Town) -> tuple[Agency, ...]:
    """Return the other authorities as agencies of this one's directory."""
    return tuple(TOWNS[other].agency() for other in town.others)


def people_of(town: Town, known: Mapping[str, Persona]) -> dict[str, Persona]:
    """Return the same people as they work in another authority, each with ids of their own."""
    if town.name == NORTHMERE:
        return dict(known)
    return {name: _moved(town, persona) for name, persona in known.items()}


def agency_in(town: Town, agency: Agency) -> Agency:
    """Return one of Northmere's agencies as it is in another authority."""
    if town.name == NORTHMERE:
        return agency
    name = agency.name.replace(_NORTHMERE_TITLE, town.title)
    return replace(agency, id=made_id(name), name=name)


def _moved(town: Town, persona: Persona) -> Persona:
    agency = agency_in(town, persona.agency)
    subject = persona.subject.replace(NORTHMERE, town.name)
    known_as = persona.account.practitioner_id
    account = replace(
        persona.account,
        id=made_id(f"account of {subject}"),
        agency_id=agency.id,
        practitioner_id=known_as and made_id(f"{known_as} in {town.title}"),
    )
    return Persona(persona.name, persona.title, subject, agency, account)
