"""Notices to agencies and alerts to the management team, on the wire."""

from typing import Annotated

from pydantic import Field

from index_service.api.wire import DayText, Id, PhoneText, Wire
from index_service.api.wire_matter import (
    PAGE_MAX,
    STEPS_MAX,
    MatterWord,
    Next,
    Seconds,
    StepShown,
)
from index_service.api.wire_shown import SafeguardingLead
from index_service.api.wire_status import AuthorityText
from index_service.domain.alert import AlertOutcome


class NoticeShown(Wire):
    """Something an agency is told of: what it is, since which day, and about which child."""

    id: Id
    what: Annotated[MatterWord, Field(description="What it is, in one word.")]
    since: DayText
    child_id: Id | None


class Notices(Wire):
    """A page of what the asker's agency is told, newest first, and who answers for it there."""

    notices: Annotated[list[NoticeShown], Field(max_length=PAGE_MAX)]
    safeguarding_lead: SafeguardingLead
    next: Next = None


class AlertShown(NoticeShown):
    """Something the team is to look into; null where it concerns no account or no entry."""

    opened: Seconds
    due: Seconds | None
    account_id: Id | None
    mediator_account_id: Annotated[
        Id | None, Field(description="Who asked on that account's behalf, if anybody did.")
    ]
    entry_id: Id | None
    matter_id: Annotated[
        Id | None, Field(description="The override, or the request past its clock, it is about.")
    ]
    authority: Annotated[
        AuthorityText | None, Field(description="The other authority to speak with.")
    ] = None
    phone: Annotated[PhoneText | None, Field(description="Whom to ring there.")] = None
    reference: Annotated[
        Id | None,
        Field(description="What two teams speak of a record by: its finder's, nobody else's."),
    ] = None
    steps: Annotated[list[StepShown], Field(max_length=STEPS_MAX)]


class Alerts(Wire):
    """A page of the alerts not concluded yet, the most urgent first."""

    alerts: Annotated[list[AlertShown], Field(max_length=PAGE_MAX)]
    next: Next = None


class AlertConcluded(Wire):
    """What the team made of an alert."""

    outcome: AlertOutcome
