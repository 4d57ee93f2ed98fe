"""What the builds compared with ours share: question, answer, and the order of the search.

The models have the contract's fields without its patterns: they cost time, and a build
that governs nothing would not have them.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from consent.facts import InvolvementLevel
from demo.personas import AGENCIES
from index_service.domain import disclosure
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.involvement import (
    Contact,
    Day,
    Hours,
    Involvement,
    PersonContact,
    TeamContact,
)
from index_service.domain.matching.grade import TIER_1_SUFFICES_BITS, Graded, rank
from index_service.domain.matching.keys import Facts
from index_service.domain.matching.score import Candidate, PreparedQuery, Score, prepare
from index_service.services.views import shown_front_door

Told = tuple[Involvement, InvolvementLevel]


class Asked(BaseModel):
    """What is known of the child looked for."""

    given_name: str = ""
    middle_names: str = ""
    family_name: str = ""
    date_of_birth: date | None = None
    gender: Gender | None = None
    postcode: str = ""
    house: str = ""
    nhs_number: str | None = None

    def facts(self) -> Facts:
        """Return the question as the matcher takes it."""
        number = self.nhs_number
        return Facts(
            names=(PersonName(self.family_name, self.given_name, self.middle_names),),
            date_of_birth=self.date_of_birth,
            postcode=self.postcode,
            house=self.house,
            identifiers={IdentifierScheme.NHS_NUMBER: number} if number else {},
            gender=self.gender,
        )


class Name(BaseModel):
    """A name."""

    given_name: str | None
    middle_names: str | None
    family_name: str


class HoursShown(BaseModel):
    """When a line is answered."""

    days: list[str]
    opens: str
    closes: str


class Team(BaseModel):
    """The team to ring."""

    name: str
    phone: str
    hours: list[HoursShown]


class Worker(BaseModel):
    """The practitioner to ask for."""

    name: str
    phone: str | None
    email: str | None


class ContactShown(BaseModel):
    """Whom to ring."""

    team: Team
    person: Worker | None
    ask_for_duty: bool


class InvolvementShown(BaseModel):
    """A service involved with a child."""

    involvement_id: UUID
    agency: str
    agency_kind: str
    service: str
    contact: ContactShown
    began: date
    ceased: date | None
    last_confirmed: date | None


class ChildShown(BaseModel):
    """One child found."""

    child_id: UUID
    restricted: bool
    name: Name
    date_of_birth: date
    gender: Gender
    carers: list[Name]
    identifiers: dict[str, str | None]
    involvements: list[InvolvementShown] | None = None
    assessment: dict[str, Any] | None = None
    lead_professional: dict[str, Any] | None = None


class Why(BaseModel):
    """How far one field agrees."""

    field: str
    level: str


class Match(BaseModel):
    """One child found, how surely and why."""

    grade: str
    score_bits: float
    why: list[Why]
    child: ChildShown


class Lead(BaseModel):
    """The named lead of an agency."""

    name: str
    phone: str


class FrontDoor(BaseModel):
    """An agency's duty line."""

    agency: str
    agency_kind: str
    duty_phone: str
    hours: list[HoursShown]
    safeguarding_lead: Lead
    out_of_hours_phone: str | None


class Coverage(BaseModel):
    """Whether a kind of agency feeds the index."""

    agency_kind: str
    feeds: bool
    as_of: date | None


class Answer(BaseModel):
    """What a lookup came to."""

    outcome: str
    matches: list[Match]
    agreement_version: int
    coverage: list[Coverage]
    front_doors: list[FrontDoor]
    broker: FrontDoor | None


Found = tuple[Any, PreparedQuery, Candidate, Score]
"""A row that has `child_id`, and how it was compared."""


async def graded(
    asked: Facts, tier: Callable[[PreparedQuery, int], Awaitable[list[Found]]]
) -> list[Graded[Any]]:
    """Ask tier 1, and tier 2 where that shows little, as the governed search does."""
    query = prepare(asked)
    found = await tier(query, 1)
    if max((one[3].bits for one in found), default=0.0) < TIER_1_SUFFICES_BITS:
        known = {one[0].child_id for one in found}
        found += [one for one in await tier(query, 2) if one[0].child_id not in known]
    found.sort(key=lambda one: one[0].child_id)
    return rank(found)


def contact_of(text: str) -> Contact:
    """Read a contact as both builds keep it: the JSON it is shown as."""
    contact = json.loads(text)
    team, person = contact["team"], contact["person"]
    hours = tuple(
        Hours(tuple(Day(day) for day in line["days"]), line["opens"], line["closes"])
        for line in team["hours"]
    )
    return Contact(
        TeamContact(team["name"], team["phone"], hours),
        PersonContact(person["name"], person["phone"], person["email"]) if person else None,
        contact["ask_for_duty"],
    )


def next_step() -> dict[str, Any]:
    """Return what stands in every answer, made once at the start."""
    doors = [FrontDoor.model_validate(shown_front_door(agency)) for agency in AGENCIES]
    kinds = sorted({agency.kind.value for agency in AGENCIES})
    return {
        "agreement_version": 1,
        "coverage": [Coverage(agency_kind=kind, feeds=False, as_of=None) for kind in kinds],
        "front_doors": doors,
        "broker": doors[0],
    }


def shown_match(one: Graded[Any], child: dict[str, Any], found: list[Told]) -> Match:
    """Return one match; `child` holds the fields of the record as ChildShown names them."""
    agencies = {str(agency.id): agency.name for agency in AGENCIES}
    child["involvements"] = [
        disclosure.shown_involvement(each, agencies[each.agency], level) for each, level in found
    ]
    return Match.model_validate(
        {
            "grade": one.grade.value,
            "score_bits": round(one.score.bits * 10) / 10,
            "why": [
                {"field": each.field.value, "level": each.level.value} for each in one.score.fields
            ],
            "child": child,
        }
    )
