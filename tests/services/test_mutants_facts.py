"""What policy is told of a record, its involvements and its assessment, case by case."""

from datetime import date
from itertools import product

import pytest

from consent.facts import (
    AgencyKind,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    InvolvementFacts,
    SensitiveBasis,
)
from index_service.domain.consenting import BasisKind, ConsentFor, ConsentState
from index_service.domain.involvement import CafState, Service
from index_service.services.encoding import Policy
from index_service.services.facts import CaseFacts, child_facts
from index_service.services.forms.form import CaseHead

BOTH = (False, True)
TODAY = date(2026, 11, 20)
OWN, CLINIC, OTHER = "own", "clinic", "other"


@pytest.mark.parametrize(("archived", "held", "shielded"), list(product(BOTH, repeat=3)))
def test_a_record_is_told_as_its_policy_says(archived: bool, held: bool, shielded: bool) -> None:
    policy = Policy(archived=archived, held=held, shielded=shielded)
    assert child_facts(policy) == ChildFacts(archived, held, shielded, overridden=False)


@pytest.mark.parametrize(
    ("kind", "service", "sensitive"),
    [
        (AgencyKind.SCHOOL, Service.SCHOOL, False),
        (AgencyKind.MENTAL_HEALTH, Service.MENTAL_HEALTH, True),
        (AgencyKind.SCHOOL, Service.MENTAL_HEALTH, True),  # by service, wherever it sits
    ],
)
@pytest.mark.parametrize("agency", [OWN, CLINIC])
def test_an_involvement_is_told_with_its_agency_and_its_kind(
    agency: str, kind: AgencyKind, service: Service, sensitive: bool
) -> None:
    head = CaseHead("involvement", agency, (kind.value, service.value, True))
    told = CaseFacts([head], OWN, TODAY).involvement(head)
    assert (told.agency, told.agency_kind) == (agency, kind)
    assert (told.own_agency, told.sensitive) == (agency == OWN, sensitive)
    assert told.basis is (SensitiveBasis.CONSENT if sensitive else SensitiveBasis.NONE)


OPEN, CLOSED, HANDED_ON = CafState


def caf(agency: str = CLINIC, refused: int = 0, state: CafState = OPEN) -> CaseHead:
    """Return the head of an assessment an agency holds."""
    return CaseHead("caf", agency, (state.value, refused))


@pytest.mark.parametrize("state", CafState)
@pytest.mark.parametrize("agency", [OWN, CLINIC])
def test_an_assessment_is_told_with_whose_it_is_and_whether_it_is_open(
    agency: str, state: CafState
) -> None:
    head = caf(agency, state=state)
    told = CaseFacts([head], OWN, TODAY).assessment(head)
    assert told == AssessmentFacts(agency == OWN, CafConsent.NOT_STATED, state is OPEN)


@pytest.mark.parametrize("agency", [OWN, CLINIC])
@pytest.mark.parametrize("kind", [AgencyKind.SCHOOL, AgencyKind.MENTAL_HEALTH])
def test_who_leads_is_told_as_an_involvement_on_no_basis(agency: str, kind: AgencyKind) -> None:
    head = CaseHead("lead", agency, (kind.value,))
    told = CaseFacts([head], OWN, TODAY).leading(head)
    sensitive = kind is AgencyKind.MENTAL_HEALTH
    expected = InvolvementFacts(sensitive, SensitiveBasis.NONE, agency == OWN, kind, agency)
    assert told == expected


def caf_consent(agency: str, state: ConsentState, sequence: int, begins: int = -9) -> CaseHead:
    """Return the head of a consent to telling of an assessment, begun so many days from today."""
    days = (TODAY.toordinal() + begins, None)
    said = (ConsentFor.CAF.value, None, state.value, *days, sequence, None)
    return CaseHead("consent", agency, said)


REFUSED, GIVEN = ConsentState.REFUSED, ConsentState.GIVEN


@pytest.mark.parametrize(
    ("said", "came_along", "expected"),
    [
        ([], 0, CafConsent.NOT_STATED),
        ([], 5, CafConsent.REFUSED),
        ([(OTHER, GIVEN, 9)], 5, CafConsent.REFUSED),
        ([(CLINIC, GIVEN, 4)], 5, CafConsent.REFUSED),
        ([(CLINIC, GIVEN, 5)], 5, CafConsent.REFUSED),
        ([(CLINIC, GIVEN, 6)], 5, CafConsent.GIVEN),
        ([(CLINIC, REFUSED, 6)], 5, CafConsent.REFUSED),
        ([(CLINIC, GIVEN, 6, 1)], 5, CafConsent.REFUSED),  # yet to begin
        ([(CLINIC, GIVEN, 6)], 0, CafConsent.GIVEN),
        ([(OTHER, REFUSED, 9)], 0, CafConsent.NOT_STATED),
        ([(OTHER, GIVEN, 9), (CLINIC, REFUSED, 1)], 0, CafConsent.REFUSED),
    ],
)
def test_a_refusal_binds_the_assessment_of_its_holder_and_goes_along_with_it(
    said: list[tuple[str, ConsentState, int]], came_along: int, expected: CafConsent
) -> None:
    head = caf(refused=came_along)
    told = CaseFacts([head, *(caf_consent(*each) for each in said)], OWN, TODAY)
    assert told.assessment(head).consent is expected
    assert told.refused_to_the_next(head) is (expected is CafConsent.REFUSED)


def test_the_last_consent_is_the_last_of_anybodys_for_anything() -> None:
    assert CaseFacts([caf()], OWN, TODAY).last_consent == 0
    said = [caf_consent(OTHER, GIVEN, 7), caf_consent(CLINIC, REFUSED, 4, 3)]
    assert CaseFacts(said, OWN, TODAY).last_consent == 7
    assert CaseFacts(said[::-1], OWN, TODAY).last_consent == 7
    assert CaseFacts(said[1:], OWN, TODAY).last_consent == 4


def test_another_matter_refused_refuses_no_assessment() -> None:
    days = (TODAY.toordinal() - 9, None)
    service = Service.MENTAL_HEALTH.value
    said = (ConsentFor.SENSITIVE_ENTRY.value, service, REFUSED.value, *days, 9, None)
    head = caf()
    told = CaseFacts([head, CaseHead("consent", CLINIC, said)], OWN, TODAY)
    assert told.assessment(head).consent is CafConsent.NOT_STATED


def basis_head(kind: BasisKind, decided: int, review: int, ended: int | None) -> CaseHead:
    """Return the head of a decision to enter without consent, days counted from today."""
    today = TODAY.toordinal()
    over = None if ended is None else today + ended
    service = Service.MENTAL_HEALTH.value
    return CaseHead("basis", CLINIC, (kind.value, service, today + decided, today + review, over))


@pytest.mark.parametrize(
    ("decided", "review", "ended", "holds"),
    [
        (0, 0, None, True),
        (-1, 1, None, True),
        (1, 1, None, False),
        (-1, -1, None, False),
        (-1, 1, 0, False),
    ],
)
def test_harm_holds_from_its_decision_to_its_review(
    decided: int, review: int, ended: int | None, holds: bool
) -> None:
    entry = CaseHead("involvement", CLINIC, ("mental_health", "mental_health", False))
    decision = basis_head(BasisKind.SIGNIFICANT_HARM, decided, review, ended)
    told = CaseFacts([entry, decision], OWN, TODAY).involvement(entry)
    expected = SensitiveBasis.SIGNIFICANT_HARM if holds else SensitiveBasis.NONE
    assert told.basis is expected


def test_other_rows_of_a_child_are_no_basis() -> None:
    entry = CaseHead("involvement", CLINIC, ("mental_health", "mental_health", False))
    other = CaseHead("shield", CLINIC, ("sensitive_entry", "mental_health", 1, 2, None))
    told = CaseFacts([entry, other, CaseHead("dissent", CLINIC)], OWN, TODAY)
    assert told.involvement(entry).basis is SensitiveBasis.NONE
