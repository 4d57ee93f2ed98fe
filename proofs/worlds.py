"""Two worlds that differ in one hidden fact answer alike, whoever asks, over every operation.

python -m proofs.worlds [--quick] [--pairs N] [--seed N] [--flip NAME] [--timed-pairs N]

World A is made by real stories; B is a copy of its database in which one fact outside F is
another. Both are served by the real application under the same keys, issuer and clock, and
asked the same programme, drawn by seed, by entitled and unentitled people: practitioners,
suppliers, a parent with an account who knows all a parent knows, a case system. Everything
that leaves is compared. A family of flips whose insider sees no difference voids the run.
Then the same table the other way: what is inside F must arrive, for everybody, every time.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cache

from demo.authority import issuer_and_database
from index_service.api.app import contract_of_code
from index_service.settings import Settings
from proofs.workings.judged import Proof, table
from proofs.workings.worlds_flip import Flip
from proofs.workings.worlds_nouns import EVERY_FLIP, NOUNS
from proofs.workings.worlds_probes import Stage, unprobed
from proofs.workings.worlds_programme import Cell, Round, Tally
from proofs.workings.worlds_running import Grounds, PairClock, World
from proofs.workings.worlds_stage import Hand, staged
from proofs.workings.worlds_timing import (
    BLOCKS,
    CONTROL,
    FLIPS_TIMED,
    MEDIAN_S_MAX,
    P_MIN,
    Timed,
    corrected,
    in_service,
    timed,
    timed_probes,
)
from proofs.workings.worlds_useful import everywhere

SHOWN_MAX = 20
TOO_MANY = 429
TIMED_PAIRS = 1500


@dataclass(frozen=True)
class Plan:
    """How many pairs, over which flips, from which seed."""

    pairs: int = 12_000
    a_round: int = 400  # pairs before both worlds are made anew
    seed: int = 0
    flips: tuple[Flip, ...] = EVERY_FLIP
    timed_pairs: int = 0
    share: int = 1  # every n-th operation under each flip: 1 is the whole matrix


@dataclass(frozen=True, slots=True)
class Ready:
    """The founded authorities, and the database all worlds are copied from."""

    grounds: Grounds
    settings: Settings
    other: Settings
    stage: Stage
    worlds: tuple[World, World]


@cache
def operations() -> tuple[str, ...]:
    """Return every operation of the contract, by its id."""
    paths = contract_of_code()["paths"].values()
    return tuple(sorted(each["operationId"] for path in paths for each in path.values()))


async def prove(plan: Plan, proof: Proof) -> None:
    """Make worlds, ask them, compare, judge."""
    proof.conditions |= {"seed": plan.seed, "flips": len(plan.flips), "nouns": len(NOUNS)}
    known = operations()
    clock = PairClock()
    tally = Tally()
    async with issuer_and_database(fsync=False, clock=clock) as (postgres, issuer, directory):
        proof.doing("founding two authorities")
        grounds = Grounds(postgres, issuer, clock)
        settings, other = await grounds.found(directory)
        proof.doing("making what both worlds share")
        async with grounds.served("base", settings) as base:
            hand = Hand(grounds, base)
            stage = await staged(hand)
            for arrival in everywhere(stage):
                tally.arrival("", arrival, await hand.ask(arrival.probe))
        clock.began()
        async with grounds.both(settings) as worlds:
            ready = Ready(grounds, settings, other, stage, worlds)
            controls = await _rounds(plan, ready, tally, proof)
            if plan.timed_pairs:
                _judge_times(proof, await _times(plan, ready, proof))
    _judge(plan, proof, tally, controls, known)


async def _rounds(plan: Plan, ready: Ready, tally: Tally, proof: Proof) -> set[str]:
    """Ask round by round; return the flips that insiders saw."""
    controls: set[str] = set()
    rounds = max(1, round(plan.pairs / len(plan.flips) / plan.a_round))
    each = -(-plan.pairs // (len(plan.flips) * rounds))
    for number in range(rounds * len(plan.flips)):
        flip = plan.flips[number % len(plan.flips)]
        proof.doing(f"{flip.name}: {tally.pairs} pairs, {len(tally.differences)} differ")
        seen = await _round(ready, plan, flip, tally, (each, plan.seed + number))
        controls |= {flip.name} if seen else set()
    return controls


async def _times(plan: Plan, ready: Ready, proof: Proof) -> list[Timed]:
    """Time four operations by four flips, the fact in either world by turns, and the control."""
    apart: dict[tuple[str, str], list[float]] = {}
    each = -(-plan.timed_pairs // BLOCKS)
    for flip in (flip for flip in EVERY_FLIP if flip.name in FLIPS_TIMED):
        for block in range(BLOCKS):
            await ready.grounds.again(ready.worlds)
            flipped = block % 2
            secret = await flip.apply(Hand(ready.grounds, ready.worlds[flipped]), ready.stage)
            of = Round(ready.grounds, flip, ready.stage, secret, ready.worlds)
            await in_service(of)
            for probe in timed_probes(ready.stage, secret):
                if probe.operation == CONTROL and flip.name != FLIPS_TIMED[0]:
                    continue
                proof.doing(f"timing {probe.operation}, {flip.name}, {block + 1} of {BLOCKS}")
                cell = apart.setdefault((probe.operation, flip.name), [])
                cell += await timed(of, probe, each, flipped, plan.seed + block)
    return [Timed(*cell, tuple(spent)) for cell, spent in apart.items()]


def _judge_times(proof: Proof, found: Sequence[Timed]) -> None:
    control = next(each for each in found if each.operation == CONTROL)
    cells = [each for each in found if each is not control]
    after = corrected(cells)
    rows: list[list[object]] = [
        [
            f"{each.operation}, {each.flip}",
            f"{each.slower / each.pairs:.3f}",
            f"{each.median_s * 1e6:+.1f}",
            f"{p:.2g}",
        ]
        for each, p in zip([control, *cells], [control.p, *after], strict=True)
    ]
    if not proof.quiet:
        table(["time of one request", "flipped slower", "median, us", "p (Holm)"], rows)
    bad = [
        f"{each.operation}, {each.flip}: {each.median_s * 1e6:.0f} us, p {p:.1g}"
        for each, p in zip(cells, after, strict=True)
        if p <= P_MIN and abs(each.median_s) > MEDIAN_S_MAX
    ]
    proof.figures |= {
        "timing_p_min": float(f"{min(after):.3g}"),
        "timing_median_us_max": round(max(abs(each.median_s) for each in cells) * 1e6, 1),
        "timing_pairs": sum(each.pairs for each in cells),
    }
    proof.claim(
        "a tenth of a millisecond put into one world is seen",
        control.p < P_MIN,
        f"p {control.p:.2g}",
        control=True,
    )
    proof.claim("no operation tells by its time what is hidden", not bad, bad or min(after))


async def _round(
    ready: Ready, plan: Plan, flip: Flip, tally: Tally, asked: tuple[int, int]
) -> bool:
    """Make two worlds that differ in one fact and ask them; return whether an insider saw it."""
    grounds, worlds, told = ready.grounds, ready.worlds, ready.worlds
    await grounds.again(worlds)
    async with AsyncExitStack() as stack:
        if flip.elsewhere:
            one, other = (grounds.served(world.database, ready.other) for world in worlds)
            told = (
                await stack.enter_async_context(one),
                await stack.enter_async_context(other),
            )
        secret = await flip.apply(Hand(grounds, told[1]), ready.stage)
        insiders = Round(grounds, flip, ready.stage, secret, told)
        seen = await insiders.inside(tally)
        outsiders = Round(grounds, flip, ready.stage, secret, worlds)
        await outsiders.run(outsiders.scenes(*asked, plan.share), tally)
        return seen


def _judge(
    plan: Plan, proof: Proof, tally: Tally, controls: set[str], known: Sequence[str]
) -> None:
    missing = unprobed(known)
    cells = {(operation, flip.name) for operation in known for flip in plan.flips}
    covered = cells & tally.cells.keys()
    proof.figures |= {
        "pairs": tally.pairs,
        "differences": len(tally.differences),
        "cells_covered": len(covered),
        "cells_total": len(cells),
        "controls_seen": len(controls),
        "controls_total": len(plan.flips),
    }
    for flip in plan.flips:
        proof.claim(
            f"an insider sees {flip.name.replace('_', ' ')}: the comparison can tell",
            flip.name in controls,
            control=True,
        )
    proof.claim("every operation of the contract has probes", not missing, missing or len(known))
    empty = sorted(cells - covered) if plan.share == 1 else _rows_and_columns(cells, covered)
    every = "every operation was asked under " + ("every flip" if plan.share == 1 else "some flip")
    proof.claim(every, not empty, empty[:3] or len(covered))
    lost = sorted(fact for fact, count in tally.expected.items() if tally.arrived[fact] < count)
    proof.figures |= {"inside": tally.expected.total(), "arrived": tally.arrived.total()}
    proof.claim(
        "what is inside F arrives, for every role, every time",
        not lost,
        lost[:3] or f"{tally.arrived.total()} of {tally.expected.total()}",
    )
    stopped = tally.statuses[TOO_MANY]
    proof.claim("no budget spares anybody an answer", not stopped, stopped, control=True)
    shown = [str(each) for each in dict.fromkeys(tally.differences)][:SHOWN_MAX]
    proof.claim("no answer differs to anybody outside", not tally.differences, len(shown))
    if not proof.quiet:
        _shown(plan, known, tally)
        for line in shown:
            print(f"  DIFFERS  {line}")


def _rows_and_columns(cells: set[Cell], covered: set[Cell]) -> list[Cell]:
    """Return the operations and flips of which no cell at all is covered."""
    rows, columns = {row for row, _ in covered}, {column for _, column in covered}
    return sorted(cell for cell in cells if cell[0] not in rows or cell[1] not in columns)


def _shown(plan: Plan, known: Sequence[str], tally: Tally) -> None:
    heads = ["pairs (answered with yes)", *(flip.name.replace("_", " ") for flip in plan.flips)]
    rows: list[list[object]] = []
    for operation in known:
        counted = [(operation, flip.name) for flip in plan.flips]
        row = [f"{tally.cells[cell]} ({tally.answered[cell]})" for cell in counted]
        rows.append([operation, *row])
    table(heads, rows)
    facts: dict[tuple[str, str], list[str]] = {}
    for flip, fact, who in tally.expected:
        came = tally.arrived[flip, fact, who], tally.expected[flip, fact, who]
        facts.setdefault((flip, fact), []).append(f"{who} {came[0]}/{came[1]}")
    inside = [
        [f"{flip or 'always'}: {fact}", ", ".join(who)] for (flip, fact), who in facts.items()
    ]
    table(["inside F", "arrived"], [list(row) for row in inside])
    print(f"\n  statuses: {dict(sorted(tally.statuses.items()))}")
    print(f"  released yet, as its maker is told: {dict(sorted(tally.released.items()))}")


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove worlds")
    parser.add_argument("--quick", action="store_true", help="as the suite does: 600 pairs")
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--flip", choices=[flip.name for flip in EVERY_FLIP])
    parser.add_argument("--timed-pairs", type=int, help="of each of 16 cells; 0: no timing")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    pairs = chosen.pairs or (SHORT.pairs if chosen.quick else Plan.pairs)
    chosen_flips = [flip for flip in EVERY_FLIP if chosen.flip in (None, flip.name)]
    usual = 0 if chosen.quick or chosen.flip else TIMED_PAIRS
    timed_pairs = usual if chosen.timed_pairs is None else chosen.timed_pairs
    plan = Plan(pairs, seed=chosen.seed, flips=tuple(chosen_flips), timed_pairs=timed_pairs)
    plan = replace(plan, share=SHORT.share if chosen.quick else 1)
    proof = Proof("worlds")
    with proof.watched():
        asyncio.run(prove(plan, proof))
    return proof.verdict()


SHORT = Plan(pairs=600, share=5)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
