"""Requests to be told who looked, and the reports, on the wire: closed words, no narrative."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from consent.facts import AgencyKind, DisclosureClass, Purpose
from index_service.api.wire import DayText, Id, NameText, TitleText, Wire
from index_service.api.wire_matter import PAGE_MAX, Next, Seconds
from index_service.domain.dates import checked_past_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.looks import Detail, DetailGround
from index_service.domain.matter import MatterState
from index_service.domain.who_looked import (
    AskedBy,
    ChildsWish,
    Competence,
    Findings,
    GateRefusal,
    IdentityShown,
    JudgedBy,
    NotAskedBecause,
    OrdersFound,
    RightShown,
    SeriousHarm,
)
from index_service.services.auditing.who_looked import NOTICE, Requested

LINES_MAX = 100_000

Month = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
        max_length=7,
        examples=["2026-10"],
        description="In London.",
    ),
]
_Detail = Annotated[
    Detail,
    Field(
        description="How much is told of who looked. More than kinds takes a second person; of a "
        "shielded child, or one a sensitive service is known to, kinds only are told."
    ),
]
_Ground = Annotated[
    DetailGround | None, Field(description="Why more is told than kinds of agency.")
]


class _Found(Wire):
    asked_by: Annotated[AskedBy, Field(description="Who asks to be told.")]
    identity: Annotated[IdentityShown, Field(description="How it is known who they are.")]
    right: Annotated[RightShown, Field(description="By what it was shown to be theirs to ask.")]
    orders: Annotated[OrdersFound, Field(description="The strictest court order found.")]
    competence: Annotated[Competence, Field(description="Whether the child understands.")]
    judged_by: Annotated[
        JudgedBy | None, Field(description="As what somebody judged it; null: nobody did.")
    ] = None
    judged_on: Annotated[
        DayText | None, Field(description="On which day; it holds for 90 days.")
    ] = None
    wish: Annotated[ChildsWish, Field(description="What the child says to it.")]
    unasked_because: Annotated[
        NotAskedBecause | None, Field(description="Why the child was not asked, if not.")
    ] = None
    harm: Annotated[SeriousHarm, Field(description="Whether telling could do serious harm.")]
    detail: _Detail = Detail.KINDS
    detail_ground: _Ground = None


class WhoLookedAsked(_Found):
    """A request to be told who looked, as the desk found it."""

    def to_domain(self, today: date) -> Requested:
        """Return the request; Invalid where what was found does not fit together."""
        judged = self.competence in (Competence.SUFFICIENT, Competence.INSUFFICIENT)
        if judged is (self.judged_by is None):
            raise Invalid(Code.FIELD_INVALID, "judged_by")
        if judged is (self.judged_on is None):
            raise Invalid(Code.FIELD_INVALID, "judged_on")
        if (self.wish is ChildsWish.NOT_ASKED) is (self.unasked_because is None):
            raise Invalid(Code.FIELD_INVALID, "unasked_because")
        if (self.detail is Detail.KINDS) is (self.detail_ground is not None):
            raise Invalid(Code.FIELD_INVALID, "detail_ground")
        day = self.judged_on and checked_past_date(self.judged_on, today, "judged_on")
        findings = Findings(
            self.asked_by,
            self.identity,
            self.right,
            self.orders,
            self.competence,
            self.wish,
            self.harm,
            self.judged_by,
            day or None,
            self.unasked_because,
        )
        return Requested(findings, self.detail, self.detail_ground)


class WhoLookedRecorded(Wire):
    """A request as recorded: it waits for its release, or is refused, and why. Never told on."""

    id: Id
    state: Literal[MatterState.WAITING, MatterState.REFUSED]
    refusals: Annotated[list[GateRefusal], Field(max_length=len(GateRefusal))]


class WhoLookedRequest(_Found):
    """One request that waits for its release, with all the desk found."""

    request_id: Id
    child_id: Id
    recorded_by: Id
    recorded_at: Seconds
    due: Seconds


class WhoLookedRequests(Wire):
    """A page of requests, the most urgent first."""

    requests: Annotated[list[WhoLookedRequest], Field(max_length=PAGE_MAX)]
    next: Next = None


class WhoLookedRefused(Wire):
    """What stands against telling, which the findings did not say."""

    reason: Annotated[GateRefusal, Field(description="Never told to whoever asked.")]


class LookTold(Wire):
    """In one month, somebody of such an agency was shown facts of these classes, for a purpose.

    Of the management team and the auditors it is told that they looked, and nothing else.
    """

    month: Month
    agency_kind: AgencyKind
    agency: TitleText | None
    practitioner: NameText | None
    purpose: Purpose | None
    classes: Annotated[list[DisclosureClass], Field(max_length=len(DisclosureClass))]


class WhoLookedReport(Wire):
    """Who looked at a child's record, in months that are over; no counts, no days."""

    request_id: Id
    until: Annotated[Month, Field(description="The last month it covers.")]
    detail: _Detail
    looks: Annotated[list[LookTold], Field(max_length=LINES_MAX)]
    notice: Annotated[Literal[NOTICE], Field(description="The same in every report.")]  # type: ignore[valid-type]  # a constant, shown whole
