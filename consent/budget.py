"""How much an account may ask in a day: whether one more question may be answered.

Told plainly and alike whatever is asked about: what is counted is what this account has
been shown, never what is withheld.
"""

from dataclasses import dataclass

from consent.agreement_terms import Budget


@dataclass(frozen=True, slots=True)
class Spent:
    """What an account has used of its day.

    `searches` are different questions; `children` different children shown; `unexplained`
    those of them shown without a case reference and without an involvement of the asker's
    own agency; `of_reference` those shown under the reference now stated, 0 without one.
    """

    searches: int = 0
    children: int = 0
    unexplained: int = 0
    of_reference: int = 0


def may_spend(budget: Budget, spent: Spent, *, reference: bool) -> bool:
    """Say whether an account may be answered once more today.

    `reference`: the question states a case reference. One that has been used for as many
    children as it may explains no more, and the question counts as one without.
    """
    if spent.searches >= budget.searches_a_day or spent.children >= budget.children_a_day:
        return False
    if reference and spent.of_reference < budget.children_of_a_reference:
        return True
    return spent.unexplained < budget.unexplained_a_day
