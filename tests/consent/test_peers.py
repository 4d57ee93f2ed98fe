"""What another authority is told: policy's word, by the agreement of whoever answers."""

from collections.abc import Mapping
from itertools import product

import pytest

from consent.agreement import Agreement
from consent.decide import decide, decide_involvement, may_ask
from consent.facts import (
    AccountState,
    Action,
    AgencyKind,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    Role,
    SensitiveBasis,
)
from consent.peers import (
    PeerMode,
    PeerTerms,
    across,
    asker_of_peer,
    peer_terms,
    shown_across,
    taken_from_peer,
)
from tests.consent.examples import (
    AUDITOR,
    DEFAULT,
    OTHER_AGENCY,
    SOCIAL_WORKER,
    SUPPLIER,
    TEACHER,
    TEAM,
    ask,
    asker,
    default_with,
    team_ask,
)

PEER = "00000000-0000-4000-8000-0000000000fe"
LOOKUP = ask(Action.LOOKUP)
CHILDREN = [ChildFacts(*facts) for facts in product((False, True), repeat=3)]


def naming(level: str, **changed: object) -> Agreement:
    """The default agreement with an authority named in it."""
    row = {"agencies": [PEER], "classes_withheld": [], "level_max": level, "purposes_closed": []}
    return default_with("named", value=[{**row, **changed}])


def terms_of(level: str) -> PeerTerms:
    """The terms of an authority named with this level."""
    terms = peer_terms(PEER, naming(level))
    assert terms is not None
    return terms


@pytest.mark.parametrize(
    ("level", "mode"),
    [
        ("existence", PeerMode.EXISTENCE),
        ("contact", PeerMode.CONTACT),
        ("content", PeerMode.CONTENT),
    ],
)
def test_an_authority_is_answered_as_far_as_the_agreement_that_names_it_says(
    level: str, mode: PeerMode
) -> None:
    assert peer_terms(PEER, naming(level)) == PeerTerms(PEER, mode)


def test_an_authority_not_named_is_told_nothing() -> None:
    assert peer_terms(PEER, DEFAULT) is None
    assert peer_terms(OTHER_AGENCY, naming("content")) is None


def test_an_authority_named_with_nothing_is_told_nothing() -> None:
    assert peer_terms(PEER, naming("nothing")) is None


def test_anothers_team_is_a_practitioner_here() -> None:
    stated = asker(TEAM, may_override=True, may_supervise=True)
    seen = asker_of_peer(stated, terms_of("content"))
    assert (seen.role, seen.agency_kind) == (Role.PRACTITIONER, AgencyKind.AUTHORITY)
    assert not seen.may_override
    assert not seen.may_supervise
    agreement = naming("content")
    for child in CHILDREN:
        decision = decide(seen, LOOKUP, child, agreement)
        assert DisclosureClass.RESTRICTION not in decision.permits
        assert not (decision.allowed and (child.held or child.archived))


def test_an_asker_of_a_peer_is_of_the_authority_and_of_no_agency_here() -> None:
    for who in (SOCIAL_WORKER, TEACHER, TEAM):
        seen = asker_of_peer(asker(who, agency=OTHER_AGENCY), terms_of("contact"))
        assert seen.agency == PEER


def test_a_suspended_account_is_the_asking_sides_to_refuse_and_a_lapsed_check_both_sides() -> None:
    suspended = asker(account_state=AccountState.SUSPENDED)
    assert asker_of_peer(suspended, terms_of("content")).account_state is AccountState.ACTIVE
    lapsed = asker_of_peer(asker(checked_on=None), terms_of("content"))
    assert not may_ask(lapsed, LOOKUP, naming("content"))


@pytest.mark.parametrize("who", [AUDITOR, SUPPLIER])
def test_roles_that_see_no_child_see_none_through_a_peer(who: tuple[Role, AgencyKind]) -> None:
    agreement, seen = naming("content"), asker_of_peer(asker(who), terms_of("content"))
    assert not any(decide(seen, LOOKUP, child, agreement).allowed for child in CHILDREN)


@pytest.mark.parametrize("who", [SOCIAL_WORKER, TEACHER, TEAM])
def test_of_a_shielded_child_a_peer_is_told_nothing(who: tuple[Role, AgencyKind]) -> None:
    agreement, seen = naming("content"), asker_of_peer(asker(who), terms_of("content"))
    why = team_ask(Action.LOOKUP) if who == TEAM else LOOKUP
    for child in CHILDREN:
        here = decide(seen, why, child, agreement)
        told = across(here)
        assert not (told.allowed and child.shielded)
        assert told.permits <= here.permits
        if here.allowed and not child.shielded:
            assert told is here
        assert Obligation.WITHHOLD_WHEREABOUTS not in told.obligations


_SHOWN: Mapping[str, frozenset[DisclosureClass]] = {
    "existence": frozenset(),
    "contact": frozenset({DisclosureClass.IDENTITY, DisclosureClass.INVOLVEMENTS}),
    "content": frozenset(
        {DisclosureClass.IDENTITY, DisclosureClass.INVOLVEMENTS, DisclosureClass.ASSESSMENT}
    ),
}


@pytest.mark.parametrize("level", _SHOWN)
def test_a_mode_leaves_of_a_record_what_it_says_and_no_class_that_policy_did_not_permit(
    level: str,
) -> None:
    agreement, terms = naming(level), terms_of(level)
    decision = across(decide(asker_of_peer(asker(TEACHER), terms), LOOKUP, ChildFacts(), agreement))
    shown = shown_across(decision, terms).permits - {DisclosureClass.UPN}
    assert shown == _SHOWN[level]
    assert shown <= decision.permits


def test_involvements_are_capped_for_a_peer_by_its_mode() -> None:
    of_school = InvolvementFacts(False, SensitiveBasis.NONE, False, AgencyKind.SCHOOL, "a")
    levels = {}
    for level in _SHOWN:
        agreement, terms = naming(level), terms_of(level)
        seen = asker_of_peer(asker(), terms)
        decision = decide(seen, LOOKUP, ChildFacts(), agreement)
        levels[level] = decide_involvement(seen, LOOKUP, decision, of_school, agreement)
    assert levels == {
        "existence": InvolvementLevel.EXISTENCE,
        "contact": InvolvementLevel.CONTACT,
        "content": InvolvementLevel.CONTENT,
    }


def test_what_is_withheld_from_a_named_authority_is_withheld() -> None:
    agreement = naming("content", classes_withheld=["assessment"])
    terms = peer_terms(PEER, agreement)
    assert terms is not None
    decision = decide(asker_of_peer(asker(), terms), LOOKUP, ChildFacts(), agreement)
    assert DisclosureClass.ASSESSMENT not in shown_across(decision, terms).permits


def test_whoever_asks_only_takes_away() -> None:
    narrower = default_with(
        "classes",
        "withheld",
        value=[
            {"agency_kinds": ["school"], "actions": ["lookup"], "classes": ["assessment"]},
        ],
    )
    taken = taken_from_peer(asker(TEACHER), LOOKUP, narrower)
    assert DisclosureClass.ASSESSMENT not in taken.permits
    assert DisclosureClass.INVOLVEMENTS in taken.permits
