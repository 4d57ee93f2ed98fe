"""What of an agreement's document only small faults in the code would show: limits and words."""

from typing import Any

import pytest

from consent.agreement import AgreementFault, AgreementInvalid
from consent.agreement_difference import Widening, WideningKind, widenings
from consent.agreement_document import TEXT_LENGTH_MAX
from consent.facts import AgencyKind
from tests.consent.examples import DEFAULT, changed_default, default_with, without_party

FAULTS = (
    "not_an_object not_a_list key_unknown key_missing word_unknown word_repeated text_invalid"
    " date_invalid dates_reversed number_invalid kind_not_party kind_repeated class_not_givable"
    " identity_missing"
)


def test_faults_keep_the_words_operators_know() -> None:
    assert [fault.value for fault in AgreementFault] == FAULTS.split()


def test_naming_every_party_is_as_good_as_all_parties() -> None:
    every = [kind.value for kind in AgencyKind]
    said = default_with("mediation", "mediators", value=every)
    assert said.mediation.mediators == DEFAULT.mediation.mediators == frozenset(AgencyKind)


@pytest.mark.parametrize("name", [" Agreement", "Agreement ", " ", "", "x" * (TEXT_LENGTH_MAX + 1)])
def test_a_line_with_outer_spaces_empty_or_too_long_is_refused(name: str) -> None:
    with pytest.raises(AgreementInvalid) as refused:
        changed_default(name=name)
    assert (refused.value.code, refused.value.path) == (AgreementFault.TEXT_INVALID, "name")


def test_a_line_may_be_as_long_as_it_may() -> None:
    assert changed_default(name="x" * TEXT_LENGTH_MAX).name == "x" * TEXT_LENGTH_MAX


def test_the_smallest_budget_of_a_new_party_is_told() -> None:
    """None at all went before it."""
    least: dict[str, Any] = {
        "searches_a_day": 1,
        "children_a_day": 1,
        "unexplained_a_day": 1,
        "children_of_a_reference": 1,
    }
    new = changed_default(budgets={"default": least, "exceptions": []})
    kind = AgencyKind.HOUSING
    told = widenings(without_party(kind), new)
    for what in least:
        assert Widening(WideningKind.BUDGET, (kind.value, what, "1")) in told
