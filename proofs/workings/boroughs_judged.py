"""The judgement of `prove shield --boroughs 3`: regions one after another, and what all came to."""

import asyncio
import logging
from dataclasses import dataclass

from proofs.workings.judged import Proof, table
from proofs.workings.region_made import region_running
from proofs.workings.shield_boroughs import ROUNDS, SIDE_BY_SIDE, Ran, boroughs_run
from tests.region import RegionServed

RUNS, QUICK_RUNS, QUICK_ROUNDS = 96, 6, 2


@dataclass(frozen=True, slots=True)
class BoroughPlan:
    """How many runs, of how many rounds each."""

    runs: int = RUNS
    rounds: int = ROUNDS
    seed: int = 0


async def prove_regions(plan: BoroughPlan, proof: Proof) -> None:
    """Run all runs, so many side by side in one region and then in the next, new one."""
    done: list[Ran] = []
    for start in range(0, plan.runs, SIDE_BY_SIDE):
        proof.doing("founding three authorities, a deriver and a locator")
        async with region_running() as region:
            part = BoroughPlan(min(SIDE_BY_SIDE, plan.runs - start), plan.rounds, plan.seed + start)
            done.append(await run_region(part, proof, region))
    judge(done, plan, proof)


async def run_region(plan: BoroughPlan, proof: Proof, region: RegionServed) -> Ran:
    """Run some runs in a region that is there."""
    return await boroughs_run(region, plan.runs, plan.seed, plan.rounds, proof.doing)


def judge(done: list[Ran], plan: BoroughPlan, proof: Proof) -> None:
    """Judge what all runs came to."""
    wrong = [each for ran in done for each in ran.unshielded]
    lost = [each for ran in done for each in ran.involvements_lost]
    looks = sum(ran.hidden_looks for ran in done)
    proof.claim(
        "a shielded child is never seen unshielded: where the shield was set at once, elsewhere"
        " from the first check that was answered",
        not wrong and looks > 0,
        wrong[:3] or f"0 of {looks} looks",
    )
    proof.claim(
        "a child who is not shielded is seen",
        any(ran.open_seen for ran in done),
        sum(ran.open_seen for ran in done),
        control=True,
    )
    proof.claim(
        "a check left out elsewhere shows",
        all(ran.planted_seen for ran in done),
        f"{sum(ran.planted_seen for ran in done)} of {len(done)} regions",
        control=True,
    )
    proof.claim(
        "a check unanswered for 24 hours alarms its own team",
        all(ran.alarmed for ran in done),
        f"{sum(ran.alarmed for ran in done)} of {len(done)} regions",
    )
    proof.claim(
        "and names itself to another's",
        all(ran.named_there for ran in done),
        f"{sum(ran.named_there for ran in done)} of {len(done)} regions",
    )
    known = sum(ran.involvements for ran in done)
    proof.claim(
        "every involvement is found from the home authority",
        not lost and known > 0,
        lost[:3] or f"{known} supplied elsewhere",
    )
    proof.figures |= {
        "runs": sum(ran.runs for ran in done),
        "regions": len(done),
        "unshielded_views": len(wrong),
        "hidden_looks": looks,
        "looks": sum(ran.looks for ran in done),
        "outages": sum(ran.outages for ran in done),
        "restarts": sum(ran.restarts for ran in done),
        "involvements": known,
    }
    proof.conditions |= {"seed": plan.seed, "rounds": plan.rounds}
    if not proof.quiet:
        deeds = {word for ran in done for word in ran.deeds}
        rows: list[list[object]] = [
            [word, sum(ran.deeds.get(word, 0) for ran in done)] for word in sorted(deeds)
        ]
        table(["children were", "times"], rows)


def across_boroughs(runs: int | None, seed: int, *, quick: bool) -> int:
    """Prove it over three boroughs, and return the exit status."""
    logging.disable(logging.CRITICAL)  # what members alarm of here is what is done to them
    usual = BoroughPlan(QUICK_RUNS, QUICK_ROUNDS) if quick else BoroughPlan()
    plan = BoroughPlan(runs or usual.runs, usual.rounds, seed)
    proof = Proof("shield across boroughs")
    with proof.watched():
        asyncio.run(prove_regions(plan, proof))
    return proof.verdict()
