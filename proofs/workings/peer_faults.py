"""Lookups across real processes while the lines between them fail, one after another.

Three indexes, a deriver and a locator, each a process of its own command; every one of them is
called through a line that can be made to fail. A lookup may say that it does not know; it may
not say that nobody knows, nor leave out in silence whom it did not reach.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import httpx

from demo.authority import free_port, prepare_server
from demo.postgres import Postgres
from demo.region import DERIVER, LOCATOR
from demo.running import Server
from demo.towns import CAMFIELD, EASTBROOK, NORTHMERE, TOWNS
from index_service.jobs.jobs import JOBS
from index_service.opening import built_job
from index_service.services.peering.asking import TOLD_AT_LEAST_S
from proofs.workings.peer_line import Fault, Line
from tests.authority import database_made, migrate_database
from tests.region import FoundedRegion, region_founded
from tests.stories.made import Stated, a_child, involvement

MEMBERS: Final = (CAMFIELD, EASTBROOK, DERIVER, LOCATOR)
FAULTS: Final = tuple(fault for fault in Fault if fault is not Fault.NONE)
ASKED_A_FAULT: Final = 3
RECOVERED_S_MAX: Final = 20.0  # when a proof stops waiting: far beyond what is allowed
_USUAL_S: Final = TOLD_AT_LEAST_S + 0.15  # what an answer takes where nothing fails


@dataclass(slots=True)
class Faulted:
    """What lookups said while lines failed, and how soon all was well again."""

    asked: int = 0
    partial: int = 0
    faults: int = 0
    felt: int = 0
    wrong: list[str] = field(default_factory=list)
    recovery_s: list[float] = field(default_factory=list)

    @property
    def recovery_s_max(self) -> float:
        """The longest a complete answer was awaited after a line was mended."""
        return max(self.recovery_s, default=0.0)


@dataclass(frozen=True, slots=True)
class Apart:
    """The region as it runs: its lines, Northmere's API, and a child only Camfield holds."""

    lines: dict[str, Line]
    home: httpx.AsyncClient
    token: Callable[[], str]
    child: Stated
    child_id: str

    async def ask(self, child: Stated) -> dict[str, Any]:
        """Look a child up across the region."""
        body = {**child["name"], "date_of_birth": child["date_of_birth"], "across": "region"}
        headers = {
            "Authorization": f"Bearer {self.token()}",
            "Access-Purpose": "safeguard",
            "Access-Reason": "contact_practitioner",
            "Access-Reference": "RPT/10442",
        }
        answer = await self.home.post("/v1/lookups", json=body, headers=headers)
        if answer.status_code != 200:
            return {"status": answer.status_code}
        said: dict[str, Any] = answer.json()["region"]
        return said


async def faulted(count: int, seed: int, told: Callable[[str], None]) -> Faulted:
    """Let so many lines fail, in an order by lot, and ask all the while."""
    chance, found = random.Random(seed), Faulted()
    every = list(product(FAULTS, MEMBERS))
    chance.shuffle(every)
    # Every kind and every member first, whatever the count.
    chosen = [every[number % len(every)] for number in range(count)]
    told("founding a region of real processes")
    async with apart() as region:
        await _recovered(region, found, told)
        for number, (fault, member) in enumerate(chosen):
            told(f"fault {number} of {count}: {fault} at {member}")
            await _one(region, fault, member, found)
            await _recovered(region, found, told)
    return found


async def _one(region: Apart, fault: Fault, member: str, found: Faulted) -> None:
    line = region.lines[member]
    felt = False
    asking = asyncio.create_task(_timed(region))  # under way when the line fails
    await asyncio.sleep(random.uniform(0.0, 0.4))
    line.fail(fault)
    for heard in (asking, *(None for _ in range(ASKED_A_FAULT))):
        said, spent_s = await (heard or _timed(region))
        found.asked += 1
        wrong = judged(said, region.child_id)
        if wrong:
            found.wrong.append(f"{fault} at {member}: {wrong}")
        whole = said.get("complete") is True
        found.partial += not whole
        felt = felt or not whole or spent_s > _USUAL_S
    line.mend()
    found.faults += 1
    # Who is not asked is not missed before it is probed: its fault may pass unnoticed.
    found.felt += felt or member == EASTBROOK


async def _timed(region: Apart) -> tuple[dict[str, Any], float]:
    begun = time.monotonic()
    return await region.ask(region.child), time.monotonic() - begun


def judged(said: dict[str, Any], child_id: str) -> str:
    """Return what is wrong with an answer about a child that Camfield holds, "" if nothing is."""
    if "status" in said:
        return f"status {said['status']}"
    parts = {part["name"]: part for part in said["authorities"]}
    there, elsewhere = parts[CAMFIELD], parts[EASTBROOK]
    if there["state"] == "nothing":
        return "said that nobody knows a child who is known"
    if elsewhere["state"] == "answered" or elsewhere["matches"]:
        return "told of a child where there is none"
    ids = [match["child"]["child_id"] for match in there["matches"]]
    if there["state"] == "answered" and ids != [child_id]:
        return "told of another child"
    if said["complete"] and there["state"] != "answered":
        return "left out an authority and called itself complete"
    if said["complete"] is not all(part["state"] != "unreachable" for part in parts.values()):
        return "complete and its parts do not agree"
    return ""


async def _recovered(region: Apart, found: Faulted, told: Callable[[str], None]) -> None:
    """Ask until answers are complete again: of a child that is held, and of one who is nowhere."""
    begun = time.monotonic()
    first = found.asked == 0
    while time.monotonic() - begun < RECOVERED_S_MAX:
        known, nobody = await asyncio.gather(region.ask(region.child), region.ask(a_child()))
        spent_s = time.monotonic() - begun
        if known.get("complete") and nobody.get("complete") and not judged(known, region.child_id):
            break
        told(f"waiting for a complete answer, {spent_s:.1f} s")
    else:
        found.wrong.append("never complete again")
    if not first:
        found.recovery_s.append(time.monotonic() - begun)


@asynccontextmanager
async def apart() -> AsyncIterator[Apart]:
    """Run every member as a process, each called through a line of its own."""
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(Postgres.start(fsync=False))
        prepare_server(postgres)
        place = postgres.directory / "region"
        place.mkdir(mode=0o700)
        migrated = stack.enter_context(database_made(postgres))
        migrate_database(postgres, migrated)
        founded = await stack.enter_async_context(region_founded(postgres, migrated, place))
        lines, servers = {}, {}
        for name, member in founded.members.items():
            lines[name] = Line(founded.papers.members[name].port, free_port())
            await stack.enter_async_context(lines[name].carrying())
            words = ("serve",) if name in TOWNS else (name, "serve")
            settings = _settings(postgres, founded, name, lines[name].target)
            servers[name] = Server(settings, place / f"{name}.log", words)
            stack.callback(servers[name].stop)
            await servers[name].start()
            assert member.template
        child_id, child = await _settled(stack, founded, servers)
        home = await _client(stack, servers[NORTHMERE])
        issuer = founded.issuers[NORTHMERE]
        yield Apart(lines, home, lambda: issuer.token_for("social_worker"), child, child_id)


def _settings(postgres: Postgres, founded: FoundedRegion, name: str, port: int) -> Any:
    member = founded.members[name]
    url = postgres.url("{role}", member.template)
    changed = {"database_url": url, "peer_port": port, "ops_port": free_port()}
    return member.settings.model_copy(update=changed)


async def _client(stack: AsyncExitStack, server: Server) -> httpx.AsyncClient:
    opened = httpx.AsyncClient(base_url=server.address, timeout=30.0, trust_env=False)
    return await stack.enter_async_context(opened)


async def _settled(
    stack: AsyncExitStack, founded: FoundedRegion, servers: dict[str, Server]
) -> tuple[str, Stated]:
    """Record a child at Camfield, and let every index put its filters up."""
    child = a_child()
    at = child["address"]
    child["address"] = {**at, "postcode": at["postcode"].replace("NM", TOWNS[CAMFIELD].area, 1)}
    client = await _client(stack, servers[CAMFIELD])
    headers = {
        "Authorization": f"Bearer {founded.issuers[CAMFIELD].token_for('social_worker')}",
        "Access-Purpose": "safeguard",
        "Access-Reason": "new_referral",
        "Idempotency-Key": "made-up-key-of-a-fault",
    }
    stated = {**child, "involvement": involvement()}
    answer = await client.post("/v1/children", json=stated, headers=headers)
    answer.raise_for_status()
    for name in TOWNS:
        for word in ("shields", "derive"):
            job = JOBS[word]
            async with built_job(servers[name].settings, job.duty) as index:
                if not await job.run(index, asyncio.Event()):
                    raise RuntimeError(f"the job {word} did not end well at {name}")
    return str(answer.json()["id"]), child
