"""Consents, other bases and decisions not to share, on the wire: closed words and days."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from consent.facts import AgencyKind, Purpose
from index_service.api.wire import DayText, Id, Wire, shaped
from index_service.domain import shapes
from index_service.domain.consent_rules import Said
from index_service.domain.consenting import (
    REASONS_OF,
    BasisKind,
    BasisReason,
    ConsentFor,
    ConsentState,
    Giver,
    NotSharedReason,
    ReceiptKept,
    Understanding,
)
from index_service.domain.dates import checked_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Service
from index_service.services.bases import Decision, Withholding
from index_service.services.consenting import Terms

_Giver = Annotated[Giver, Field(description="Whose word it is.")]
_Understanding = Annotated[
    Understanding | None,
    Field(
        description="Whether the child was judged to understand. From 16 that is presumed, at "
        "18 nobody judges; below 16 it must be stated."
    ),
]
_Service = Annotated[
    Service | None,
    Field(description="The sensitive service of the asker's agency whose entry it carries."),
]
_Authority = Annotated[
    Annotated[str, shaped(shapes.AUTHORITY)] | None,
    Field(description="The authority a common assessment would move to."),
]
_DecidedOn = Annotated[DayText, Field(description="A day within the last year.")]
_Review = Annotated[
    DayText, Field(description="A day to come, within a year; in force until then.")
]


class _Spoken(Wire):
    giver: _Giver
    understanding: _Understanding = None

    def said(self) -> Said:
        """Return who speaks, and the judgement stated."""
        return Said(self.giver, self.understanding)


class ConsentStated(_Spoken):
    """Consent given or refused to the asker's agency. A refusal has no days: it begins today."""

    given_for: Annotated[ConsentFor, Field(description="What is agreed to or refused.")]
    state: Annotated[
        Literal[ConsentState.GIVEN, ConsentState.REFUSED], Field(description="What was said.")
    ]
    service: _Service = None
    purpose: Annotated[
        Purpose | None, Field(description="For asking under this purpose only; null: any.")
    ] = None
    begins: Annotated[
        DayText | None, Field(description="First day, today unless stated; none has passed.")
    ] = None
    until: Annotated[
        DayText | None,
        Field(
            description="Last day: within three years, and before 25; given by a person with "
            "parental responsibility, before 18. The longest there may be unless stated."
        ),
    ] = None
    receiving_authority: _Authority = None
    receipt: Annotated[
        ReceiptKept,
        Field(description="What proof of it there shall be, as the child chooses."),
    ] = ReceiptKept.NONE

    def to_domain(self) -> Terms:
        """Return the terms, checked as far as no child is needed for it."""
        refused = self.state is ConsentState.REFUSED
        entry = self.given_for is ConsentFor.SENSITIVE_ENTRY
        transfer = self.given_for is ConsentFor.CAF_TRANSFER
        _stated_if("service", self.service, wanted=entry, also=self._may_name_a_service())
        _stated_if("receiving_authority", self.receiving_authority, wanted=transfer)
        if refused:
            _stated_if("begins", self.begins)
            _stated_if("until", self.until)
        return Terms(
            self.given_for,
            refused,
            self.said(),
            self.service,
            self.purpose,
            _day(self.begins, "begins"),
            _day(self.until, "until"),
            self.receiving_authority or "",
            self.receipt,
        )

    def _may_name_a_service(self) -> bool:
        return self.given_for is ConsentFor.CONFIDENTIALITY


def _stated_if(field: str, value: object, *, wanted: bool = False, also: bool = False) -> None:
    """Raise Invalid where a wanted field is missing, or another is there that means nothing."""
    if wanted and value is None:
        raise Invalid(Code.FIELD_MISSING, field)
    if value is not None and not (wanted or also):
        raise Invalid(Code.FIELD_INVALID, field)


def _day(text: str | None, field: str) -> date | None:
    return None if text is None else checked_date(text, field)


class ConsentWithdrawn(_Spoken):
    """A consent is withdrawn, as of now."""


class ConsentRenewed(_Spoken):
    """A consent in force is renewed, counted from today."""

    until: Annotated[
        DayText | None, Field(description="New last day, as for a new consent from today.")
    ] = None

    def last_day(self) -> date | None:
        """Return the new last day, if one is stated."""
        return _day(self.until, "until")


class SignificantHarm(Wire):
    """The provider's decision to enter a sensitive service without consent (reg 11(3))."""

    reason: Annotated[
        Literal[BasisReason.IS_SUFFERING, BasisReason.IS_LIKELY_TO_SUFFER],
        Field(description="Reasonable cause to suspect which of the two."),
    ]
    decided_on: _DecidedOn
    review: _Review

    def to_domain(self, service: Service) -> Decision:
        """Return the decision that carries the entry of a service."""
        days = (checked_date(self.decided_on, "decided_on"), checked_date(self.review, "review"))
        return Decision(BasisKind.SIGNIFICANT_HARM, self.reason, *days, service)


class BasisStated(Wire):
    """A decision of the asker's agency to process without consent; decided by whoever asks."""

    kind: Annotated[BasisKind, Field(description="On what it rests.")]
    reason: Annotated[BasisReason, Field(description="Why; each reason belongs to one kind.")]
    decided_on: _DecidedOn
    review: _Review
    service: _Service = None

    def to_domain(self) -> Decision:
        """Return the decision, its reason one of its kind's."""
        if self.reason not in REASONS_OF[self.kind]:
            raise Invalid(Code.FIELD_INVALID, "reason")
        days = (checked_date(self.decided_on, "decided_on"), checked_date(self.review, "review"))
        return Decision(self.kind, self.reason, *days, self.service)


class NotSharedStated(Wire):
    """A decision of the asker's agency not to share; decided by whoever asks."""

    recipient_kind: Annotated[AgencyKind, Field(description="With what kind of agency.")]
    reason: Annotated[NotSharedReason, Field(description="Why it was not shared.")]
    decided_on: _DecidedOn

    def to_domain(self) -> Withholding:
        """Return the decision."""
        day = checked_date(self.decided_on, "decided_on")
        return Withholding(self.recipient_kind, self.reason, day)


_Receipt = Annotated[
    str,
    Field(
        pattern=r"^(c1\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{86}|[A-Za-z2-7]{12})$",
        min_length=12,
        max_length=133,
        examples=["K5QH2MZ7RTWB"],
    ),
]


class ReceiptPresented(Wire):
    """What somebody at the counter brought: a receipt, or a code."""

    receipt: Annotated[_Receipt, Field(description="As it was given out.")]


class ReceiptMatched(Wire):
    """It is this consent's. One that is not is refused."""

    matches: Annotated[Literal[True], Field(description="Always true.")]


class ConsentMade(Wire):
    """The consent's id, and what proves it: told once, here, if wanted at all."""

    id: Id
    receipt: Annotated[_Receipt | None, Field(description="Names no service; null if none.")]
