"""Budgets: busy desks are never stopped, and whoever explains nothing is soon."""

from itertools import product

from consent.agreement_terms import Budget
from consent.budget import Spent, may_spend
from tests.consent.examples import DEFAULT

SMALL = Budget(4, 3, 2, 2)


def test_every_number_stops_where_it_is_reached() -> None:
    for searches, children, unexplained, of_reference, reference in product(
        range(6), range(5), range(4), range(4), (False, True)
    ):
        spent = Spent(searches, children, unexplained, of_reference)
        explained = reference and of_reference < 2
        expected = searches < 4 and children < 3 and (explained or unexplained < 2)
        assert may_spend(SMALL, spent, reference=reference) is expected


def test_five_accounts_without_a_reference_gain_at_most_25_children() -> None:
    """Whatever kind of agency they are of, but the team itself."""
    for kind, budget in DEFAULT.budgets.items():
        gained = 0
        while may_spend(budget, Spent(gained, gained, gained), reference=False):
            gained += 1
        assert 5 * gained <= 25 or kind == "authority"


def test_a_desk_with_a_report_for_each_question_works_all_day() -> None:
    for kind in ("police", "hospital"):
        budget = DEFAULT.budgets[kind]  # type: ignore[index]  # a StrEnum's word is its key
        for done in range(400):
            assert may_spend(budget, Spent(done, 2 * done, 0, 0), reference=True)
