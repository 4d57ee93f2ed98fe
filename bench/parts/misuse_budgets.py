"""Whether the agreed budgets stop work, and how soon they stop a trawl: the real rule, replayed.

What is stopped is not asked again here: every stop of a month counts.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from bench.parts.misuse_month import DAY_S, Month, Shown
from consent.agreement import compile_agreement, default_document
from consent.budget import Spent, may_spend
from consent.facts import AgencyKind

_OWN_WORK: Final = frozenset({"involvement", "feed", "review"})  # the agency is involved
_TRAWLERS: Final = 5
_A_DAYS_MINUTES: Final = 8 * 60


@dataclass(frozen=True, slots=True)
class Stops:
    """How often a month's work was stopped: what busy desks are busy with, and all else."""

    desks: int
    others: int


@dataclass(slots=True)
class _Used:
    searches: int = 0
    children: set[int] = field(default_factory=set)
    unexplained: set[int] = field(default_factory=set)
    of_reference: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def spent(self, reference: str) -> Spent:
        """Return what is used of the day, for a question under a reference."""
        under = len(self.of_reference[reference]) if reference else 0
        return Spent(self.searches, len(self.children), len(self.unexplained), under)

    def charge(self, shown: Shown, *, explained: bool) -> None:
        """Charge one answer; a trawl's and a month's alike."""
        self.searches += 1
        for child in shown.children:
            self.children.add(child.number)
            if explained and shown.reference:
                self.of_reference[shown.reference].add(child.number)
            elif not explained and shown.who.agency not in child.agencies:
                self.unexplained.add(child.number)


def stops_of_work(month: Month) -> Stops:
    """Return how often the default agreement's budgets stop a month of work."""
    budgets = compile_agreement(default_document()).budgets
    days: dict[tuple[str, int], _Used] = defaultdict(_Used)
    desks = others = 0
    for shown in sorted(month.accesses, key=lambda each: each.at_s):
        used = days[shown.who.account, shown.at_s // DAY_S]
        budget = budgets[AgencyKind(shown.who.kind)]
        spent = used.spent(shown.reference)
        stated = bool(shown.reference) or shown.mediated
        if not may_spend(budget, spent, reference=stated):
            desks += shown.busy
            others += not shown.busy
            continue
        fits = bool(shown.reference) and spent.of_reference < budget.children_of_a_reference
        explained = fits or shown.mediated or shown.work in _OWN_WORK
        used.charge(shown, explained=explained)
    return Stops(desks, others)


def trawled() -> int:
    """Return how many children five accounts of one agency gain in a day, one a minute."""
    budget = compile_agreement(default_document()).budgets[AgencyKind.SOCIAL_CARE]
    used = [_Used() for _ in range(_TRAWLERS)]
    for minute in range(_A_DAYS_MINUTES):
        day = used[minute % _TRAWLERS]
        if may_spend(budget, day.spent(""), reference=False):
            day.searches += 1
            day.children.add(minute)
            day.unexplained.add(minute)
    return sum(len(day.children) for day in used)
