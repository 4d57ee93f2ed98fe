"""Whatever is done to the log shows, and what it shows tells nothing of anybody else.

python -m proofs.log [--quick] [--full] [--mutations N] [--seed N]

A log is made by the real parts: entries appended as lookups append theirs, sealed by the real
sealer, on an embedded PostgreSQL. What is handed out of it is mutated thousands of times, and
judged by index_verify and by a second implementation (tests/verify/second.py) that shares nothing
with it. Controls: both find every case intact before its mutation, and leaves without blinds are
cracked. No control holding, nothing was shown.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from index_verify.words import Verdict
from proofs.workings.judged import Proof, table
from proofs.workings.log_forks import Caught, forks, rollbacks
from proofs.workings.log_guessing import CANDIDATES, guess_subjects
from proofs.workings.log_mutations import Mutations
from proofs.workings.log_presealed import Refusals, refused_by_sealer, sealed_without
from proofs.workings.log_real import RealLog, real_parts
from proofs.workings.log_witnesses import Shown, shown_to_two
from tests.verify.handed import by_index_verify
from tests.verify.second import Case, faults

SEALED_FIRST, SEALED_SECOND = 300, 250  # two full tiles, and a head between


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each is done."""

    mutations: int = 2200
    presealed: int = 120
    unreceipted: int = 24
    forks: int = 200
    shown: int = 100
    guessed: int = 2000
    seed: int = 0


QUICK = Plan(mutations=200, presealed=12, unreceipted=4, forks=12, shown=8, guessed=300)
FULL = Plan(mutations=10_000, presealed=400, unreceipted=100, forks=1000, shown=500, guessed=10_000)


async def prove(plan: Plan, proof: Proof) -> None:
    """Make the log, take it apart, and judge."""
    proof.conditions |= {"seed": plan.seed}
    async with real_parts(plan.seed, proof.doing) as parts:
        proof.doing("appending and sealing")
        await parts.append(SEALED_FIRST)
        await parts.seal()
        await parts.append(SEALED_SECOND)
        await parts.seal()
        log = await parts.written()
        await parts.append(plan.guessed)
        await parts.seal()
        wide = await parts.written()
        less, gone = await sealed_without(parts, plan.presealed // 4, plan.presealed)
        refusals = await refused_by_sealer(parts, plan.unreceipted, proof.doing)
    proof.conditions |= {"leaves": len(log.stored), "heads": len(log.sizes)}
    with tempfile.TemporaryDirectory(prefix="index-log-") as directory:
        place = Path(directory)
        judge_mutations(plan, log, proof, place)
        judge_presealed(less, sorted(gone, key=str), refusals, proof, place)
        judge_forks(plan, log, proof, place)
        proof.doing(f"{plan.shown} forks and as many rollbacks shown to two witnesses")
        shown = await shown_to_two(log, plan.shown, random.Random(plan.seed), place)
    judge_shown(shown, proof)
    judge_guesses(plan, wide, proof)


def judge_mutations(plan: Plan, log: RealLog, proof: Proof, place: Path) -> None:
    """Have both verifiers judge every mutation, and what there was before any."""
    mutations = Mutations(log, plan.seed)
    whole = [_both(case, place) for case in mutations.whole()]
    wrong = [found for found in whole if found != (None, [])]
    proof.claim(
        "what was not mutated is intact", not wrong, wrong or f"{len(whole)} cases", control=True
    )
    made, first, second, told = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    passed: list[str] = []
    for number, mutation in enumerate(mutations.some(plan.mutations)):
        proof.doing(f"{number} of {plan.mutations} mutations")
        verdict, found = _both(mutation.case, place)
        made[mutation.target] += 1
        first[mutation.target] += verdict is not None
        second[mutation.target] += bool(found)
        told[verdict or "intact"] += 1
        if verdict is None or not found:
            passed.append(f"{mutation.act} {mutation.target}: {verdict}, {found[:1]}")
    proof.claim("index_verify catches every mutation", first == made, _of(first, made))
    proof.claim("the second verifier catches every mutation", second == made, _of(second, made))
    proof.figures |= {
        "mutations": made.total(),
        "caught_index_verify": first.total(),
        "caught_second": second.total(),
        "told_tampered": told[Verdict.TAMPERED],
        "told_cannot_tell": told[Verdict.CANNOT_TELL],
    }
    if not proof.quiet:
        rows: list[list[object]] = [
            [name, count, first[name], second[name]] for name, count in sorted(made.items())
        ]
        table(["mutated", "mutations", "index_verify", "second"], rows)
        for each in passed[:10]:
            print(f"  got past: {each}")


def judge_presealed(
    log: RealLog, gone: list[UUID], refusals: Refusals, proof: Proof, place: Path
) -> None:
    """Judge what was deleted before it was sealed: by its receipt, or by the sealer."""
    caught = Caught()
    for entry_id in gone:
        case = Case(log.policy(), [log.export()], receipts=[log.receipts[entry_id]])
        report = by_index_verify(case, place)
        caught.made += 1
        caught.by_index_verify += set(report.kinds) == {"receipt_suppressed"}
        caught.by_second += "suppression" in faults(case)
    proof.claim(
        "a deletion before sealing is proven by the receipt, by both",
        caught.all,
        f"{caught.by_index_verify} and {caught.by_second} of {caught.made}",
    )
    proof.claim(
        "without a receipt the sealer refuses what no longer follows",
        0 < refusals.tried == refusals.refused,
        f"{refusals.refused} of {refusals.tried}",
    )
    proof.figures |= {
        "presealed_with_receipt": caught.made,
        "presealed_caught_index_verify": caught.by_index_verify,
        "presealed_caught_second": caught.by_second,
        "presealed_without_receipt": refusals.tried,
        "presealed_refused_by_sealer": refusals.refused,
    }


def judge_forks(plan: Plan, log: RealLog, proof: Proof, place: Path) -> None:
    """Judge two histories and older ones, signed by the log's own keys."""
    chance = random.Random(plan.seed)
    for name, make in (("forks", forks), ("rollbacks", rollbacks)):
        proof.doing(f"{plan.forks} {name}")
        caught = make(log, plan.forks, chance, place)
        proof.claim(
            f"{name} by the log's own keys show to whoever saw another head",
            caught.all,
            f"{caught.by_index_verify} and {caught.by_second} of {caught.made}",
        )
        proof.figures[f"{name}_by_heads"] = caught.made
        proof.figures[f"{name}_by_heads_caught"] = min(caught.by_index_verify, caught.by_second)


def judge_shown(shown: Shown, proof: Proof) -> None:
    """Judge what two witnesses cosigned."""
    proof.claim(
        "honest growth is cosigned by both witnesses",
        0 < shown.honest == shown.honest_cosigned,
        f"{shown.honest_cosigned} of {shown.honest}",
        control=True,
    )
    for name, made, caught in (
        ("forks", shown.forks, shown.forks_caught),
        ("rollbacks", shown.rollbacks, shown.rollbacks_caught),
    ):
        proof.claim(
            f"{name} shown to two witnesses are caught", 0 < made == caught, f"{caught} of {made}"
        )
        proof.figures |= {name: made, f"{name}_caught": caught}


def judge_guesses(plan: Plan, log: RealLog, proof: Proof) -> None:
    """Judge what hashes and one's own openings tell of others."""
    proof.doing("guessing whom entries are about, in each of three ways")
    guessed = guess_subjects(log, plan.seed)
    proof.claim(
        "whom another entry is about is guessed no better than by chance",
        guessed.no_better_than_chance,
        f"{guessed.right} of {guessed.guesses}, luck alone up to {guessed.right_max}",
    )
    proof.claim(
        "leaves without a blind are cracked",
        guessed.control_right == guessed.guesses,
        f"{guessed.control_right} of {guessed.guesses}",
        control=True,
    )
    proof.figures |= {
        "guesses": guessed.guesses,
        "guessed_right_max": max(guessed.right.values()),
        "guessed_by_chance": round(guessed.guesses / CANDIDATES, 1),
        "control_guessed_right": guessed.control_right,
    }


def _both(case: Case, place: Path) -> tuple[Verdict | None, list[str]]:
    """Return index_verify's verdict, None for intact, and what the second finds."""
    verdict = by_index_verify(case, place).verdict
    return (None if verdict is Verdict.INTACT else verdict), faults(case)


def _of(caught: Counter[str], made: Counter[str]) -> str:
    return f"{caught.total()} of {made.total()}"


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove log")
    parser.add_argument("--quick", action="store_true", help="as the suite does: 200 mutations")
    parser.add_argument("--full", action="store_true", help="10,000 mutations")
    parser.add_argument("--mutations", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    usual = QUICK if chosen.quick else FULL if chosen.full else Plan()
    plan = replace(usual, seed=chosen.seed, mutations=chosen.mutations or usual.mutations)
    # What the sealer alarms of here is what it is asked to refuse, and is counted.
    logging.getLogger("index_service.services.sealing_log").setLevel(logging.CRITICAL)
    proof = Proof("log")
    with proof.watched():
        asyncio.run(prove(plan, proof))
    return proof.verdict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
