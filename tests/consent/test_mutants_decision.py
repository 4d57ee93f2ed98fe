"""What the log is told where nothing forbids and nothing permits."""

from consent.decide import decide
from consent.facts import Action, ChildFacts
from tests.consent.examples import DEFAULT, SOCIAL_WORKER, asker, bare


def test_what_no_rule_permits_is_denied_for_that_and_in_that_word() -> None:
    decision = decide(asker(SOCIAL_WORKER), bare(Action.READ_NOTICES), ChildFacts(), DEFAULT)
    assert [reason.value for reason in decision.reasons] == ["no_rule_permits"]
    assert (decision.allowed, decision.permits) == (False, frozenset())
