"""What holds of every decision, whatever the rules, askers and children."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import rules_asker, rules_child
from consent.agreement import Agreement
from consent.decide import combine, decide, decide_involvement, may_ask
from consent.decision import (
    EVERY_CLASS,
    ChildReason,
    Decision,
    Forbid,
    Permit,
    Require,
    Verdict,
)
from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    Obligation,
    Purpose,
    Role,
)
from tests.consent.examples import DAY, DEFAULT, OPEN, asker, without_party

# Each choice is one draw from a list made beforehand: many small draws take seconds.
some_classes = st.sampled_from(
    [
        EVERY_CLASS,
        EVERY_CLASS - {DisclosureClass.IDENTITY},
        frozenset({DisclosureClass.IDENTITY}),
        frozenset({DisclosureClass.IDENTITY, DisclosureClass.CARERS}),
        frozenset({DisclosureClass.CARERS, DisclosureClass.UPN}),
        frozenset[DisclosureClass](),
    ]
)
permit = st.builds(Permit, st.sampled_from(ChildReason), some_classes)
forbid = st.builds(Forbid, st.sampled_from(ChildReason), some_classes)
require = st.sampled_from([Require(frozenset({owed})) for owed in Obligation])
verdicts = st.lists(st.none() | permit | forbid | require, max_size=8)

BOTH = (False, True)
DAYS = (None, DAY, DAY + timedelta(days=1), DAY.replace(year=2023))
HOLDERS = list(product(Role, AgencyKind))
holders = st.sampled_from(HOLDERS)
askers = st.builds(
    lambda holder, state, days, accredited: asker(
        holder,
        account_state=state,
        checked_on=days[0],
        trained_on=days[1],
        signed_on=days[2],
        employer_accredited=accredited,
    ),
    holders,
    st.sampled_from(AccountState),
    st.sampled_from(list(product(DAYS, repeat=3))),
    st.booleans(),
)
# Most random askers are refused at once; these get as far as the child.
good_askers = st.sampled_from([asker(holder) for holder in HOLDERS])
asks = st.sampled_from(
    [
        Ask(action, DAY, *stated)
        for action, *stated in product(Action, [None, *Purpose], [None, *AccessReason])
    ]
)
children = st.sampled_from([ChildFacts(*facts) for facts in product(BOTH, repeat=3)])
involvements = st.sampled_from([InvolvementFacts(*facts) for facts in product(BOTH, repeat=3)])
agreements = st.sampled_from([DEFAULT, OPEN, without_party(AgencyKind.SCHOOL)])

# The whole table is run elsewhere; here the point is the sentence.
quick = settings(max_examples=60)

DEFECTS: dict[str, Any] = {
    "account_state": AccountState.SUSPENDED,
    "checked_on": None,
    "trained_on": None,
    "signed_on": None,
    "employer_accredited": False,
}


@quick
@given(st.lists(st.none() | forbid | require, max_size=8))
def test_what_no_rule_permits_is_denied(said: list[Verdict | None]) -> None:
    decision = combine(said)
    assert not decision.allowed
    assert not decision.permits
    assert not decision.obligations
    assert decision.reasons


@quick
@given(verdicts, forbid)
def test_forbid_trumps_permit(said: list[Verdict | None], no: Forbid) -> None:
    decision = combine([*said, no])
    assert not decision.permits & no.classes
    assert not combine([*said, replace(no, classes=EVERY_CLASS)]).allowed


@quick
@given(verdicts)
def test_allowed_means_permitted_and_not_forbidden(said: list[Verdict | None]) -> None:
    permitted = {name for v in said if isinstance(v, Permit) for name in v.classes}
    forbidden = {name for v in said if isinstance(v, Forbid) for name in v.classes}
    decision = combine(said)
    assert decision.permits == permitted - forbidden
    assert decision.allowed is bool(permitted - forbidden)


@quick
@given(verdicts, st.data())
def test_order_and_duplicates_of_verdicts_do_not_matter(
    said: list[Verdict | None], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(said))
    assert combine(shuffled) == combine([*said, *shuffled]) == combine(said)


@quick
@given(good_askers, asks, children, st.permutations(rules_child.CHILD_RULES), agreements)
def test_order_and_duplicates_of_rules_do_not_matter(
    who: AskerFacts,
    ask: Ask,
    child: ChildFacts,
    rules: list[rules_child.ChildRule],
    agreement: Agreement,
) -> None:
    decision = decide(who, ask, child, agreement)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules_child, "CHILD_RULES", (*rules, *rules[:3]))
        assert decide(who, ask, child, agreement) == decision


@quick
@given(askers | good_askers, asks, children, agreements)
def test_a_denial_shows_nothing_and_an_answer_something(
    who: AskerFacts, ask: Ask, child: ChildFacts, agreement: Agreement
) -> None:
    decision = decide(who, ask, child, agreement)
    assert decision.allowed is bool(decision.permits)
    assert decision.allowed or not decision.obligations
    assert decision.reasons


@quick
@given(askers | good_askers, asks, children, agreements)
def test_nobody_sees_a_child_who_may_not_ask(
    who: AskerFacts, ask: Ask, child: ChildFacts, agreement: Agreement
) -> None:
    if not may_ask(who, ask, agreement):
        assert not decide(who, ask, child, agreement)


def only_takes_away(before: Decision, after: Decision) -> None:
    assert after.permits <= before.permits
    assert before.allowed or not after.allowed
    assert not after.allowed or after.obligations >= before.obligations


@quick
@given(good_askers, asks, children, involvements, agreements)
def test_shielding_only_takes_away(
    who: AskerFacts,
    ask: Ask,
    child: ChildFacts,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> None:
    open_, shielded = (
        decide(who, ask, replace(child, shielded=shielded), agreement) for shielded in (False, True)
    )
    only_takes_away(open_, shielded)
    if shielded.allowed and who.role is not Role.MANAGEMENT_TEAM:
        assert shielded.permits == {DisclosureClass.IDENTITY}
        assert Obligation.WITHHOLD_WHEREABOUTS in shielded.obligations
    shown, still_shown = (
        decide_involvement(who, ask, decision, involvement, agreement)
        for decision in (open_, shielded)
    )
    assert shown or not still_shown


@quick
@given(good_askers, asks, children, st.sampled_from(["held", "archived"]), agreements)
def test_holding_and_archiving_only_take_away(
    who: AskerFacts, ask: Ask, child: ChildFacts, fact: str, agreement: Agreement
) -> None:
    before, after = (
        decide(who, ask, replace(child, **{fact: on}), agreement) for on in (False, True)
    )
    only_takes_away(before, after)


@quick
@given(askers | good_askers, asks, children, st.sampled_from(sorted(DEFECTS)), agreements)
def test_a_defect_of_the_asker_never_allows(
    who: AskerFacts, ask: Ask, child: ChildFacts, part: str, agreement: Agreement
) -> None:
    worse = replace(who, **{part: DEFECTS[part]})
    # An account has one state, so suspending one that is closed changes the code.
    if part != "account_state":
        before = set(may_ask(who, ask, agreement).reasons)
        assert before <= set(may_ask(worse, ask, agreement).reasons)
    assert may_ask(who, ask, agreement) or not may_ask(worse, ask, agreement)
    only_takes_away(decide(who, ask, child, agreement), decide(worse, ask, child, agreement))


@quick
@given(good_askers, asks, children, involvements, agreements)
def test_consent_and_sensitivity_never_widen(
    who: AskerFacts,
    ask: Ask,
    child: ChildFacts,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> None:
    decision = decide(who, ask, child, agreement)
    plain, sensitive = (
        decide_involvement(who, ask, decision, replace(involvement, sensitive=on), agreement)
        for on in (False, True)
    )
    assert plain or not sensitive


class BrokenRuleError(Exception):
    """What a defective rule raises."""


def raises(*_facts: object) -> None:
    raise BrokenRuleError


@pytest.mark.parametrize("at", [0, 5, len(rules_child.CHILD_RULES)])
def test_a_rule_that_raises_answers_nothing(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Whether it would have forbidden or permitted, and whatever was said before it."""
    ask = Ask(Action.READ_CHILD, DAY, Purpose.SAFEGUARD, AccessReason.REVIEW)
    decision = decide(asker(), ask, ChildFacts(), DEFAULT)
    facts = InvolvementFacts(sensitive=False, consent_in_force=False, own_agency=True)
    questions: list[tuple[object, str, Callable[[], object]]] = [
        (rules_asker, "ASKER_RULES", lambda: may_ask(asker(), ask, DEFAULT)),
        (rules_child, "CHILD_RULES", lambda: decide(asker(), ask, ChildFacts(), DEFAULT)),
        (
            rules_child,
            "INVOLVEMENT_RULES",
            lambda: decide_involvement(asker(), ask, decision, facts, DEFAULT),
        ),
    ]
    for room, name, question in questions:
        rules = getattr(room, name)
        assert question()
        with monkeypatch.context() as patch:
            patch.setattr(room, name, (*rules[:at], raises, *rules[at:]))
            with pytest.raises(BrokenRuleError):
                question()


@pytest.mark.parametrize(
    "answer", [True, False, "permit", 0, Permit, ChildReason.AGREEMENT_GIVES, frozenset(), ()]
)
def test_an_answer_that_is_no_verdict_is_a_defect(
    monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    ask = Ask(Action.READ_CHILD, DAY, Purpose.SAFEGUARD, AccessReason.REVIEW)
    with pytest.raises(TypeError):
        combine([Permit(ChildReason.AGREEMENT_GIVES, EVERY_CLASS), cast(Verdict, answer)])
    for room, name in ((rules_asker, "ASKER_RULES"), (rules_child, "CHILD_RULES")):
        with monkeypatch.context() as patch:
            patch.setattr(room, name, (*getattr(room, name), lambda *_facts: answer))
            with pytest.raises(TypeError):
                decide(asker(), ask, ChildFacts(), DEFAULT)


def test_the_asker_side_cannot_see_a_child() -> None:
    """By signature: no rule takes a child, and the module does not even know the word."""
    for asked in (may_ask, *rules_asker.ASKER_RULES):
        taken = [parameter.annotation for parameter in inspect.signature(asked).parameters.values()]
        assert len(taken) == 3
        assert not {ChildFacts, InvolvementFacts, Decision} & set(taken)
    assert not {"ChildFacts", "InvolvementFacts", "Decision"} & set(vars(rules_asker))
