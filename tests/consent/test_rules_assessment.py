"""Each rule about telling that a common assessment is held, alone."""

from dataclasses import replace
from itertools import product
from typing import Any

from consent.agreement import Agreement
from consent.decide import decide, decide_assessment
from consent.decision import EVERY_CLASS, Decision
from consent.facts import (
    Action,
    AgencyKind,
    Ask,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    DisclosureClass,
    Role,
)
from tests.consent.examples import (
    AUDITOR,
    CAMFIELD,
    DEFAULT,
    OPEN,
    OTHER_AGENCY,
    SOCIAL_WORKER,
    SUPPLIER,
    TEACHER,
    TEAM,
    ask,
    asker,
    changed_default,
    named,
    team_ask,
)

PLAIN = ChildFacts()
SHIELDED = ChildFacts(shielded=True)
ENDING = ChildFacts(shielded=True, own_assessment=True)
EVERYTHING = Decision(True, EVERY_CLASS, (), frozenset())
READ = ask(Action.READ_CHILD)
RECORD = ask(Action.RECORD_ASSESSMENT)
TEAM_READ = team_ask(Action.READ_CHILD)
HOUSING = (Role.PRACTITIONER, AgencyKind.HOUSING)


def facts(
    consent: CafConsent = CafConsent.NOT_STATED, *, own: bool = False, is_open: bool = False
) -> AssessmentFacts:
    return AssessmentFacts(own, consent, is_open)


def told(
    who: tuple[Role, AgencyKind],
    what: Ask,
    assessment: AssessmentFacts,
    agreement: Agreement = DEFAULT,
    child: ChildFacts = PLAIN,
) -> bool:
    decision = decide(asker(who), what, child, agreement)
    return decide_assessment(asker(who), what, decision, assessment, agreement)


def test_an_assessment_is_told_where_the_record_permits_assessments() -> None:
    for own in (False, True):
        assert told(SOCIAL_WORKER, READ, facts(own=own))
        assert not told(SOCIAL_WORKER, ask(Action.READ_INVOLVEMENT), facts(own=own))
        assert not told(HOUSING, READ, facts(own=own))
        assert not told(SOCIAL_WORKER, READ, facts(own=own), child=ChildFacts(shielded=True))
        assert not told(SOCIAL_WORKER, READ, facts(own=own), child=ChildFacts(held=True))
        assert told(TEAM, TEAM_READ, facts(own=own), child=ChildFacts(shielded=True))
    narrow = Decision(True, EVERY_CLASS - {DisclosureClass.ASSESSMENT}, (), frozenset())
    assert not decide_assessment(asker(), READ, narrow, facts(), OPEN)


def test_an_agency_sees_its_own_open_assessment_of_a_shielded_child() -> None:
    """Wherever the action shows assessments; closed it is the team's, as is another's."""
    own = facts(own=True, is_open=True)
    for action in (Action.LOOKUP, Action.READ_CHILD):
        assert told(SOCIAL_WORKER, ask(action), own, child=SHIELDED)
        for other in (facts(own=True), facts(is_open=True), facts(CafConsent.GIVEN, is_open=True)):
            assert not told(SOCIAL_WORKER, ask(action), other, child=SHIELDED)
    assert told(SOCIAL_WORKER, RECORD, own, child=ENDING)
    assert told(SOCIAL_WORKER, READ, facts(CafConsent.REFUSED, own=True, is_open=True), CAMFIELD)
    for action in (Action.READ_INVOLVEMENT, Action.RECORD_DISSENT, Action.RECORD_CONSENT):
        assert not told(SOCIAL_WORKER, ask(action), own, child=SHIELDED)
    assert not told(HOUSING, READ, own, child=SHIELDED)


def test_no_assessment_without_the_record() -> None:
    """Though a part of a denied decision were left to say otherwise."""
    own = facts(CafConsent.GIVEN, own=True, is_open=True)
    for child in (ChildFacts(held=True), ChildFacts(archived=True)):
        assert not told(SOCIAL_WORKER, READ, own, child=child)
        assert not told(SOCIAL_WORKER, RECORD, own, child=replace(child, own_assessment=True))
    assert not told(SOCIAL_WORKER, RECORD, own, child=SHIELDED)
    denied = Decision(False, EVERY_CLASS, (), frozenset())
    assert not decide_assessment(asker(), READ, denied, own, OPEN)


def test_an_agency_denied_assessments_by_name_is_not_told_of_its_own() -> None:
    excepting = changed_default(named=[named(classes_withheld=["assessment"])])
    others = changed_default(named=[named(classes_withheld=["settings"])])
    own = facts(own=True, is_open=True)
    for child in (PLAIN, SHIELDED):
        assert not told(SOCIAL_WORKER, READ, own, excepting, child)
        assert told(SOCIAL_WORKER, READ, own, others, child)
        assert told(TEAM, TEAM_READ, own, excepting, child)
    elsewhere = asker(agency=OTHER_AGENCY)
    decision = decide(elsewhere, READ, SHIELDED, excepting)
    assert decide_assessment(elsewhere, READ, decision, own, excepting)


def test_suppliers_and_auditors_are_told_of_no_assessment() -> None:
    """Even of a record someone wrongly decided to show."""
    for who, own in product((SUPPLIER, AUDITOR), (False, True)):
        assessment = facts(CafConsent.GIVEN, own=own, is_open=True)
        assert not decide_assessment(asker(who), READ, EVERYTHING, assessment, OPEN)


def test_a_refused_assessment_is_told_to_its_holder_and_the_team_alone() -> None:
    refused = facts(CafConsent.REFUSED)
    assert not told(SOCIAL_WORKER, READ, refused)
    assert told(SOCIAL_WORKER, READ, facts(CafConsent.REFUSED, own=True))
    assert told(TEAM, TEAM_READ, refused)
    for consent in (CafConsent.NOT_STATED, CafConsent.GIVEN):
        assert told(SOCIAL_WORKER, READ, facts(consent))


def test_where_express_consent_is_agreed_on_an_assessment_waits_for_it() -> None:
    unknown: Any = "perhaps"
    for consent in (CafConsent.NOT_STATED, CafConsent.REFUSED, unknown):
        assert not told(SOCIAL_WORKER, READ, facts(consent), CAMFIELD)
        assert told(SOCIAL_WORKER, READ, facts(consent, own=True), CAMFIELD)
        assert told(TEAM, TEAM_READ, facts(consent), CAMFIELD)
    assert told(SOCIAL_WORKER, READ, facts(CafConsent.GIVEN), CAMFIELD)
    assert told(SOCIAL_WORKER, READ, facts(CafConsent.NOT_STATED), DEFAULT)


def test_schools_in_camfield_are_told_of_no_assessment() -> None:
    for own, action in product((False, True), (Action.LOOKUP, Action.READ_CHILD)):
        given = facts(CafConsent.GIVEN, own=own)
        assert not told(TEACHER, ask(action), given, CAMFIELD)
        assert told(TEACHER, ask(action), given, DEFAULT)
