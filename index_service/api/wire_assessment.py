"""Common assessments on the wire: closed, handed on, offered, due for review."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from index_service.api.wire import DayText, Id, Wire
from index_service.api.wire_child import Name
from index_service.api.wire_involvement import Contact
from index_service.api.wire_shown import AssessmentShown
from index_service.api.wire_status import AuthorityText
from index_service.domain import involvement as domain
from index_service.domain.dates import checked_past_date
from index_service.domain.stated import inside
from index_service.services.due import PAGE_MAX


class AssessmentClosed(Wire):
    """Why an assessment is closed, and its last day: today unless stated."""

    reason: domain.CafClosure
    closed: DayText | None = None

    def to_domain(self, today: date) -> tuple[domain.CafClosure, date]:
        """Return the reason and the day, which has come."""
        day = today if self.closed is None else checked_past_date(self.closed, today, "closed")
        return self.reason, day


class AssessmentReassigned(Wire):
    """The agency that holds the assessment from today on, and whom to ring there."""

    agency_id: Id
    contact: Contact

    def to_domain(self) -> tuple[UUID, domain.Contact]:
        """Return the agency and its checked contact."""
        return self.agency_id, inside("contact", Contact.to_domain, self.contact)


class TransferOffered(Wire):
    """The authority an assessment is offered to."""

    authority: AuthorityText


class AssessmentDue(AssessmentShown):
    """An assessment to be reviewed, and whose it is."""

    child_id: Id
    name: Name
    date_of_birth: DayText
    offered_to: AuthorityText | None


class AssessmentsDue(Wire):
    """A page of assessments whose review is due within 28 days, or past."""

    assessments: Annotated[list[AssessmentDue], Field(max_length=PAGE_MAX)]
    next: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$", max_length=200)]
