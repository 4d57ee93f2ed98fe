"""Where the time of one governed lookup goes, taken in process, 16 questions at a time."""

import asyncio
import cProfile
import gc
import json
import pstats
import time
from dataclasses import dataclass, replace
from typing import Any

from bench.parts import governed
from bench.parts.asking import ask
from bench.parts.checking import PATH, in_process
from bench.parts.children import GROUP
from bench.parts.clockwork import Clockwork
from bench.parts.processes import database_cpu_s, postmaster
from bench.parts.stand import Stand

WARM = 60
BATCH = 80
AT_ONCE = 16
FRAMEWORK = "boundary and framework"
LOOP = "driver reading, event loop"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Microseconds of one lookup by part, in this process and in the database's."""

    parts_us: dict[str, float]
    calls: dict[str, float]
    app_us: float
    database_us: float
    per_candidate_us: float


async def breakdown(stands: Stand, batches: int) -> Breakdown:
    """Ask batch upon batch with the clocks in place; return the quickest batch's parts.

    The quickest, because whatever else runs on the machine only ever adds.
    """
    clockwork = Clockwork()
    governed.clocks(clockwork)
    server = postmaster(stands.postgres)
    best: Breakdown | None = None
    async with in_process(stands, "governed") as app:
        await _batch(stands, app, clockwork)
        gc.collect()
        gc.freeze()  # as the server does, and this process holds far more
        try:
            with clockwork.running():
                database_s = database_cpu_s(server)
                for _ in range(batches):
                    found = await _batch(stands, app, clockwork)
                    best = found if best is None or found.app_us < best.app_us else best
                database_s = database_cpu_s(server) - database_s
        finally:
            gc.unfreeze()
    assert best is not None
    return replace(best, database_us=1e6 * database_s / batches / BATCH)


async def _batch(stands: Stand, app: Any, clockwork: Clockwork) -> Breakdown:
    headers = stands.headers("governed")
    bodies = iter([json.dumps(question.body()).encode() for question in stands.asked][:BATCH])
    clockwork.clear()

    async def worker() -> None:
        for body in bodies:
            asking = ask(app, "POST", PATH, headers, body)
            await clockwork.stepping(FRAMEWORK, asking)

    began_s = time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    app_us = 1e6 * (time.process_time() - began_s - clockwork.clocks_s) / BATCH
    parts = {name: 1e6 * spent / BATCH for name, spent in clockwork.spent_s.items()}
    parts[LOOP] = app_us - sum(parts.values())
    return Breakdown(
        parts_us=parts,
        calls={name: count / BATCH for name, count in clockwork.calls.items()},
        app_us=app_us,
        database_us=0.0,
        per_candidate_us=sum(parts.get(name, 0.0) for name in governed.PER_CANDIDATE) / GROUP,
    )


def print_breakdown(found: Breakdown) -> None:
    """Print the parts, dearest first."""
    print("\nwhere a governed lookup's time goes (in process, 16 at a time, quickest batch)")
    for name, spent in sorted(found.parts_us.items(), key=lambda part: -part[1]):
        share = spent / found.app_us
        calls = found.calls.get(name, 1)
        print(f"  {name:34}{spent:8.0f} us {share:6.1%}  {calls:5.1f} calls")
    print(f"  {'service':34}{found.app_us:8.0f} us")
    print(f"  {'database':34}{found.database_us:8.0f} us")
    print(f"  {'of the service, per candidate':34}{found.per_candidate_us:8.1f} us", flush=True)


async def print_profile(stands: Stand, requests: int) -> None:
    """Print the functions that take most, as the interpreter's own profiler sees them."""
    headers = stands.headers("governed")
    bodies = [json.dumps(question.body()).encode() for question in stands.asked]
    async with in_process(stands, "governed") as app:
        for place in range(WARM):
            await ask(app, "POST", PATH, headers, bodies[place % len(bodies)])
        profile = cProfile.Profile()
        profile.enable()
        for place in range(requests):
            await ask(app, "POST", PATH, headers, bodies[place % len(bodies)])
        profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)
