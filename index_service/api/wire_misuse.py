"""Alerts on how the index is used, marks on records and rates by group, on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from index_service.api.wire import DayText, Id, Wire
from index_service.api.wire_matter import (
    PAGE_MAX,
    STEPS_MAX,
    MatterWord,
    Next,
    Seconds,
    StepShown,
)
from index_service.domain.alert import AlertOutcome
from index_service.domain.misuse.accesses import Mark

_Mark = Literal[Mark.CANARY, Mark.WELL_KNOWN]
_Count = Annotated[StrictInt, Field(ge=0)]
_Version = Annotated[StrictInt, Field(ge=1, description="Of all rules or explanations together.")]


class RuleShown(Wire):
    """A rule that spoke of an access, how loudly, and in which version it stood."""

    rule: Annotated[MatterWord, Field(description="The rule's name.")]
    points: Annotated[StrictInt, Field(ge=1, description="How loudly it spoke.")]
    version: _Version


class ExplanationShown(Wire):
    """Why accesses were made, as far as work explains them; null where nothing does."""

    by: Annotated[MatterWord | None, Field(description="The explanation that came first.")]
    version: _Version


class MisuseAlertListed(Wire):
    """One alert: whose use it is about, and which rules spoke. It names no child."""

    id: Id
    state: Annotated[MatterWord, Field(description="`waiting`, `taken` or `ended`.")]
    opened: Seconds
    since: DayText
    account_id: Annotated[
        Id | None, Field(description="Null where all of an agency's accounts stand out together.")
    ]
    agency_id: Id
    accesses: Annotated[_Count, Field(description="How many accesses it is about.")]
    rules: Annotated[list[RuleShown], Field(max_length=6)]


class MisuseAlerts(Wire):
    """A page of the alerts on misuse not concluded yet, newest first."""

    alerts: Annotated[list[MisuseAlertListed], Field(max_length=PAGE_MAX)]
    next: Next = None


class MisuseAlertShown(MisuseAlertListed):
    """One alert with the newest of its entries, by reference; opening them takes a case number."""

    entries: Annotated[list[Id], Field(max_length=8, description="Of the access log.")]
    explained: Annotated[list[ExplanationShown], Field(max_length=8)]
    outcome: Annotated[AlertOutcome | None, Field(description="Null while not concluded.")]
    steps: Annotated[list[StepShown], Field(max_length=STEPS_MAX)]


class MisuseConcluded(Wire):
    """What the officer made of an alert."""

    outcome: AlertOutcome


class MarkMade(Wire):
    """A record to be marked: as a canary, or as one everybody has heard of."""

    child_id: Id
    mark: Annotated[_Mark, Field(description="A shield is no mark: it is known already.")]


class MarkShown(MarkMade):
    """A record that is marked, since when."""

    id: Id
    since: Seconds


class Marks(Wire):
    """A page of the records that are marked, newest first."""

    marks: Annotated[list[MarkShown], Field(max_length=PAGE_MAX)]
    next: Next = None


class GroupRate(Wire):
    """How many accounts of a group were alerted on; null where a count is small."""

    group: Annotated[MatterWord, Field(description="What family names look to be of, roughly.")]
    accounts: Annotated[_Count | None, Field(description="Accounts of the group.")]
    alerted: Annotated[_Count | None, Field(description="Of those, with an alert.")]


class MisuseRates(Wire):
    """Whether staff of some group are alerted on more often than others. It names nobody."""

    groups: Annotated[list[GroupRate], Field(max_length=20)]
