"""A shielded child is never seen unshielded, whatever suppliers, practitioners and the team do.

python -m proofs.shield [--quick] [--full] [--boroughs 3] [--runs N] [--races N] [--seed N]

Each run is one child and what becomes of its records, step by step, by chance: fed by two
suppliers with slips in name, number and date, recorded by hand, amended, renamed, shielded,
lifted, released, its identity closed; with upkeep and restarts between. After every step
ordinary practitioners ask for it by every fact ever stated and by every record's id. The
runs are steps of the real application on a real PostgreSQL; a run that fails is shrunk.
The long form also races shields against lines in flight and withdrawals of consent against
reads, asks a classifier whether storage shows who was shielded, and counts by origin of the
name how often a child nobody meant is held. With `--boroughs 3` it is three indexes with a
deriver and a locator, and a shield set in one of them (workings/shield_boroughs.py).
"""

import argparse
import asyncio
import random
import sys
from dataclasses import dataclass, replace
from typing import Any

from proofs.workings import signature
from proofs.workings.boroughs_judged import across_boroughs
from proofs.workings.judged import Proof, table
from proofs.workings.shield_machine import DEFECTS, Share, Tally
from proofs.workings.shield_origins import Held
from proofs.workings.shield_parts import Part, done, run_origins, run_races, run_shares
from proofs.workings.shield_raced import Races
from proofs.workings.shield_steps import STEPS, Deed

UNANSWERED_MAX = 0.01  # of looks: a log too busy to answer hides nothing, and shows nothing
CONTROL_RUNS = 100  # at most: of a planted defect one run that shows it is enough
CONTROLS_FROM = 40_000  # numbers of runs nobody else uses


@dataclass(frozen=True, slots=True)
class Plan:
    """How many runs, of how many steps each, in how many processes, and what beside them."""

    runs: int = 5000
    seed: int = 0
    workers: int = 2
    steps: tuple[int, int] = STEPS
    defects: tuple[str, ...] = tuple(DEFECTS)
    whole: bool = True  # look by every fact after every step
    races: int = 1000
    beside: bool = True  # the classifier, and names by origin


def shares(plan: Plan) -> list[list[Share]]:
    """Return what each process runs: its part of the runs, then planted defects in turn."""
    size = -(-plan.runs // plan.workers)
    parts = [
        [
            Share(
                range(start, min(start + size, plan.runs)),
                plan.seed,
                plan.steps,
                whole=plan.whole,
            )
        ]
        for start in range(0, plan.runs, size)
    ]
    for place, defect in enumerate(plan.defects):
        first = CONTROLS_FROM + place * CONTROL_RUNS
        numbers = range(first, first + CONTROL_RUNS)
        parts[place % len(parts)].append(Share(numbers, plan.seed, plan.steps, defect))
    return parts


def prove(plan: Plan, proof: Proof) -> None:
    """Run, race, plant, judge."""
    proof.conditions |= {"workers": plan.workers, "seed": plan.seed, "steps_a_run": plan.steps}
    run = shares(plan)
    parts = [Part("runs", run_shares, (some,)) for some in run]
    parts += [Part("races", run_races, (plan.races,))] if plan.races else []
    if plan.beside:
        count = plan.workers
        parts += [Part("origins", run_origins, (at, count, plan.seed)) for at in range(count)]
    found = done(parts, plan.workers, proof)
    by_name: dict[str, list[Any]] = {part.name: [] for part in parts}
    for part, each in zip(parts, found, strict=True):
        by_name[part.name].append(each)
    tallies = [tally for some in by_name["runs"] for tally in some]
    tried = [share for some in run for share in some]
    judge_runs(plan, [t for t, of in zip(tallies, tried, strict=True) if not of.defect], proof)
    judge_planted({of.defect: t for t, of in zip(tallies, tried, strict=True) if of.defect}, proof)
    for races in by_name.get("races", []):
        shields, consents, planted = races
        judge_races(shields, consents, planted, proof)
    if plan.beside:
        judge_origins(by_name["origins"], proof)
        judge_signature(plan, proof)


def judge_runs(plan: Plan, tallies: list[Tally], proof: Proof) -> None:
    """Judge the runs, and whether they showed anything."""
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    proof.figures |= {
        "runs": whole.runs,
        "steps": whole.steps,
        "questions": whole.questions,
        "unshielded_views": whole.unshielded,
        "identity_only_views": whole.stubs,
        "silent_reads": whole.silent,
        "records_hidden": whole.hidden,
        "records_held": whole.held,
        "beyond_recognition": whole.unrecognised,
    }
    proof.claim(
        "no ordinary practitioner sees a shielded child unshielded",
        whole.unshielded == 0,
        " | ".join(whole.failing) or f"0 of {whole.questions} questions in {whole.runs} runs",
    )
    proof.claim("every run was run", whole.runs == plan.runs, whole.runs)
    proof.claim("nothing failed", not whole.statuses["5xx"], dict(whole.statuses))
    sights = {
        "a shielded record shows its identity": whole.stubs,
        "a record that waits is silent": whole.silent,
        "an open record is found": whole.open_seen,
        "a record of a shielded child is held": whole.held,
    }
    for sentence, times in sights.items():
        proof.claim(sentence, times > 0, times, control=True)
    undone = [deed.value for deed in Deed if not whole.deeds[deed.value]]
    proof.claim("every kind of step was taken", not undone, undone or len(Deed), control=True)
    if not proof.quiet:
        table(["step", "taken"], [[deed, times] for deed, times in whole.deeds.most_common()])


def judge_planted(planted: dict[str, Tally], proof: Proof) -> None:
    """Judge whether every planted defect was seen."""
    for defect, tally in planted.items():
        said = tally.failing[0] if tally.failing else "not seen"
        proof.claim(f"seen when planted: {defect}", bool(tally.unshielded), said, control=True)
    proof.figures["controls_seen"] = sum(bool(tally.unshielded) for tally in planted.values())
    proof.figures["controls"] = len(planted)


def judge_races(shields: Races, consents: Races, planted: Races, proof: Proof) -> None:
    """Judge the races: of shields, of withdrawals, and of shields with a defect planted."""
    proof.figures |= {"races": shields.races, "race_looks": shields.looked}
    proof.figures["race_looks_unanswered"] = shields.unanswered
    proof.figures |= {"consent_races": consents.races, "consent_late_reads": consents.looked}
    proof.claim(
        "a shield set while lines are in flight hides every record once acknowledged",
        not shields.wrong
        and shields.looked > shields.races
        and shields.unanswered <= UNANSWERED_MAX * shields.looked,
        shields.wrong[:3] or f"{shields.looked} looks in {shields.races} races",
    )
    proof.claim(
        "no read begun after a withdrawal was acknowledged rests on the consent",
        not consents.wrong and consents.looked >= consents.races,
        consents.wrong[:3] or f"{consents.looked} late reads in {consents.races} races",
    )
    proof.claim("races see a planted defect", bool(planted.wrong), len(planted.wrong), control=True)


def judge_origins(parts: list[Held], proof: Proof) -> None:
    """Print how often a child nobody meant is held, by origin of the family name."""
    whole = Held()
    for part in parts:
        whole.add(part)
    origins = sorted(whole.arrived, key=lambda origin: -whole.arrived[origin])
    proof.figures["false_holds"] = {
        "shielded": whole.shielded,
        "arrived": whole.arrived.total(),
        "invented": whole.invented,
        "per_10000": whole.rate(),
        **{origin: whole.rate(origin) for origin in origins},
    }
    share = 100 * whole.misspelt_held / max(1, whole.misspelt)
    proof.figures["misspelt_held_percent"] = round(share, 1)
    proof.claim(
        "a shielded child misspelt and without numbers is held",
        share >= 97,
        f"{whole.misspelt_held} of {whole.misspelt}",
        control=True,
    )
    if not proof.quiet:
        rows: list[list[object]] = [
            [origin, whole.arrived[origin], whole.held[origin], whole.rate(origin)]
            for origin in origins
        ]
        rows.append(["all", whole.arrived.total(), whole.held.total(), whole.rate()])
        print(f"\n  Beside {whole.shielded} shielded children, held in error (not judged):")
        table(["family name looks", "arrived", "held", "of 10,000"], rows)


def judge_signature(plan: Plan, proof: Proof) -> None:
    """Judge whether a classifier tells from storage who was shielded."""
    days = replace(signature.Plan(), seed=plan.seed)
    seen = asyncio.run(signature.measured(days, proof.doing))
    proof.figures |= {
        "auc": round(seen.auc, 3),
        "auc_worked_with": round(seen.auc_worked_with, 3),
        "auc_live": round(seen.auc_live, 3),
        "control_auc": round(seen.control_auc, 3),
        "control_flag_auc": round(seen.control_flag_auc, 3),
    }
    proof.claim(
        "storage does not show who was shielded",
        seen.holds,
        f"AUC {seen.auc:.3f}, of those worked with that day {seen.auc_worked_with:.3f}",
    )
    proof.claim(
        "the naive designs show it",
        seen.seen,
        f"AUC {seen.control_auc:.3f} and {seen.control_flag_auc:.3f}",
        control=True,
    )


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove shield")
    parser.add_argument("--quick", action="store_true", help="as the suite does: 300 runs")
    parser.add_argument("--full", action="store_true", help="as without it: 5,000 runs")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--races", type=int)
    parser.add_argument("--boroughs", type=int, choices=(1, 3), default=1)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    if chosen.boroughs > 1:
        return across_boroughs(chosen.runs, chosen.seed, quick=chosen.quick)
    plan = replace(QUICK if chosen.quick else Plan(), seed=chosen.seed)
    asked = {"runs": chosen.runs, "races": chosen.races}
    plan = replace(plan, **{name: count for name, count in asked.items() if count is not None})
    proof = Proof("shield")
    with proof.watched():
        prove(plan, proof)
    return proof.verdict()


QUICK = Plan(300, 0, 1, (3, 5), tuple(DEFECTS)[:1], whole=False, races=0, beside=False)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
