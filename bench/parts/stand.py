"""The three builds side by side on one database server, filled with the same children."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.parts import governed, naive_rows, plain
from bench.parts.children import Made, Question, made_children, questions
from bench.parts.processes import bound, listening
from demo.authority import (
    CSA,
    Authority,
    answering,
    found_authority,
    free_port,
    issuer_and_database,
    migrate,
    new_database,
    serving,
    with_room,
)
from demo.issuer import Issuer
from demo.postgres import Postgres
from index_service.main import built

BUILDS = ("governed", "plain", "naive")
ASKER = "social_worker"
_OTHERS = ("plain", "naive")
_ROLE = "bench"


@dataclass(frozen=True, slots=True)
class Stand:
    """All that is compared, not yet serving."""

    postgres: Postgres
    issuer: Issuer
    directory: Path
    authority: Authority
    made: list[Made]
    ids: list[UUID]
    asked: list[Question]
    settings: dict[str, dict[str, Any]]  # of the two builds compared with ours

    def headers(self, build: str) -> dict[str, str]:
        """Return what a build wants to be told with each question; the token is fresh."""
        stated = {"Host": "index.example", "Content-Type": "application/json"}
        if build != "plain":
            stated["Authorization"] = f"Bearer {self.issuer.token_for(ASKER)}"
            stated["Access-Purpose"] = "safeguard"
            stated["Access-Reference"] = "REF-20-114"  # without one, one question at a time
            stated["Access-Reason"] = "contact_practitioner"
        return stated


@dataclass(frozen=True, slots=True)
class Serving:
    """One build, answering."""

    name: str
    port: int
    pid: int


@asynccontextmanager
async def stand(children: int) -> AsyncIterator[Stand]:
    """Set everything up: one database server with fsync, three databases, one issuer."""
    async with issuer_and_database(fsync=True) as (postgres, issuer, directory):
        new_database(postgres, CSA)
        await asyncio.to_thread(migrate, postgres.url("{role}", CSA))
        authority = await found_authority(postgres, CSA, issuer, directory / "keys", with_room())
        made = made_children(children)
        asked = questions(made)
        ids = await _fill_governed(authority, made)
        settings = _settings(postgres, issuer)
        _say("filling the ungoverned and the idiomatic build")
        await plain.populate(settings["plain"]["database"], made, ids)
        personas = list(issuer.personas.values())
        naive = settings["naive"]
        await naive_rows.populate(naive, made, ids, personas)
        for database in (CSA, *_OTHERS):
            await asyncio.to_thread(postgres.psql, "vacuum analyze", database)
        await asyncio.to_thread(postgres.psql, "checkpoint")
        yield Stand(postgres, issuer, directory, authority, made, ids, asked, settings)


async def _fill_governed(authority: Authority, made: list[Made]) -> list[UUID]:
    def told(count: int) -> None:
        if count % 5000 == 0 or count == len(made):
            _say(f"sealed and stored {count:,} of {len(made):,} children")

    async with built(authority.settings) as index:
        return await governed.populate(index.index, made, told)


def _settings(postgres: Postgres, issuer: Issuer) -> dict[str, dict[str, Any]]:
    postgres.psql(f"create role {_ROLE} login")
    for name in _OTHERS:
        postgres.psql(f"create database {name} owner {_ROLE}")
    url = postgres.url(_ROLE, "naive").replace("postgresql://", "postgresql+asyncpg://", 1)
    return {
        "plain": {"database": postgres.url(_ROLE, "plain"), "port": free_port()},
        "naive": {
            "database": url,
            "port": free_port(),
            "jwks": issuer.mint.key_set(),
            "issuer": issuer.url,
            "audience": issuer.audience,
            "master": secrets.token_hex(32),
            "search": secrets.token_hex(32),
        },
    }


@asynccontextmanager
async def all_serving(stands: Stand) -> AsyncIterator[list[Serving]]:
    """Start the three servers, each a process of its own, and wait until they answer."""
    log = stands.directory / "servers.log"
    with ExitStack() as running:
        ours = running.enter_context(serving(stands.authority, log))
        found = [Serving("governed", stands.authority.settings.port, ours.pid)]
        await answering(stands.authority, ours)
        for name in _OTHERS:
            file = stands.directory / f"{name}.json"
            file.write_text(json.dumps(stands.settings[name]))
            process = running.enter_context(bound("bench.parts.serve", [name, str(file)], log))
            port = stands.settings[name]["port"]
            await listening(port, process, log)
            found.append(Serving(name, port, process.pid))
        yield found


def _say(text: str) -> None:
    print(f"  {text}", flush=True)
