"""Whose caseload is whose: policy's word, whatever else the account may do."""

from dataclasses import replace

import pytest

from consent.caseload import (
    may_keep_caseload,
    may_put_contact_right,
    may_say_whether_it_worked,
    stands_on_caseload,
)
from consent.decision import AskerReason
from consent.facts import (
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    InvolvementFacts,
    InvolvementLevel,
    Purpose,
    Role,
    SensitiveBasis,
)
from tests.consent.examples import DEFAULT, TEAM, ask, asker

SOCIAL_CARE = (Role.PRACTITIONER, AgencyKind.SOCIAL_CARE)
KEEPER = asker(SOCIAL_CARE, may_supervise=True)
READS = ask(Action.READ_INVOLVEMENT)
OWN = InvolvementFacts(False, SensitiveBasis.NONE, own_agency=True)
OTHERS = replace(OWN, own_agency=False)


@pytest.mark.parametrize("action", [Action.READ_INVOLVEMENT, Action.RECORD_INVOLVEMENT])
def test_a_caseload_is_kept_by_a_right_granted_by_name(action: Action) -> None:
    assert may_keep_caseload(KEEPER, ask(action), DEFAULT).allowed is True
    for who, reason in (
        (replace(KEEPER, may_supervise=False), AskerReason.SUPERVISION_NOT_GRANTED),
        (replace(KEEPER, account_state=AccountState.SUSPENDED), AskerReason.ACCOUNT_SUSPENDED),
        (replace(KEEPER, role=Role.AUDITOR), AskerReason.ROLE_NOT_ALLOWED),
    ):
        decision = may_keep_caseload(who, ask(action), DEFAULT)
        assert decision.allowed is False
        assert decision.reasons[0] is reason


def test_whoever_keeps_a_caseload_states_what_a_read_would_state() -> None:
    bare = Ask(Action.READ_INVOLVEMENT, READS.today)
    assert may_keep_caseload(KEEPER, bare, DEFAULT).reasons == (
        AskerReason.PURPOSE_MISSING,
        AskerReason.REASON_MISSING,
    )
    keeps = replace(READS, purpose=Purpose.KEEP_INDEX)
    assert may_keep_caseload(KEEPER, keeps, DEFAULT).allowed is False


def test_what_is_not_in_order_with_the_right_is_told_first_and_alone() -> None:
    bare = Ask(Action.READ_INVOLVEMENT, READS.today)
    decision = may_keep_caseload(replace(KEEPER, may_supervise=False), bare, DEFAULT)
    assert decision.reasons == (AskerReason.SUPERVISION_NOT_GRANTED,)


@pytest.mark.parametrize("level", InvolvementLevel)
def test_only_ones_own_agencys_shown_in_full_stand_on_a_caseload(level: InvolvementLevel) -> None:
    assert stands_on_caseload(OWN, level) is (level is InvolvementLevel.CONTENT)
    assert stands_on_caseload(OTHERS, level) is False


@pytest.mark.parametrize("level", InvolvementLevel)
@pytest.mark.parametrize("who", [KEEPER, asker(SOCIAL_CARE), asker(TEAM)])
def test_a_contact_in_doubt_is_told_to_its_supplier_and_the_team(
    who: AskerFacts, level: InvolvementLevel
) -> None:
    whole = level is InvolvementLevel.CONTENT
    assert may_put_contact_right(who, OWN, level) is whole
    team = who.role is Role.MANAGEMENT_TEAM
    assert may_put_contact_right(who, OTHERS, level) is (whole and team)


@pytest.mark.parametrize("level", InvolvementLevel)
def test_whoever_is_shown_whom_to_ring_says_whether_it_worked(level: InvolvementLevel) -> None:
    shown = level in (InvolvementLevel.CONTACT, InvolvementLevel.CONTENT)
    assert may_say_whether_it_worked(level) is shown
