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


@pytest.mark.parametrize("who", PRACTITIONERS)
def test_every_practitioner_records_consents_and_asks_for_help(who: Who) -> None:
    for action in (
        Action.RECORD_CONSENT,
        Action.READ_CONSENTS,
        Action.ASK_SHIELD,
        Action.RECORD_DISSENT,
    ):
        assert works(who, ask(action))
    for action in (Action.ASK_CONTACT, Action.SUBSCRIBE, Action.MEDIATE):
        assert may_ask(asker(who), ask(action), DEFAULT)
    for action in (Action.READ_DECISION, Action.READ_NOTICES):
        assert may_ask(asker(who), bare(action), DEFAULT)


def test_only_social_care_and_the_team_record_a_status() -> None:
    assert works(SOCIAL_WORKER, ask(Action.RECORD_STATUS))
    assert works(TEAM, team_ask(Action.RECORD_STATUS))
    for who in (TEACHER, HEALTH_VISITOR, POLICE_DESK):
        assert not works(who, ask(Action.RECORD_STATUS))


def test_who_holds_assessments_reads_which_are_due() -> None:
    for who in (SOCIAL_WORKER, TEACHER, HEALTH_VISITOR, TEAM):
        assert may_ask(asker(who), bare(Action.READ_DUE), DEFAULT)
    for who in (POLICE_DESK, CASE_SYSTEM):
        assert not may_ask(asker(who), bare(Action.READ_DUE), DEFAULT)


AFTERWARDS = (Action.READ_DIRECTORY, Action.READ_DECISION, Action.READ_PROOF)
WATCHES_THE_INDEX = (Action.INSPECT_LOG, Action.READ_PANEL, Action.HANDLE_MISUSE)


def test_the_team_does_everything_but_supply_mediate_and_audit() -> None:
    for action in Action:
        team = asker(TEAM, may_override=True, may_supervise=True)
        allowed = may_ask(team, team_ask(action), DEFAULT).allowed
        others = (Action.SUPPLY, Action.MEDIATE, Action.SUBSCRIBE, *WATCHES_THE_INDEX)
        assert allowed is (action not in others)


def test_a_case_system_looks_up_and_reads_what_became_of_it() -> None:
    allowed = {
        action for action in Action if may_ask(asker(CASE_SYSTEM), ask(action), DEFAULT).allowed
    }
    afterwards = {
        Action.READ_DIRECTORY,
        Action.READ_DECISION,
        Action.READ_NOTICES,
        Action.READ_PROOF,
    }
    assert allowed == {Action.LOOKUP, *afterwards}
    assert works(CASE_SYSTEM, ask(Action.LOOKUP))


@pytest.mark.parametrize(
    ("who", "actions"),
    [
        (
            SUPPLIER,
            {Action.SUPPLY, Action.READ_BATCH, *AFTERWARDS},
        ),
        (AUDITOR, {*WATCHES_THE_INDEX, Action.RELEASE_LOG, *AFTERWARDS}),
    ],
)
def test_suppliers_and_auditors_have_their_few_actions(who: Who, actions: set[Action]) -> None:
    allowed = {action for action in Action if may_ask(asker(who), bare(action), DEFAULT).allowed}
    assert allowed == actions


def test_a_lapsed_nurse_is_told_why_and_sees_no_child() -> None:
    lapsed = asker(HEALTH_VISITOR, checked_on=None)
    for action in (Action.READ_DIRECTORY, Action.READ_DECISION):
        assert may_ask(lapsed, bare(action), DEFAULT)
    assert not may_ask(lapsed, ask(Action.LOOKUP), DEFAULT)
    assert not decide(lapsed, ask(Action.LOOKUP), ChildFacts(), DEFAULT)
