"""What holds of verdicts and of rules, whatever is asked: how they combine, and what breaks."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import rules_asker, rules_assessment, rules_child, rules_involvement
from consent.agreement import Agreement
from consent.decide import (
    combine,
    decide,
    decide_assessment,
    decide_involvement,
    may_ask,
    may_mediate,
)
from consent.decision import (
    EVERY_CLASS,
    Cap,
    ChildReason,
    Decision,
    Forbid,
    Permit,
    Require,
    Verdict,
)
from consent.facts import (
    AccessReason,
    Action,
    Ask,
    AskerFacts,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    Purpose,
    SensitiveBasis,
)
from tests.consent.examples import (
    DAY,
    DEFAULT,
    asker,
)
from tests.consent.test_theorems import LEVELS, agreements, asks, children, good_askers, quick

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


class BrokenRuleError(Exception):
    """What a defective rule raises."""


def raises(*_facts: object) -> None:
    raise BrokenRuleError


def questions(ask: Ask, decision: Decision) -> list[tuple[object, str, Callable[[], object]]]:
    """Every tuple of rules, and a question that it answers with yes."""
    facts = InvolvementFacts(False, SensitiveBasis.NONE, True)
    caf = AssessmentFacts(True, CafConsent.GIVEN)
    return [
        (rules_asker, "ASKER_RULES", lambda: may_ask(asker(), ask, DEFAULT)),
        (rules_asker, "ASKER_RULES", lambda: decide(asker(), ask, ChildFacts(), DEFAULT)),
        (rules_asker, "MEDIATOR_RULES", lambda: may_mediate(asker(), ask, DEFAULT)),
        (rules_child, "CHILD_RULES", lambda: decide(asker(), ask, ChildFacts(), DEFAULT)),
        (
            rules_involvement,
            "INVOLVEMENT_RULES",
            lambda: decide_involvement(asker(), ask, decision, facts, DEFAULT),
        ),
        (
            rules_assessment,
            "ASSESSMENT_RULES",
            lambda: decide_assessment(asker(), ask, decision, caf, DEFAULT),
        ),
    ]


@pytest.mark.parametrize("at", [0, 3, 99])
def test_a_rule_that_raises_answers_nothing(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Whether it would have forbidden or permitted, and whatever was said before it."""
    ask = Ask(Action.READ_CHILD, DAY, Purpose.SAFEGUARD, AccessReason.REVIEW)
    decision = decide(asker(), ask, ChildFacts(), DEFAULT)
    for room, name, question in questions(ask, decision):
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
    decision = decide(asker(), ask, ChildFacts(), DEFAULT)
    for room, name, question in questions(ask, decision):
        with monkeypatch.context() as patch:
            patch.setattr(room, name, (*getattr(room, name), lambda *_facts: answer))
            with pytest.raises(TypeError):
                question()


def test_a_cap_is_no_verdict_on_a_record() -> None:
    cap = Cap(ChildReason.LEVEL_AGREED, InvolvementLevel.CONTENT)
    with pytest.raises(TypeError):
        combine([Permit(ChildReason.AGREEMENT_GIVES, EVERY_CLASS), cast(Verdict, cap)])


def test_the_least_cap_counts_whatever_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Ask(Action.READ_CHILD, DAY, Purpose.SAFEGUARD, AccessReason.REVIEW)
    permit_all = Permit(ChildReason.AGREEMENT_GIVES, EVERY_CLASS)
    decision = decide(asker(), ask, ChildFacts(), DEFAULT)
    facts = InvolvementFacts(False, SensitiveBasis.NONE, False)

    def said(*verdicts: object) -> InvolvementLevel:
        rules = tuple((lambda *_facts, each=each: each) for each in verdicts)
        with monkeypatch.context() as patch:
            patch.setattr(rules_involvement, "INVOLVEMENT_RULES", rules)
            return decide_involvement(asker(), ask, decision, facts, DEFAULT)

    assert said(permit_all) is InvolvementLevel.CONTENT
    assert said() is InvolvementLevel.NOTHING
    for one, other in product(LEVELS, LEVELS):
        caps = [Cap(ChildReason.LEVEL_AGREED, each) for each in (one, other)]
        least = min(one, other, key=LEVELS.index)
        assert said(caps[0], permit_all, caps[1]) is least
        assert said(*caps) is InvolvementLevel.NOTHING
        assert said(*caps, permit_all, Forbid(ChildReason.RECORD_HELD)) is InvolvementLevel.NOTHING
