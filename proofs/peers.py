"""What a hostile member can do to another's index, to the deriver and to the locator: nothing.

python -m proofs.peers [--quick] [--only messages|peers|faults] [--messages N] [--guesses N]
    [--each N] [--faults N] [--seed N]

Three real indexes, a deriver and a locator listen with mutual TLS. Thousands of hostile messages
of every kind are made of real ones by a hand that shares nothing with the index's own. Then a
member in good standing trawls; children hidden in every way are asked about, by peers, of the
locator, of the deriver; what lookups leave at an authority that does not hold the child is read
byte by byte; a stolen filter is guessed at. Last, real processes are cut off from each other.
Controls: the untouched message is accepted, a child who is shown differs from one who is not.
"""

import argparse
import asyncio
import logging
import random
import sys
from collections import Counter
from dataclasses import dataclass, replace

from demo.authority import free_port
from demo.towns import EASTBROOK, NORTHMERE
from index_service.federation.sizes import RELEASE_STEP_S
from index_service.main import built
from proofs.workings.judged import Proof, table
from proofs.workings.peer_bytes import ENCODINGS, Told, listening, lookups_heard
from proofs.workings.peer_faults import Faulted, faulted
from proofs.workings.peer_hostile import Maliciously, Tally, attacked, replayed
from proofs.workings.peer_real import ROUTES, Real
from proofs.workings.peer_seen import (
    HIDDEN,
    KINDS,
    Seen,
    asked_about,
    goes_on,
    key_of,
    off_step,
    peopled,
    shapes,
    tells,
    unlike,
)
from proofs.workings.peer_state import LEFT_BY_HEARING, stores_of
from proofs.workings.peer_trawl import (
    DISTINCT_MAX,
    Trawl,
    asks_on_anyway,
    guesses,
    offline,
    trawled,
)
from proofs.workings.region_made import region_running
from tests.region import Listener, RegionServed, Silence

OFF_STEP_MAX = 0.3  # of a step, after it: what the machine does meanwhile
PARTS = ("messages", "peers", "faults")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each is done."""

    messages: int = 10_000
    guesses: int = 10_000
    each: int = 12  # children of every kind
    crowd: int = 200
    lookups: int = 12
    faults: int = 40
    seed: int = 0
    parts: tuple[str, ...] = PARTS


QUICK = Plan(messages=160, guesses=192, each=1, crowd=32, lookups=1, faults=0, parts=PARTS[:2])


async def prove(plan: Plan, proof: Proof) -> None:
    """Bring a region up and do all that is planned to it."""
    proof.conditions |= {"seed": plan.seed, "parts": list(plan.parts)}
    if {"messages", "peers"} & set(plan.parts):
        proof.doing("founding three authorities, a deriver and a locator")
        async with region_running() as region:
            await prove_region(plan, proof, region)
    if "faults" in plan.parts:
        judge_faults(await faulted(plan.faults, plan.seed, proof.doing), proof)


async def prove_region(plan: Plan, proof: Proof, region: RegionServed) -> None:
    """Do to a region that runs what is planned of it."""
    if "messages" in plan.parts:
        await prove_messages(plan, proof, region)
    if "peers" in plan.parts:
        await prove_peers(plan, proof, region)


async def prove_messages(plan: Plan, proof: Proof, region: RegionServed) -> None:
    """Send hostile messages; judge what they were answered, what was logged, what changed."""
    real, stores = Real(region), stores_of(region)
    accepted = [route.path for route in ROUTES if await _accepts(real, route.path)]
    # The second leg stands on a ticket: `peers` has it accepted.
    proof.claim(
        "the untouched message is accepted",
        len(accepted) == len(ROUTES) - 1,
        f"{len(accepted)} of {len(ROUTES) - 1} routes",
        control=True,
    )
    made = Maliciously(region, real)
    before = {name: await store.tables() for name, store in stores.items()}
    entries = {name: await store.entries() for name, store in stores.items()}
    tally = await attacked(made, plan.messages, plan.seed, proof.doing)
    proof.doing("reading what was logged and what changed")
    await asyncio.sleep(1.2)  # floods are told once a second
    logged: Counter[str] = Counter()
    changed: list[str] = []
    for name, store in stores.items():
        logged[name] = _refusals(await store.codes(entries[name]))
        after = await store.tables()
        differ = {each for each in after if after[each] != before[name][each]} - LEFT_BY_HEARING
        changed += [f"{name}.{each}" for each in sorted(differ)]
    judge_messages(tally, logged, changed, proof)
    count, wrong = await _replays(made, region)
    proof.claim(
        "a message heard is refused again, by its own and by another, newly started worker",
        not wrong and count > 0,
        wrong[:3] or f"{count} times",
    )
    proof.figures["hostile"] = tally.total + count


async def _accepts(real: Real, path: str) -> bool:
    (route,) = [each for each in ROUTES if each.path == path]
    return (await real.send(route, real.message(route))).status == 200


def _refusals(codes: Counter[str]) -> int:
    """Return how many messages the log says were refused: an entry each, or counted as shed."""
    return sum(n for word, n in codes.items() if word.split()[0] in ("refused", "invalid", "shed"))


def judge_messages(tally: Tally, logged: Counter[str], changed: list[str], proof: Proof) -> None:
    """Judge what became of hostile messages."""
    proof.claim(
        "no hostile message is accepted", not tally.accepted, tally.accepted[:3] or tally.total
    )
    proof.claim(
        "each is refused with a code of its kind",
        not tally.otherwise,
        tally.otherwise[:3] or f"{len(tally.sent)} kinds",
    )
    by_member = Counter(shape[0] for shape in tally.shapes)
    proof.claim(
        "every refusal of a member has one size and one shape",
        bool(by_member) and max(by_member.values()) == 1,
        f"{len(tally.shapes)} shapes of {len(by_member)} members",
    )
    proof.claim(
        "each that was a message is logged, or counted as shed",
        all(logged[name] == count for name, count in tally.by_member.items()),
        f"{sum(logged.values())} of {sum(tally.by_member.values())}",
    )
    proof.claim("no state is changed", not changed, changed[:4] or "every table compared")
    proof.figures |= {
        "hostile_accepted": len(tally.accepted),
        "hostile_cut_off": tally.silent,
        "hostile_shed": tally.shed,
        "hostile_kinds": len(tally.sent),
    }
    if not proof.quiet:
        table(["hostile", "sent"], [[kind, count] for kind, count in sorted(tally.sent.items())])


async def _replays(made: Maliciously, region: RegionServed) -> tuple[int, list[str]]:
    """Replay at the worker that heard a message, and at one that starts after it."""
    borough, port = region[NORTHMERE], free_port()
    async with built(borough.served.settings, clock=borough.clock) as another:
        assert another.index.region is not None
        assert another.peer is not None
        listener = Listener(another.index.region.tls, port, Silence(another.peer))
        await listener.start()
        try:
            return await replayed(made, [made.real.ports[NORTHMERE], port])
        finally:
            await listener.stop()


async def prove_peers(plan: Plan, proof: Proof, region: RegionServed) -> None:
    """Ask as a peer in good standing that wants to know more than it is told."""
    proof.doing("looking up across boroughs, every byte kept")
    judge_bytes(await lookups_heard(region, plan.lookups), proof)
    proof.doing("filling Northmere with children of every kind")
    people, key = await peopled(region, plan.each, plan.crowd), key_of(region)
    real = Real(region)
    seen: dict[str, list[Seen]] = {kind: [] for kind in KINDS}
    left_s: dict[str, list[float]] = {}
    for number in range(plan.each):
        for kind in KINDS:  # by turns: a machine that slows down slows all kinds
            proof.doing(f"asking about child {number} of {plan.each} of every kind")
            with listening(region, NORTHMERE) as heard:
                child = people.children[kind][number]
                seen[kind].append(await asked_about(real, child, key, kind))
            left_s.setdefault(kind, []).extend(heard[NORTHMERE].left_s)
    judge_seen(seen, proof)
    judge_steps(left_s, proof)
    chance = random.Random(plan.seed)
    tried = guesses(people, plan.guesses, chance)
    hostile = Real(region, EASTBROOK)
    trawl = await trawled(hostile, key, tried, proof.doing)
    # One that asks the locator first misses nowhere: the number of children alone stops it.
    sifted = await trawled(real, key, [(each, True) for each in people.crowd], proof.doing)
    left = [each for each in people.crowd if each["nhs_number"] not in trawl.told]
    on_anyway = [await asks_on_anyway(hostile, key, each) for each in left[:3]]
    judge_trawl(trawl, on_anyway, seen, proof)
    proof.claim(
        "so is one that never misses",
        0 < len(sifted.told) <= DISTINCT_MAX and sifted.stopped,
        f"{len(sifted.told)} told of in {sifted.guesses} guesses",
    )
    proof.doing(f"trying {len(tried)} guesses off line against a stolen filter")
    found = await offline(region, tried, key)
    proof.claim(
        "a member's keys and a stolen filter guess no better than chance",
        found.is_chance,
        f"{max(found.hits.values())} hits at most of {found.guesses}, {len(found.hits)} ways",
    )
    proof.claim(
        "with the deriver's key the filter shows who is there",
        found.is_seen,
        f"{found.control_right} of {found.control_there}",
        control=True,
    )
    proof.figures |= {"offline_guesses": found.guesses, "offline_hits": max(found.hits.values())}


def judge_bytes(told: Told, proof: Proof) -> None:
    """Judge what lookups left at an authority that does not hold the child."""
    proof.claim(
        "an authority that does not hold the child hears no field of the query",
        not told.found_elsewhere and told.questions_elsewhere > 0,
        told.found_elsewhere[:2]
        or f"{told.bytes_elsewhere} bytes of {told.questions_elsewhere} legs, {ENCODINGS} writings",
    )
    proof.claim(
        "the one that holds it hears it",
        told.found_there == told.asked,
        f"{told.found_there} of {told.asked}",
        control=True,
    )
    proof.claim("a question is never passed on", told.passed_on == 0, told.passed_on)
    proof.figures |= {"bytes_elsewhere": told.bytes_elsewhere, "lookups": told.asked}


def judge_seen(seen: dict[str, list[Seen]], proof: Proof) -> None:
    """Judge sizes, steps and contents of what a peer is told of every kind of child."""
    differ = unlike(seen)
    pairs = sum(len(seen[kind]) for kind in HIDDEN)
    proof.claim(
        "a hidden child is not told from one who is nowhere, by peer, locator or deriver",
        not differ.total(),
        {kind: n for kind, n in differ.items() if n} or f"0 of {pairs} pairs",
    )
    shown = seen["shown"]
    plain = {each.peer_plain() for each in seen["nowhere"]}
    proof.claim(
        "a child who is shown is",
        all(goes_on(s.legs[0]) and tells(s.legs[1]) and s.peer_plain() not in plain for s in shown),
        len(shown),
        control=True,
    )
    sizes = [len(shapes(seen, place)) for place in (0, 1)]
    proof.claim("hits, misses and all else have one size and shape", sizes == [1, 1], sizes)
    proof.figures |= {"pairs": pairs, "differences": differ.total()}


def judge_steps(left_s: dict[str, list[float]], proof: Proof) -> None:
    """Judge when answers leave, of every kind of child."""
    late = {kind: off_step(some) for kind, some in left_s.items()}
    proof.claim(
        "answers leave at the release step, whatever they say",
        max(late.values()) <= OFF_STEP_MAX and min(map(min, left_s.values())) >= RELEASE_STEP_S,
        f"at most {100 * max(late.values()):.0f} % of a step after it",
    )


def judge_trawl(
    trawl: Trawl, on_anyway: list[bool], seen: dict[str, list[Seen]], proof: Proof
) -> None:
    """Judge what a peer that guesses is told, and what it learns of being stopped."""
    proof.claim(
        f"a trawl is stopped within {DISTINCT_MAX} distinct children",
        0 < len(trawl.told) <= DISTINCT_MAX and trawl.stopped,
        f"{len(trawl.told)} told of in {trawl.guesses} guesses, {trawl.right} of them right",
    )
    stopped = {heard.shape for heard in trawl.after}
    nobody = {heard.shape for heard in trawl.misses}
    usual = {each.legs[0].shape for each in seen["nowhere"]}
    proof.claim(
        "the stop is as a miss: one shape, one size, no refusal",
        len(stopped | nobody | usual) == 1 and bool(nobody) and trawl.refused == 0,
        f"{len(stopped | nobody)} shape of {len(trawl.after) + len(trawl.misses)} answers",
    )
    proof.figures |= {"trawl_guesses": trawl.guesses, "trawl_told": len(trawl.told)}
    proof.claim("who asks on though stopped is told nothing", not any(on_anyway), len(on_anyway))


def judge_faults(found: Faulted, proof: Proof) -> None:
    """Judge what lookups said while members were cut off from each other."""
    proof.claim(
        "no answer is wrong or silently partial while the network fails",
        not found.wrong and found.asked > 0,
        found.wrong[:3] or f"{found.asked} answers, {found.partial} of them partial and said so",
    )
    proof.claim(
        "every fault was felt",
        found.felt == found.faults > 0,
        f"{found.felt} of {found.faults}",
        control=True,
    )
    proof.claim(
        "everything is back within 5 s",
        found.recovery_s_max <= 5.0,
        f"{found.recovery_s_max:.1f} s",
    )
    proof.figures |= {
        "fault_answers": found.asked,
        "fault_recovery_s_max": round(found.recovery_s_max, 2),
    }


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove peers")
    parser.add_argument("--quick", action="store_true", help="as the suite does")
    parser.add_argument("--only", choices=PARTS, help="one part")
    for name in ("messages", "guesses", "each", "faults"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    plan = replace(QUICK if chosen.quick else Plan(), seed=chosen.seed)
    wanted = {name: getattr(chosen, name) for name in ("messages", "guesses", "each", "faults")}
    plan = replace(plan, **{name: count for name, count in wanted.items() if count is not None})
    if chosen.only:
        plan = replace(plan, parts=(chosen.only,), faults=plan.faults or 6)
    logging.disable(logging.CRITICAL)  # what members alarm of here is what is done to them
    proof = Proof("peers")
    with proof.watched():
        asyncio.run(prove(plan, proof))
    return proof.verdict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
