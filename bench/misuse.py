"""Whether misuse is noticed and work is not: a made-up month, judged by the real rules.

    python -m bench.misuse [--months N] [--quick] [--choose]

Plants sixteen kinds of misuse in months of normal work of 500 practitioners and prints what
was noticed, what was explained, and how often staff of each origin of name were flagged for
their normal work; last, one line of JSON. `--choose` shows what other thresholds would have
done on months of their own, in which the kinds held out are not planted.
"""

import argparse
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from bench.parts.misuse_budgets import Stops, stops_of_work, trawled
from bench.parts.misuse_month import Month, facts_of, normal_month
from bench.parts.misuse_planted import HELD_OUT, KINDS, Incident, Plan, plant
from bench.parts.misuse_world import made_world
from index_service.domain.misuse.accesses import AccessFacts
from index_service.domain.misuse.alerting import Found, Settings, judge
from index_service.domain.misuse.outliers import Limits
from index_service.domain.misuse.rules import Thresholds

SEEDS: Final = range(101, 201)  # of the months reported
SEEDS_CHOSEN_ON: Final = range(1, 101)  # of the months thresholds were chosen on
RECALL_MIN: Final = 0.95
FLAGGED_MAX: Final = 0.01
EXPLAINED_MIN: Final = 0.95
TIMES_ANY_GROUP_MAX: Final = 2.0
TRAWLED_MAX: Final = 25
ACCOUNTS_A_GROUP_MIN: Final = 100  # months of work; fewer say nothing of a rate of one in fifteen


@dataclass(slots=True)
class Planted:
    """A month with what was planted in it."""

    month: Month
    accesses: list[AccessFacts]
    incidents: list[Incident]
    incident_of: dict[str, int]
    stops: Stops


@dataclass(slots=True)
class Tally:
    """What the rules made of all months together."""

    accesses: int = 0
    flagged: int = 0
    normal: int = 0
    normal_explained: int = 0
    normal_flagged: int = 0
    alerts: int = 0
    incidents: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)
    invented: Counter[bool] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    false_rules: Counter[str] = field(default_factory=Counter)
    by_origin: Counter[str] = field(default_factory=Counter)
    flagged_by_origin: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    accounts_alerted: Counter[str] = field(default_factory=Counter)
    desks_stopped: int = 0
    others_stopped: int = 0

    def add(self, planted: Planted, found: Found) -> None:
        """Add one month."""
        told = found.flagged
        self.accesses += len(planted.accesses)
        self.flagged += len(told)
        self.alerts += len(found.misgivings)
        self.explained += found.counted()
        self.desks_stopped += planted.stops.desks
        self.others_stopped += planted.stops.others
        noticed = {planted.incident_of[each] for each in told if each in planted.incident_of}
        for number, incident in enumerate(planted.incidents):
            self.incidents[incident.kind] += 1
            self.noticed[incident.kind] += number in noticed
            if incident.invented:
                self.invented[number in noticed] += 1
        origins = {each.account: each.origin for each in planted.month.world.people}
        for access in planted.accesses:
            if access.entry not in planted.incident_of:
                self._add_normal(access, found, origins.get(access.who.account, ""), told)
        false = [
            each for each in found.misgivings if planted.incident_of.keys().isdisjoint(each.entries)
        ]
        self.false_rules.update(each.rules[0].rule for each in false)
        self.accounts.update(origins.values())
        alerted = {each.account for each in false} & origins.keys()
        self.accounts_alerted.update(origins[account] for account in alerted)

    def _add_normal(
        self, access: AccessFacts, found: Found, origin: str, told: frozenset[str]
    ) -> None:
        self.normal += 1
        self.normal_explained += found.explained[access.entry].by is not None
        self.normal_flagged += access.entry in told
        if origin:
            self.by_origin[origin] += 1
            self.flagged_by_origin[origin] += access.entry in told

    def recall(self, kinds: Sequence[Plan]) -> float:
        """Return the share of incidents of these kinds that some alert names an access of."""
        names = [plan.__name__.strip("_") for plan in kinds]
        planted = sum(self.incidents[name] for name in names)
        return sum(self.noticed[name] for name in names) / planted if planted else 1.0

    def times_any_group(self) -> float:
        """Return the highest rate of any group's, as a multiple of everybody's.

        The rate is of accounts alerted on for their normal work: an alert is about somebody,
        and one careless account's many accesses would else stand for its group.
        """
        overall = self.accounts_alerted.total() / max(self.accounts.total(), 1)
        rates = [
            self.accounts_alerted[origin] / count
            for origin, count in self.accounts.items()
            if count >= ACCOUNTS_A_GROUP_MIN
        ]
        return max(rates) / overall if rates and overall else 0.0


def names_unweighed(accesses: Sequence[AccessFacts]) -> list[AccessFacts]:
    """Return accesses as a rule would see them that takes every shared name for a rare one."""
    return [
        replace(access, touched=tuple([replace(each, name_share=0.0) for each in access.touched]))
        for access in accesses
    ]


def planted_month(seed: int, kinds: Sequence[Plan]) -> Planted:
    """Return one month; the same seed makes the same month."""
    chance = Random(seed)
    month = normal_month(made_world(chance), chance)
    stops = stops_of_work(month)
    incidents = plant(month, kinds)
    accesses = facts_of(month)
    numbered = {
        str(number): shown.incident
        for number, shown in enumerate(month.accesses)
        if shown.incident >= 0
    }
    return Planted(month, accesses, incidents, numbered, stops)


def measured(seeds: Sequence[int], kinds: Sequence[Plan]) -> tuple[Tally, Tally]:
    """Return what the rules make of the months of these seeds; and of names, unweighed."""
    tally, control = Tally(), Tally()
    for seed in seeds:
        planted = planted_month(seed, kinds)
        tally.add(planted, judge(planted.accesses))
        control.add(planted, judge(names_unweighed(planted.accesses)))
        print(f"  month {seed}: {len(planted.accesses):,} accesses", flush=True)
    return tally, control


def choose(months: int) -> None:
    """Print what each set of thresholds does, where nothing held out is planted."""
    planted = [planted_month(seed, KINDS) for seed in SEEDS_CHOSEN_ON[:months]]
    print(
        f"{'unexplained':>12}{'stated':>8}{'known':>8}{'distance':>10}{'recall':>9}{'flagged':>9}"
    )
    for unexplained, stated, known in (
        (50, 50, 90),
        (50, 60, 90),
        (50, 70, 90),
        (40, 50, 90),
        (60, 60, 90),
    ):
        for distance in (3.0, 4.0, 6.0):
            settings = Settings(Thresholds(unexplained, stated, known), Limits(distance=distance))
            tally = Tally()
            for month in planted:
                tally.add(month, judge(month.accesses, settings))
            recall, flagged = tally.recall(KINDS), tally.flagged / tally.accesses
            numbers = f"{unexplained:>12}{stated:>8}{known:>8}{distance:>10}"
            print(f"{numbers}{recall:>9.3f}{flagged:>9.4f}", flush=True)


def print_tables(tally: Tally) -> None:
    """Print what was noticed by kind, why work was done, and who was flagged for nothing."""
    held_out = {plan.__name__.strip("_") for plan in HELD_OUT}
    for kind, count in tally.incidents.items():
        mark = " (held out)" if kind in held_out else ""
        print(f"{kind + mark:34}{tally.noticed[kind]:>5} of {count}")
    for by, count in tally.explained.most_common():
        print(f"{by or 'nothing explains it':34}{count / tally.accesses:>10.4f}")
    for rule, count in tally.false_rules.most_common():
        print(f"{'about normal work: ' + rule:44}{count:>6} alerts")
    print(
        f"{'normal work, by name':34}{'accesses':>9}{'flagged':>10}{'accounts':>9}{'alerted':>10}"
    )
    for origin, count in tally.by_origin.most_common():
        accounts, flagged = tally.accounts[origin], tally.flagged_by_origin[origin] / count
        alerted = tally.accounts_alerted[origin] / accounts
        print(f"{origin:34}{count:>9,}{flagged:>10.5f}{accounts:>9,}{alerted:>10.4f}")


def result_line(tally: Tally, months: int, seconds: float) -> dict[str, object]:
    """Return what the bench says on its last line."""
    figures = {
        "recall": tally.recall((*KINDS, *HELD_OUT)),
        "recall_held_out": tally.recall(HELD_OUT),
        "recall_with_an_invented_reference": tally.invented[True] / max(tally.invented.total(), 1),
        "flagged_share": tally.flagged / tally.accesses,
        "flagged_share_of_normal": tally.normal_flagged / tally.normal,
        "explained_share_of_normal": tally.normal_explained / tally.normal,
        "times_any_group": tally.times_any_group(),
    }
    return {
        "bench": "misuse",
        **{name: round(figure, 5) for name, figure in figures.items()},
        "stops_of_busy_desks": tally.desks_stopped,
        "stops_of_all_others_a_month": tally.others_stopped // months,
        "children_a_trawl_of_five_accounts_gains": trawled(),
        "kinds": len(tally.incidents),
        "incidents": tally.incidents.total(),
        "alerts_a_month": tally.alerts // months,
        "met": tally.recall((*KINDS, *HELD_OUT)) >= RECALL_MIN
        and tally.flagged <= FLAGGED_MAX * tally.accesses
        and tally.normal_explained >= EXPLAINED_MIN * tally.normal
        and tally.times_any_group() <= TIMES_ANY_GROUP_MAX
        and tally.desks_stopped == 0
        and trawled() <= TRAWLED_MAX,
        "seconds": round(seconds, 1),
        "conditions": {
            "months": months,
            "accesses_a_month": tally.accesses // months,
            "python": platform.python_version(),
        },
    }


def main(arguments: list[str]) -> int:
    """Run the bench; 1 where a target was missed."""
    parser = argparse.ArgumentParser(prog="bench.misuse", description=__doc__)
    parser.add_argument("--months", type=int, default=8, help="made-up months, at most 100")
    parser.add_argument("--quick", action="store_true", help="one month")
    parser.add_argument("--choose", action="store_true", help="show other thresholds")
    asked = parser.parse_args(arguments)
    months = 1 if asked.quick else max(1, min(asked.months, len(SEEDS)))
    if asked.choose:
        choose(months)
        return 0
    started = time.monotonic()
    tally, control = measured(SEEDS[:months], (*KINDS, *HELD_OUT))
    print_tables(tally)
    line = {
        **result_line(tally, months, time.monotonic() - started),
        "control_name_alerts_unweighed": control.false_rules["own_family_name"],
        "name_alerts": tally.false_rules["own_family_name"],
    }
    print(json.dumps(line))
    return 0 if line["met"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
