"""Whether contacts worked, on the wire: what was said, contacts in doubt, figures."""

from typing import Annotated

from pydantic import Field, StrictInt

from consent.facts import AgencyKind
from index_service.api.wire import Wire
from index_service.api.wire_caseload import Rows
from index_service.api.wire_matter import Next
from index_service.api.wire_who_looked import Month
from index_service.domain.contact_feedback import ContactOutcome

_Count = Annotated[
    StrictInt | None, Field(ge=0, description="Null where it is small, or would tell a small one.")
]


class ContactFeedbackSaid(Wire):
    """What came of using the contact. Whoever says so is never told on."""

    outcome: ContactOutcome


class DoubtfulContacts(Wire):
    """A page of involvements whose contact is in doubt: of the own agency, or all for the team."""

    contacts: Rows
    next: Next = None


class OutcomeCount(Wire):
    """How often one thing was said."""

    outcome: ContactOutcome
    count: _Count


class KindOfContacts(Wire):
    """What was said of contacts of one kind of agency."""

    agency_kind: AgencyKind
    said: _Count
    outcomes: Annotated[list[OutcomeCount], Field(max_length=len(ContactOutcome))]


class ContactFigures(Wire):
    """How often contacts worked in a month, by kind of agency; no child, no practitioner."""

    month: Month
    kinds: Annotated[list[KindOfContacts], Field(max_length=len(AgencyKind))]
