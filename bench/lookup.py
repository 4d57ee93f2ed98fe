"""What governing a lookup costs: our service beside an ungoverned and an idiomatic build.

    python -m bench.lookup [--seconds S] [--repeats R] [--children N] [--quick] [--profile]

Three servers on one database, the same 20 candidates opened and scored for every question,
asked in turn over and over. Prints tables and, last, one line of JSON.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
from dataclasses import asdict, dataclass

import uvloop

from bench.parts.breakdown import Breakdown, breakdown, print_breakdown, print_profile
from bench.parts.checking import PATH, check
from bench.parts.processes import conditions, cpu_s, database_cpu_s, postmaster
from bench.parts.stand import BUILDS, Serving, Stand, all_serving, stand

CONNECTIONS = 16
ANSWER_S_MAX = 60
BATCHES = 12
PROFILED = 500
TARGETS = {"rps_vs_plain": (">=", 0.40), "cpu_vs_plain": ("<=", 2.5), "cpu_vs_naive": ("<=", 0.40)}


class Wrong(Exception):  # noqa: N818 (what became of a run)
    """A server did not answer as it must, so its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One pass of one build."""

    rps: float
    app_us: float
    database_us: float
    p50_ms: float
    p99_ms: float

    @property
    def cpu_us(self) -> float:
        """Processor time of one request, server and database."""
        return self.app_us + self.database_us


def _requests(stands: Stand, build: str) -> list[tuple[str, str]]:
    """Return encoded requests, each with the id its answer must hold."""
    head = "".join(f"{name}: {value}\r\n" for name, value in stands.headers(build).items())
    found = []
    for question in stands.asked:
        body = json.dumps(question.body())
        length = len(body.encode())
        text = f"POST {PATH} HTTP/1.1\r\n{head}Content-Length: {length}\r\n\r\n{body}"
        found.append((text, str(stands.ids[question.place])))
    return found


async def measure(stands: Stand, server: Serving, seconds: float) -> Measured:
    """Load one server for a while; Wrong if a single answer was not the one expected."""
    file = stands.directory / "pass.json"
    settings = {
        "port": server.port,
        "seconds": seconds,
        "connections": CONNECTIONS,
        "requests": _requests(stands, server.name),
    }
    file.write_text(json.dumps(settings))
    load = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.parts.load", str(file)), stdout=asyncio.subprocess.PIPE
    )
    assert load.stdout is not None
    database = postmaster(stands.postgres)
    used = []
    async with asyncio.timeout(seconds + ANSWER_S_MAX):
        for said in (b"begin\n", b"end\n"):
            if await load.stdout.readline() != said:
                raise Wrong(f"the load on {server.name} ended early")
            used.append((cpu_s(server.pid), database_cpu_s(database)))
        result = json.loads(await load.stdout.read())
        await load.wait()
    if result["wrong"] or not result["answers"]:
        raise Wrong(f"{server.name}: {result}")
    app_s, database_s = (after - before for before, after in zip(*used, strict=True))
    return Measured(
        rps=result["answers"] / result["seconds"],
        app_us=1e6 * app_s / result["answers"],
        database_us=1e6 * database_s / result["answers"],
        p50_ms=result["p50_ms"],
        p99_ms=result["p99_ms"],
    )


async def passes(stands: Stand, seconds: float, repeats: int) -> dict[str, list[Measured]]:
    """Measure every build in turn, `repeats` times over; the first pass of each warms up."""
    found: dict[str, list[Measured]] = {name: [] for name in BUILDS}
    async with all_serving(stands) as servers:
        for server in servers:
            await measure(stands, server, min(seconds, 1.0))
        for place in range(repeats):
            for server in servers:
                one = await measure(stands, server, seconds)
                found[server.name].append(one)
                print(
                    f"  repeat {place + 1}  {server.name:10}{one.rps:7.0f} rps"
                    f"  cpu {one.app_us:5.0f} + {one.database_us:5.0f} us"
                    f"  p50 {one.p50_ms:6.1f} ms  p99 {one.p99_ms:6.1f} ms",
                    flush=True,
                )
    return found


def _median(found: list[Measured], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in found))


def ratios(found: dict[str, list[Measured]]) -> dict[str, float]:
    """Return the medians of the ratios within each repeat, where the machine was the same."""

    def median(name: str, other: str) -> float:
        pairs = zip(found["governed"], found[other], strict=True)
        return float(statistics.median(getattr(a, name) / getattr(b, name) for a, b in pairs))

    return {
        "rps_vs_plain": round(median("rps", "plain"), 3),
        "cpu_vs_plain": round(median("cpu_us", "plain"), 2),
        "cpu_vs_naive": round(median("cpu_us", "naive"), 3),
    }


def print_table(found: dict[str, list[Measured]], compared: dict[str, float]) -> None:
    """Print medians of every build, and the ratios beside what is aimed at."""
    print(
        f"\n{'build':10}{'rps':>8}{'service us':>12}{'database us':>13}{'p50 ms':>9}{'p99 ms':>9}"
    )
    for name, measured in found.items():
        names = ("rps", "app_us", "database_us", "p50_ms", "p99_ms")
        rps, app, database, p50, p99 = (_median(measured, each) for each in names)
        print(f"{name:10}{rps:8.0f}{app:12.0f}{database:13.0f}{p50:9.1f}{p99:9.1f}")
    for name, value in compared.items():
        sign, target = TARGETS[name]
        met = value >= target if sign == ">=" else value <= target
        print(
            f"{name:14}{value:7.3f}   aimed at {sign} {target:.2f}: {'met' if met else 'NOT met'}"
        )


def result_line(
    found: dict[str, list[Measured]],
    parts: Breakdown,
    rows: dict[str, float],
    around: dict[str, object],
) -> dict[str, object]:
    """Return the figures a reader of the last line wants."""
    line: dict[str, object] = {"bench": "lookup"}
    for name in BUILDS:
        line[f"{name}_rps"] = round(_median(found[name], "rps"))
    for name in BUILDS:
        line[f"{name}_cpu_us"] = round(_median(found[name], "cpu_us"))
    return line | {
        "governed_p50_ms": round(_median(found["governed"], "p50_ms"), 2),
        "governed_p99_ms": round(_median(found["governed"], "p99_ms"), 2),
        "per_candidate_us": round(parts.per_candidate_us, 1),
        "rows_per_request": round(sum(rows.values()), 1),
        "ratios": ratios(found),
        "conditions": around,
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    seconds: float
    repeats: int
    children: int
    profile: bool


async def bench(wanted: Wanted) -> None:
    """Set up, check, take apart, measure, tell."""
    load_before = round(os.getloadavg()[0], 2)
    print(f"setting up three builds with {wanted.children:,} children each", flush=True)
    async with stand(wanted.children) as stands:
        rows = await check(stands)
        told = ", ".join(f"{name} {count:.1f}" for name, count in rows.items())
        print(f"checked: equal answers, 20 candidates opened in each; governed rows: {told}")
        parts = await breakdown(stands, BATCHES)
        print_breakdown(parts)
        if wanted.profile:
            await print_profile(stands, PROFILED)
            return
        print(f"\nmeasuring: {wanted.repeats} repeats of {wanted.seconds} s each", flush=True)
        around = conditions(stands.postgres) | {
            "load_average_before": load_before,
            "connections": CONNECTIONS,
            **asdict(wanted),
        }
        found = await passes(stands, wanted.seconds, wanted.repeats)
    print_table(found, ratios(found))
    print(json.dumps(result_line(found, parts, rows, around)))


def main(arguments: list[str]) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="bench.lookup", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each pass")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--children", type=int, default=20_000)
    parser.add_argument("--quick", action="store_true", help="few children, short passes")
    parser.add_argument("--profile", action="store_true", help="only where the time goes")
    given = parser.parse_args(arguments)
    wanted = Wanted(given.seconds, given.repeats, given.children, given.profile)
    if given.quick:
        wanted = Wanted(1.0, 2, 2_000, given.profile)
    uvloop.run(bench(wanted))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
