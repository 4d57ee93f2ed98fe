"""Nothing is answered unrecorded and nothing acknowledged is lost, whatever dies and when.

python -m proofs.kill [--quick] [--full] [--answers N] [--rounds N] [--seconds N] [--seed N]

The real server on a real PostgreSQL with fsync on, asked by several clients at once, while
the server is killed, its backends are terminated and the database is stopped, at random
times and at named points. Clients flush every answer to a file before it counts. At the
end each answer must have exactly one entry, whose leaf is the receipt's.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.authority import found_authority, issuer_and_database, migrate, new_database, with_room
from demo.issuer import Issuer
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import SystemClock
from proofs.workings.asking import SAFEGUARD, Asking, Line, Request, Supplying, World
from proofs.workings.crowd import crowd
from proofs.workings.faults import FAULTS, Fault, Grounds, NotReached
from proofs.workings.judged import Proof, table
from proofs.workings.ledger import Ledger, blind_spots, opened_entries
from proofs.workings.oracle import Fate, Oracle, Received

RECOVERY_S_MAX = 5.0
STALLED_S_MAX = 60.0
TRIES = 3
CHILDREN_FIRST = 20
DATABASE = "northmere"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is asked, what goes wrong meanwhile, and how long at most."""

    answers: int = 2500
    faults: tuple[Fault, ...] = FAULTS
    rounds: int = 3
    clients: int = 6
    suppliers: int = 1
    batch_children: int = 600
    seconds_max: float = 420.0
    seed: int = 0


@dataclass
class Run:
    """One run's parts, for as long as it lasts."""

    plan: Plan
    proof: Proof
    grounds: Grounds
    issuer: Issuer
    oracle: Oracle
    world: World
    fired: Counter[str]
    missed: Counter[str]
    recoveries_s: list[tuple[float, str]]

    def line(self) -> Line:
        """Open one client's line."""
        port = self.grounds.authority.settings.port
        return Line(f"http://127.0.0.1:{port}", self.issuer, self.oracle)


async def prove(plan: Plan, proof: Proof) -> None:
    """Run the plan and judge what came of it."""
    proof.conditions |= {
        "answers_wanted": plan.answers,
        "clients": plan.clients + plan.suppliers,
        "fsync": True,
        "seed": plan.seed,
    }
    proof.doing("starting a database, an issuer and the server")
    async with issuer_and_database(fsync=True) as (postgres, issuer, directory):
        new_database(postgres, DATABASE)
        await asyncio.to_thread(migrate, postgres.url("{role}", DATABASE))
        authority = await found_authority(
            postgres, DATABASE, issuer, directory / "keys", with_room()
        )
        chance = random.Random(plan.seed)
        grounds = Grounds(postgres, authority, DATABASE, directory / "server.log", chance)
        oracle = Oracle(directory / "oracle.jsonl")
        world = World(crowd(plan.seed), SystemClock().today())
        run = Run(plan, proof, grounds, issuer, oracle, world, Counter(), Counter(), [])
        await grounds.start_server()
        try:
            await _under_faults(run)
            await _settle(run)
            await _judge(run, directory)
        finally:
            grounds.stop_server()
            oracle.close()


async def _under_faults(run: Run) -> None:
    """Let every client ask while fault after fault is brought about."""
    plan = run.plan
    lines = [run.line() for _ in range(plan.clients + plan.suppliers)]
    first = Asking(lines[0], run.world, plan.seed)
    while len(run.world.created) < CHILDREN_FIRST:
        await first.create()
    askers: list[Asking] = [
        Asking(line, run.world, plan.seed * 1000 + n)
        for n, line in enumerate(lines[: plan.clients], 1)
    ]
    askers += [
        Supplying(line, run.world, plan.seed, plan.batch_children) for line in lines[plan.clients :]
    ]
    tasks = [asyncio.create_task(asker.run()) for asker in askers]
    try:
        await _bring_about(run, tasks, lines[: plan.clients])
    finally:
        for asker in askers:
            asker.over.set()
        run.proof.doing("letting the clients finish")
        await asyncio.gather(*tasks)
        for line in lines:
            await line.close()


async def _bring_about(run: Run, tasks: list["asyncio.Task[None]"], lines: list[Line]) -> None:
    plan = run.plan
    faults = list(plan.faults) * plan.rounds
    run.grounds.chance.shuffle(faults)
    faults = [*plan.faults, *faults[len(plan.faults) :]] if plan.rounds > 1 else faults
    ends_s = time.monotonic() + plan.seconds_max
    for place, fault in enumerate(faults, 1):
        if time.monotonic() > ends_s:
            break
        await _answers(run, tasks, plan.answers * place // (len(faults) + 1), fault.__name__)
        if await _brought_about(run, fault):
            await _recovered(run, fault.__name__, lines)
    await _answers(run, tasks, plan.answers, "no more faults")


async def _brought_about(run: Run, fault: Fault) -> bool:
    """Return whether the fault came about; a slow machine may miss its point once or twice."""
    for _ in range(TRIES):
        try:
            await fault(run.grounds)
        except NotReached:
            run.missed[fault.__name__] += 1
        else:
            run.fired[fault.__name__] += 1
            return True
    return False


async def _recovered(run: Run, fault: str, lines: list[Line]) -> None:
    """Wait until every client has asked anew and been answered; note how long that took."""
    whole_s = run.grounds.whole_s
    run.proof.doing(f"recovering from {fault}")
    while any(line.asked_s < whole_s for line in lines):
        if time.monotonic() - whole_s > STALLED_S_MAX:
            break
        await asyncio.sleep(0.01)
    run.recoveries_s.append((time.monotonic() - whole_s, fault))


async def _answers(run: Run, tasks: list["asyncio.Task[None]"], count: int, then: str) -> None:
    seen, since_s = run.oracle.answered, time.monotonic()
    while run.oracle.answered < count:
        if run.oracle.answered > seen:
            seen, since_s = run.oracle.answered, time.monotonic()
        if time.monotonic() - since_s > STALLED_S_MAX:
            raise TimeoutError(f"no answers for a minute, before {then}: {run.grounds.tail()}")
        for task in tasks:
            if task.done():
                await task  # a client that failed must not look like a quiet one
        told = ", ".join(f"{fate} {number}" for fate, number in run.oracle.fates.items())
        run.proof.doing(f"{told}; next: {then}")
        await asyncio.sleep(0.02)
    run.proof.doing(f"answered {run.oracle.answered}; {then}")


async def _settle(run: Run) -> None:
    """Send again what was never acknowledged: the same key must tell, not do twice."""
    run.proof.doing(f"sending {len(run.world.pending)} unacknowledged writes again")
    line = run.line()
    for request in run.world.pending:
        received = await line.insist(request)
        if request.kind == "create" and received.good:
            run.world.created[received.json()["id"]] = next(run.world.people)
        elif request.kind == "begin" and received.good:
            run.world.begun[received.json()["id"]] = ""
        elif request.kind == "feed" and received.good:
            run.world.batches[request.about] = received.json()["lines"]
            run.world.fed += received.json()["lines"] // 2
    await line.close()


async def _judge(run: Run, directory: Path) -> None:
    run.proof.doing("reading back every acknowledged write")
    lost = await _lost(run)
    run.proof.doing("opening the access log")
    async with run.grounds.admin() as admin:
        rows = await admin.fetch("select entry_id, at, leaf, sealed from access_entry")
        stored = await _stored(admin)
    keyring = Keyring(run.grounds.authority.settings.csa, FileKeyProvider(directory / "keys"))
    entries = opened_entries(rows, keyring)
    ledger = Ledger(entries, keyring)
    seen = Oracle.read_back(run.oracle.path)
    ledger.judge(seen)
    missed = blind_spots(entries, seen, keyring)
    run.proof.claim(
        "each of these faults, planted in a copy, is noticed", not missed, missed, control=True
    )
    _claims(run, ledger, seen, lost)
    _counts(run, ledger, seen, stored)
    _figures(run, ledger, seen)


async def _lost(run: Run) -> list[str]:
    """Read every acknowledged write back through the API; return those not there."""
    line = run.line()
    lost: list[str] = []
    keep = {"Access-Purpose": "keep_index", "Access-Reason": "supply_or_correct"}

    async def got(path: str, headers: dict[str, str], who: str) -> Any:
        received = await line.send(Request("readback", who, "GET", path, headers))
        return received.json() if received.good else None

    lost += [
        f"child {child_id}"
        for child_id in run.world.created
        if await got(f"/v1/children/{child_id}", keep, "manager") is None
    ]
    for involvement in run.world.begun:
        shown = await got(f"/v1/involvements/{involvement}", SAFEGUARD, "health_visitor")
        if shown is None:
            lost.append(f"involvement {involvement}")
        elif involvement in run.world.ceased and not shown["ceased"]:
            lost.append(f"cease of {involvement}")
    for name, lines in run.world.batches.items():
        told = await got(f"/v1/feeds/child-health/batches/{name}", {}, "health_feed")
        if told is None or (told["state"], told["accepted"]) != ("complete", lines):
            lost.append(f"batch {name}")
    await line.close()
    return lost


async def _stored(admin: Any) -> dict[str, int]:
    counts = "child", "idempotency", "source_record", "case_row", "feed_batch"
    return {name: await admin.fetchval(f"select count(*) from {name}") for name in counts}


def _claims(run: Run, ledger: Ledger, seen: list[Received], lost: list[str]) -> None:
    proof, fates = run.proof, Counter(each.fate for each in seen)
    proof.claim(
        f"at least {run.plan.answers} requests were answered",
        fates[Fate.ANSWERED] >= run.plan.answers,
        fates[Fate.ANSWERED],
    )
    sentences = {
        "an answer without its entry": "every answer has its entry in the log",
        "an answer without a receipt": "no answer but the empty 503 leaves without a receipt",
        "a receipt that is not ours": "every receipt is signed by this authority",
        "a receipt of another entry": "every receipt's leaf is its own request's entry",
        "a receipt given twice": "no receipt was given twice",
        "not exactly one entry": "exactly 1 entry per search, read, refusal and invalid",
        "another outcome or action": "every entry says what became of its request",
        "more entries than questions": "a request without an answer has no entry or one",
        "an entry of a request nobody sent": "no entry stands for a request nobody sent",
    }
    for fault, sentence in sentences.items():
        found = ledger.wrong.get(fault, [])
        proof.claim(sentence, not found, f"{len(found)} wrong {found[:3] if found else ''}")
    proof.claim("no acknowledged write is lost", not lost, f"{len(lost)} lost {lost[:3]}")
    defects = [each.kind for each in seen if each.status == 500]
    places = Counter(line for line in run.grounds.log.read_text().splitlines() if "defect" in line)
    proof.claim("no answer is a defect (500)", not defects, [*Counter(defects).items(), *places])
    never = [fault.__name__ for fault in run.plan.faults if not run.fired[fault.__name__]]
    proof.claim("every kind of fault was brought about", not never, never or "all")
    slow = max(run.recoveries_s, default=(0.0, ""))
    proof.claim(
        f"every client is answered again within {RECOVERY_S_MAX:.0f} s of each fault's end",
        slow[0] <= RECOVERY_S_MAX,
        f"slowest of {len(run.recoveries_s)}: {slow[0]:.2f} s, {slow[1]}",
    )


def _counts(run: Run, ledger: Ledger, seen: list[Received], stored: dict[str, int]) -> None:
    proof, world = run.proof, run.world
    keys = {each.about for each in seen if each.kind in ("create", "begin") and each.good}
    ids = Counter(
        (each.about, each.json()["id"])
        for each in seen
        if each.kind in ("create", "begin") and each.good
    )
    proof.claim(
        "one Idempotency-Key, one thing made, however often it was sent",
        len(ids) == len(keys) == stored["idempotency"],
        f"{len(keys)} keys, {len(ids)} things, {stored['idempotency']} remembered",
    )
    made = len(world.created) + world.fed
    proof.claim("no child was made twice", stored["child"] == made, f"{stored['child']} of {made}")
    cases = len(world.begun) + world.fed
    proof.claim(
        "no involvement was begun twice",
        stored["case_row"] == cases,
        f"{stored['case_row']} of {cases}",
    )
    sent: dict[str, list[str]] = {}
    for each in seen:
        if each.kind == "feed":
            sent.setdefault(each.about, []).append(each.request_id)
    wrong = [name for name, n in world.batches.items() if ledger.lines_of(sent[name]) != n]
    proof.claim(
        "every line of every batch stands in one chunk's entry",
        not wrong and stored["source_record"] == sum(world.batches.values()),
        f"{stored['source_record']} lines in {len(world.batches)} batches",
    )


def _figures(run: Run, ledger: Ledger, seen: list[Received]) -> None:
    proof, fates = run.proof, Counter(str(each.fate) for each in seen)
    proof.figures |= {
        "requests": len(seen),
        **{str(fate): fates[fate] for fate in Fate},
        "unanswered_with_entry": sum(
            number for what, number in ledger.counted.items() if what.endswith("its entry")
        ),
        "repeated_keys": sum(
            1
            for about, sends in Counter(
                each.about for each in seen if each.kind in ("create", "begin")
            ).items()
            if sends > 1
        ),
        "server_kills": run.grounds.kills,
        "backends_terminated": run.grounds.terminations,
        "database_stops": run.grounds.stops,
        "recovery_s_max": round(max(run.recoveries_s, default=(0.0, ""))[0], 2),
        "points_missed": sum(run.missed.values()),
    }
    if not proof.quiet:
        table(["request and status", "answers"], [list(r) for r in sorted(ledger.counted.items())])
        table(["fault", "brought about"], [list(row) for row in sorted(run.fired.items())])


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove kill")
    parser.add_argument("--quick", action="store_true", help="as the suite does: 100 answers")
    parser.add_argument("--full", action="store_true", help="20,000 answers, 10 rounds of faults")
    parser.add_argument("--answers", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args(arguments)
    usual = (100, 1, 60.0) if chosen.quick else (2500, 3, 420.0)
    answers, rounds, seconds = (20_000, 10, 1500.0) if chosen.full else usual
    plan = Plan(
        answers=chosen.answers or answers,
        rounds=chosen.rounds or rounds,
        seconds_max=chosen.seconds or seconds,
        seed=chosen.seed,
    )
    proof = Proof("kill")
    with proof.watched():
        asyncio.run(prove(plan, proof))
    return proof.verdict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
