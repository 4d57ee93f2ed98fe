"""Each rule about the asker and the question, alone."""

from datetime import date, timedelta

import pytest

from consent.agreement import Agreement
from consent.decide import may_ask, may_hold_assessment, may_mediate
from consent.decision import AskerReason
from consent.facts import (
    SENSITIVE_KINDS,
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    Purpose,
    Role,
)
from tests.consent.examples import (
    AGENCY,
    AUDITOR,
    CAMFIELD,
    CASE_SYSTEM,
    DAY,
    DEFAULT,
    HEALTH_VISITOR,
    OPEN,
    OTHER_AGENCY,
    POLICE_DESK,
    SOCIAL_WORKER,
    SUPPLIER,
    TEACHER,
    TEAM,
    ask,
    asker,
    bare,
    changed_default,
    default_with,
    named,
    team_ask,
    without_party,
)

READ = ask(Action.READ_CHILD)
TOMORROW = DAY + timedelta(days=1)


def reasons(
    who: AskerFacts, what: Ask = READ, agreement: Agreement = DEFAULT
) -> tuple[AskerReason, ...]:
    decision = may_ask(who, what, agreement)
    assert decision.allowed is (decision.reasons == ())
    assert bool(decision) is decision.allowed
    return decision.reasons


def account_reasons(
    who: AskerFacts, what: Ask = READ, agreement: Agreement = DEFAULT
) -> tuple[AskerReason, ...]:
    """What is wrong with the account, for itself and for anybody it mediates for."""
    told = reasons(who, what, agreement)
    mediating = may_mediate(who, what, agreement)
    assert mediating.allowed is bool(mediating) is (mediating.reasons == ())
    assert mediating.reasons == told
    return told


def test_an_asker_in_good_order_may_ask() -> None:
    assert account_reasons(asker()) == ()


def test_a_suspended_account_asks_nothing() -> None:
    suspended = asker(account_state=AccountState.SUSPENDED)
    assert account_reasons(suspended) == (AskerReason.ACCOUNT_SUSPENDED,)
    assert reasons(suspended, bare(Action.READ_DIRECTORY)) == (AskerReason.ACCOUNT_SUSPENDED,)


def test_a_closed_account_asks_nothing() -> None:
    closed = asker(account_state=AccountState.CLOSED)
    assert account_reasons(closed) == (AskerReason.ACCOUNT_CLOSED,)
    assert reasons(closed, bare(Action.READ_DIRECTORY)) == (AskerReason.ACCOUNT_CLOSED,)


def test_a_missing_or_old_check_refuses() -> None:
    for checked in (None, TOMORROW, date(2023, 11, 20)):
        assert account_reasons(asker(checked_on=checked)) == (AskerReason.CHECK_LAPSED,)


def test_the_untrained_are_refused() -> None:
    for trained in (None, TOMORROW):
        assert account_reasons(asker(trained_on=trained)) == (AskerReason.TRAINING_MISSING,)


def test_without_a_signed_agreement_nobody_asks() -> None:
    for signed in (None, TOMORROW):
        assert account_reasons(asker(signed_on=signed)) == (AskerReason.AGREEMENT_UNSIGNED,)


def test_the_lapsed_may_still_read_what_has_lapsed() -> None:
    lapsed = asker(checked_on=None, trained_on=None, signed_on=None)
    for action in (Action.READ_DIRECTORY, Action.READ_DECISION):
        assert reasons(lapsed, bare(action)) == ()
    assert len(reasons(lapsed, READ)) == 3
    assert len(reasons(lapsed, bare(Action.READ_NOTICES))) == 3


def test_an_employer_not_accredited_is_refused() -> None:
    who = asker(employer_accredited=False)
    assert account_reasons(who) == (AskerReason.EMPLOYER_NOT_ACCREDITED,)
    assert reasons(who, bare(Action.READ_DIRECTORY)) == (AskerReason.EMPLOYER_NOT_ACCREDITED,)


def test_an_agreement_is_in_force_from_its_first_to_its_last_day() -> None:
    for first, last, good in (
        ("2026-05-01", None, True),
        ("2026-11-21", "2026-11-21", True),
        ("2026-11-22", None, False),
        ("2026-05-01", "2026-11-20", False),
    ):
        agreement = changed_default(in_force_from=first, in_force_until=last)
        expected = () if good else (AskerReason.NO_AGREEMENT_IN_FORCE,)
        assert account_reasons(asker(), READ, agreement) == expected


def test_an_agency_that_is_no_party_is_told_so_first() -> None:
    agreement = without_party(AgencyKind.HOUSING)
    told = reasons(asker((Role.PRACTITIONER, AgencyKind.HOUSING)), READ, agreement)
    assert told[0] == AskerReason.AGENCY_NOT_PARTY
    housing = asker((Role.PRACTITIONER, AgencyKind.HOUSING))
    assert may_mediate(housing, READ, agreement).reasons[0] == AskerReason.AGENCY_NOT_PARTY
    assert reasons(asker(), READ, agreement) == ()


def test_a_role_does_only_what_the_agreement_gives_it() -> None:
    for who, action in (
        (TEACHER, Action.KEEP_DIRECTORY),
        (POLICE_DESK, Action.READ_DUE),
        (TEACHER, Action.READ_BATCH),
        (AUDITOR, Action.READ_HOLDS),
        (AUDITOR, Action.READ_NOTICES),
        (SUPPLIER, Action.KEEP_DIRECTORY),
        (TEAM, Action.SUPPLY),
        ((Role.MANAGEMENT_TEAM, AgencyKind.SCHOOL), Action.KEEP_DIRECTORY),
    ):
        assert reasons(asker(who), bare(action)) == (AskerReason.ROLE_NOT_ALLOWED,)


TEAM_ACTIONS = (
    Action.SHIELD,
    Action.LIFT_SHIELD,
    Action.BROKER,
    Action.APPROVE_OVERRIDE,
    Action.INVESTIGATE,
    Action.RELEASE_HOLD,
    Action.CLOSE_IDENTITY,
    Action.TRANSFER,
    Action.KEEP_AGREEMENT,
    Action.TELL_WHO_LOOKED,
)


AUDITORS_ACTIONS = (Action.INSPECT_LOG, Action.READ_PANEL, Action.HANDLE_MISUSE)


def test_what_is_the_auditors_no_agreement_gives_away() -> None:
    """Whoever keeps the index does not watch it."""
    for action in AUDITORS_ACTIONS:
        for who in (SOCIAL_WORKER, CASE_SYSTEM, SUPPLIER, TEAM):
            assert reasons(asker(who), bare(action), OPEN) == (AskerReason.ROLE_NOT_ALLOWED,)
        assert reasons(asker(AUDITOR), bare(action), OPEN) == ()


def test_a_rollback_is_released_by_team_or_auditor_whatever_is_agreed() -> None:
    release = bare(Action.RELEASE_LOG)
    for who in (SOCIAL_WORKER, CASE_SYSTEM, SUPPLIER):
        assert reasons(asker(who), release, OPEN) == (AskerReason.ROLE_NOT_ALLOWED,)
    for who in (TEAM, AUDITOR):
        assert reasons(asker(who), release, OPEN) == ()


def test_supervision_is_a_persons_by_a_right_granted_by_name() -> None:
    supervise, refused = bare(Action.SUPERVISE), (AskerReason.SUPERVISION_NOT_GRANTED,)
    for who in (SOCIAL_WORKER, TEAM):
        assert reasons(asker(who, may_supervise=True), supervise) == ()
        for without in (asker(who), asker(who, may_override=True), asker(who, may_supervise="no")):
            assert reasons(without, supervise) == refused
    for who in (CASE_SYSTEM, SUPPLIER, AUDITOR):
        assert reasons(asker(who, may_supervise=True), supervise, OPEN) == refused


def test_what_is_the_teams_no_agreement_gives_away() -> None:
    """Even where an agreement opens everything to everybody."""
    elsewhere = (*AUDITORS_ACTIONS, Action.RELEASE_LOG, Action.SUPERVISE)
    for action in set(Action) - set(elsewhere):
        refused = (AskerReason.ROLE_NOT_ALLOWED,) if action in TEAM_ACTIONS else ()
        for who in (SOCIAL_WORKER, CASE_SYSTEM, SUPPLIER, AUDITOR):
            may_override = asker(who, may_override=action is not Action.APPROVE_OVERRIDE)
            assert reasons(may_override, ask(action), OPEN) == refused
    for action in TEAM_ACTIONS:
        assert reasons(asker(TEAM), team_ask(action)) == ()


def test_an_override_is_a_right_granted_by_name_or_by_statutory_task() -> None:
    refused = (AskerReason.OVERRIDE_NOT_GRANTED,)
    worried = ask(Action.OVERRIDE, Purpose.SAFEGUARD)
    enquiry = ask(Action.OVERRIDE, Purpose.ENQUIRE_SIGNIFICANT_HARM)
    for who in (SOCIAL_WORKER, POLICE_DESK):
        assert reasons(asker(who), worried) == refused
        assert reasons(asker(who), enquiry) == ()
    assert reasons(asker(HEALTH_VISITOR), enquiry) == refused
    for who in (SOCIAL_WORKER, HEALTH_VISITOR, TEACHER):
        assert reasons(asker(who, may_override=True), worried) == ()
    assert reasons(asker(TEAM), team_ask(Action.OVERRIDE)) == refused
    assert reasons(asker(TEAM, may_override=True), team_ask(Action.OVERRIDE)) == ()
    # A statutory task is a worker's, not a case system's.
    assert reasons(asker(CASE_SYSTEM), enquiry, OPEN) == refused
    truthy = asker(may_override="no")
    assert reasons(truthy, worried) == refused


def test_only_kinds_agreed_on_ask_through_a_mediator() -> None:
    terms = {"mediators": "all_parties", "requesters": ["social_care"]}
    narrow = changed_default(mediation=terms)
    assert reasons(asker(), ask(Action.MEDIATE), narrow) == ()
    refused = (AskerReason.ROLE_NOT_ALLOWED,)
    assert reasons(asker(TEACHER), ask(Action.MEDIATE), narrow) == refused
    assert reasons(asker(TEACHER), ask(Action.LOOKUP), narrow) == ()
    assert reasons(asker(TEACHER), ask(Action.MEDIATE)) == ()


def test_only_kinds_agreed_on_mediate_and_only_at_a_keyboard() -> None:
    refused = (AskerReason.ROLE_NOT_ALLOWED,)
    look = ask(Action.LOOKUP)
    for who, agreement, expected in (
        (SOCIAL_WORKER, CAMFIELD, ()),
        (TEAM, CAMFIELD, ()),
        (TEACHER, CAMFIELD, refused),
        (TEACHER, DEFAULT, ()),
        (CASE_SYSTEM, DEFAULT, refused),
        (SUPPLIER, DEFAULT, refused),
        (AUDITOR, OPEN, refused),
    ):
        mediating = may_mediate(asker(who), look, agreement)
        assert mediating.reasons == expected
        assert mediating.allowed is (expected == ())


def test_whoever_asks_about_a_child_states_a_purpose() -> None:
    assert AskerReason.PURPOSE_MISSING in reasons(asker(), ask(Action.LOOKUP, None))
    assert reasons(asker(), bare(Action.LOOKUP)) == (
        AskerReason.PURPOSE_MISSING,
        AskerReason.REASON_MISSING,
    )


@pytest.mark.parametrize(
    ("who", "action"),
    [
        (SUPPLIER, Action.SUPPLY),
        (SUPPLIER, Action.READ_BATCH),
        (TEAM, Action.READ_BATCH),
        (TEAM, Action.READ_HOLDS),
        (TEAM, Action.KEEP_DIRECTORY),
        (AUDITOR, Action.READ_DIRECTORY),
        (TEAM, Action.BROKER),
        (TEAM, Action.INVESTIGATE),
        (TEAM, Action.APPROVE_OVERRIDE),
        (TEAM, Action.KEEP_AGREEMENT),
        (TEACHER, Action.READ_DUE),
        (AUDITOR, Action.READ_DECISION),
        (CASE_SYSTEM, Action.READ_NOTICES),
    ],
)
def test_feeds_and_the_directory_need_no_purpose(
    who: tuple[Role, AgencyKind], action: Action
) -> None:
    assert reasons(asker(who), bare(action)) == ()


def test_a_sensitive_service_holds_no_assessment_whatever_is_agreed() -> None:
    for kind in AgencyKind:
        who = asker((Role.PRACTITIONER, kind))
        refused = (AskerReason.ROLE_NOT_ALLOWED,) if kind in SENSITIVE_KINDS else ()
        assert reasons(who, ask(Action.RECORD_ASSESSMENT), OPEN) == refused
        for other in (Action.READ_CHILD, Action.RECORD_INVOLVEMENT):
            assert reasons(who, ask(other), OPEN) == ()


HOLDERS = {
    AgencyKind.SOCIAL_CARE,
    AgencyKind.EARLY_HELP,
    AgencyKind.EARLY_YEARS,
    AgencyKind.SCHOOL,
    AgencyKind.COLLEGE,
    AgencyKind.HEALTH_VISITING,
    AgencyKind.SCHOOL_NURSING,
    AgencyKind.GENERAL_PRACTICE,
    AgencyKind.HOSPITAL,
    AgencyKind.YOUTH_JUSTICE,
    AgencyKind.HOUSING,
    AgencyKind.VOLUNTARY,
}


def test_an_assessment_is_handed_to_a_kind_whose_practitioners_may_record_one() -> None:
    school = AgencyKind.SCHOOL
    for agreement, kinds in (
        (DEFAULT, HOLDERS),
        (CAMFIELD, HOLDERS - {school, AgencyKind.COLLEGE}),
        (OPEN, set(AgencyKind) - SENSITIVE_KINDS),
        (without_party(school), HOLDERS - {school}),
        (changed_default(roles={role.value: [] for role in Role}), set()),
    ):
        assert {kind for kind in AgencyKind if may_hold_assessment(kind, agreement)} == kinds


def test_a_purpose_not_open_to_the_asker_is_refused() -> None:
    refused = (AskerReason.PURPOSE_NOT_ALLOWED,)
    team_purpose = ask(Action.READ_CHILD, Purpose.KEEP_INDEX)
    assert reasons(asker(), team_purpose) == refused
    assert reasons(asker(TEAM), READ) == refused
    enquiry = ask(Action.READ_CHILD, Purpose.ENQUIRE_SIGNIFICANT_HARM)
    assert reasons(asker(TEACHER), enquiry) == refused


def test_a_purpose_is_open_while_its_gateway_is_in_force() -> None:
    refused = (AskerReason.PURPOSE_NOT_ALLOWED,)
    for first, last, expected in (
        ("2026-05-01", None, ()),
        ("2026-11-21", "2026-11-21", ()),
        ("2026-11-22", None, refused),
        ("2026-05-01", "2026-11-20", refused),
    ):
        agreement = default_with("purposes", "safeguard", "in_force_from", value=first)
        agreement = default_with(
            "purposes", "safeguard", "in_force_until", value=last, of=agreement
        )
        assert reasons(asker(), READ, agreement) == expected
        other = ask(Action.READ_CHILD, Purpose.PROMOTE_WELFARE)
        assert reasons(asker(), other, agreement) == ()
        assert reasons(asker(), bare(Action.READ_DIRECTORY), agreement) == ()


def test_a_purpose_is_closed_to_an_agency_by_name() -> None:
    agreement = changed_default(named=[named(purposes_closed=["safeguard"])])
    assert reasons(asker(), READ, agreement) == (AskerReason.PURPOSE_NOT_ALLOWED,)
    assert reasons(asker(agency=OTHER_AGENCY), READ, agreement) == ()
    assert asker().agency == AGENCY
    other = ask(Action.READ_CHILD, Purpose.PROMOTE_WELFARE)
    assert reasons(asker(), other, agreement) == ()
    assert reasons(asker(), bare(Action.READ_DIRECTORY), agreement) == ()


def test_a_purpose_nobody_asked_for_must_still_be_allowed() -> None:
    stated = ask(Action.READ_HOLDS, Purpose.SAFEGUARD, None)
    assert reasons(asker(TEAM), stated) == (AskerReason.PURPOSE_NOT_ALLOWED,)
    assert reasons(asker(TEAM), ask(Action.READ_HOLDS, Purpose.KEEP_INDEX, None)) == ()
    assert reasons(asker(TEAM), team_ask(Action.READ_HOLDS)) == ()


def test_whoever_asks_about_a_child_states_a_reason() -> None:
    missing = ask(Action.LOOKUP, reason=None)
    assert reasons(asker(), missing) == (AskerReason.REASON_MISSING,)


def test_a_reason_belongs_to_its_purpose() -> None:
    foreign = ask(Action.LOOKUP, Purpose.PROMOTE_WELFARE, AccessReason.COMING_TO_NOTICE)
    assert reasons(asker(), foreign) == (AskerReason.REASON_NOT_ALLOWED,)
    alone = ask(Action.READ_DIRECTORY, None, AccessReason.REVIEW)
    assert reasons(asker(), alone) == (AskerReason.REASON_NOT_ALLOWED,)
