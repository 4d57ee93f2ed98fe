"""A practitioner's flag that they work with a child: it begins, is confirmed, ceases.

An involvement says "I am taking action with this child and may have important
information to share" (guidance 3.28) and how to reach the team; it holds no content.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from consent.facts import SENSITIVE_KINDS, AgencyKind
from index_service.domain.contact_feedback import Reports

REVIEW_AFTER = timedelta(weeks=12)  # the longest a team around the child leaves between two


class Service(StrEnum):
    """What kind of service is involved. Closed; sensitivity follows from it."""

    SCHOOL = "school"
    EARLY_YEARS = "early_years"
    HEALTH_VISITING = "health_visiting"
    SCHOOL_NURSING = "school_nursing"
    GENERAL_PRACTICE = "general_practice"
    HOSPITAL = "hospital"
    SOCIAL_CARE = "social_care"
    EARLY_HELP = "early_help"
    EDUCATION_WELFARE = "education_welfare"
    SPECIAL_NEEDS = "special_needs"
    POLICE = "police"
    PROBATION = "probation"
    YOUTH_JUSTICE = "youth_justice"
    HOUSING = "housing"
    VOLUNTARY = "voluntary"
    MENTAL_HEALTH = "mental_health"
    SEXUAL_HEALTH = "sexual_health"
    SUBSTANCE_MISUSE = "substance_misuse"


SENSITIVE_SERVICES = frozenset(
    {Service.MENTAL_HEALTH, Service.SEXUAL_HEALTH, Service.SUBSTANCE_MISUSE}
)


class Day(StrEnum):
    """Days of the week as hours name them."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


@dataclass(frozen=True, slots=True)
class Hours:
    """When a line is answered: days, and local time as HH:MM in Europe/London."""

    days: tuple[Day, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class TeamContact:
    """The team is mandatory: people leave, teams answer."""

    name: str
    phone: str
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonContact:
    """A named practitioner, when the agency gives one."""

    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ring. `ask_for_duty`: the person is not to be asked for by name."""

    team: TeamContact
    person: PersonContact | None = None
    ask_for_duty: bool = False


@dataclass(frozen=True, slots=True)
class Involvement:
    """One service's involvement with one child. `agency` is the recording agency's id.

    `reports` is what those who used the contact said of it; another contact has none.
    """

    id: UUID
    agency: str
    agency_kind: AgencyKind
    service: Service
    contact: Contact
    began: date
    ceased: date | None = None
    confirmed: date | None = None
    practitioner: str | None = None
    consent_in_force: bool = False
    reports: Reports = ()

    @staticmethod
    def is_sensitive(service: Service | None, agency_kind: AgencyKind | None) -> bool:
        """Sexual health, mental health, substance misuse, by service or by provider."""
        return service in SENSITIVE_SERVICES or agency_kind in SENSITIVE_KINDS


class CafClosure(StrEnum):
    """Why a common assessment was closed: the four reasons local practice knows."""

    NEEDS_MET = "needs_met"
    FAMILY_DISENGAGED = "family_disengaged"
    MOVED_AUTHORITY = "moved_authority"
    MOVED_TO_SOCIAL_CARE = "moved_to_social_care"


class CafState(StrEnum):
    """How an agency's assessment stands."""

    OPEN = "open"
    CLOSED = "closed"
    HANDED_ON = "handed_on"  # joined to one its new holder held already: there no more


@dataclass(frozen=True, slots=True)
class CafStatus:
    """That a common assessment is held, by whom, since when. Never the assessment.

    `agency` is whoever holds it now and `held_since` the day it came to them. `offered_to`
    names the authority it was offered to, "" if to none. `refused` is the number of the
    child's last consent when the family's refusal came along with it: only a consent given
    to its holder since then counts; 0 if none did.
    """

    agency: str
    contact: Contact
    held_since: date
    closed: date | None = None
    id: UUID | None = None
    review_due: date | None = None
    closure: CafClosure | None = None
    offered_to: str = ""
    offered_on: date | None = None
    refused: int = 0
    handed_on: bool = False

    def state(self) -> CafState:
        """Return how it stands."""
        if self.handed_on:
            return CafState.HANDED_ON
        return CafState.CLOSED if self.closed else CafState.OPEN

    def review_day(self) -> date:
        """Return the day it is to be reviewed by, stated or not."""
        return self.review_due or self.held_since + REVIEW_AFTER


@dataclass(frozen=True, slots=True)
class LeadProfessional:
    """Who leads for the child, and how to reach them."""

    agency: str
    agency_kind: AgencyKind
    contact: Contact
    since: date
    id: UUID | None = None


def standing(held: Iterable[CafStatus]) -> CafStatus | None:
    """Return the one of several assessments to act on: an open one, and the one held last."""
    return max(
        held,
        key=lambda caf: (caf.state() is CafState.OPEN, caf.held_since, caf.agency),
        default=None,
    )
