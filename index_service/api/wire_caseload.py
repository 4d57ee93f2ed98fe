"""Caseloads on the wire: one's own, one's agency's, handed over; whether contacts worked."""

from typing import Annotated

from pydantic import Field, StrictBool

from index_service.api.wire import DayText, Id, NameText, Wire
from index_service.api.wire_child import Name
from index_service.api.wire_involvement import Contact
from index_service.api.wire_matter import Next
from index_service.api.wire_shown import InvolvementShown
from index_service.domain.caseload import HandedOver
from index_service.domain.contact_feedback import ContactOutcome
from index_service.domain.errors import Code, Invalid
from index_service.domain.stated import inside
from index_service.services.caseloads import PAGE_MAX, STAFF_MAX
from index_service.services.handing_over import HandOver

HANDED_OVER_MAX = 100


class CaseloadRow(Wire):
    """One involvement that goes on, of the asker's agency unless the asker is the team."""

    child_id: Id
    name: Name | None
    date_of_birth: DayText | None
    involvement: InvolvementShown
    practitioner_id: Annotated[Id | None, Field(description="Whose it is, if stated.")]
    practitioner: Annotated[NameText | None, Field(description="By name, where it is told.")]
    confirm_by: Annotated[
        DayText, Field(description="26 weeks after it was last confirmed, or began.")
    ]
    overdue: StrictBool
    contact_doubts: Annotated[
        list[ContactOutcome],
        Field(
            max_length=len(ContactOutcome),
            description="How its contact failed, where several people say so; never who.",
        ),
    ]


Rows = Annotated[list[CaseloadRow], Field(max_length=PAGE_MAX)]


class OwnInvolvements(Wire):
    """A page of the asker's own involvements, those to confirm first."""

    involvements: Rows
    next: Next = None


class Caseload(Wire):
    """A page of an agency's caseload, in an order of its own, or of one practitioner's."""

    agency_id: Id
    involvements: Rows
    next: Next = None


class CaseloadPractitioner(Wire):
    """A practitioner of the keeper's own agency."""

    practitioner_id: Id
    name: NameText


class CaseloadPractitioners(Wire):
    """A page of the practitioners behind the accounts of the keeper's own agency."""

    practitioners: Annotated[list[CaseloadPractitioner], Field(max_length=STAFF_MAX)]
    next: Next = None


class CaseloadHandedOver(Wire):
    """A worker leaves: these involvements go to another practitioner of the same agency."""

    from_practitioner_id: Id
    to_practitioner_id: Id
    involvement_ids: Annotated[list[Id], Field(min_length=1, max_length=HANDED_OVER_MAX)]
    contact: Annotated[
        Contact | None,
        Field(description="Whom to ring from now on; as the directory says unless stated."),
    ] = None

    def to_domain(self) -> HandOver:
        """Return the hand-over; Invalid to oneself, or of one involvement twice."""
        if self.to_practitioner_id == self.from_practitioner_id:
            raise Invalid(Code.FIELD_INVALID, "to_practitioner_id")
        if len(set(self.involvement_ids)) != len(self.involvement_ids):
            raise Invalid(Code.FIELD_INVALID, "involvement_ids")
        return HandOver(
            self.from_practitioner_id,
            self.to_practitioner_id,
            tuple(self.involvement_ids),
            None if self.contact is None else inside("contact", Contact.to_domain, self.contact),
        )


class HandOverLine(Wire):
    """What became of one involvement; whatever is not the keeper's to change is not there."""

    involvement_id: Id
    outcome: HandedOver


class HandOverLines(Wire):
    """What became of each involvement, in the order they were sent."""

    lines: Annotated[list[HandOverLine], Field(max_length=HANDED_OVER_MAX)]
