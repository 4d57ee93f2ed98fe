"""The terms of a compiled agreement: the shape of each part once it is understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consent.facts import (
    AccessReason,
    Action,
    AgencyKind,
    DisclosureClass,
    InvolvementLevel,
    Purpose,
    Role,
    SecondPerson,
)

ActionsByHolder = Mapping[tuple[Role, AgencyKind], frozenset[Action]]
PurposesByHolder = Mapping[tuple[Role, AgencyKind, Action], frozenset[Purpose]]
ReasonsByPurpose = Mapping[Purpose, frozenset[AccessReason]]
ClassesByKind = Mapping[tuple[AgencyKind, Action], frozenset[DisclosureClass]]
LevelsByKinds = Mapping[tuple[AgencyKind, AgencyKind], InvolvementLevel]
LevelsOfAgencies = Mapping[tuple[AgencyKind, str], InvolvementLevel]


class CoverageMode(StrEnum):
    """Which children an index holds a record of, fewer first."""

    INVOLVED_ONLY = "involved_only"  # those an agency is involved with
    UNIVERSAL = "universal"


class CafTelling(StrEnum):
    """What it takes to tell that a common assessment is held, more first."""

    EXPRESS = "express"  # consent to tell, given and in force
    NOT_REFUSED = "not_refused"


@dataclass(frozen=True, slots=True)
class Instrument:
    """The law or decision a gateway rests on, and its date."""

    title: str
    dated: date


@dataclass(frozen=True, slots=True)
class InForce:
    """The days something is in force, the first and the last included; no last day, no end."""

    begins: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Say whether this day is one of them."""
        return self.begins <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class OverrideTerms:
    """Who may override a shield by statute, and when somebody else must agree.

    `approvers` are the kinds of agency whose practitioners with the right may approve.
    """

    statutory_kinds: frozenset[AgencyKind]
    statutory_purposes: frozenset[Purpose]
    second_person: SecondPerson
    second_person_statutory: SecondPerson
    approvers: frozenset[AgencyKind]

    def on_statutory_route(self, kind: AgencyKind, purpose: Purpose | None) -> bool:
        """Say whether this purpose is a statutory task of this kind of agency."""
        return kind in self.statutory_kinds and purpose in self.statutory_purposes

    def terms(self, kind: AgencyKind, purpose: Purpose | None) -> SecondPerson:
        """Return when somebody else must agree to what a practitioner of this kind asks for."""
        on_route = self.on_statutory_route(kind, purpose)
        return self.second_person_statutory if on_route else self.second_person


@dataclass(frozen=True, slots=True)
class MediationTerms:
    """Which kinds of agency may ask through another, and which may do it for them."""

    mediators: frozenset[AgencyKind]
    requesters: frozenset[AgencyKind]


@dataclass(frozen=True, slots=True)
class SubscriptionTerms:
    """Who is told to ask again about a child without an involvement of their agency's own.

    `across`: by the id of another authority, the kinds of agency there that are told at all.
    """

    without_involvement: frozenset[AgencyKind]
    across: Mapping[str, frozenset[AgencyKind]]


@dataclass(frozen=True, slots=True)
class NamedAgency:
    """What one agency by name is denied that others of its kind are given."""

    withheld: frozenset[DisclosureClass]
    level: InvolvementLevel  # at most, of other agencies' involvements
    closed: frozenset[Purpose]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one account may ask in a day before it is stopped (consent/budget.py).

    Counted are different questions, different children shown, those of them that nothing
    explains, and children shown under one case reference.
    """

    searches_a_day: int
    children_a_day: int
    unexplained_a_day: int
    children_of_a_reference: int


def lesser_level(*levels: InvolvementLevel) -> InvolvementLevel:
    """Return the least of these levels; all of an entry if there is none."""
    return min(levels, key=tuple(InvolvementLevel).index, default=InvolvementLevel.CONTENT)
