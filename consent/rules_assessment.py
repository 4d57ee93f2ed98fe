"""Whether it is told that a common assessment is held, of a record already decided on.

A rule answers with a verdict or None; deny unless permitted. Sources stand in README.md,
by rule name.
"""

from collections.abc import Callable

from consent.agreement import Agreement
from consent.agreement_terms import CafTelling
from consent.decision import ChildReason, Decision, Forbid, Permit, Verdict
from consent.facts import Ask, AskerFacts, AssessmentFacts, CafConsent, DisclosureClass, Role
from consent.rules_child import SEEING_ROLES

AssessmentRule = Callable[[AskerFacts, Ask, Decision, AssessmentFacts, Agreement], Verdict | None]

_TEAM = Role.MANAGEMENT_TEAM
_AGREED_ASSESSMENT = Permit(ChildReason.AGREEMENT_GIVES, frozenset({DisclosureClass.ASSESSMENT}))
_OWN_ASSESSMENT = Permit(ChildReason.OWN_ASSESSMENT, frozenset({DisclosureClass.ASSESSMENT}))
_RECORD_NOT_DISCLOSED = Forbid(ChildReason.RECORD_NOT_DISCLOSED)
_AGENCY_EXCEPTED = Forbid(ChildReason.AGENCY_EXCEPTED)
_ROLE_SEES_NO_CHILD = Forbid(ChildReason.ROLE_SEES_NO_CHILD)
_REFUSED = Forbid(ChildReason.CAF_CONSENT_REFUSED)
_NOT_GIVEN = Forbid(ChildReason.CAF_CONSENT_NOT_GIVEN)


def agreement_shows_assessments(
    _asker: AskerFacts,
    _ask: Ask,
    decision: Decision,
    _assessment: AssessmentFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """An assessment is told where the decision on the record permits assessments."""
    return _AGREED_ASSESSMENT if DisclosureClass.ASSESSMENT in decision.permits else None


def own_assessment_is_shown_to_its_agency(
    asker: AskerFacts,
    ask: Ask,
    _decision: Decision,
    assessment: AssessmentFacts,
    agreement: Agreement,
) -> Verdict | None:
    """An agency sees the open assessment it holds, wherever the action shows assessments."""
    agreed = agreement.classes.get((asker.agency_kind, ask.action), frozenset())
    shows = DisclosureClass.ASSESSMENT in agreed
    return _OWN_ASSESSMENT if assessment.own_agency and assessment.is_open and shows else None


def no_assessment_without_the_record(
    _asker: AskerFacts,
    _ask: Ask,
    decision: Decision,
    _assessment: AssessmentFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """Of a record that is not disclosed no assessment is, an own one included."""
    return None if decision.allowed else _RECORD_NOT_DISCLOSED


def assessments_are_withheld_from_a_named_agency(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    _assessment: AssessmentFacts,
    agreement: Agreement,
) -> Verdict | None:
    """An agency the agreement names, and denies assessments, is not told of its own either."""
    named = agreement.named.get(asker.agency)
    if named is None or asker.role == _TEAM:
        return None
    return _AGENCY_EXCEPTED if DisclosureClass.ASSESSMENT in named.withheld else None


def suppliers_and_auditors_see_no_assessment(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    _assessment: AssessmentFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """Roles that work with no child are told of no assessment, their own agency's included."""
    return None if asker.role in SEEING_ROLES else _ROLE_SEES_NO_CHILD


def refused_assessment_is_not_told(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    assessment: AssessmentFacts,
    _agreement: Agreement,
) -> Verdict | None:
    """What a family refused to have told is told to its holder's agency and the team alone."""
    if assessment.own_agency or asker.role == _TEAM:
        return None
    return _REFUSED if assessment.consent == CafConsent.REFUSED else None


def assessment_waits_for_express_consent(
    asker: AskerFacts,
    _ask: Ask,
    _decision: Decision,
    assessment: AssessmentFacts,
    agreement: Agreement,
) -> Verdict | None:
    """Where express consent is agreed on, an assessment is told others once it is given."""
    if assessment.own_agency or asker.role == _TEAM or agreement.caf == CafTelling.NOT_REFUSED:
        return None
    return None if assessment.consent == CafConsent.GIVEN else _NOT_GIVEN


ASSESSMENT_RULES: tuple[AssessmentRule, ...] = (
    agreement_shows_assessments,
    own_assessment_is_shown_to_its_agency,
    no_assessment_without_the_record,
    assessments_are_withheld_from_a_named_agency,
    suppliers_and_auditors_see_no_assessment,
    refused_assessment_is_not_told,
    assessment_waits_for_express_consent,
)
