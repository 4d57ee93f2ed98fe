"""Use by own staff and open work, as supervisors see them on the wire."""

from typing import Annotated

from pydantic import Field, StrictInt

from consent.facts import Purpose, Role
from index_service.api.wire import DayText, Id, TitleText, Wire
from index_service.api.wire_matter import Next, Seconds
from index_service.api.wire_who_looked import Month
from index_service.domain.supervision import OpenKind
from index_service.services.auditing import open_work, supervising

_Count = Annotated[StrictInt, Field(ge=0)]
_Percent = Annotated[
    StrictInt | None,
    Field(
        ge=0,
        le=100,
        description="Of all these, how many while the agency's duty line was closed; null of none.",
    ),
]
StaffName = Annotated[
    TitleText | None, Field(description="Null where no practitioner is recorded.")
]
Until = Annotated[Seconds, Field(description="As far as the month was over, seconds of the epoch.")]


class _Counts(Wire):
    lookups: Annotated[_Count, Field(description="Lookups answered, each of a batch.")]
    reads: Annotated[_Count, Field(description="Reads answered, those under an override too.")]
    overrides: Annotated[_Count, Field(description="Overrides asked for, granted or not.")]
    refusals: Annotated[_Count, Field(description="Refused for something about the asker.")]
    misses: Annotated[_Count, Field(description="Of those answered: nothing was shown.")]
    out_of_hours_percent: _Percent


class UseByPurpose(_Counts):
    """Use for one purpose stated; null where none was."""

    purpose: Purpose | None


class AccountUse(_Counts):
    """How one account of the supervisor's own agency used the index. No child is named."""

    account_id: Id
    practitioner_name: StaffName
    role: Role
    by_purpose: Annotated[list[UseByPurpose], Field(max_length=len(Purpose) + 1)]
    unreadable: Annotated[_Count, Field(description="Entries missing or not opening: tell it.")]


class StaffUse(Wire):
    """A page of the accounts of the supervisor's own agency, with a month's use."""

    month: Month
    until: Until
    agency_id: Id
    accounts: Annotated[list[AccountUse], Field(max_length=supervising.PAGE_MAX)]
    next: Next = None


class LeftOpen(Wire):
    """One thing a team left open. `child_id` only where the supervisor's own reading shows it."""

    kind: OpenKind
    child_id: Id | None
    involvement_id: Annotated[Id | None, Field(description="Of one not confirmed.")]
    contact_request_id: Annotated[Id | None, Field(description="Of one unanswered.")]
    account_id: Annotated[Id | None, Field(description="Who asked for the contact.")]
    practitioner_id: Annotated[Id | None, Field(description="Whose involvement it is, if stated.")]
    since: Annotated[
        DayText, Field(description="Asked on; review was due on; last confirmed or begun on.")
    ]
    due: Annotated[Seconds | None, Field(description="When the team is to have answered.")]


class OpenWorkListed(Wire):
    """A page of what the supervisor's own team left open."""

    open: Annotated[list[LeftOpen], Field(max_length=open_work.PAGE_MAX)]
    next: Next = None
