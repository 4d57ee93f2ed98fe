"""The people and systems the index is made for can do their work, and no more."""

import pytest

from consent.decide import decide, may_ask
from consent.facts import AccessReason, Action, AgencyKind, Ask, ChildFacts, Purpose, Role
from tests.consent.examples import (
    AUDITOR,
    CASE_SYSTEM,
    DEFAULT,
    HEALTH_VISITOR,
    POLICE_DESK,
    SOCIAL_WORKER,
    SUPPLIER,
    TEACHER,
    TEAM,
    ask,
    asker,
    bare,
    team_ask,
)

Who = tuple[Role, AgencyKind]
PRACTITIONERS = (SOCIAL_WORKER, TEACHER, HEALTH_VISITOR, POLICE_DESK)


def works(who: Who, what: Ask) -> bool:
    asked = may_ask(asker(who), what, DEFAULT)
    return asked.allowed and decide(asker(who), what, ChildFacts(), DEFAULT).allowed


@pytest.mark.parametrize("who", PRACTITIONERS)
def test_every_practitioner_looks_up_reads_and_records_involvement(who: Who) -> None:
    for action in (
        Action.LOOKUP,
        Action.READ_CHILD,
        Action.READ_INVOLVEMENT,
        Action.RECORD_INVOLVEMENT,
    ):
        assert works(who, ask(action))
    assert may_ask(asker(who), bare(Action.READ_DIRECTORY), DEFAULT)


def test_a_social_worker_creates_amends_and_records_assessments() -> None:
    for action in (Action.CREATE_CHILD, Action.AMEND_CHILD, Action.RECORD_ASSESSMENT):
        for purpose in (Purpose.PROMOTE_WELFARE, Purpose.SAFEGUARD):
            assert works(SOCIAL_WORKER, ask(action, purpose, AccessReason.SUPPLY_OR_CORRECT))
    enquiry = ask(Action.LOOKUP, Purpose.ENQUIRE_SIGNIFICANT_HARM, AccessReason.STRATEGY_DISCUSSION)
    assert works(SOCIAL_WORKER, enquiry)


@pytest.mark.parametrize(
    ("purpose", "reason"),
    [
        (Purpose.PROMOTE_WELFARE, AccessReason.ADMISSION_OR_ATTENDANCE),
        (Purpose.SAFEGUARD, AccessReason.NEW_REFERRAL),
        (Purpose.FIND_MISSING_EDUCATION, AccessReason.ADMISSION_OR_ATTENDANCE),
    ],
)
def test_a_teacher_has_three_purposes(purpose: Purpose, reason: AccessReason) -> None:
    for action in (Action.LOOKUP, Action.READ_CHILD, Action.RECORD_INVOLVEMENT):
        assert works(TEACHER, ask(action, purpose, reason))


def test_a_health_visitor_looks_up_for_planned_care() -> None:
    for purpose in (Purpose.PROMOTE_WELFARE, Purpose.SAFEGUARD):
        assert works(HEALTH_VISITOR, ask(Action.LOOKUP, purpose, AccessReason.PLANNED_CARE))


def test_a_police_desk_checks_who_has_come_to_notice() -> None:
    for action in (Action.LOOKUP, Action.READ_CHILD):
        assert works(POLICE_DESK, ask(action, reason=AccessReason.COMING_TO_NOTICE))
    assert not works(POLICE_DESK, ask(Action.AMEND_CHILD))
    assert not works(POLICE_DESK, ask(Action.RECORD_ASSESSMENT))


def test_the_team_does_everything_but_supply() -> None:
    for action in Action:
        allowed = may_ask(asker(TEAM), team_ask(action), DEFAULT).allowed
        assert allowed is (action is not Action.SUPPLY)


def test_a_case_system_looks_up_and_reads_the_directory() -> None:
    allowed = {
        action for action in Action if may_ask(asker(CASE_SYSTEM), ask(action), DEFAULT).allowed
    }
    assert allowed == {Action.LOOKUP, Action.READ_DIRECTORY}
    assert works(CASE_SYSTEM, ask(Action.LOOKUP))


@pytest.mark.parametrize(
    ("who", "actions"),
    [
        (SUPPLIER, {Action.SUPPLY, Action.READ_BATCH, Action.READ_DIRECTORY}),
        (AUDITOR, {Action.READ_DIRECTORY}),
    ],
)
def test_suppliers_and_auditors_have_their_few_actions(who: Who, actions: set[Action]) -> None:
    allowed = {action for action in Action if may_ask(asker(who), bare(action), DEFAULT).allowed}
    assert allowed == actions


def test_a_lapsed_nurse_is_told_why_and_sees_no_child() -> None:
    lapsed = asker(HEALTH_VISITOR, checked_on=None)
    assert may_ask(lapsed, bare(Action.READ_DIRECTORY), DEFAULT)
    assert not may_ask(lapsed, ask(Action.LOOKUP), DEFAULT)
    assert not decide(lapsed, ask(Action.LOOKUP), ChildFacts(), DEFAULT)
