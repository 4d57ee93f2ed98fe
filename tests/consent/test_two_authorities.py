"""Two authorities' agreements: the same facts, other answers, and not a line of code between."""

from collections.abc import Callable
from pathlib import Path

import pytest

import consent
from consent.agreement import Agreement
from consent.agreement_difference import WideningKind, narrowings, widenings
from consent.decide import (
    decide,
    decide_assessment,
    decide_involvement,
    may_ask,
    may_mediate,
    override_terms,
)
from consent.facts import (
    Action,
    AgencyKind,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Purpose,
    Role,
    SecondPerson,
    SensitiveBasis,
)
from tests.consent.examples import (
    CAMFIELD,
    DAY,
    DEFAULT,
    OTHER_AGENCY,
    SOCIAL_WORKER,
    TEACHER,
    ask,
    asker,
    bare,
)

CHILD = ChildFacts()
READ = ask(Action.READ_CHILD)
ENQUIRY = ask(Action.OVERRIDE, Purpose.ENQUIRE_SIGNIFICANT_HARM)
HOUSING = (Role.PRACTITIONER, AgencyKind.HOUSING)
PROBATION = (Role.PRACTITIONER, AgencyKind.PROBATION)
EARLY_HELP = (Role.PRACTITIONER, AgencyKind.EARLY_HELP)
SCHOOLS = InvolvementFacts(False, SensitiveBasis.NONE, False, AgencyKind.SCHOOL, OTHER_AGENCY)
COUNSELLING = InvolvementFacts(
    True, SensitiveBasis.CONSENT, False, AgencyKind.MENTAL_HEALTH, OTHER_AGENCY
)
UNSTATED = AssessmentFacts(False, CafConsent.NOT_STATED)

Who = tuple[Role, AgencyKind]


def permits(who: Who, agreement: Agreement) -> frozenset[DisclosureClass]:
    return decide(asker(who), READ, CHILD, agreement).permits


def level(who: Who, involvement: InvolvementFacts, agreement: Agreement) -> InvolvementLevel:
    decision = decide(asker(who), READ, CHILD, agreement)
    return decide_involvement(asker(who), READ, decision, involvement, agreement)


def caf_told(who: Who, agreement: Agreement) -> bool:
    decision = decide(asker(who), READ, CHILD, agreement)
    return decide_assessment(asker(who), READ, decision, UNSTATED, agreement)


DIVERGENCES: dict[str, tuple[Callable[[Agreement], object], object, object]] = {
    "schools see an assessment": (
        lambda agreement: DisclosureClass.ASSESSMENT in permits(TEACHER, agreement),
        True,
        False,
    ),
    "an assessment is told without express consent": (
        lambda agreement: caf_told(SOCIAL_WORKER, agreement),
        True,
        False,
    ),
    "of a sensitive service": (
        lambda agreement: level(SOCIAL_WORKER, COUNSELLING, agreement),
        InvolvementLevel.NOTHING,
        InvolvementLevel.BROKERED,
    ),
    "housing learns of a school": (
        lambda agreement: level(HOUSING, SCHOOLS, agreement),
        InvolvementLevel.CONTENT,
        InvolvementLevel.EXISTENCE,
    ),
    "a second person to an enquiry's override": (
        lambda agreement: override_terms(asker(), ENQUIRY, agreement),
        SecondPerson.AFTER,
        SecondPerson.BEFORE,
    ),
    "social care approves overrides": (
        lambda agreement: (
            may_ask(asker(may_override=True), bare(Action.APPROVE_OVERRIDE), agreement).allowed
        ),
        False,
        True,
    ),
    "social care has the NHS number": (
        lambda agreement: DisclosureClass.NHS_NUMBER in permits(SOCIAL_WORKER, agreement),
        True,
        False,
    ),
    "early help has the case number": (
        lambda agreement: DisclosureClass.CASE_NUMBER in permits(EARLY_HELP, agreement),
        False,
        True,
    ),
    "a teacher mediates": (
        lambda agreement: may_mediate(asker(TEACHER), READ, agreement).allowed,
        True,
        False,
    ),
    "probation is a party": (
        lambda agreement: may_ask(asker(PROBATION), READ, agreement).allowed,
        True,
        False,
    ),
    "a check of three years is good": (
        lambda agreement: (
            may_ask(asker(checked_on=DAY.replace(year=2023)), READ, agreement).allowed
        ),
        True,
        False,
    ),
    "what a teacher may search in a day": (
        lambda agreement: agreement.budgets[AgencyKind.SCHOOL].searches_a_day,
        400,
        60,
    ),
    "which children are held": (lambda agreement: agreement.coverage, "universal", "involved_only"),
}


@pytest.mark.parametrize("what", DIVERGENCES)
def test_the_same_facts_are_answered_as_each_authority_agreed(what: str) -> None:
    answered, by_default, in_camfield = DIVERGENCES[what]
    assert answered(DEFAULT) == by_default
    assert answered(CAMFIELD) == in_camfield


def test_neither_agreement_is_merely_the_stricter() -> None:
    wider = {each.kind for each in widenings(DEFAULT, CAMFIELD)}
    narrower = {each.kind for each in narrowings(DEFAULT, CAMFIELD)}
    assert {WideningKind.BROKERED, WideningKind.NUMBER, WideningKind.APPROVER} <= wider
    assert {WideningKind.CLASS, WideningKind.CAF, WideningKind.LEVEL} <= narrower


def test_no_rule_knows_an_authority_by_name() -> None:
    """What differs between authorities is in their documents, never in the code."""
    for page in Path(consent.__file__).parent.glob("*.py"):
        text = page.read_text("utf-8").lower()
        assert not [name for name in ("northmere", "camfield", "eastbrook") if name in text]
