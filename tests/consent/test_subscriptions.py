"""Who is told to ask again: lasting reason, or the agreement's word; of a shielded child nobody."""

from itertools import product

import pytest

from consent.agreement import Agreement, AgreementInvalid, compile_agreement, default_document
from consent.decide import decide
from consent.decision import Decision
from consent.facts import AccountState, Action, AgencyKind, AskerFacts, ChildFacts, Role
from consent.peers import PeerMode, PeerTerms, across
from consent.subscriptions import may_be_told, may_be_told_across, stays_silent
from tests.consent.examples import (
    AUDITOR,
    CASE_SYSTEM,
    DEFAULT,
    OTHER_AGENCY,
    POLICE_DESK,
    SOCIAL_WORKER,
    SUPPLIER,
    TEACHER,
    TEAM,
    ask,
    asker,
    changed_default,
)

PEER = "00000000-0000-4000-8000-0000000000fe"
READ, LOOKUP = ask(Action.READ_CHILD), ask(Action.LOOKUP)
TERMS = PeerTerms(PEER, PeerMode.CONTENT)
INSTRUMENT = {"title": "Decision of the parties", "dated": "2026-05-01"}


def saying(*without: str, across: object = ()) -> Agreement:
    """The default agreement with something said of subscriptions."""
    said = {"instrument": INSTRUMENT, "without_involvement": [*without], "across": [*across]}  # type: ignore[misc]  # a list
    return changed_default(subscriptions=said)


OPEN = saying(across=[{"agencies": [PEER], "agency_kinds": ["social_care"]}])


def test_whoever_works_with_a_child_is_told() -> None:
    for who in (SOCIAL_WORKER, TEACHER, POLICE_DESK):
        assert may_be_told(asker(who), READ, DEFAULT, involved=True)


def test_without_an_involvement_nobody_is_told_unless_agreed() -> None:
    for who in (SOCIAL_WORKER, TEACHER, POLICE_DESK):
        assert not may_be_told(asker(who), READ, DEFAULT, involved=False)
    agreed = saying("police")
    assert may_be_told(asker(POLICE_DESK), READ, agreed, involved=False)
    assert not may_be_told(asker(TEACHER), READ, agreed, involved=False)


@pytest.mark.parametrize("who", [TEAM, AUDITOR, SUPPLIER, CASE_SYSTEM])
def test_nobody_but_a_practitioner_is_told(who: tuple[Role, AgencyKind]) -> None:
    assert not may_be_told(asker(who), READ, DEFAULT, involved=True)
    assert not may_be_told(asker(who), ask(Action.LOOKUP), DEFAULT, involved=True)


@pytest.mark.parametrize(
    "defect",
    [
        {"account_state": AccountState.SUSPENDED},
        {"account_state": AccountState.CLOSED},
        {"checked_on": None},
        {"trained_on": None},
        {"signed_on": None},
        {"employer_accredited": False},
    ],
)
def test_whoever_may_not_ask_today_is_told_nothing_today(defect: dict[str, object]) -> None:
    who = asker(SOCIAL_WORKER, **defect)
    assert not may_be_told(who, READ, DEFAULT, involved=True)
    assert not may_be_told_across(who, LOOKUP, OPEN, TERMS)


def test_a_purpose_the_agreement_closes_tells_nothing() -> None:
    document = default_document()
    document["purposes"]["safeguard"]["in_force_until"] = "2026-05-02"  # type: ignore[index]  # plain JSON
    assert not may_be_told(asker(), READ, compile_agreement(document), involved=True)


def test_across_nobody_is_told_unless_authority_and_kind_are_agreed() -> None:
    worker, teacher = asker(SOCIAL_WORKER), asker(TEACHER)
    assert may_be_told_across(worker, LOOKUP, OPEN, TERMS)
    assert not may_be_told_across(teacher, LOOKUP, OPEN, TERMS)
    assert not may_be_told_across(worker, LOOKUP, DEFAULT, TERMS)
    other = PeerTerms(OTHER_AGENCY, PeerMode.CONTENT)
    assert not may_be_told_across(worker, LOOKUP, OPEN, other)
    # What is agreed of one's own kinds opens nothing to another authority's.
    assert not may_be_told_across(worker, LOOKUP, saying("social_care"), TERMS)


def test_of_what_is_not_shown_whole_nothing_is_ever_said() -> None:
    who: AskerFacts = asker(SOCIAL_WORKER)
    for archived, held, shielded in product((False, True), repeat=3):
        child = ChildFacts(archived, held, shielded)
        here: Decision = decide(who, READ, child, DEFAULT)
        silent = archived or held or shielded
        assert stays_silent(here) is silent
        assert stays_silent(across(here)) is silent


def test_an_agreement_that_says_nothing_opens_nothing() -> None:
    assert DEFAULT.subscriptions.without_involvement == frozenset()
    assert dict(DEFAULT.subscriptions.across) == {}
    assert "subscriptions" not in default_document()


def test_rows_about_one_authority_add_up() -> None:
    rows = [{"agencies": [PEER], "agency_kinds": [kind]} for kind in ("school", "police")]
    across_ = saying(across=rows).subscriptions.across
    assert across_[PEER] == {AgencyKind.SCHOOL, AgencyKind.POLICE}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"instrument": INSTRUMENT, "without_involvement": []}, "subscriptions.across"),
        (
            {"instrument": INSTRUMENT, "without_involvement": ["wizard"], "across": []},
            "subscriptions.without_involvement[0]",
        ),
        (
            {
                "instrument": INSTRUMENT,
                "without_involvement": [],
                "across": [{"agencies": ["camfield"], "agency_kinds": []}],
            },
            "subscriptions.across[0].agencies[0]",
        ),
        (None, "subscriptions"),
    ],
)
def test_what_is_not_understood_is_no_agreement(said: object, path: str) -> None:
    with pytest.raises(AgreementInvalid) as raised:
        changed_default(subscriptions=said)
    assert raised.value.path == path
