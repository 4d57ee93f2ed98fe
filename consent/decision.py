"""What policy answers: verdicts of single rules, and the decisions they add up to."""

from dataclasses import dataclass
from enum import StrEnum

from consent.facts import DisclosureClass, InvolvementLevel, Obligation

EVERY_CLASS = frozenset(DisclosureClass)


class AskerReason(StrEnum):
    """What is wrong with the asker or the question; told plainly, equal for every child.

    Values are those of the outward problem codes.
    """

    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_CLOSED = "account_closed"
    CHECK_LAPSED = "check_lapsed"
    TRAINING_MISSING = "training_missing"
    AGREEMENT_UNSIGNED = "agreement_unsigned"
    EMPLOYER_NOT_ACCREDITED = "employer_not_accredited"
    NO_AGREEMENT_IN_FORCE = "no_agreement_in_force"
    AGENCY_NOT_PARTY = "agency_not_party"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    OVERRIDE_NOT_GRANTED = "override_not_granted"
    SUPERVISION_NOT_GRANTED = "supervision_not_granted"
    PURPOSE_MISSING = "purpose_missing"
    PURPOSE_NOT_ALLOWED = "purpose_not_allowed"
    REASON_MISSING = "reason_missing"
    REASON_NOT_ALLOWED = "reason_not_allowed"


class ChildReason(StrEnum):
    """Why a record or an entry of it is shown or withheld; for the sealed log entry only."""

    # For showing.
    TEAM_KEEPS_THE_INDEX = "team_keeps_the_index"
    AGREEMENT_GIVES = "agreement_gives"
    OWN_NUMBER = "own_number"
    OWN_INVOLVEMENT = "own_involvement"
    OWN_ASSESSMENT = "own_assessment"

    # For withholding.
    NO_RULE_PERMITS = "no_rule_permits"
    ASKER_NOT_ALLOWED = "asker_not_allowed"
    ROLE_SEES_NO_CHILD = "role_sees_no_child"
    RECORD_ARCHIVED = "record_archived"
    RECORD_HELD = "record_held"
    RECORD_SHIELDED = "record_shielded"
    SHIELDED_NOT_OVERWRITTEN = "shielded_not_overwritten"
    OVERRIDE_NOT_IN_FORCE = "override_not_in_force"
    AGENCY_EXCEPTED = "agency_excepted"
    RECORD_NOT_DISCLOSED = "record_not_disclosed"
    SENSITIVE_WITHOUT_BASIS = "sensitive_without_basis"
    SENSITIVE_IS_BROKERED = "sensitive_is_brokered"
    LEVEL_AGREED = "level_agreed"
    CAF_CONSENT_REFUSED = "caf_consent_refused"
    CAF_CONSENT_NOT_GIVEN = "caf_consent_not_given"


@dataclass(frozen=True, slots=True)
class Forbid:
    """Withhold these classes whatever permits them; by default all, so nothing is answered."""

    reason: ChildReason
    classes: frozenset[DisclosureClass] = EVERY_CLASS


@dataclass(frozen=True, slots=True)
class Permit:
    """Give these classes unless they are forbidden."""

    reason: ChildReason
    classes: frozenset[DisclosureClass]


@dataclass(frozen=True, slots=True)
class Require:
    """Lay these obligations on the answer, if there is one."""

    obligations: frozenset[Obligation]


@dataclass(frozen=True, slots=True)
class Cap:
    """Show no more of an involvement than this, whatever else is said of it."""

    reason: ChildReason
    level: InvolvementLevel


Verdict = Forbid | Permit | Require


@dataclass(frozen=True, slots=True)
class AskerDecision:
    """Whether this may be asked at all; `reasons` are every defect, in a fixed order."""

    allowed: bool
    reasons: tuple[AskerReason, ...]

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be opened and compared or shown, why, and what the answer owes.

    Denied: no permits, no obligations, and the reasons that forbade. Allowed: at
    least one class; the reasons are those that permitted and those that took away.
    """

    allowed: bool
    permits: frozenset[DisclosureClass]
    reasons: tuple[ChildReason, ...]
    obligations: frozenset[Obligation]

    def __bool__(self) -> bool:
        return self.allowed
