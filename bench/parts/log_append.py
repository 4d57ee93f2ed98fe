"""How fast ready-made entries become durable: our group commit beside two yardsticks, in turn."""

import asyncio
import gc
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bench.parts.log_made import ready_rows
from bench.parts.log_stand import Stand
from bench.parts.log_yardsticks import POOL, Chained, Single, Usual, chain_length, tables
from bench.parts.processes import database_cpu_s, postmaster
from demo.authority import CSA
from index_service.log.group_commit import GroupCommit
from index_service.log.leaf import LogRow
from index_service.log.numbering import Writer
from index_service.store.appending import Appender
from index_service.store.engines import pool_for

CONCURRENT = 64
OURS = "group commit"
BESIDE_SEALING = "group commit, sealing"
SINGLE, USUAL, CHAINED = "insert per transaction", "three inserts, usual", "lock and chain"
# More than any build has been seen to take, so that none runs out of rows.
_ROWS_PER_S = {OURS: 45_000, SINGLE: 12_000, USUAL: 12_000, CHAINED: 4_000}


class Miscounted(Exception):  # noqa: N818
    """A build did not keep what it acknowledged, so its speed means nothing."""


class Appends(Protocol):
    """A build: returns when the row is durable."""

    async def append(self, row: LogRow) -> None:
        """Append one row durably."""


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


async def measure(build: Appends, rows: list[LogRow], seconds: float, server: int) -> Measured:
    """Append from 64 tasks at once, each its next row as soon as the last is durable."""
    ready, waits = iter(rows), []
    ends_s = time.perf_counter() + seconds

    async def appends() -> None:
        for row in ready:
            began_s = time.perf_counter()
            if began_s > ends_s:
                return
            await build.append(row)
            waits.append(time.perf_counter() - began_s)

    before = time.perf_counter(), time.process_time(), database_cpu_s(server)
    async with asyncio.TaskGroup() as group:
        for _ in range(CONCURRENT):
            group.create_task(appends())
    after = time.perf_counter(), time.process_time(), database_cpu_s(server)
    spent_s, client_s, database_s = (b - a for a, b in zip(before, after, strict=True))
    count, ordered = len(waits), sorted(waits)
    return Measured(
        count,
        count / spent_s,
        1e6 * client_s / count,
        1e6 * database_s / count,
        1000 * ordered[count // 2],
        1000 * ordered[count * 99 // 100],
    )


@dataclass(frozen=True, slots=True)
class Pools:
    """Connections of role api: one to append by, as a server has, and the yardsticks' own."""

    one: Any
    many: Any


@asynccontextmanager
async def _pools(stands: Stand) -> AsyncIterator[Pools]:
    url = stands.authority.settings.database_url
    one, many = await pool_for(url, CSA, "api", 1), await pool_for(url, CSA, "api", POOL)
    try:
        yield Pools(one, many)
    finally:
        await one.close()
        await many.close()


_YARDSTICKS: dict[str, Callable[[Any], Appends]] = {
    SINGLE: Single,
    USUAL: Usual,
    CHAINED: Chained,
}


@dataclass(frozen=True, slots=True)
class Passes:
    """Measures passes of the builds on one server."""

    stands: Stand
    pools: Pools
    seconds: float

    async def one(self, name: str) -> Measured:
        """Measure one build once, after a checkpoint: full pages are paid for by all alike."""
        keys = self.stands.keyring.log_keys(datetime.now(UTC).year)
        rows = ready_rows(keys, round(_ROWS_PER_S[name] * self.seconds))
        gc.collect()
        gc.freeze()  # rows that wait ready would be gone through again and again
        await asyncio.to_thread(self.stands.postgres.psql, "checkpoint")
        server = postmaster(self.stands.postgres)
        if name != OURS:
            return await measure(_YARDSTICKS[name](self.pools.many), rows, self.seconds, server)
        commit = GroupCommit(Appender(self.pools.one, CSA), Writer(CSA))
        commit.start()
        done = await measure(commit, rows, self.seconds, server)
        await commit.stop()
        return done


async def appends(stands: Stand, seconds: float, repeats: int) -> dict[str, list[Measured]]:
    """Measure every build in turn, over and over; then ours again while the sealer seals."""
    found: dict[str, list[Measured]] = {OURS: [], SINGLE: [], USUAL: [], CHAINED: []}
    stands.postgres.psql(tables(), stands.database)
    async with _pools(stands) as pools:
        passes = Passes(stands, pools, seconds)
        for name in found:
            await Passes(stands, pools, min(seconds, 0.5)).one(name)  # warms up
        warmed = await _counted(stands)
        for _ in range(repeats):
            for name, measured in found.items():
                measured.append(await passes.one(name))
                print(_told(name, measured[-1]), flush=True)
        _check(found, warmed, await _counted(stands))
        found[BESIDE_SEALING] = []
        with stands.sealing():
            for _ in range(repeats):
                found[BESIDE_SEALING].append(await passes.one(OURS))
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
    counts[SINGLE] += counts.pop(USUAL)  # to the same tables
    if any(after[name] - before[name] != count for name, count in counts.items()):
        raise Miscounted


def _told(name: str, one: Measured) -> str:
    return (
        f"  {name:24}{one.per_s:8.0f} a second"
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
    for name in (CHAINED, SINGLE, USUAL):
        times = median(found[ours], figure) / median(found[name], figure)
        yield name, times if figure == "per_s" else 1 / times
