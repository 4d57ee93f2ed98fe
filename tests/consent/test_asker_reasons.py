"""The reasons told of an asker: each once, all at once, in order, each a code."""

from consent.decision import AskerReason
from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Purpose,
    Role,
)
from index_service.domain.errors import Code
from tests.consent.examples import (
    SOCIAL_WORKER,
    ask,
    asker,
    bare,
    changed_default,
    named,
)
from tests.consent.test_rules_asker import reasons


def test_a_reason_wrong_in_two_ways_is_told_once() -> None:
    agreement = changed_default(named=[named(purposes_closed=["keep_index"])])
    told = reasons(asker(), ask(Action.READ_CHILD, Purpose.KEEP_INDEX), agreement)
    assert told == (AskerReason.PURPOSE_NOT_ALLOWED,)


def test_every_reason_is_told_at_once_and_account_defects_first() -> None:
    who = asker(
        (Role.AUDITOR, AgencyKind.SCHOOL),
        account_state=AccountState.SUSPENDED,
        checked_on=None,
        trained_on=None,
        signed_on=None,
        employer_accredited=False,
    )
    closed = changed_default(in_force_until="2026-05-02")
    told = reasons(who, bare(Action.SHIELD), closed)
    assert told == (
        AskerReason.ACCOUNT_SUSPENDED,
        AskerReason.CHECK_LAPSED,
        AskerReason.TRAINING_MISSING,
        AskerReason.AGREEMENT_UNSIGNED,
        AskerReason.EMPLOYER_NOT_ACCREDITED,
        AskerReason.NO_AGREEMENT_IN_FORCE,
        AskerReason.ROLE_NOT_ALLOWED,
        AskerReason.PURPOSE_MISSING,
        AskerReason.REASON_MISSING,
    )


def test_the_rules_speak_in_the_order_of_the_reasons() -> None:
    order = list(AskerReason)
    who = asker(SOCIAL_WORKER, employer_accredited=False, trained_on=None)
    told = reasons(who, ask(Action.SHIELD, None, AccessReason.SHIELDING))
    assert sorted(told, key=order.index) == list(told)


def test_every_asker_reason_is_an_outward_code() -> None:
    assert {reason.value for reason in AskerReason} <= {code.value for code in Code}
