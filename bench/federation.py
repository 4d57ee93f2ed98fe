"""What a lookup across boroughs costs and finds: 32 authorities for real, 152 reckoned.

    python -m bench.federation [--rows N] [--queries N] [--only PART] [--quick]

The development population under the deriver's key, in 32 filters at a real locator; labelled
questions by real messages; a fan-out to 31; lookups across three real indexes, one of them
silent in the end; and a country of 12 million children. Prints what it finds and, last, one line
of JSON. Leaves 1 where a target was missed; recall is judged for the whole population alone.
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from typing import Any, Final

import uvloop

from bench.parts.development_data import DATA, POPULATION
from bench.parts.processes import conditions
from bench.parts.region_fanout import Fanned, fanned
from bench.parts.region_filled import Filled, filled_region
from bench.parts.region_lookups import LookedUp, looked_up
from bench.parts.region_national import AUTHORITIES, CHILDREN, National, learnt, national
from bench.parts.region_recall import GROUPS, SETS, Found, Measured, questions, recalled
from bench.parts.region_stand import RegionStand
from proofs.workings.judged import table

ROWS_ALL: Final = 1_000_000
RECALL_MIN: Final = {
    ("normal", "first"): 0.90,
    ("hard", "first"): 0.62,
    ("normal", "wide"): 0.96,
    ("hard", "wide"): 0.83,
}
CONTACTS_MAX: Final = 1.6
FAN_OUT_MS_MAX: Final = 10.0
PARTS: Final = ("recall", "lookups")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    rows: int = ROWS_ALL
    queries: int = 600  # of each group; 0 for all there are
    rounds: int = 60
    repeats: int = 60
    silent: int = 6
    seed: int = 1
    only: str = ""


QUICK = Wanted(rows=3_000, queries=20, rounds=6, repeats=6, silent=2)


@dataclass(slots=True)
class Result:
    """What the parts came to; a part that was not asked for is not there."""

    filled: Filled | None = None
    measured: Measured | None = None
    fanned: Fanned | None = None
    looked_up: LookedUp | None = None
    national: National | None = None
    weighed: dict[str, int] | None = None

    def met(self, rows: int) -> dict[str, bool]:
        """Return which targets were met. Those of recall are of the whole population."""
        said: dict[str, bool] = {}
        if self.measured is not None and rows == ROWS_ALL:
            found = self.measured.found
            for key, least in RECALL_MIN.items():
                said[f"recall {' '.join(key)}"] = found[key].recall >= least
            for name in ("normal", "hard"):
                said[f"contacts {name} first"] = found[name, "first"].mean <= CONTACTS_MAX
        if self.fanned is not None:
            said["fan-out transport"] = self.fanned.transport_cpu_ms <= FAN_OUT_MS_MAX
        if self.looked_up is not None:
            said["lookup across"] = self.looked_up.is_within
            said["one silent peer"] = self.looked_up.is_in_time
        return said


async def measure(wanted: Wanted) -> tuple[Result, dict[str, Any]]:
    """Measure what was asked for, and return the conditions with it."""
    result = Result()
    around: dict[str, Any] = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_average_before": round(os.getloadavg()[0], 2),
    }
    if wanted.only in ("", "recall"):
        print(f"deriving {wanted.rows:,} children's keys on all processors", flush=True)
        async with filled_region(wanted.rows) as (stands, filled):
            around |= conditions(stands.postgres)
            result.filled = filled
            _print_filled(filled)
            await _recall(stands, wanted, result)
            result.weighed = stands.weighed
            print("asking 31 authorities at once", flush=True)
            result.fanned = await fanned(stands, wanted.rounds)
    if wanted.only in ("", "lookups"):
        print("lookups across three indexes, and local ones by turns", flush=True)
        result.looked_up = await looked_up(wanted.repeats, wanted.silent)
    return result, around


async def _recall(stands: RegionStand, wanted: Wanted, result: Result) -> None:
    asked = questions(wanted.rows, wanted.queries, wanted.seed)
    print(f"{len(asked):,} questions, each first and second", flush=True)
    result.measured = await recalled(stands, asked, wanted.seed)
    assert result.filled is not None
    result.national = national(result.measured.found, list(result.filled.children.values()))
    _print_recall(result.measured)


def _print_filled(filled: Filled) -> None:
    sizes = ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in filled.filter_bytes.items())
    print(
        f"  {filled.keys_a_child:.1f} keys a child, {filled.derived_s:.0f} s,"
        f" {filled.derived_cpu_s:.0f} s of processors; capacity {filled.capacity:,}: {sizes}",
        flush=True,
    )


def _print_recall(measured: Measured) -> None:
    rows = [
        [f"{group}, {name}", *_figures(measured.found[group, name])]
        for name in SETS
        for group in GROUPS
    ]
    heads = ["asked of 32", "asked", "right one", "contacts", "p95", "max", "inputs", "CPU ms"]
    table(heads, rows)
    print(f"\n  {measured.seconds:.0f} s; answering, a question, in milliseconds of processor:")
    print("  " + ", ".join(f"{n} {ms:.2f}" for n, ms in measured.answering_cpu_ms.items()))


def _figures(one: Found) -> list[object]:
    count = max(1, one.asked)
    return [
        one.asked,
        f"{one.recall:.3f}",
        f"{one.mean:.2f}",
        one.at(0.95),
        max(one.contacts, default=0),
        f"{one.inputs / count:.1f}",
        f"{1000 * one.cpu_s:.1f}",
    ]


def print_rest(result: Result) -> None:
    """Print the fan-out, the lookups and the country."""
    if (fan := result.fanned) is not None:
        print(
            f"\n  {fan.calls} at once: {fan.transport_cpu_ms:.1f} ms of processor"
            f" ({fan.transport_wall_ms:.0f} ms), signed and verified"
            f" {fan.signed_cpu_ms:.1f} ms ({fan.signed_wall_ms:.0f} ms)"
        )
    if (told := result.looked_up) is not None:
        print(
            f"\n  a local lookup p50 {told.local_ms[0]:.1f} p95 {told.local_ms[1]:.1f} ms; across,"
            f" one contacted, p50 {told.across_ms[0]:.0f} p95 {told.across_ms[1]:.0f} ms, of which"
            f" {told.waits_ms:.0f} ms are release steps; one silent: {told.silent_ms_max:.0f} ms,"
            f" {told.silent_told} of {told.silent_asked} said so"
        )
    if (whole := result.national) is not None:
        _print_national(whole)


def _print_national(whole: National) -> None:
    print(f"\n  {AUTHORITIES} authorities, {CHILDREN:,} children, an epoch of 28 days:")
    rows: list[list[object]] = [
        [f"authorities contacted, {group}, {name}", f"{mean:.1f} (p95 {whole.contacts_p95[key]})"]
        for key, mean in whole.contacts.items()
        for group, name in (key,)
    ]
    for name, mb in whole.filters_mb.items():
        rows.append([f"all filters, {name}", f"{mb:.0f} MB"])
    rows += [
        ["uploaded an epoch", f"{whole.uploaded_mb:.0f} MB"],
        ["deriver, an epoch", f"{whole.deriver_cpu_h:.1f} CPU hours"],
        ["all members, an epoch", f"{whole.members_cpu_h:.1f} CPU hours"],
        ["the largest member, an epoch", f"{whole.members_cpu_h_max:.2f} CPU hours"],
        ["building all filters", f"{whole.filters_cpu_h:.2f} CPU hours"],
        ["deriver, shield check, a night", f"{whole.nightly_deriver_cpu_h:.1f} CPU hours"],
        ["bytes of an authority contacted", f"{whole.leg_bytes:,}"],
    ]
    table(["", ""], rows)
    table(["who", "learns of a lookup", "and so"], learnt(whole.contacts["normal", "first"]))


def result_line(result: Result, wanted: Wanted, around: dict[str, Any]) -> dict[str, Any]:
    """Return what the bench says on its last line."""
    line: dict[str, Any] = {"bench": "federation"}
    if (measured := result.measured) is not None:
        for (group, name), one in measured.found.items():
            word = f"{group}_{name}".replace(" ", "_")
            line[f"recall_{word}"] = round(one.recall, 4)
            line[f"contacts_{word}"] = round(one.mean, 3)
        line["questions"] = sum(one.asked for one in measured.found.values())
        line["keys_dropped"] = sum(one.dropped for one in measured.found.values())
        line["asking_cpu_ms"] = {
            name: round(1000 * measured.found["normal", name].cpu_s, 2) for name in SETS
        }
        line["answering_cpu_ms"] = {n: round(ms, 2) for n, ms in measured.answering_cpu_ms.items()}
        line["bytes"] = result.weighed
    for name, part in (("filled", result.filled), ("fan_out", result.fanned)):
        line[name] = None if part is None else asdict(part) | {"children": wanted.rows}
    if (told := result.looked_up) is not None:
        line["lookups"] = asdict(told) | {
            "waits_ms": told.waits_ms,
            "within_one_step": told.is_within_one_step,
        }
    if (whole := result.national) is not None:
        flat = {
            name: {" ".join(key): round(figure, 2) for key, figure in each.items()}
            for name, each in asdict(whole).items()
            if name.startswith("contacts")
        }
        line["national"] = asdict(whole) | flat
    return line | {"met": result.met(wanted.rows), "conditions": around | asdict(wanted)}


def main(arguments: list[str]) -> int:
    """Run the bench; 1 where a target was missed, 0 also where there is no data."""
    parser = argparse.ArgumentParser(prog="bench.federation", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS_ALL, help="children of the region")
    parser.add_argument("--queries", type=int, default=600, help="of each group; 0 for all")
    parser.add_argument("--only", choices=PARTS, default="", help="one part")
    parser.add_argument("--quick", action="store_true", help="few of everything, in a minute")
    given = parser.parse_args(arguments)
    wanted = Wanted(given.rows, given.queries, only=given.only)
    if given.quick:
        wanted = Wanted(**(asdict(QUICK) | {"only": given.only}))
    if wanted.only != "lookups" and not (DATA / POPULATION).is_file():
        print(json.dumps({"bench": "federation", "data": "absent"}))
        return 0
    result, around = uvloop.run(measure(wanted))
    print_rest(result)
    met = result.met(wanted.rows)
    print()
    for name, holds in met.items():
        print(f"{name:32}{'met' if holds else 'NOT met'}")
    print(json.dumps(result_line(result, wanted, around)))
    return 0 if all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
