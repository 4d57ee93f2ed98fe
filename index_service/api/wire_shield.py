"""Shields asked for, granted, reviewed and lifted, on the wire: closed words, no narrative."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from index_service.api.wire import DayText, Id, Wire
from index_service.api.wire_matter import PAGE_MAX, Next, Seconds
from index_service.domain.dates import checked_near_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.shield import (
    IdentityCheck,
    NewIdentityCause,
    ShieldAskedBy,
    ShieldGround,
    ShieldRefusal,
    ShieldRequestState,
    StatedBy,
    StatedGround,
)

_Review = Annotated[DayText, Field(description="A day to come, within a year.")]


def _to_come(text: str, today: date) -> date:
    review = checked_near_date(text, today, "review")
    if review <= today:
        raise Invalid(Code.DATE_OUT_OF_RANGE, "review")
    return review


class ShieldGranted(Wire):
    """A decision to shield: its ground, who asked, and the day it is looked at again."""

    ground: StatedGround
    asked_by: StatedBy
    review: _Review
    request_id: Annotated[
        Id | None, Field(description="The request it answers, if it was asked for here.")
    ] = None

    def to_domain(self, today: date) -> tuple[ShieldGround, ShieldAskedBy, date]:
        """Return ground, asker and the review day, which is to come."""
        return self.ground, self.asked_by, _to_come(self.review, today)


class ShieldReviewed(Wire):
    """A shield looked at again: it stands on, until the next day of review."""

    shield_id: Id
    review: _Review

    def day(self, today: date) -> date:
        """Return the next day of review, which is to come."""
        return _to_come(self.review, today)


class ShieldLifted(Wire):
    """A decision to lift one shield; the record stays shielded while another stands."""

    shield_id: Id


class ShieldAsked(Wire):
    """A request that a record be shielded, by whom, and how that is known."""

    ground: StatedGround
    asked_by: StatedBy
    identity_checked: Annotated[
        IdentityCheck, Field(description="How it was made sure who asks for it.")
    ]
    can_be_contacted: Annotated[
        Literal[True],
        Field(description="Whoever asks can be reached; a request by somebody who cannot is none."),
    ]


class ShieldRefused(Wire):
    """Why a shield is not granted."""

    reason: ShieldRefusal


class ShieldRequestShown(Wire):
    """One request for a shield, and how far it has come."""

    request_id: Id
    child_id: Id
    ground: ShieldGround
    asked_by: ShieldAskedBy
    identity_checked: IdentityCheck
    state: ShieldRequestState
    asked_at: Seconds
    due: Seconds
    sent_by: Annotated[Id, Field(description="The account that sent it.")]
    refusal: ShieldRefusal | None


class ShieldRequests(Wire):
    """A page of requests for shields."""

    requests: Annotated[list[ShieldRequestShown], Field(max_length=PAGE_MAX)]
    next: Next = None


class IdentityClosed(Wire):
    """A decision to close a child's identity, the first of two requests on different days."""

    cause: NewIdentityCause
