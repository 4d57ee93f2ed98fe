"""What a supervisor is told: policy's word, whatever else the account may do."""

from dataclasses import replace
from datetime import date

import pytest

from consent.agreement_terms import InForce
from consent.decide import may_ask
from consent.facts import AccountState, Action, AgencyKind, AskerFacts, Role
from consent.supervision import supervisor_sees_use, supervisor_would_ask
from tests.consent.examples import DEFAULT, TEAM, asker, bare

SOCIAL_CARE = (Role.PRACTITIONER, AgencyKind.SOCIAL_CARE)
SUPERVISOR = asker(SOCIAL_CARE, may_supervise=True)
SUPERVISES = bare(Action.SUPERVISE)
NOT_SUPERVISORS = (
    replace(SUPERVISOR, may_supervise=False),
    replace(SUPERVISOR, account_state=AccountState.SUSPENDED),
    replace(SUPERVISOR, role=Role.AUDITOR),
)


@pytest.mark.parametrize("role", Role)
def test_a_supervisor_sees_the_use_of_those_who_ask_about_children(role: Role) -> None:
    team = asker(TEAM, may_supervise=True)
    seen = supervisor_sees_use(team, SUPERVISES, team.agency, role, DEFAULT)
    assert seen is (role not in (Role.SUPPLIER, Role.AUDITOR))


def test_nobody_sees_the_use_of_whoever_is_shown_more() -> None:
    agency = SUPERVISOR.agency
    for role, seen in (
        (Role.PRACTITIONER, True),
        (Role.CASE_SYSTEM, True),
        (Role.MANAGEMENT_TEAM, False),
    ):
        assert supervisor_sees_use(SUPERVISOR, SUPERVISES, agency, role, DEFAULT) is seen


def test_nobody_sees_the_use_of_another_agency() -> None:
    works = Role.PRACTITIONER
    for who in (SUPERVISOR, asker(TEAM, may_supervise=True)):
        assert supervisor_sees_use(who, SUPERVISES, who.agency, works, DEFAULT) is True
        assert supervisor_sees_use(who, SUPERVISES, f"{who.agency}0", works, DEFAULT) is False


@pytest.mark.parametrize("who", NOT_SUPERVISORS)
def test_nobody_else_sees_any_use_or_open_work(who: AskerFacts) -> None:
    works = Role.PRACTITIONER
    assert supervisor_sees_use(who, SUPERVISES, who.agency, works, DEFAULT) is False
    assert supervisor_would_ask(who, SUPERVISES, Action.READ_INVOLVEMENT, DEFAULT) is None


def test_supervision_is_what_was_asked_for() -> None:
    other = bare(Action.READ_DIRECTORY)
    works = Role.PRACTITIONER
    assert supervisor_sees_use(SUPERVISOR, other, SUPERVISOR.agency, works, DEFAULT) is False
    assert supervisor_would_ask(SUPERVISOR, other, Action.READ_INVOLVEMENT, DEFAULT) is None


def test_the_question_a_supervisor_would_ask_is_one_they_may() -> None:
    for who in (SUPERVISOR, asker(TEAM, may_supervise=True)):
        for action in (Action.READ_INVOLVEMENT, Action.RECORD_ASSESSMENT):
            own = supervisor_would_ask(who, SUPERVISES, action, DEFAULT)
            assert own is not None
            assert own.action is action
            assert may_ask(who, own, DEFAULT).allowed


def test_what_a_supervisor_may_not_ask_they_are_not_told_by_supervising() -> None:
    police = asker((Role.PRACTITIONER, AgencyKind.POLICE), may_supervise=True)
    assert supervisor_would_ask(police, SUPERVISES, Action.RECORD_ASSESSMENT, DEFAULT) is None
    over = InForce(date(1999, 1, 1), date(1999, 12, 31))
    closed = replace(DEFAULT, gateways=dict.fromkeys(DEFAULT.gateways, over))
    assert supervisor_would_ask(SUPERVISOR, SUPERVISES, Action.READ_INVOLVEMENT, closed) is None
