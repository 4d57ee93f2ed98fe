"""How fast a supplier's feed goes in: the full story over HTTP, line after line.

    python -m bench.feed [--lines N] [--repeats R] [--profile]

One supplier, one batch at a time: matched, decided, sealed, indexed, logged, durable. Then
the same lines again, and again with every child's address changed. Prints a table and, last,
one line of JSON.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import aiohttp
import uvloop

from bench.parts import feed_parts
from bench.parts.feed_lines import body, digest
from bench.parts.processes import conditions, cpu_s, database_cpu_s, postmaster
from demo.authority import (
    CSA,
    Authority,
    answering,
    found_authority,
    issuer_and_database,
    migrate,
    new_database,
    serving,
    with_room,
)
from demo.issuer import Issuer
from demo.postgres import Postgres

TARGET_LINES_PER_S = 1000
LINES_A_CHILD = 2
SOURCE = "child-health"
SUPPLIER = "health_feed"
WARM_CHILDREN = 250
BATCH_S_MAX = 600


class Refused(Exception):  # noqa: N818 (what became of a batch)
    """The index did not take a batch whole, so its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One authority, ready to be fed."""

    postgres: Postgres
    issuer: Issuer
    directory: Path
    authority: Authority


@dataclass(frozen=True, slots=True)
class Taken:
    """What one batch came to."""

    lines_per_s: float
    service_us: float  # of processor time, a line
    database_us: float

    @property
    def cpu_us(self) -> float:
        """Processor time of one line, service and database."""
        return self.service_us + self.database_us


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """Set one authority up, with fsync."""
    async with issuer_and_database(fsync=True) as (postgres, issuer, directory):
        new_database(postgres, CSA)
        await asyncio.to_thread(migrate, postgres.url("{role}", CSA))
        authority = await found_authority(postgres, CSA, issuer, directory / "keys", with_room())
        yield Stand(postgres, issuer, directory, authority)


class Supplier:
    """Sends batches to a running index and takes the time of each."""

    def __init__(self, stands: Stand, server: "Popen[bytes]", http: aiohttp.ClientSession) -> None:
        self._stands = stands
        self._server = server
        self._http = http
        self._sent = 0

    async def send(self, lines: bytes) -> Taken:
        """Send one batch; Refused unless every line was accepted."""
        stands, count = self._stands, lines.count(b"\n")
        self._sent += 1
        port = stands.authority.settings.port
        address = f"http://127.0.0.1:{port}/v1/feeds/{SOURCE}/batches/bench-{self._sent}"
        headers = {
            "Authorization": f"Bearer {stands.issuer.token_for(SUPPLIER)}",
            "Content-Type": "application/x-ndjson",
            "Content-Digest": digest(lines),
        }
        database = postmaster(stands.postgres)
        before = cpu_s(self._server.pid), database_cpu_s(database)
        began_s = time.monotonic()
        async with self._http.put(address, data=lines, headers=headers) as answer:
            said = await answer.json(content_type=None)
        spent_s = time.monotonic() - began_s
        after = cpu_s(self._server.pid), database_cpu_s(database)
        if answer.status != 200 or said["accepted"] != count or said["state"] != "complete":
            raise Refused(f"{answer.status}: {said}")
        service_s, database_s = (b - a for a, b in zip(before, after, strict=True))
        return Taken(count / spent_s, 1e6 * service_s / count, 1e6 * database_s / count)


async def passes(stands: Stand, children: int, repeats: int) -> dict[str, list[Taken]]:
    """Feed new children, the last of them again as they were, and again changed."""
    found: dict[str, list[Taken]] = {"new": [], "same again": [], "changed": []}
    with serving(stands.authority, stands.directory / "server.log") as server:
        await answering(stands.authority, server)
        limit = aiohttp.ClientTimeout(total=BATCH_S_MAX)
        async with aiohttp.ClientSession(timeout=limit) as http:
            supplier = Supplier(stands, server, http)
            await supplier.send(body(0, WARM_CHILDREN))
            first = WARM_CHILDREN
            for place in range(repeats):
                first = WARM_CHILDREN + place * children
                found["new"].append(await _told("new", supplier, body(first, children)))
            for _ in range(repeats):
                again = body(first, children)
                found["same again"].append(await _told("same again", supplier, again))
            for place in range(repeats):
                moved = body(first, children, street=f"Orchard Way {place + 1}")
                found["changed"].append(await _told("changed", supplier, moved))
    return found


async def _told(name: str, supplier: Supplier, lines: bytes) -> Taken:
    taken = await supplier.send(lines)
    print(
        f"  {name:12}{taken.lines_per_s:8.0f} lines/s"
        f"  cpu {taken.service_us:5.0f} + {taken.database_us:5.0f} us a line",
        flush=True,
    )
    return taken


def _median(found: list[Taken], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in found))


def result_line(found: dict[str, list[Taken]], around: dict[str, object]) -> dict[str, Any]:
    """Return the figures a reader of the last line wants."""
    rate = _median(found["new"], "lines_per_s")
    return {
        "bench": "feed",
        "lines_per_s": round(rate),
        "cpu_us_per_line": round(_median(found["new"], "cpu_us")),
        "service_us_per_line": round(_median(found["new"], "service_us")),
        "database_us_per_line": round(_median(found["new"], "database_us")),
        "same_again_lines_per_s": round(_median(found["same again"], "lines_per_s")),
        "changed_lines_per_s": round(_median(found["changed"], "lines_per_s")),
        "target_met": rate >= TARGET_LINES_PER_S,
        "conditions": around,
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    lines: int
    repeats: int
    profile: bool


async def bench(wanted: Wanted) -> None:
    """Set up, feed, tell."""
    load_before = round(os.getloadavg()[0], 2)
    children = wanted.lines // LINES_A_CHILD
    print("setting up one authority", flush=True)
    async with stand() as stands:
        await feed_parts.print_parts(stands.authority, stands.issuer, wanted.profile)
        if wanted.profile:
            return
        print(f"\nfeeding {wanted.repeats} batches of {wanted.lines:,} lines of each kind")
        around = conditions(stands.postgres) | {"load_average_before": load_before}
        found = await passes(stands, children, wanted.repeats)
    line = result_line(found, around | asdict(wanted))
    met = "met" if line["target_met"] else "NOT met"
    print(f"\nnew lines {line['lines_per_s']} a second, aimed at {TARGET_LINES_PER_S}: {met}")
    print(json.dumps(line))


def main(arguments: list[str]) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="bench.feed", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000, help="of each batch")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="only where the time goes")
    given = parser.parse_args(arguments)
    uvloop.run(bench(Wanted(given.lines, given.repeats, given.profile)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
