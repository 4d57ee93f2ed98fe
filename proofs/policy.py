"""Policy decides as the agreement's words do, never without a lawful basis, and tests would tell.

python -m proofs.policy [--quick] [--full] [--only PART] [--seed N] [--workers N]

Three parts. Enumeration: an independent, naive model of the whole policy is asked every
question of a bounded space under four agreements, and must answer alike. Theorems: z3 shows
of the rules, written down once more and compared with them, that no question at all gets
more than is lawful. Mutation: small faults put into the policy room, the fact builder and
disclosure must make a test fail. Each has its controls: rules taken out, tests run whole.
"""

import argparse
import multiprocessing
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace

from consent.agreement import compile_agreement
from proofs.workings import policy_score
from proofs.workings.judged import Proof, table
from proofs.workings.policy_agreements import agreements
from proofs.workings.policy_crossing import Crossed, crossed
from proofs.workings.policy_enumeration import Compared, Comparing
from proofs.workings.policy_theorems import (
    THEOREMS,
    Theorem,
    asked,
    counterexample,
    left_out,
    really,
    symbolically,
)

PARTS = ("enumeration", "theorems", "mutation")
CONTROL_RULE = "shielded_record_shows_identity_only"
NAMES = tuple(name for name, _ in agreements())


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each part is done: every so-manieth point, so many mutations."""

    parts: tuple[str, ...] = PARTS
    every: int = 1
    crossed_every: int = 29
    mutations: int | None = None
    under: tuple[str, ...] = NAMES
    seed: int = 0
    workers: int = 2


def prove(plan: Plan, proof: Proof) -> None:
    """Do the parts asked for."""
    proof.conditions |= {"seed": plan.seed, "workers": plan.workers, "agreements": len(plan.under)}
    parts: dict[str, Callable[[Plan, Proof], None]] = {
        "enumeration": enumerate_all,
        "theorems": prove_theorems,
        "mutation": mutate,
    }
    for name in plan.parts:
        parts[name](plan, proof)


# Every question of the bounded space


def compare(name: str, every: int, first: int, rule: str = "") -> Compared:
    """Compare policy with the model under one agreement, one rule perhaps left out."""
    with left_out(rule):
        return Comparing(dict(agreements())[name]).run(every, first)


def enumerate_all(plan: Plan, proof: Proof) -> None:
    """Compare at every point, or at every so-manieth, a lot deciding which."""
    first = random.Random(plan.seed).randrange(plan.every)
    whole = Compared()
    # A point of the control stands for many: what a rule forbids, it forbids often.
    control = (plan.under[0], max(plan.every, 101), first % max(plan.every, 101), CONTROL_RULE)
    if plan.workers == 1:
        done = [compare(name, plan.every, first) for name in plan.under]
        planted = compare(*control)
    else:
        spawned = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(plan.workers, mp_context=spawned) as pool:
            futures = [pool.submit(compare, name, plan.every, first) for name in plan.under]
            last = pool.submit(compare, *control)
            _watch([*futures, last], proof)
            done, planted = [future.result() for future in futures], last.result()
    for each in done:
        whole.add(each)
    points = sum(whole.points.values())
    proof.figures |= {"points": points, "yes": sum(whole.yes.values())}
    proof.figures["disagreements"] = whole.differences
    proof.claim(
        "policy and the naive model agree on every point",
        whole.differences == 0,
        " | ".join(whole.first) or f"{points} points",
    )
    # Of a few points by lot not every kind need hold one that gives something.
    idle = [name for name in whole.points if plan.every == 1 and not whole.yes[name]]
    proof.claim("every slice holds a yes", not idle, idle or len(whole.yes), control=True)
    missed = planted.differences == 0
    proof.claim(f"seen without {CONTROL_RULE}", not missed, planted.differences, control=True)
    if not proof.quiet:
        rows = [[name, whole.points[name], whole.yes[name]] for name in sorted(whole.points)]
        table(["compared", "points", "of them yes"], rows)


def _watch(futures: "list[Future[Compared]]", proof: Proof) -> None:
    while not all(future.done() for future in futures):
        done = sum(future.done() for future in futures)
        proof.doing(f"enumerating: {done} of {len(futures)} agreements done")
        time.sleep(0.2)


# Every question there is


def prove_theorems(plan: Plan, proof: Proof) -> None:
    """Have z3 look for a question that belies a theorem, and compare the rules it reads."""
    whole, proved, seen, belied = Crossed(), 0, 0, []
    documents = dict(agreements())
    for name in plan.under:
        proof.doing(f"comparing the rules as written down, {name}")
        whole.add(crossed(documents[name], plan.crossed_every, plan.seed))
        for theorem in THEOREMS:
            proof.doing(f"{theorem.sentence}, {name}")
            found = _counterexample(name, theorem)
            proved += found is None
            belied += [f"{name}: {theorem.sentence}: {found}"] if found else []
            seen += _control_seen(name, theorem)
    tried = len(THEOREMS) * len(plan.under)
    proof.figures |= {"theorems": proved, "theorem_controls_seen": seen, "crossed": whole.points}
    proof.claim(
        f"z3 finds no question that belies any of {len(THEOREMS)} theorems",
        not belied,
        " | ".join(belied) or f"{proved} proved",
    )
    proof.claim(
        "the rules as z3 reads them answer as policy does",
        whole.differences == 0,
        whole.first or f"{whole.points} points, {whole.shown} of them shown something",
    )
    proof.claim("every rule is written down", not whole.unwritten, whole.unwritten or "all")
    proof.claim(
        "without the rule a theorem rests on, z3 finds a question and policy answers it so",
        seen == tried,
        f"{seen} of {tried}",
        control=True,
    )
    if not proof.quiet:
        print()
        for theorem in THEOREMS:
            print(f"  {theorem.sentence} (rests on {theorem.rests_on})")


def _counterexample(name: str, theorem: Theorem) -> object:
    document = dict(agreements())[name]
    said, bounds = symbolically(document, compile_agreement(document))
    return counterexample(said, bounds, theorem.belied(said))


def _control_seen(name: str, theorem: Theorem) -> bool:
    """Return whether z3 finds a question without the rule, and policy answers it so."""
    document = dict(agreements())[name]
    agreement = compile_agreement(document)
    said, bounds = symbolically(document, agreement, theorem.rests_on)
    found = counterexample(said, bounds, theorem.belied(said))
    if found is None:
        return False
    point, entry = asked(found)
    with left_out(theorem.rests_on):
        return bool(theorem.belied(really(document, agreement, point, entry)))


# Small faults


def mutate(plan: Plan, proof: Proof) -> None:
    """Put small faults in, one at a time, and count those the tests notice."""
    proof.doing("reading the modules")
    stale = policy_score.stale() if plan.mutations is None else []
    chosen = policy_score.chosen(plan.mutations, plan.seed)
    if plan.mutations is None:
        sick = policy_score.whole(proof.doing)
        proof.claim("the tests pass on the modules as they are", not sick, sick or "", control=True)
    tried = policy_score.score(chosen, plan.workers, proof.doing)
    survivors = [each.mutation for each in tried if not each.killed]
    scores = {
        group: 100 * killed / count
        for group, (killed, count) in policy_score.by_group(tried).items()
    }
    proof.figures |= {"mutations": len(tried), "survivors": len(survivors)}
    proof.figures["equivalent"] = len(policy_score.EQUIVALENT)
    proof.figures["scores"] = {group: round(score, 2) for group, score in scores.items()}
    for group, score in sorted(scores.items()):
        least = policy_score.GROUPS[group][1]
        proof.claim(
            f"tests notice at least {least:g} % of mutations, {group}",
            score >= least,
            f"{score:.1f} %",
        )
    proof.claim("every equivalent mutation is one still", not stale, stale or "all")
    if not proof.quiet:
        for mutation in survivors:
            print(f"  survived: {mutation.name} (line {mutation.line})")
        for name, why in policy_score.EQUIVALENT.items():
            print(f"  equivalent: {name}: {why}")


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove policy")
    parser.add_argument("--quick", action="store_true", help="as the suite does: a slice of all")
    parser.add_argument("--full", action="store_true", help="all of it, as without it")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    plan = QUICK if chosen.quick else Plan(workers=chosen.workers)
    plan = replace(plan, seed=chosen.seed)
    if chosen.only:
        plan = replace(plan, parts=(chosen.only,))
    proof = Proof("policy")
    with proof.watched():
        prove(plan, proof)
    return proof.verdict()


QUICK = Plan(PARTS, 1009, 3001, 40, NAMES[:1], 0, 1)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
