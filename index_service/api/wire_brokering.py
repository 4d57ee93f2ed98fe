"""Requests to be brought together with a service, on the wire."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from index_service.api.wire import DayText, Id, TitleText, Wire
from index_service.api.wire_involvement import Contact, TeamContact
from index_service.api.wire_lookup import LookupAsked, NextStep
from index_service.api.wire_matter import PAGE_MAX, STEPS_MAX, Next, Seconds, StepShown
from index_service.domain import brokering
from index_service.domain.brokering import Brokered, BrokeringAnswer, Urgency
from index_service.domain.dates import checked_past_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Service
from index_service.domain.matter import MatterState
from index_service.domain.stated import inside

_State = Literal[MatterState.WAITING, MatterState.TAKEN, MatterState.ANSWERED]


class ContactRequestMade(Wire):
    """A request to be rung by, or told of, whoever works with a child.

    The child is named by an id, or described by what is known of them where nothing was
    found. Without a service, any.
    """

    child_id: Id | None = None
    lookup: LookupAsked | None = None
    service: Service | None = None
    urgency: Urgency
    call_back: Annotated[TeamContact, Field(description="Whom the service is to ring.")]

    def to_domain(self, today: date) -> brokering.ContactAsked:
        """Return the checked request; Invalid unless the child is stated in one way."""
        if self.child_id is None and self.lookup is None:
            raise Invalid(Code.FIELD_MISSING, "child_id")
        if self.child_id is not None and self.lookup is not None:
            raise Invalid(Code.FIELD_INVALID, "lookup")
        facts = None
        if self.lookup is not None:
            facts = inside("lookup", lambda asked: asked.to_domain(today), self.lookup)
        return brokering.ContactAsked(
            self.child_id,
            facts,
            self.service,
            self.urgency,
            inside("call_back", TeamContact.to_domain, self.call_back),
        )


class ContactRequested(NextStep):
    """A request is with the team until it is answered; out of hours, ring the broker's line."""

    id: Id
    due: Seconds


class ContactReleased(Wire):
    """A service that agreed to be named, and whom to ring there."""

    agency: TitleText | Literal[""]
    service: Service
    contact: Contact


class AgreedShown(Wire):
    """Who agreed to be named, for which involvement, on what day."""

    involvement_id: Id
    by_account_id: Id
    on: DayText


class BrokeringShown(Wire):
    """What the team handles a request by."""

    account_id: Id
    agency_id: Id
    call_back: TeamContact
    lookup: LookupAsked | None
    overdue: StrictBool
    outcome: Brokered | None
    agreed: AgreedShown | None
    steps: Annotated[list[StepShown], Field(max_length=STEPS_MAX)]


class ContactRequestListed(Wire):
    """How far a request has come."""

    id: Id
    state: _State
    urgency: Urgency
    service: Service | None
    child_id: Id | None
    opened: Seconds
    due: Seconds


class ContactRequestShown(ContactRequestListed):
    """One request. `contact` where a service agreed, for as long as it may be told."""

    answer: BrokeringAnswer | None
    contact: ContactReleased | None
    team: Annotated[BrokeringShown | None, Field(description="For the management team alone.")] = (
        None
    )


class ContactRequests(Wire):
    """A page of requests, the most urgent first."""

    requests: Annotated[list[ContactRequestListed], Field(max_length=PAGE_MAX)]
    next: Next = None


class ContactRequestAnswered(Wire):
    """What the team brought about. A contact is given where a service agreed, by whom and when."""

    outcome: Brokered
    involvement_id: Id | None = None
    agreed_by: Annotated[
        Id | None, Field(description="The account, of that service's agency, that agreed.")
    ] = None
    agreed_on: DayText | None = None

    def to_domain(self, today: date) -> tuple[Brokered, brokering.Agreed | None]:
        """Return the outcome and who agreed; Invalid unless the two go together."""
        stated = (self.involvement_id, self.agreed_by, self.agreed_on)
        names = ("involvement_id", "agreed_by", "agreed_on")
        gives = self.outcome is Brokered.CONTACT_GIVEN
        for name, value in zip(names, stated, strict=True):
            if gives and value is None:
                raise Invalid(Code.FIELD_MISSING, name)
            if not gives and value is not None:
                raise Invalid(Code.FIELD_INVALID, name)
        if self.involvement_id is None or self.agreed_by is None or self.agreed_on is None:
            return self.outcome, None
        day = checked_past_date(self.agreed_on, today, "agreed_on")
        return self.outcome, brokering.Agreed(self.involvement_id, self.agreed_by, day)
