"""Asking the management team to bring a practitioner and a service together."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from index_service.domain.involvement import Service, TeamContact
from index_service.domain.matching.keys import Facts

_HOUR_S = 3600


class Urgency(StrEnum):
    """How soon the team must have answered."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"
    THREE_DAYS = "three_days"


DUE_S = {
    Urgency.EMERGENCY: _HOUR_S,
    Urgency.SAME_DAY: 8 * _HOUR_S,
    Urgency.THREE_DAYS: 72 * _HOUR_S,
}
"""Seconds from asking; nights and weekends count, for then there is the out-of-hours line."""


class Brokered(StrEnum):
    """What the team brought about."""

    PASSED_ON = "passed_on"  # the service has the request and will ring
    CONTACT_GIVEN = "contact_given"  # the service agreed to be named
    NOBODY_TO_BROKER = "nobody_to_broker"
    NOT_AGREED = "not_agreed"


class BrokeringAnswer(StrEnum):
    """What whoever asked is told: that there is nobody, and that nobody agreed, are one."""

    YOU_WILL_BE_CALLED = "you_will_be_called"
    CONTACT = "contact"
    NO_CONTACT_CAN_BE_MADE = "no_contact_can_be_made"


ANSWERS = {
    Brokered.PASSED_ON: BrokeringAnswer.YOU_WILL_BE_CALLED,
    Brokered.CONTACT_GIVEN: BrokeringAnswer.CONTACT,
    Brokered.NOBODY_TO_BROKER: BrokeringAnswer.NO_CONTACT_CAN_BE_MADE,
    Brokered.NOT_AGREED: BrokeringAnswer.NO_CONTACT_CAN_BE_MADE,
}


@dataclass(frozen=True, slots=True)
class ContactAsked:
    """A request to be brought together with whoever works with a child.

    The child is named by an id, which may be nobody's, or described by search facts.
    `service` None means any.
    """

    child_id: UUID | None
    facts: Facts | None
    service: Service | None
    urgency: Urgency
    call_back: TeamContact


@dataclass(frozen=True, slots=True)
class Agreed:
    """That a service agreed to be named: which involvement, by which account, on what day."""

    involvement_id: UUID
    by: UUID
    on: date
