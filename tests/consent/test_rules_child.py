"""Each rule about the facts of a child's record, alone."""

from dataclasses import replace
from itertools import product
from typing import Any

from consent.decide import decide
from consent.decision import EVERY_CLASS, ChildReason
from consent.facts import (
    Action,
    AgencyKind,
    ChildFacts,
    DisclosureClass,
    Obligation,
    Purpose,
    Role,
)
from tests.consent.examples import (
    AUDITOR,
    CASE_SYSTEM,
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
)

PLAIN = ChildFacts()
SHIELDED = ChildFacts(shielded=True)
HELD = ChildFacts(held=True)
ARCHIVED = ChildFacts(archived=True)
OVERRIDDEN = ChildFacts(shielded=True, overridden=True)
OVERRIDING = ask(Action.OVERRIDE, Purpose.ENQUIRE_SIGNIFICANT_HARM)
RECORDING = ask(Action.RECORD_ASSESSMENT)
IDENTITY_ONLY = frozenset({DisclosureClass.IDENTITY})
NUMBERS = frozenset({DisclosureClass.NHS_NUMBER, DisclosureClass.UPN, DisclosureClass.CASE_NUMBER})
READ = ask(Action.READ_CHILD)
TEAM_ACTIONS = (
    Action.LOOKUP,
    Action.READ_CHILD,
    Action.CREATE_CHILD,
    Action.AMEND_CHILD,
    Action.READ_INVOLVEMENT,
    Action.RECORD_INVOLVEMENT,
    Action.RECORD_ASSESSMENT,
    Action.SHIELD,
    Action.LIFT_SHIELD,
    Action.RECORD_CONSENT,
    Action.READ_CONSENTS,
    Action.BROKER,
    Action.ASK_SHIELD,
    Action.OVERRIDE,
    Action.RELEASE_HOLD,
    Action.CLOSE_IDENTITY,
    Action.RECORD_STATUS,
    Action.RECORD_DISSENT,
)


def test_the_team_sees_every_class() -> None:
    team = asker(TEAM, may_override=True)
    for action, held, shielded in product(TEAM_ACTIONS, (False, True), (False, True)):
        child = ChildFacts(held=held, shielded=shielded)
        decision = decide(team, team_ask(action), child, DEFAULT)
        assert decision.permits == EVERY_CLASS
        assert decision.reasons == (ChildReason.TEAM_KEEPS_THE_INDEX,)
        assert decision.obligations == frozenset()
    assert decide(asker(TEAM), bare(Action.READ_HOLDS), HELD, DEFAULT).permits == EVERY_CLASS


def test_what_is_asked_of_no_child_shows_none() -> None:
    """Neither the team nor anybody else, whatever is agreed."""
    of_a_child = {*TEAM_ACTIONS, Action.READ_HOLDS}
    for action in set(Action) - of_a_child - {Action.SUPPLY, Action.MEDIATE, Action.SUBSCRIBE}:
        decision = decide(asker(TEAM), bare(action), PLAIN, DEFAULT)
        assert not decision.allowed
        assert decision.permits == frozenset()
        for who in (SOCIAL_WORKER, CASE_SYSTEM):
            assert not decide(asker(who), ask(action), PLAIN, OPEN).allowed
    decision = decide(asker(TEAM), bare(Action.KEEP_DIRECTORY), PLAIN, DEFAULT)
    assert decision.reasons == (ChildReason.NO_RULE_PERMITS,)


def test_a_practitioner_sees_the_classes_agreed() -> None:
    decision = decide(asker(POLICE_DESK), ask(Action.READ_CHILD), PLAIN, DEFAULT)
    assert decision.permits == {
        DisclosureClass.IDENTITY,
        DisclosureClass.WHEREABOUTS,
        DisclosureClass.CARERS,
        DisclosureClass.SETTINGS,
        DisclosureClass.INVOLVEMENTS,
        DisclosureClass.ASSESSMENT,
        DisclosureClass.STATUS,
    }
    assert decision.reasons == (ChildReason.AGREEMENT_GIVES,)


def test_status_is_told_in_reading_and_to_those_who_may_act_on_it() -> None:
    told = {"social_care", "police", "health_visiting", "school_nursing", "general_practice"}
    told |= {"hospital"}
    for kind in AgencyKind:
        who = asker((Role.PRACTITIONER, kind))
        read = decide(who, ask(Action.READ_CHILD), PLAIN, DEFAULT).permits
        assert (DisclosureClass.STATUS in read) is (kind in told)
        looked = decide(who, ask(Action.LOOKUP), PLAIN, DEFAULT).permits
        assert DisclosureClass.STATUS not in looked
        assert DisclosureClass.STATUS not in decide(who, READ, SHIELDED, DEFAULT).permits


def test_consents_are_told_only_where_they_are_asked_for() -> None:
    asked_for = (Action.READ_CONSENTS, Action.RECORD_CONSENT)
    for kind, action in product(AgencyKind, Action):
        seen = decide(asker((Role.PRACTITIONER, kind)), ask(action), PLAIN, DEFAULT).permits
        assert (DisclosureClass.CONSENTS in seen) is (action in asked_for)


def test_tracing_is_compared_in_lookups_but_never_read() -> None:
    looked = decide(asker(TEACHER), ask(Action.LOOKUP), PLAIN, DEFAULT)
    read = decide(asker(TEACHER), ask(Action.READ_CHILD), PLAIN, DEFAULT)
    assert DisclosureClass.TRACING in looked.permits
    assert DisclosureClass.TRACING not in read.permits


def test_what_an_agreement_withholds_from_a_kind_is_withheld() -> None:
    housing = asker((Role.PRACTITIONER, AgencyKind.HOUSING))
    decision = decide(housing, ask(Action.READ_CHILD), PLAIN, DEFAULT)
    assert decision.permits == {
        DisclosureClass.IDENTITY,
        DisclosureClass.WHEREABOUTS,
        DisclosureClass.CARERS,
        DisclosureClass.INVOLVEMENTS,
    }


def test_numbers_return_only_to_their_body() -> None:
    for who, numbers in (
        (TEACHER, {DisclosureClass.UPN}),
        (HEALTH_VISITOR, {DisclosureClass.NHS_NUMBER}),
        (POLICE_DESK, set()),
        (SOCIAL_WORKER, NUMBERS),
    ):
        for action in (Action.LOOKUP, Action.READ_CHILD):
            decision = decide(asker(who), ask(action), PLAIN, DEFAULT)
            assert decision.permits & NUMBERS == numbers
            assert (ChildReason.OWN_NUMBER in decision.reasons) is bool(numbers)


def test_a_number_goes_along_while_its_gateway_is_in_force() -> None:
    for part, value, given in (
        ("in_force_from", "2026-11-22", False),
        ("in_force_from", "2026-11-21", True),
        ("in_force_until", "2026-11-20", False),
        ("in_force_until", "2026-11-21", True),
    ):
        agreement = default_with("identifiers", "schemes", "upn", part, value=value)
        decision = decide(asker(TEACHER), READ, PLAIN, agreement)
        assert (DisclosureClass.UPN in decision.permits) is given
        assert (ChildReason.OWN_NUMBER in decision.reasons) is given
        social = decide(asker(), READ, PLAIN, agreement).permits & NUMBERS
        assert social == (NUMBERS if given else NUMBERS - {DisclosureClass.UPN})


def test_whoever_may_not_ask_is_answered_nothing() -> None:
    """Also where a service forgot to ask `may_ask` first."""
    for who, what in (
        (asker(checked_on=None), ask(Action.READ_CHILD)),
        (asker(TEAM, employer_accredited=False), team_ask(Action.READ_CHILD)),
        (asker(), bare(Action.READ_CHILD)),
    ):
        decision = decide(who, what, PLAIN, DEFAULT)
        assert decision.reasons == (ChildReason.ASKER_NOT_ALLOWED,)
        assert not decision.permits
        assert not decision.obligations
        assert not decision


def test_suppliers_and_auditors_see_no_child_whatever_is_agreed() -> None:
    for who in (SUPPLIER, AUDITOR):
        for action in Action:
            decision = decide(asker(who), ask(action), PLAIN, OPEN)
            assert not decision.allowed
            assert ChildReason.ROLE_SEES_NO_CHILD in decision.reasons


def test_an_archived_record_is_closed_to_practitioners() -> None:
    for who in (SOCIAL_WORKER, CASE_SYSTEM):
        for action in (Action.LOOKUP, Action.READ_CHILD, Action.RECORD_INVOLVEMENT):
            decision = decide(asker(who), ask(action), ARCHIVED, OPEN)
            assert decision.reasons == (ChildReason.RECORD_ARCHIVED,)


def test_of_the_archive_the_team_only_reads() -> None:
    for action in TEAM_ACTIONS:
        decision = decide(asker(TEAM), team_ask(action), ARCHIVED, DEFAULT)
        assert decision.allowed is (action in (Action.READ_CHILD, Action.READ_CONSENTS))
    assert decide(asker(TEAM), bare(Action.READ_HOLDS), ARCHIVED, DEFAULT).allowed


def test_a_held_record_is_seen_by_the_team_alone() -> None:
    for who in (SOCIAL_WORKER, CASE_SYSTEM):
        decision = decide(asker(who), ask(Action.LOOKUP), HELD, OPEN)
        assert decision.reasons == (ChildReason.RECORD_HELD,)
    assert decide(asker(TEAM), team_ask(Action.LOOKUP), HELD, DEFAULT).allowed


def test_of_a_shielded_record_only_the_identity_is_seen() -> None:
    for who in (SOCIAL_WORKER, CASE_SYSTEM):
        for action in (Action.LOOKUP, Action.READ_CHILD, Action.READ_INVOLVEMENT):
            decision = decide(asker(who), ask(action), SHIELDED, OPEN)
            assert decision.permits == IDENTITY_ONLY
            assert ChildReason.RECORD_SHIELDED in decision.reasons


def test_own_involvement_may_be_recorded_with_a_shielded_child() -> None:
    decision = decide(asker(TEACHER), ask(Action.RECORD_INVOLVEMENT), SHIELDED, DEFAULT)
    assert decision.permits == IDENTITY_ONLY


def test_a_shielded_record_is_overwritten_by_the_team_alone() -> None:
    for action in (Action.AMEND_CHILD, Action.RECORD_ASSESSMENT):
        assert decide(asker(), ask(action), PLAIN, DEFAULT).allowed
        denied = decide(asker(), ask(action), SHIELDED, DEFAULT)
        assert not denied.allowed
        assert ChildReason.SHIELDED_NOT_OVERWRITTEN in denied.reasons
        assert decide(asker(TEAM), team_ask(action), SHIELDED, DEFAULT).allowed


def test_to_end_an_own_assessment_a_shielded_record_shows_its_identity() -> None:
    """Of a held or archived one nothing; and for no other action it changes anything."""
    shielded = decide(asker(), RECORDING, replace(SHIELDED, own_assessment=True), DEFAULT)
    assert shielded.permits == IDENTITY_ONLY
    assert Obligation.WITHHOLD_WHEREABOUTS in shielded.obligations
    for child in (HELD, ARCHIVED):
        for each in (child, replace(child, shielded=True)):
            assert not decide(asker(), RECORDING, replace(each, own_assessment=True), OPEN).allowed
    for action, child in product(Action, (PLAIN, SHIELDED)):
        without, with_own = (
            decide(asker(), ask(action), replace(child, own_assessment=own), OPEN)
            for own in (False, True)
        )
        shown_more = action is Action.RECORD_ASSESSMENT and child.shielded
        assert (without != with_own) is shown_more


def test_an_own_assessment_counts_only_when_it_is_true() -> None:
    vague: Any = 1
    child = ChildFacts(shielded=True, own_assessment=vague)
    assert not decide(asker(), RECORDING, child, DEFAULT).allowed


def test_only_social_care_and_the_team_amend_a_record() -> None:
    for kind in AgencyKind:
        may = decide(
            asker((Role.PRACTITIONER, kind)), ask(Action.AMEND_CHILD), PLAIN, DEFAULT
        ).allowed
        assert may is (kind is AgencyKind.SOCIAL_CARE)


def test_only_the_team_does_what_is_the_teams_whatever_is_agreed() -> None:
    for action in (
        Action.SHIELD,
        Action.LIFT_SHIELD,
        Action.RELEASE_HOLD,
        Action.CLOSE_IDENTITY,
        Action.BROKER,
    ):
        decision = decide(asker(may_override=True), ask(action), PLAIN, OPEN)
        assert decision.reasons == (ChildReason.ASKER_NOT_ALLOWED,)
        assert decide(asker(TEAM), team_ask(action), SHIELDED, DEFAULT).allowed


def test_own_consents_and_status_may_be_recorded_with_a_shielded_child() -> None:
    for action in (Action.RECORD_CONSENT, Action.RECORD_STATUS, Action.RECORD_DISSENT):
        assert decide(asker(), ask(action), SHIELDED, DEFAULT).permits == IDENTITY_ONLY


def test_an_override_asked_for_shows_the_identity_only() -> None:
    """The same, shielded or not: asking tells nothing."""
    for child in (PLAIN, SHIELDED):
        decision = decide(asker(), OVERRIDING, child, DEFAULT)
        assert decision.permits == IDENTITY_ONLY
        assert ChildReason.OVERRIDE_NOT_IN_FORCE in decision.reasons
    team = asker(TEAM, may_override=True)
    assert decide(team, team_ask(Action.OVERRIDE), PLAIN, DEFAULT).permits == EVERY_CLASS


def test_under_an_override_a_shielded_record_is_read_like_any_other() -> None:
    overridden = decide(asker(), OVERRIDING, OVERRIDDEN, DEFAULT)
    assert overridden.permits == decide(asker(), READ, PLAIN, DEFAULT).permits
    assert overridden.permits > IDENTITY_ONLY
    assert Obligation.WITHHOLD_WHEREABOUTS not in overridden.obligations
    assert ChildReason.RECORD_SHIELDED not in overridden.reasons
    assert ChildReason.OVERRIDE_NOT_IN_FORCE not in overridden.reasons
    # The shield may be lifted meanwhile.
    lifted = decide(asker(), OVERRIDING, ChildFacts(overridden=True), DEFAULT)
    assert lifted.permits == overridden.permits


def test_an_override_opens_no_archive_and_no_hold() -> None:
    for child, reason in (
        (ChildFacts(archived=True, shielded=True, overridden=True), ChildReason.RECORD_ARCHIVED),
        (ChildFacts(held=True, shielded=True, overridden=True), ChildReason.RECORD_HELD),
    ):
        decision = decide(asker(), OVERRIDING, child, OPEN)
        assert not decision.allowed
        assert decision.reasons == (reason,)


def test_an_override_changes_no_other_question() -> None:
    for action, shielded in product(set(Action) - {Action.OVERRIDE}, (False, True)):
        without, with_override = (
            decide(asker(), ask(action), ChildFacts(shielded=shielded, overridden=on), OPEN)
            for on in (False, True)
        )
        assert without == with_override


def test_an_override_counts_only_when_it_is_true() -> None:
    vague: Any = 1
    child = ChildFacts(shielded=True, overridden=vague)
    assert decide(asker(), OVERRIDING, child, DEFAULT).permits == IDENTITY_ONLY


def test_classes_are_withheld_from_an_agency_by_name() -> None:
    """From that agency, not from its kind, and never from the team."""
    agreement = changed_default(named=[named(classes_withheld=["settings", "identifier:upn"])])
    denied, whole = (decide(asker(), READ, PLAIN, each) for each in (agreement, DEFAULT))
    assert denied.permits == whole.permits - {DisclosureClass.SETTINGS, DisclosureClass.UPN}
    assert denied.reasons == tuple(sorted((*whole.reasons, ChildReason.AGENCY_EXCEPTED)))
    other = asker(agency=OTHER_AGENCY)
    assert decide(other, READ, PLAIN, agreement) == whole
    team = decide(asker(TEAM), team_ask(Action.READ_CHILD), PLAIN, agreement)
    assert team.permits == EVERY_CLASS
    assert team.reasons == (ChildReason.TEAM_KEEPS_THE_INDEX,)
    nothing_withheld = changed_default(named=[named(level_max="contact")])
    assert decide(asker(), READ, PLAIN, nothing_withheld) == whole


def test_a_shielded_answer_owes_silence_on_whereabouts() -> None:
    for child, owed in ((SHIELDED, True), (PLAIN, False)):
        decision = decide(asker(), ask(Action.READ_CHILD), child, DEFAULT)
        assert (Obligation.WITHHOLD_WHEREABOUTS in decision.obligations) is owed


def test_every_answer_withholds_sensitive_services_and_offers_the_broker() -> None:
    for child in (PLAIN, SHIELDED):
        decision = decide(asker(), ask(Action.READ_CHILD), child, DEFAULT)
        assert decision.obligations >= {
            Obligation.WITHHOLD_SENSITIVE,
            Obligation.OFFER_BROKERING,
        }


def test_no_practitioner_sees_provenance_or_restrictions() -> None:
    for action in Action:
        seen = decide(asker(), ask(action), PLAIN, OPEN).permits
        assert not seen & {DisclosureClass.PROVENANCE, DisclosureClass.RESTRICTION}
