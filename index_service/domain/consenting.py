"""Consents, other bases, and decisions not to share: three things, kept apart.

Consent is the child's or the family's word; a basis is an agency's, for processing without
one; a decision not to share is an agency's too (golden rule 7 of 2008: record it either way).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from consent.facts import AgencyKind, Purpose
from index_service.domain.involvement import Service


class ConsentFor(StrEnum):
    """What is agreed to or refused. Values stand in sealed rows."""

    CONFIDENTIALITY = "confidentiality"  # that what was told in confidence is shared
    SENSITIVE_ENTRY = "sensitive_entry"  # that a sensitive service is entered: reg 11(3)
    STAY_PAST_18 = "stay_past_18"  # that the record stays until 25 at the latest
    CAF = "caf"  # that it is told that a common assessment is held
    CAF_TRANSFER = "caf_transfer"  # that it moves to another authority


class Giver(StrEnum):
    """Whose word it is; who holds parental responsibility is the recorder's to establish."""

    CHILD = "child"
    PARENTAL_RESPONSIBILITY = "parental_responsibility"


class Understanding(StrEnum):
    """Whether the child understands enough to decide; judged by whoever records."""

    SUFFICIENT = "sufficient"
    INSUFFICIENT = "insufficient"
    NOT_NEEDED = "not_needed"  # 18 or over: nobody judges


class ConsentState(StrEnum):
    """What was said last. That a consent has expired follows from the day, so it is no state."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class BasisKind(StrEnum):
    """On what an agency may process without consent."""

    STATUTORY_SUPPLY = "statutory_supply"
    SIGNIFICANT_HARM = "significant_harm"
    PUBLIC_INTEREST = "public_interest"
    COURT_ORDER = "court_order"


class BasisReason(StrEnum):
    """Why the decider found that the basis holds; each belongs to one kind of basis."""

    DUTY_TO_SUPPLY = "duty_to_supply"  # regulations name the body and the information
    DUTY_TO_CO_OPERATE = "duty_to_co_operate"  # Children Act 2004 sections 10 and 11
    IS_SUFFERING = "is_suffering"  # Children Act 1989 section 31
    IS_LIKELY_TO_SUFFER = "is_likely_to_suffer"
    HARM_TO_ANOTHER_CHILD = "harm_to_another_child"
    HARM_TO_AN_ADULT = "harm_to_an_adult"
    SERIOUS_CRIME = "serious_crime"
    ORDERED_BY_COURT = "ordered_by_court"
    DIRECTED_BY_COURT = "directed_by_court"


REASONS_OF: dict[BasisKind, frozenset[BasisReason]] = {
    BasisKind.STATUTORY_SUPPLY: frozenset(
        {BasisReason.DUTY_TO_SUPPLY, BasisReason.DUTY_TO_CO_OPERATE}
    ),
    BasisKind.SIGNIFICANT_HARM: frozenset(
        {BasisReason.IS_SUFFERING, BasisReason.IS_LIKELY_TO_SUFFER}
    ),
    BasisKind.PUBLIC_INTEREST: frozenset(
        {
            BasisReason.HARM_TO_ANOTHER_CHILD,
            BasisReason.HARM_TO_AN_ADULT,
            BasisReason.SERIOUS_CRIME,
        }
    ),
    BasisKind.COURT_ORDER: frozenset({BasisReason.ORDERED_BY_COURT, BasisReason.DIRECTED_BY_COURT}),
}


class NotSharedReason(StrEnum):
    """Why information was not shared (2026 Act s.16LA(4)-(5); golden rules 4 to 6)."""

    MORE_DETRIMENTAL_TO_CHILD = "more_detrimental_to_child"
    CONSENT_REFUSED = "consent_refused"
    NOT_RELEVANT = "not_relevant"
    NOT_PROPORTIONATE = "not_proportionate"
    NO_LAWFUL_BASIS = "no_lawful_basis"
    IDENTITY_NOT_VERIFIED = "identity_not_verified"
    ADVICE_AWAITED = "advice_awaited"
    RESTRAINED_BY_COURT = "restrained_by_court"


class ReceiptKept(StrEnum):
    """What proof of a consent there is, as the child chooses: paper can endanger its bearer."""

    NONE = "none"  # nothing at all is kept that could prove it to others
    CODE_ONLY = "code_only"  # a short code is given; the commitment stays here
    KEPT_BY_SERVICE = "kept_by_service"  # the service keeps the signed receipt


@dataclass(frozen=True, slots=True)
class Judgement:
    """Who spoke, and the judgement that it was theirs to say: by which account, on which day.

    `giver` and `understanding` are None where a supplier's line said it; `account` is "" then.
    """

    giver: Giver | None
    understanding: Understanding | None
    account: str
    day: date


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent or refusal. `begins` and `until` are its first and last day.

    A refusal has no last day: it stands until something newer is said. `sequence` is the
    Unix second it was said, or the next free one, so that the newest is known even of two
    records that turn out to be one child; `stated_until` is what the receipt covers.
    `blind` is of the commitment, empty where no receipt was wanted.
    """

    id: UUID
    agency: str
    given_for: ConsentFor
    service: Service | None
    state: ConsentState
    begins: date
    until: date | None
    sequence: int
    given: Judgement
    purpose: Purpose | None = None  # for this one only; None: for any
    receiving: str = ""  # the authority a common assessment moves to
    stated_until: date | None = None
    renewed: Judgement | None = None
    ended: Judgement | None = None
    receipt: ReceiptKept = ReceiptKept.NONE
    blind: bytes = b""

    @property
    def concerns(self) -> tuple[ConsentFor, Service | None, str]:
        """What two consents must have in common for the newer to stand in the older's place."""
        return self.given_for, self.service, self.agency

    @property
    def last_said(self) -> Judgement:
        """The newest word on it."""
        return self.ended or self.renewed or self.given

    def in_force(self, day: date) -> bool:
        """Say whether it is given and this is one of its days."""
        lasts = self.until is None or day <= self.until
        return self.state is ConsentState.GIVEN and self.begins <= day and lasts


@dataclass(frozen=True, slots=True)
class Basis:
    """A decision to process without consent. `decided_by` is an account id.

    `service` is that of the sensitive entry it carries; None concerns no entry. It holds up
    to and including its review day: looked at again, it is decided anew.
    """

    id: UUID
    agency: str
    kind: BasisKind
    reason: BasisReason
    service: Service | None
    decided_by: str
    decided: date
    review: date
    ended: date | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class NotShared:
    """A decision not to share: with whom, why, by which account, on which day."""

    id: UUID
    agency: str
    recipient: AgencyKind
    reason: NotSharedReason
    decided_by: str
    decided: date
