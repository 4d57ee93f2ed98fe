"""One of the processes that append at once, as one of a server's workers does.

    python -m bench.parts.log_append_process DATABASE_URL KEY_DIRECTORY

For each pass asked for it makes its rows ready, says so, begins when it is told to, and says
what it came to.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import uvloop

from bench.parts.log_made import ready_rows
from bench.parts.log_yardsticks import (
    CHAIN_POOL,
    INSERT_POOL,
    Chained,
    ChainedStatement,
    Single,
    SingleStatement,
)
from demo.authority import CSA
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.log.group_commit import GroupCommit
from index_service.log.leaf import LogRow
from index_service.log.numbering import Writer
from index_service.store.appending import Appender
from index_service.store.engines import pool_for

READY, GO = "ready", "go"
OURS = "group commit"
SINGLE, CHAINED = "insert per transaction", "lock and chain"
SINGLE_STATEMENT, CHAINED_STATEMENT = "insert, one statement", "chain, one statement"
# More than any build has been seen to take in one process, so that none runs out of rows.
ROWS_PER_S: Final = {
    OURS: 60_000,
    SINGLE: 12_000,
    SINGLE_STATEMENT: 12_000,
    CHAINED: 4_000,
    CHAINED_STATEMENT: 4_000,
}


class Appends(Protocol):
    """A build: returns when the row is durable."""

    async def append(self, row: LogRow) -> None:
        """Append one row durably."""


_YARDSTICKS: Final[dict[str, tuple[Callable[[Any], Appends], int]]] = {
    SINGLE: (Single, INSERT_POOL),
    SINGLE_STATEMENT: (SingleStatement, INSERT_POOL),
    CHAINED: (Chained, CHAIN_POOL),
    CHAINED_STATEMENT: (ChainedStatement, CHAIN_POOL),
}


@dataclass(frozen=True, slots=True)
class Share:
    """What one process did of a pass: entries, wall and processor seconds, waits in ms."""

    count: int
    spent_s: float
    client_s: float
    p50_ms: float
    p99_ms: float


async def measure(build: Appends, rows: list[LogRow], tasks: int, seconds: float) -> Share:
    """Append from so many tasks at once, each its next row as soon as the last is durable."""
    ready, waits = iter(rows), []
    ends_s = time.perf_counter() + seconds

    async def appends() -> None:
        for row in ready:
            began_s = time.perf_counter()
            if began_s > ends_s:
                return
            await build.append(row)
            waits.append(time.perf_counter() - began_s)

    before = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(appends())
    spent_s, client_s = time.perf_counter() - before[0], time.process_time() - before[1]
    count, ordered = len(waits), sorted(waits)
    p50_ms, p99_ms = 1000 * ordered[count // 2], 1000 * ordered[count * 99 // 100]
    return Share(count, spent_s, client_s, p50_ms, p99_ms)


@asynccontextmanager
async def _opened(url: str, name: str, processes: int) -> AsyncIterator[Appends]:
    """Open a build with its share of the connections it does best with."""
    if name == OURS:
        pool = await pool_for(url, CSA, "api", 1)  # one to append by, as each worker has
        commit = GroupCommit(Appender(pool, CSA), Writer(CSA))
        commit.start()
        try:
            yield commit
        finally:
            await commit.stop()
            await pool.close()
        return
    made, size = _YARDSTICKS[name]
    pool = await pool_for(url, CSA, "api", size // processes)
    try:
        yield made(pool)
    finally:
        await pool.close()


@dataclass(frozen=True, slots=True)
class Asked:
    """One pass: which build, from how many tasks, in how many processes at once, how long."""

    name: str
    tasks: int
    processes: int
    seconds: float


async def _heard() -> str:
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


async def append(url: str, keyring: Keyring, asked: Asked) -> Share:
    """Make ready, wait for the word, and append."""
    keys = keyring.log_keys(datetime.now(UTC).year)
    rows = ready_rows(keys, round(ROWS_PER_S[asked.name] * asked.seconds))
    async with _opened(url, asked.name, asked.processes) as build:
        gc.collect()
        gc.freeze()  # rows that wait ready would be gone through again and again
        print(READY, flush=True)
        if await _heard() != GO:
            raise SystemExit(2)  # whoever measures is gone
        return await measure(build, rows, asked.tasks, asked.seconds)


async def passes(url: str, keys: Path) -> None:
    """Do one pass after another, as asked for on a line of JSON each, until there is none."""
    keyring = Keyring(CSA, FileKeyProvider(keys))
    while line := await _heard():
        print(json.dumps(asdict(await append(url, keyring, Asked(**json.loads(line))))), flush=True)
        gc.unfreeze()


if __name__ == "__main__":
    uvloop.run(passes(sys.argv[1], Path(sys.argv[2])))
