"""Two worlds as they run: an authority founded once, its database copied, both served here.

The real application is called in this process, header by header as it answers. Both
worlds have the same keys, the same issuer and one clock, which only the programme moves:
what then differs is what a story made of the one fact they differ in.
"""

import asyncio
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from starlette.types import ASGIApp, Message

from demo.authority import found_authority, migrate, new_database, with_room
from demo.issuer import Issuer
from demo.personas import Persona, personas
from demo.postgres import SUPERUSER, Postgres
from index_service.domain.clock import london_day
from index_service.log.entry import AccessEntry, Outcome
from index_service.main import Built, built
from index_service.services.directory_rows import seal_account, seal_agency
from index_service.services.index import Index
from index_service.settings import Settings
from index_service.store.work import work_on
from proofs.workings.worlds_people import MORE_AGENCIES, everybody, with_accounts

STEP = timedelta(seconds=1)
TOKEN_LIFE = timedelta(minutes=5)
SIDES = ("world_a", "world_b")
VERSIONS_A_ROUND = 10_000
OTHER_CSA = "camfield"
NOBODY = "6fa459ea-ee8a-41ee-894e-325096b39f47"
NO_TAG = f'"{"x" * 22}"'
_MADE = re.compile("«([a-z0-9.-]+)»")


class PairClock:
    """One clock of both worlds; it stands still while a pair is asked."""

    def __init__(self) -> None:
        self._at = self._began = datetime.now(UTC).replace(microsecond=0)

    def now(self) -> datetime:
        """Return the present moment."""
        return self._at

    def today(self) -> date:
        """Return the present day in London."""
        return london_day(self._at)

    def began(self) -> None:
        """Call this moment the beginning, to which every round goes back."""
        self._began = self._at

    def back(self) -> None:
        """Go back to the beginning."""
        self._at = self._began

    def move(self, by: timedelta = STEP) -> None:
        """Go on."""
        self._at += by


@dataclass(frozen=True, slots=True)
class Seen:
    """All that leaves for one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, empty if it is not there."""
        return next((value for key, value in self.headers if key == name), "")

    def json(self) -> Any:
        """Return the body read as JSON, or None."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it is sent; «label.id» stands for what this world made under a label."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def made_in(self, memory: Mapping[str, str]) -> "Request":
        """Return the request with the ids, tags and cursors of one world."""

        def known(match: re.Match[str]) -> str:
            nothing = NO_TAG if match[1].endswith(".etag") else NOBODY
            return memory.get(match[1], nothing)

        headers = {name: _MADE.sub(known, value) for name, value in self.headers.items()}
        body = self.body
        if "«".encode() in body:
            body = _MADE.sub(known, body.decode()).encode()
        return Request(self.method, _MADE.sub(known, self.path), headers, body)


async def asked(app: ASGIApp, request: Request) -> Seen:
    """Call the application once."""
    path, _, query = request.path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(n.lower().encode(), v.encode()) for n, v in request.headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("index.test", 443),
    }
    sent = False
    came: list[Message] = []

    async def receive() -> Message:
        nonlocal sent
        if sent:
            await asyncio.Event().wait()
        sent = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        came.append(message)

    await app(scope, receive, send)
    start = came[0]
    headers = tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in start["headers"])
    return Seen(start["status"], headers, b"".join(each.get("body", b"") for each in came[1:]))


@dataclass
class World:
    """One world: its index, and what was made in it under which label."""

    database: str
    built: Built
    app: ASGIApp
    memory: dict[str, str] = field(default_factory=dict)

    @property
    def index(self) -> Index:
        """What the stories work with, and the hand that knows the keys."""
        return self.built.index

    async def answer(self, request: Request, keeps: str = "") -> Seen:
        """Ask this world, remembering what it made."""
        seen = await asked(self.app, request.made_in(self.memory))
        if keeps:
            said = seen.json()
            known = said if isinstance(said, dict) else {}
            made = {"id": known.get("id"), "next": known.get("next")}
            made["etag"] = seen.header("etag") or None
            made["entry"] = entry_of(seen.header("audit-receipt"))
            self.memory |= {f"{keeps}.{name}": str(v) for name, v in made.items() if v}
        return seen


def entry_of(receipt: str) -> str | None:
    """Return the id of the entry a receipt names."""
    parts = receipt.split(".")
    return str(UUID(bytes=urlsafe_b64decode(f"{parts[1]}=="))) if len(parts) == 5 else None


class Grounds:
    """The server, the issuer, the keys and the databases that worlds are copied from."""

    def __init__(self, postgres: Postgres, issuer: Issuer, clock: PairClock) -> None:
        self.postgres = postgres
        self.issuer = issuer
        self.clock = clock
        self.people: dict[str, Persona] = {}
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._rounds = 0

    async def found(self, directory: Path) -> tuple[Settings, Settings]:
        """Found two authorities in one database, `base`; return their settings."""
        new_database(self.postgres, "base")
        await asyncio.to_thread(migrate, self.postgres.url("{role}", "base"))
        found = []
        for csa in ("northmere", OTHER_CSA):
            self.issuer.personas = personas(self.clock.today())
            keys = directory / csa
            authority = await found_authority(
                self.postgres, "base", self.issuer, keys, with_room(csa)
            )
            await _more_people(authority.settings, self.issuer.url, self.clock)
            found.append(authority.settings)
        self.people = everybody(self.clock.today())
        self.issuer.personas = self.people
        return found[0], found[1]

    def token(self, who: str) -> str:
        """Return a token that holds for some minutes yet: the same in both worlds."""
        token, made = self._tokens.get(who, ("", None))
        if made is None or self.clock.now() - made > TOKEN_LIFE:
            token, made = self.issuer.token_for(who), self.clock.now()
            self._tokens[who] = (token, made)
        return token

    async def made_anew(self, *names: str) -> None:
        """Copy `base` into databases of these names, in place of what they held.

        The directory's version leaps, so that nothing compiled from it is taken for this one.
        """
        self._rounds += 1
        server: Any = await asyncpg.connect(self.postgres.url(SUPERUSER))
        try:
            for name in names:
                await server.execute(f'drop database if exists "{name}" with (force)')
                await server.execute(f'create database "{name}" owner index_owner template base')
        finally:
            await server.close()
        leap = f"update directory set version = version + {self._rounds * VERSIONS_A_ROUND}"
        for name in names:
            inside: Any = await asyncpg.connect(self.postgres.url(SUPERUSER, name))
            try:
                await inside.execute(leap)
            finally:
                await inside.close()

    @asynccontextmanager
    async def both(self, settings: Settings) -> AsyncIterator[tuple[World, World]]:
        """Serve two worlds, which `again` makes anew for every round."""
        await self.made_anew(*SIDES)
        async with (
            self.served(SIDES[0], settings) as left,
            self.served(SIDES[1], settings) as right,
        ):
            yield left, right

    async def again(self, worlds: tuple[World, World]) -> None:
        """Begin a round: both worlds as they were, and the moment they were made."""
        await self.made_anew(*SIDES)
        for world in worlds:
            world.memory.clear()
        self.clock.back()
        self._tokens.clear()

    @asynccontextmanager
    async def served(self, database: str, settings: Settings) -> AsyncIterator[World]:
        """Serve one authority of a database in this process."""
        url = self.postgres.url("{role}", database)
        here = settings.model_copy(update={"database_url": url})
        async with built(here, clock=self.clock) as made:
            yield World(database, made, made.app)

    async def ids(self, database: str) -> set[str]:
        """Return every id that stands anywhere in a database, as its superuser reads it."""
        connection: Any = await asyncpg.connect(self.postgres.url(SUPERUSER, database))
        columns = (
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and data_type = 'uuid'"
        )
        try:
            found: set[str] = set()
            for table, column in await connection.fetch(columns):
                rows = await connection.fetch(f'select distinct "{column}" as id from "{table}"')
                found |= {str(row["id"]) for row in rows if row["id"]}
            return found
        finally:
            await connection.close()


async def _more_people(settings: Settings, issuer: str, clock: PairClock) -> None:
    """Write agencies and accounts straight in, as the demo does."""
    async with built(settings, clock=clock) as made:
        index = made.index
        async with work_on(index.api, index.csa, index.log) as work:
            for agency in MORE_AGENCIES:
                await work.directory.put_agency(agency.id, seal_agency(index.keyring, agency))
            for persona in with_accounts(clock.today()).values():
                account = persona.account
                await work.directory.add_account(
                    {
                        "account_id": account.id,
                        "login": index.keyring.references.login(issuer, persona.subject),
                        "agency_id": account.agency_id,
                        "sealed": seal_account(index.keyring, account),
                    }
                )
            await work.directory.changed()
            await work.commit(index.log.prepare(written(index, "found")))


def written(index: Index, action: str) -> AccessEntry:
    """Return the entry of what a hand writes straight into a world."""
    stamp = index.log.stamp()
    return AccessEntry(*stamp, action=action, route="proof", outcome=Outcome.RECORDED)
