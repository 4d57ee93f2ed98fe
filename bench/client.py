"""How long it takes a new practitioner to come from the client's address to a number to ring.

    python -m bench.client [--children N] [--hurried] [--at-once N]

Real processes on loopback: an index with children in it, the thin client, the demo's OpenID
provider, Chromium. Twenty tasks are typed as people type; the pace is stated. One person at a
time, unless more are asked for: several browsers on one machine take from each other, and from the
pages, what in earnest each has by itself. Prints each task and, last, one line of JSON. Leaves 1
where a target was missed.
"""

import argparse
import asyncio
import json
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.parts.children import made_children
from bench.parts.client_tasks import HURRIED, Pace, prepared
from bench.parts.governed import populate
from bench.parts.processes import conditions
from demo.asking import Asking
from demo.authority import (
    CSA,
    answering,
    found_authority,
    issuer_and_database,
    migrate,
    new_database,
    serving,
    with_room,
)
from demo.issuer import Issuer
from demo.pages import Told, pages
from demo.personas import AGENCIES, NIGHT_LINE
from demo.postgres import Postgres
from index_service.main import built
from tests.browser.install import missing

if TYPE_CHECKING:
    from bench.parts.client_walked import Came

WITHIN_S: Final = 60.0
SCREENS_MAX: Final = 2
REACHED_MIN: Final = 0.95
PAGE_BYTES_MAX: Final = 250_000
OWN_MS_MAX: Final = 50.0
TIMED: Final = (sys.executable, "-m", "bench.parts.client_timed")
DUTY_LINES: Final = frozenset({NIGHT_LINE, *(each.duty_phone for each in AGENCIES)})


@asynccontextmanager
async def stood(children: int) -> AsyncIterator[tuple[str, Issuer, Asking, Postgres]]:
    """Bring up the index and its pages; yield the pages' address and ways to prepare."""
    async with issuer_and_database(fsync=True) as (postgres, issuer, directory):
        new_database(postgres, CSA)
        await asyncio.to_thread(migrate, postgres.url("{role}", CSA))
        authority = await found_authority(postgres, CSA, issuer, directory / "keys", with_room())
        async with built(authority.settings) as index:
            await populate(index.index, made_children(children), lambda _: None)
        await asyncio.to_thread(postgres.psql, "vacuum analyze", CSA)
        with serving(authority, directory / "index.log") as process:
            await answering(authority, process)
            address = f"http://127.0.0.1:{authority.settings.port}"
            asking = Asking(address, issuer)
            told = Told("Northmere", address, issuer, Path(directory), command=TIMED)
            async with pages(told) as origin:
                yield origin, issuer, asking, postgres
            await asking.close()


def figures(came: Sequence["Came"]) -> dict[str, Any]:
    """Return what the tasks came to."""
    whole = sorted(each.whole_s for each in came)
    own = sorted(ms for each in came for ms in each.own_ms)
    queued = [
        (ms, wait) for each in came for ms, wait in zip(each.own_ms, each.queue_ms, strict=True)
    ]
    served = sorted(ms - wait for ms, wait in queued)
    index = [ms for each in came for ms in each.index_ms]
    cpu = sorted(ms for each in came for ms in each.cpu_ms)
    good = [each for each in came if each.whole_s <= WITHIN_S and each.screens <= SCREENS_MAX]
    return {
        "tasks": len(came),
        "reached": sum(each.reached for each in came) / len(came),
        "within_60_s_and_2_screens": len(good) / len(came),
        "whole_s_median": round(statistics.median(whole), 1),
        "whole_s_max": round(whole[-1], 1),
        "after_login_s_median": round(
            statistics.median(each.whole_s - each.to_login_s for each in came), 1
        ),
        "page_bytes_max": max(each.weight for each in came),
        "answers": len(own),
        "own_ms_median": round(statistics.median(own), 2),
        "own_ms_p95": round(own[int(len(own) * 0.95)], 2),
        "own_ms_max": round(own[-1], 2),
        "served_ms_median": round(statistics.median(served), 2),
        "served_ms_p95": round(served[int(len(served) * 0.95)], 2),
        "served_ms_max": round(served[-1], 2),
        "own_cpu_ms_median": round(statistics.median(cpu), 2),
        "own_cpu_ms_p95": round(cpu[int(len(cpu) * 0.95)], 2),
        "index_ms_median": round(statistics.median(index), 2),
    }


def met(found: dict[str, Any]) -> dict[str, bool]:
    """Return which targets were met."""
    return {
        "reached": found["reached"] >= REACHED_MIN,
        "in time": found["within_60_s_and_2_screens"] >= REACHED_MIN,
        "weight": found["page_bytes_max"] <= PAGE_BYTES_MAX,
        "own time": found["own_ms_p95"] < OWN_MS_MAX,
    }


async def bench(children: int, pace: Pace) -> int:
    """Set up, do the tasks, tell."""
    print(f"an index of {children:,} children, its pages, a provider, a browser", flush=True)
    async with stood(children) as (origin, issuer, asking, postgres):
        tasks = await prepared(asking)
        around = conditions(postgres)
        # Brings a browser's library, which is there on demand alone.
        walking = import_module("bench.parts.client_walked")
        came = await walking.walked((origin, issuer), pace, DUTY_LINES, tasks)
    for each in sorted(came, key=lambda each: each.kind):
        reached = "reached" if each.reached else "NOT reached"
        print(
            f"{each.kind:26} {each.whole_s:5.1f} s, login over at {each.to_login_s:4.1f}, {reached}"
        )
    found = figures(came)
    line = {"bench": "client", **found, "met": met(found), "pace": asdict(pace)}
    print(json.dumps({**line, "conditions": around | {"children": children}}))
    return 0 if all(met(found).values()) else 1


def main(arguments: list[str]) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="bench.client", description=__doc__)
    parser.add_argument("--children", type=int, default=2_000)
    parser.add_argument("--hurried", action="store_true", help="no pauses: what machines take")
    parser.add_argument("--at-once", type=int, default=1, help="people, a browser each")
    given = parser.parse_args(arguments)
    if reason := missing():
        sys.exit(f"bench client: {reason}")
    pace = replace(HURRIED if given.hurried else Pace(), at_once=given.at_once)
    return asyncio.run(bench(given.children, pace))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
