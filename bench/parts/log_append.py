"""How fast ready-made entries become durable: our group commit beside two yardsticks, in turn.

Sixty-four tasks append at once from as many processes as a server has workers: two here, on two
cores, and beside that from one alone. In one process ours waits while the database writes and
the database while ours makes the next batch; two keep both cores at work, as workers do. The
yardsticks get the same processes, and the same number of connections in all.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from bench.parts.log_append_process import (
    CHAINED,
    CHAINED_STATEMENT,
    GO,
    OURS,
    READY,
    ROWS_PER_S,
    SINGLE,
    SINGLE_STATEMENT,
    Asked,
    Share,
)
from bench.parts.log_stand import Stand
from bench.parts.log_yardsticks import chain_length, tables
from bench.parts.processes import database_cpu_s, postmaster
from demo.authority import ROOT, bound_to_us

CONCURRENT = 64
WORKERS = 2
BESIDE_SEALING = "group commit, sealing"
BUILDS = tuple(ROWS_PER_S)
ALONE = {f"{name}, one process": name for name in (OURS, SINGLE, CHAINED)}
_YARDSTICKS = tuple(name for name in BUILDS if name != OURS)


class Miscounted(Exception):  # noqa: N818 (the finding of a check)
    """A build did not keep what it acknowledged, so its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One pass of one build."""

    count: int
    per_s: float
    client_us: float
    database_us: float
    p50_ms: float
    p99_ms: float

    @property
    def cpu_us(self) -> float:
        """Processor time of one entry, client and database."""
        return self.client_us + self.database_us


def _merged(shares: list[Share], database_s: float) -> Measured:
    """Return what all processes did of one pass; the waits are those of the slower one."""
    count = sum(share.count for share in shares)
    return Measured(
        count,
        sum(share.count / share.spent_s for share in shares),
        1e6 * sum(share.client_s for share in shares) / count,
        1e6 * database_s / count,
        max(share.p50_ms for share in shares),
        max(share.p99_ms for share in shares),
    )


@dataclass(frozen=True, slots=True)
class Passes:
    """Measures passes of the builds on one server, by processes that were started before."""

    stands: Stand
    processes: list["subprocess.Popen[str]"]

    def one(self, name: str, seconds: float, workers: int = WORKERS) -> Measured:
        """Measure one build once, after a checkpoint: full pages are paid for by all alike."""
        working = self.processes[:workers]
        asked = Asked(name, CONCURRENT // workers, workers, seconds)
        for each in working:
            _tell(each, json.dumps(asdict(asked)))
        for each in working:
            if _heard(each) != READY:
                raise Miscounted
        self.stands.postgres.psql("checkpoint")
        server = postmaster(self.stands.postgres)
        before_s = database_cpu_s(server)
        for each in working:
            _tell(each, GO)
        shares = [Share(**json.loads(_heard(each) or "{}")) for each in working]
        return _merged(shares, database_cpu_s(server) - before_s)


@contextmanager
def _passes(stands: Stand) -> Iterator[Passes]:
    settings = stands.authority.settings
    module = [*bound_to_us(), sys.executable, "-m", "bench.parts.log_append_process"]
    command = [*module, settings.database_url, str(settings.key_directory)]
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        for _ in range(WORKERS)
    ]
    try:
        yield Passes(stands, processes)
    finally:
        for each in processes:
            each.kill()
            each.communicate()


def _tell(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None  # INVARIANT: asked for where it was started
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _heard(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None  # INVARIANT: asked for where it was started
    return process.stdout.readline().strip()


async def appends(stands: Stand, seconds: float, repeats: int) -> dict[str, list[Measured]]:
    """Measure every build in turn, over and over; then ours again while the sealer seals."""
    found: dict[str, list[Measured]] = {name: [] for name in (*BUILDS, *ALONE)}
    stands.postgres.psql(tables(), stands.database)
    with _passes(stands) as passes:
        for name in BUILDS:
            passes.one(name, min(seconds, 0.5))  # warms up
        warmed = await _counted(stands)
        for _ in range(repeats):
            for name, measured in found.items():
                alone = ALONE.get(name)
                done = passes.one(alone, seconds, 1) if alone else passes.one(name, seconds)
                measured.append(done)
                print(_told(name, done), flush=True)
        _check(found, warmed, await _counted(stands))
        found[BESIDE_SEALING] = []
        with stands.sealing():
            for _ in range(repeats):
                found[BESIDE_SEALING].append(passes.one(OURS, seconds))
                print(_told(BESIDE_SEALING, found[BESIDE_SEALING][-1]), flush=True)
    return found


async def _counted(stands: Stand) -> dict[str, int]:
    """Return how many entries each build has stored; the chain's are followed."""
    connection = await stands.connected()
    try:
        return {
            OURS: await connection.fetchval("select count(*) from access_entry"),
            SINGLE: await connection.fetchval("select count(*) from yardstick_entry"),
            CHAINED: await chain_length(connection),
        }
    finally:
        await connection.close()


def _check(found: dict[str, list[Measured]], before: dict[str, int], after: dict[str, int]) -> None:
    counts = {name: sum(each.count for each in measured) for name, measured in found.items()}
    for alone, name in ALONE.items():
        counts[name] += counts.pop(alone)
    counts[SINGLE] += counts.pop(SINGLE_STATEMENT)  # to the same tables
    counts[CHAINED] += counts.pop(CHAINED_STATEMENT)
    if any(after[name] - before[name] != count for name, count in counts.items()):
        raise Miscounted


def _told(name: str, one: Measured) -> str:
    return (
        f"  {name:36}{one.per_s:8.0f} a second"
        f"  cpu {one.client_us:5.0f} + {one.database_us:5.0f} us"
        f"  p50 {one.p50_ms:6.1f} ms  p99 {one.p99_ms:6.1f} ms"
    )


def median(measured: list[Measured], name: str) -> float:
    """Return the median of a figure over the repeats."""
    return float(statistics.median(getattr(one, name) for one in measured))


def ratios(
    found: dict[str, list[Measured]], ours: str = OURS, figure: str = "per_s"
) -> Iterator[tuple[str, float]]:
    """Yield how many times better ours is than each yardstick: of medians over the repeats."""
    for name in _YARDSTICKS:
        times = median(found[ours], figure) / median(found[name], figure)
        yield name, times if figure == "per_s" else 1 / times


def ratios_alone(found: dict[str, list[Measured]]) -> Iterator[tuple[str, float]]:
    """Yield how many times faster ours is than each yardstick in one process."""
    ours, *others = ALONE
    for name in others:
        yield ALONE[name], median(found[ours], "per_s") / median(found[name], "per_s")
