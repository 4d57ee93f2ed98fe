"""What holds of every decision, whatever the rules, askers and children."""

import inspect
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from consent import rules_asker
from consent.agreement import Agreement
from consent.decide import (
    decide,
    decide_assessment,
    decide_involvement,
    may_ask,
    may_mediate,
    override_terms,
)
from consent.decision import (
    AskerReason,
    Decision,
)
from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
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
    Role,
    SensitiveBasis,
)
from tests.consent.examples import (
    CAMFIELD,
    DAY,
    DEFAULT,
    OPEN,
    OTHER_AGENCY,
    asker,
    changed_default,
    named,
    without_party,
)

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
good_askers = st.sampled_from(
    [asker(holder, may_override=right) for holder, right in product(HOLDERS, BOTH)]
)
asks = st.sampled_from(
    [
        Ask(action, DAY, *stated)
        for action, *stated in product(Action, [None, *Purpose], [None, *AccessReason])
    ]
)
children = st.sampled_from([ChildFacts(*facts) for facts in product(BOTH, repeat=5)])
involvements = st.sampled_from(
    [
        InvolvementFacts(*facts, OTHER_AGENCY)
        for facts in product(BOTH, SensitiveBasis, BOTH, AgencyKind)
    ]
)
assessments = st.sampled_from(
    [AssessmentFacts(*facts) for facts in product(BOTH, CafConsent, BOTH)]
)
EXCEPTING = changed_default(
    named=[named(classes_withheld=["settings"], level_max="existence")],
)
agreements = st.sampled_from([DEFAULT, CAMFIELD, OPEN, EXCEPTING, without_party(AgencyKind.SCHOOL)])
LEVELS = list(InvolvementLevel)
# Most random questions are refused at once; these are the ones somebody may ask.
good_asks = st.sampled_from(
    [
        Ask(action, DAY, *stated)
        for action, *stated in product(
            [Action.LOOKUP, Action.READ_CHILD, Action.OVERRIDE, Action.RECORD_INVOLVEMENT],
            [Purpose.SAFEGUARD, Purpose.ENQUIRE_SIGNIFICANT_HARM, Purpose.KEEP_INDEX],
            [AccessReason.REVIEW],
        )
    ]
)

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


def no_more(before: InvolvementLevel, after: InvolvementLevel) -> bool:
    return LEVELS.index(after) <= LEVELS.index(before)


def only_takes_away(before: Decision, after: Decision) -> None:
    assert after.permits <= before.permits
    assert before.allowed or not after.allowed
    assert not after.allowed or after.obligations >= before.obligations


@quick
@given(good_askers, asks | good_asks, children, involvements, agreements)
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
    overriding = ask.action is Action.OVERRIDE and child.overridden
    if shielded.allowed and who.role is not Role.MANAGEMENT_TEAM and not overriding:
        assert shielded.permits == {DisclosureClass.IDENTITY}
        assert Obligation.WITHHOLD_WHEREABOUTS in shielded.obligations
    shown, still_shown = (
        decide_involvement(who, ask, decision, involvement, agreement)
        for decision in (open_, shielded)
    )
    assert no_more(shown, still_shown)


@quick
@given(good_askers, asks | good_asks, children, assessments, agreements)
def test_shielding_takes_others_assessments_away_and_gives_none(
    who: AskerFacts,
    ask: Ask,
    child: ChildFacts,
    assessment: AssessmentFacts,
    agreement: Agreement,
) -> None:
    open_, shielded = (
        decide_assessment(who, ask, decision, assessment, agreement)
        for decision in (
            decide(who, ask, replace(child, shielded=on), agreement) for on in (False, True)
        )
    )
    assert shielded <= open_
    overriding = ask.action is Action.OVERRIDE and child.overridden
    if shielded and who.role is not Role.MANAGEMENT_TEAM and not overriding:
        assert assessment.own_agency
        assert assessment.is_open


@quick
@given(good_askers, asks | good_asks, children, st.sampled_from(["held", "archived"]), agreements)
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
@given(good_askers, asks | good_asks, children, involvements, agreements)
def test_sensitivity_never_widens_and_shows_others_at_most_that_it_can_be_brokered(
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
    assert no_more(plain, sensitive)
    if who.role is not Role.MANAGEMENT_TEAM and not involvement.own_agency:
        assert no_more(InvolvementLevel.BROKERED, sensitive)
    if who.role is not Role.MANAGEMENT_TEAM and involvement.basis is SensitiveBasis.NONE:
        assert sensitive is InvolvementLevel.NOTHING


@quick
@given(good_askers, asks | good_asks, children, involvements, agreements)
def test_an_override_counts_for_the_action_override_alone(
    who: AskerFacts,
    ask: Ask,
    child: ChildFacts,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> None:
    """Elsewhere it changes nothing, and there it opens at most what the shield closed."""
    without, with_override = (
        decide(who, ask, replace(child, overridden=on), agreement) for on in (False, True)
    )
    unshielded = decide(who, ask, replace(child, overridden=True, shielded=False), agreement)
    if ask.action is not Action.OVERRIDE:
        assert without == with_override
    assert without.permits <= with_override.permits
    assert with_override.permits <= unshielded.permits
    shown = decide_involvement(who, ask, with_override, involvement, agreement)
    if involvement.sensitive and not involvement.own_agency:
        assert who.role is Role.MANAGEMENT_TEAM or no_more(InvolvementLevel.BROKERED, shown)


@quick
@given(good_askers, asks | good_asks, children, assessments, agreements)
def test_no_assessment_is_told_that_the_record_does_not_permit(
    who: AskerFacts,
    ask: Ask,
    child: ChildFacts,
    assessment: AssessmentFacts,
    agreement: Agreement,
) -> None:
    decision = decide(who, ask, child, agreement)
    told = {
        consent: decide_assessment(
            who, ask, decision, replace(assessment, consent=consent), agreement
        )
        for consent in CafConsent
    }
    permitted = DisclosureClass.ASSESSMENT in decision.permits
    own = decision.allowed and assessment.own_agency and assessment.is_open
    assert permitted or own or not any(told.values())
    assert told[CafConsent.GIVEN] >= permitted
    assert told[CafConsent.REFUSED] <= told[CafConsent.NOT_STATED] <= told[CafConsent.GIVEN]


@quick
@given(good_askers, asks | good_asks, children, involvements)
def test_an_exception_for_a_named_agency_only_takes_away(
    who: AskerFacts, ask: Ask, child: ChildFacts, involvement: InvolvementFacts
) -> None:
    whole, excepted = (decide(who, ask, child, each) for each in (DEFAULT, EXCEPTING))
    assert excepted.permits <= whole.permits
    shown = decide_involvement(who, ask, whole, involvement, DEFAULT)
    assert no_more(shown, decide_involvement(who, ask, excepted, involvement, EXCEPTING))


@quick
@given(askers | good_askers, asks | good_asks, agreements)
def test_nobody_mediates_who_could_not_ask_for_itself(
    who: AskerFacts, ask: Ask, agreement: Agreement
) -> None:
    if may_ask(who, ask, agreement) and who.role is Role.PRACTITIONER:
        mediates = who.agency_kind in agreement.mediation.mediators
        assert may_mediate(who, ask, agreement).allowed is mediates
    for reason in may_mediate(replace(who, employer_accredited=False), ask, agreement).reasons:
        assert reason in {*may_ask(who, ask, agreement).reasons} | {
            AskerReason.EMPLOYER_NOT_ACCREDITED,
            AskerReason.ROLE_NOT_ALLOWED,
        }


def test_the_asker_side_cannot_see_a_child() -> None:
    """By signature: no rule takes a child, and the module does not even know the word."""
    asked_of_it = (may_ask, may_mediate, override_terms, *rules_asker.ASKER_RULES)
    for asked in (*asked_of_it, *rules_asker.MEDIATOR_RULES):
        taken = [parameter.annotation for parameter in inspect.signature(asked).parameters.values()]
        assert len(taken) == 3
        assert not {ChildFacts, InvolvementFacts, Decision} & set(taken)
    assert not {"ChildFacts", "InvolvementFacts", "Decision"} & set(vars(rules_asker))
