"""Each rule about the facts of a child's record, alone."""

from itertools import product

from consent.decide import decide
from consent.decision import EVERY_CLASS, ChildReason
from consent.facts import (
    Action,
    AgencyKind,
    ChildFacts,
    DisclosureClass,
    Obligation,
    Role,
)
from tests.consent.examples import (
    AUDITOR,
    CASE_SYSTEM,
    DEFAULT,
    HEALTH_VISITOR,
    OPEN,
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

PLAIN = ChildFacts()
SHIELDED = ChildFacts(shielded=True)
HELD = ChildFacts(held=True)
ARCHIVED = ChildFacts(archived=True)
IDENTITY_ONLY = frozenset({DisclosureClass.IDENTITY})
NUMBERS = frozenset({DisclosureClass.NHS_NUMBER, DisclosureClass.UPN, DisclosureClass.CASE_NUMBER})
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
)


def test_the_team_sees_every_class() -> None:
    for action, held, shielded in product(TEAM_ACTIONS, (False, True), (False, True)):
        child = ChildFacts(held=held, shielded=shielded)
        decision = decide(asker(TEAM), team_ask(action), child, DEFAULT)
        assert decision.permits == EVERY_CLASS
        assert decision.reasons == (ChildReason.TEAM_KEEPS_THE_INDEX,)
        assert decision.obligations == frozenset()
    assert decide(asker(TEAM), bare(Action.READ_HOLDS), HELD, DEFAULT).permits == EVERY_CLASS


def test_the_team_sees_nothing_of_a_child_by_keeping_the_directory() -> None:
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
    }
    assert decision.reasons == (ChildReason.AGREEMENT_GIVES,)


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
        assert decision.allowed is (action is Action.READ_CHILD)
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


def test_only_social_care_and_the_team_amend_a_record() -> None:
    for kind in AgencyKind:
        may = decide(
            asker((Role.PRACTITIONER, kind)), ask(Action.AMEND_CHILD), PLAIN, DEFAULT
        ).allowed
        assert may is (kind is AgencyKind.SOCIAL_CARE)


def test_only_the_team_shields_and_lifts_whatever_is_agreed() -> None:
    for action in (Action.SHIELD, Action.LIFT_SHIELD):
        decision = decide(asker(), ask(action), PLAIN, OPEN)
        assert decision.reasons == (ChildReason.SHIELDING_IS_THE_TEAMS,)
        assert decide(asker(TEAM), team_ask(action), SHIELDED, DEFAULT).allowed


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
