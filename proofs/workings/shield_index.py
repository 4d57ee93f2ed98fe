"""The index whose shields are tried: really founded, served in this process, asked as by anybody.

What a record holds is read here with the authority's own keys: only the judge may.
"""

import asyncio
import hashlib
import json
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from consent.facts import Role
from demo.authority import found_authority, issuer_and_database, migrate, new_database, with_room
from demo.issuer import Issuer
from demo.personas import Persona, beside, personas
from demo.postgres import SUPERUSER, Postgres
from index_service.domain.clock import SystemClock
from index_service.main import Built, built
from index_service.services.index import Index
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.upkeep import CHILDREN_A_RUN, Upkeep
from index_service.settings import Settings
from index_service.store.engines import engine_for
from proofs.workings.worlds_running import Request, Seen, asked

DATABASE = "shield"
SECOND_MANAGER = "second_manager"
MANAGERS = ("manager", SECOND_MANAGER)
TOKEN_S = 300  # a token is good for ten minutes
CARE = {"Access-Purpose": "safeguard", "Access-Reason": "new_referral"}
TEAM = {"Access-Purpose": "keep_index", "Access-Reason": "shielding"}
TRIES, TRY_AGAIN_S = 5, 1.0
TAKEN, UNKNOWN, UNAVAILABLE = 200, 401, 503
SOURCES = {"schools": "schools_feed", "child-health": "health_feed"}


def people(today: date) -> dict[str, Persona]:
    """Return the demo's people and a second manager: two must agree to release a hold."""
    known = personas(today)
    team = known["manager"].agency
    known[SECOND_MANAGER] = beside(known, SECOND_MANAGER, team, role=Role.MANAGEMENT_TEAM)
    return known


@dataclass
class Tried:
    """One index, open, with ways to ask it and to look behind it."""

    postgres: Postgres
    issuer: Issuer
    settings: Settings
    statuses: Counter[str] = field(default_factory=Counter)
    _built: Built | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    _admin: Any = None

    @property
    def built(self) -> Built:
        """The application as it runs now."""
        assert self._built is not None
        return self._built

    @property
    def index(self) -> Index:
        """What the stories work with."""
        return self.built.index

    async def start(self) -> None:
        """Build the index anew: nothing it knew in memory is left."""
        await self._open.aclose()
        self._built = await self._open.enter_async_context(built(self.settings))
        if self._admin is None:
            self._admin = await asyncpg.connect(self.postgres.url(SUPERUSER, DATABASE))

    async def stop(self) -> None:
        """Close all that is open."""
        await self._open.aclose()
        await self._admin.close()

    def _token(self, who: str) -> str:
        token, made_s = self._tokens.get(who, ("", 0.0))
        now_s = time.monotonic()
        if not token or now_s - made_s > TOKEN_S:
            token, made_s = self.issuer.token_for(who), now_s
            self._tokens[who] = (token, made_s)
        return token

    async def ask(
        self, who: str, method: str, path: str, body: object = None, **headers: str
    ) -> Seen:
        """Ask, and once more where told to come again; the purpose is the asker's usual one.

        A header's hyphens are underscores.
        """
        usual = TEAM if "manager" in who else {} if who in SOURCES.values() else CARE
        sent = {**usual, "Authorization": f"Bearer {self._token(who)}"}
        content = body if isinstance(body, bytes) else b""
        if body is not None and not isinstance(body, bytes):
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        if content:
            sent["Content-Length"] = str(len(content))
        sent["Idempotency-Key"] = f"made-up-key-{uuid4()}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        for _ in range(TRIES):
            seen = await asked(self.built.app, Request(method, path, sent, content))
            if seen.status != UNAVAILABLE:
                break
            self.statuses["asked again"] += 1  # a busy machine's; the key makes it one deed
            await asyncio.sleep(TRY_AGAIN_S)
        assert seen.status != UNKNOWN, "a token ended, and what it asks for shows nothing"
        self.statuses[f"{seen.status // 100}xx"] += 1
        return seen

    async def supply(self, source: str, lines: Sequence[dict[str, Any]]) -> Seen:
        """Send lines in a batch of their own, which must be taken: else nothing is tried."""
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        digest = b64encode(hashlib.sha256(body).digest()).decode()
        seen = await self.ask(
            SOURCES[source],
            "PUT",
            f"/v1/feeds/{source}/batches/b-{uuid4()}",
            body,
            Content_Type="application/x-ndjson",
            Content_Digest=f"sha-256=:{digest}:",
        )
        assert seen.status == TAKEN, seen.body
        return seen

    # What only the judge may do

    async def ids_of(self, refs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
        """Return whose record each supplier's reference to a child leads to."""
        keyring = self.index.keyring
        sealed = {
            keyring.references.source_ref(source, f"child/{ref}"): (source, ref)
            for source, ref in refs
        }
        rows = await self._admin.fetch(
            "select ref, pointer from source_record where ref = any($1)", list(sealed)
        )
        opened = {
            row["ref"]: keyring.pointers.open_small(row["ref"], row["pointer"]) for row in rows
        }
        return {sealed[ref]: UUID(bytes=data[:16]) for ref, data in opened.items()}

    async def opened(self, ids: Iterable[UUID]) -> dict[UUID, SealedChild]:
        """Return records with their policies open."""
        rows = await self._admin.fetch("select * from child where child_id = any($1)", list(ids))
        return {row["child_id"]: open_policy(self.index.keyring, row) for row in rows}

    async def upkeep(self, ids: Sequence[UUID]) -> None:
        """Write these children's token sheets anew, as the job does with everybody's."""
        engine = engine_for(self.settings.database_url, self.settings.csa, "job", size=1)
        try:
            job = Upkeep(self.index, engine)
            for start in range(0, len(ids), CHILDREN_A_RUN):
                await job.run(ids[start : start + CHILDREN_A_RUN])
        finally:
            await engine.dispose()


@asynccontextmanager
async def tried_index() -> AsyncIterator[Tried]:
    """Found an authority on a database of its own and open its index."""
    async with issuer_and_database(fsync=False) as (postgres, issuer, directory):
        new_database(postgres, DATABASE)
        await asyncio.to_thread(migrate, postgres.url("{role}", DATABASE))
        issuer.personas = people(SystemClock().today())
        authority = await found_authority(
            postgres, DATABASE, issuer, directory / "keys", with_room()
        )
        tried = Tried(postgres, issuer, authority.settings)
        await tried.start()
        try:
            yield tried
        finally:
            await tried.stop()
