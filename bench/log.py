"""What the access log bears: verifying it, sealing it, appending to it, and no gap in it.

    python -m bench.log [--entries N] [--seconds S] [--repeats R] [--quick]

A made-up export is verified; entries are appended at a steady rate beside the sealer; as fast
as they go beside two yardsticks; and by two processes that are killed. Prints what it finds
and, last, one line of JSON. Leaves 1 where a target was missed.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop

from bench.parts.log_append import (
    BESIDE_SEALING,
    CHAINED,
    CHAINED_STATEMENT,
    CONCURRENT,
    OURS,
    SINGLE,
    SINGLE_STATEMENT,
    WORKERS,
    Measured,
    appends,
    median,
    ratios,
    ratios_alone,
)
from bench.parts.log_gaps import Gaps, gaps
from bench.parts.log_lag import Lag, lag
from bench.parts.log_stand import stand
from bench.parts.log_verified import Verified, verifying
from bench.parts.log_yardsticks import CHAIN_POOL, INSERT_POOL
from bench.parts.processes import conditions

VERIFIED_S_MAX = 15.0
VERIFIED_SIZE = 1_000_000
LAG_PER_S = 200
LAG_P99_S_MAX, LAG_S_MAX = 2.0, 5.0
TIMES_MIN = {CHAINED: 40.0, SINGLE: 6.0}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    entries: int = VERIFIED_SIZE
    lag_seconds: float = 30.0
    append_seconds: float = 2.0
    repeats: int = 5
    gap_seconds: float = 20.0
    seed: int = 7


QUICK = Wanted(entries=20_000, lag_seconds=3.0, append_seconds=0.3, repeats=1, gap_seconds=2.0)


@dataclass(frozen=True, slots=True)
class Found:
    """What the four parts came to."""

    verified: Verified
    lag: Lag
    appended: dict[str, list[Measured]]
    gaps: Gaps

    def met(self) -> dict[str, bool]:
        """Return which targets were met."""
        times = dict(ratios(self.appended))
        return {
            "verify": self.verified.seconds < VERIFIED_S_MAX,
            "seal_lag": self.lag.head_s[1] <= LAG_P99_S_MAX and self.lag.head_s[2] <= LAG_S_MAX,
            "times_lock_and_chain": times[CHAINED] >= TIMES_MIN[CHAINED],
            "times_insert_per_transaction": times[SINGLE] >= TIMES_MIN[SINGLE],
            "gap_free": self.gaps.sound,
        }


async def measured(wanted: Wanted) -> tuple[Found, dict[str, object]]:
    """Measure all four, and return the conditions with them."""
    load_before = round(os.getloadavg()[0], 2)
    print(f"verifying an export of {wanted.entries:,} entries", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        verified = await asyncio.to_thread(verifying, Path(directory), wanted.entries)
    print(f"  {verified.seconds:.1f} s, {verified.entries_per_s:,.0f} entries a second", flush=True)
    async with stand() as stands:
        around = conditions(stands.postgres) | {"load_average_before": load_before}
        print(f"sealing {LAG_PER_S} entries a second for {wanted.lag_seconds:.0f} s", flush=True)
        waited = await lag(stands, LAG_PER_S, wanted.lag_seconds)
        print(_spread("until the leaf", waited.leaf_s))
        print(_spread("until the signed head", waited.head_s))
        print("two processes write, and one is killed again and again", flush=True)
        gap_free = await gaps(stands, wanted.gap_seconds, random.Random(wanted.seed))
        print(f"  {gap_free}\nappending from {CONCURRENT} tasks of {WORKERS} processes", flush=True)
        appended = await appends(stands, wanted.append_seconds, wanted.repeats)
    return Found(verified, waited, appended, gap_free), around


def _spread(name: str, waits: tuple[float, float, float]) -> str:
    p50, p99, most = waits
    return f"  {name:24} p50 {p50:5.2f} s  p99 {p99:5.2f} s  at most {most:5.2f} s"


def result_line(found: Found, wanted: Wanted, around: dict[str, object]) -> dict[str, object]:
    """Return what the bench says on its last line."""
    line: dict[str, object] = {
        "bench": "log",
        "verify_s": round(found.verified.seconds, 2),
        "verify_entries_per_s": round(found.verified.entries_per_s),
        "verify_rss_mb": round(found.verified.rss_mb, 1),
        "lag_entries_per_s": round(found.lag.per_s, 1),
        "lag_to_leaf_s": [round(each, 3) for each in found.lag.leaf_s],
        "lag_to_signed_head_s": [round(each, 3) for each in found.lag.head_s],
    }
    for name, word in (
        (OURS, "group"),
        (BESIDE_SEALING, "group_beside_sealing"),
        (SINGLE, "insert_per_transaction"),
        (SINGLE_STATEMENT, "insert_one_statement"),
        (CHAINED, "lock_and_chain"),
        (CHAINED_STATEMENT, "chain_one_statement"),
    ):
        line[f"{word}_per_s"] = round(median(found.appended[name], "per_s"))
        line[f"{word}_cpu_us"] = round(median(found.appended[name], "cpu_us"), 1)
        line[f"{word}_p99_ms"] = round(median(found.appended[name], "p99_ms"), 1)
    return line | {
        "times": {name: round(times, 1) for name, times in ratios(found.appended)},
        "times_in_one_process": {
            name: round(times, 1) for name, times in ratios_alone(found.appended)
        },
        "times_beside_sealing": {
            name: round(times, 1) for name, times in ratios(found.appended, BESIDE_SEALING)
        },
        "cpu_times": {
            name: round(times, 1) for name, times in ratios(found.appended, figure="cpu_us")
        },
        "gaps": asdict(found.gaps),
        "met": found.met(),
        "conditions": around
        | asdict(wanted)
        | {"concurrent": CONCURRENT, "processes": WORKERS, "lag_per_s": LAG_PER_S}
        | {"insert_pool": INSERT_POOL, "chain_pool": CHAIN_POOL},
    }


def main(arguments: list[str]) -> int:
    """Run the bench; 1 where a target was missed."""
    parser = argparse.ArgumentParser(prog="bench.log", description=__doc__)
    parser.add_argument("--entries", type=int, default=VERIFIED_SIZE, help="of the export")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each pass of appends")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="all of it, in a minute")
    given = parser.parse_args(arguments)
    wanted = Wanted(given.entries, append_seconds=given.seconds, repeats=given.repeats)
    if given.quick:
        wanted = QUICK
    found, around = uvloop.run(measured(wanted))
    for name, met in found.met().items():
        print(f"{name:32}{'met' if met else 'NOT met'}")
    print(json.dumps(result_line(found, wanted, around)))
    return 0 if all(found.met().values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
