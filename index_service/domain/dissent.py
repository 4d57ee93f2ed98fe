"""A practitioner's mark that they disagree with what was decided about a child.

It says about what, and how to reach them; never why: that is for the case file.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from index_service.domain.involvement import Contact


class DissentAbout(StrEnum):
    """What is disagreed with."""

    NO_ASSESSMENT = "no_assessment"
    THRESHOLD_NOT_MET = "threshold_not_met"
    NO_CONFERENCE = "no_conference"
    PLAN_NOT_MADE = "plan_not_made"
    PLAN_TOO_SOON_ENDED = "plan_too_soon_ended"
    CLOSURE = "closure"
    LEAD_PROFESSIONAL = "lead_professional"
    PLACEMENT = "placement"
    RETURN_HOME = "return_home"
    INFORMATION_NOT_SHARED = "information_not_shared"


@dataclass(frozen=True, slots=True)
class Dissent:
    """One dissent. `agency` and `account` are ids of whoever recorded it."""

    id: UUID
    agency: str
    about: DissentAbout
    contact: Contact
    recorded: date
    account: str
