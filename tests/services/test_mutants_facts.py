"""What policy is told of a record, its involvements and its assessment, case by case."""

from datetime import date
from itertools import product

import pytest

from consent.facts import AgencyKind, CafConsent, ChildFacts, SensitiveBasis
from index_service.domain.consenting import BasisKind, ConsentFor, ConsentState
from index_service.domain.involvement import Service
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


@pytest.mark.parametrize("agency", [OWN, CLINIC])
def test_an_assessment_is_told_with_whose_it_is(agency: str) -> None:
    head = CaseHead("caf", agency)
    told = CaseFacts([head], OWN, TODAY).assessment(head)
    assert told.own_agency is (agency == OWN)
    assert told.consent is CafConsent.NOT_STATED


def caf_consent(agency: str, state: ConsentState, sequence: int, begins: int = -9) -> CaseHead:
    """Return the head of a consent to telling of an assessment, begun so many days from today."""
    days = (TODAY.toordinal() + begins, None)
    said = (ConsentFor.CAF.value, None, state.value, *days, sequence, None)
    return CaseHead("consent", agency, said)


REFUSED, GIVEN = ConsentState.REFUSED, ConsentState.GIVEN


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([(OTHER, GIVEN, 9), (OWN, REFUSED, 1)], CafConsent.NOT_STATED),
        ([(OTHER, REFUSED, 9), (OWN, GIVEN, 1)], CafConsent.REFUSED),
        ([(OWN, GIVEN, 1), (OTHER, REFUSED, 9)], CafConsent.REFUSED),
        ([(OWN, REFUSED, 1), (OTHER, GIVEN, 9)], CafConsent.NOT_STATED),
        ([(OTHER, REFUSED, 1, 1)], CafConsent.NOT_STATED),  # yet to begin
    ],
)
def test_of_other_holders_the_last_word_counts(
    said: list[tuple[str, ConsentState, int]], expected: CafConsent
) -> None:
    """Nothing was said to this holder."""
    head = CaseHead("caf", CLINIC)
    told = CaseFacts([head, *(caf_consent(*each) for each in said)], OWN, TODAY)
    assert told.assessment(head).consent is expected


def test_another_matter_refused_elsewhere_refuses_no_assessment() -> None:
    days = (TODAY.toordinal() - 9, None)
    service = Service.MENTAL_HEALTH.value
    said = (ConsentFor.SENSITIVE_ENTRY.value, service, REFUSED.value, *days, 9, None)
    head = CaseHead("caf", CLINIC)
    told = CaseFacts([head, CaseHead("consent", OTHER, said)], OWN, TODAY)
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
