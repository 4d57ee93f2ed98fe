"""A database restored from a backup, beside a second place that remembers more than it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from demo.issuer import Issuer
from demo.postgres import Postgres
from index_service.commands.seal import policy_lines, sealing_of
from index_service.domain.errors import Unavailable
from index_service.services import restoring
from index_service.services.sealing_log.running import End, seal_anew
from index_service.settings import SealSettings
from tests.authority import Founded, Served, database_made, serving
from tests.sealing.sealing import Beside, SetClock, seal_settings
from tests.stories.asking import NO_WHY, Answer, Ask
from tests.stories.made import Stated, a_child, day, key

RELEASES = "/v1/log/releases"
STATED = {"shields": "re_entered", "withdrawals": "none_since", "suspensions": "re_entered"}


@dataclass(frozen=True)
class BackedUp:
    """A database as it was backed up, what was sealed since, and a child shielded since."""

    postgres: Postgres
    founded: Founded
    database: str
    directory: Path
    child_id: str
    child: Stated


@dataclass
class Restored:
    """An index over a restored database, and the sealer's side of it."""

    ask: Ask
    beside: Beside

    async def release(self, who: str = "manager") -> str:
        """State what was entered again; return the release's id."""
        answer = await self.stated(who)
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    async def stated(self, who: str | None = "manager", body: object = None) -> Answer:
        headers = {"Idempotency-Key": key()}
        return await self.ask(who, "POST", RELEASES, body or STATED, why=NO_WHY, headers=headers)

    async def approve(self, who: str | None, release_id: str) -> Answer:
        return await self.ask(who, "POST", f"{RELEASES}/{release_id}/approval", why=NO_WHY)

    async def look(self) -> None:
        await restoring.look(self.ask.served.index)

    @property
    def closed(self) -> bool:
        gate = self.ask.served.index.gate
        assert gate is not None
        return gate.is_closed


def settings_at(postgres: Postgres, database: str, directory: Path) -> SealSettings:
    """Return a sealer's settings over a database, its keys and places as they are."""
    return SealSettings(
        csa="northmere",
        DATABASE_URL=postgres.url("{role}", database),
        sealer_key_directory=directory / "sealer",
        log_origin="index.northmere.example/log",
        second_place=directory / "second" / "head",
        off_machine_url="none",
        witness_policy="none",
    )


@asynccontextmanager
async def running(
    issuer: Issuer, founded: Founded, postgres: Postgres, database: str, directory: Path
) -> AsyncIterator[Restored]:
    """Serve a database that is compared with the second place, a sealer beside it."""
    sealing = settings_at(postgres, database, directory)
    policy = directory / "policy"
    policy.write_text(policy_lines(sealing))
    place = {"second_place": str(sealing.second_place), "log_policy": policy}
    settings = founded.settings.model_copy(update=place)
    clock = SetClock()
    async with (
        serving(postgres, database, settings) as served,
        sealing_of(sealing, clock) as parts,
        asking(served, issuer) as ask,
    ):
        yield Restored(ask, Beside(served, sealing, clock, parts.rounds))


@asynccontextmanager
async def asking(served: Served, issuer: Issuer) -> AsyncIterator[Ask]:
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        yield Ask(client, issuer, served)


@asynccontextmanager
async def backed_up(
    postgres: Postgres, founded: Founded, issuer: Issuer, directory: Path
) -> AsyncIterator[BackedUp]:
    """Back an index up, then go on: shield a child, suspend somebody, seal both."""
    seal_settings(postgres.url("{role}", "none"), directory)
    child = a_child()
    with database_made(postgres, founded.template) as name:
        async with running(issuer, founded, postgres, name, directory) as before:
            before.beside.clock.on(seconds=6)
            await before.beside.rounds.found()
            child_id = await before.ask.create(child)
            await sealed(before.beside)
        with database_made(postgres, name) as backup:
            async with running(issuer, founded, postgres, name, directory) as since:
                assert not since.closed
                await since.ask.shield(child_id, day(-30))
                suspended = await suspend(since.ask, "housing_officer")
                assert suspended.status_code == 204
                since.beside.clock.at += timedelta(seconds=70)
                await sealed(since.beside)
                await since.look()
                assert not since.closed
            yield BackedUp(postgres, founded, backup, directory, child_id, child)


async def sealed(beside: Beside) -> None:
    """Seal all that waits; where a story is numbering what the sealer would adopt, once more."""
    for _ in range(100):
        try:
            await beside.all()
        except Unavailable:
            await asyncio.sleep(0.05)
        else:
            return
    raise Unavailable


async def begun_anew(restored: Restored, entry: UUID) -> None:
    """Do as the operator of the sealer does, and have the index look."""
    assert await seal_anew(restored.beside.rounds, None, entry) is End.WELL
    restored.beside.clock.on(seconds=70)
    await sealed(restored.beside)
    await restored.look()


async def suspend(ask: Ask, who: str) -> Answer:
    """Suspend somebody's account, as the management team."""
    path = f"/v1/accounts/{ask.issuer.personas[who].account.id}"
    return await ask("manager", "PATCH", path, {"state": "suspended"})


@asynccontextmanager
async def restored_from(
    backup: BackedUp, issuer: Issuer, directory: Path, **changes: Any
) -> AsyncIterator[Restored]:
    """Restore the backup; the second place is a copy, for tests go on from it."""
    if not (directory / "second").exists():
        shutil.copytree(backup.directory, directory, dirs_exist_ok=True)
    name = changes.get("database")
    if name is not None:
        async with running(issuer, backup.founded, backup.postgres, name, directory) as now:
            yield now
        return
    with database_made(backup.postgres, backup.database) as copy:
        async with running(issuer, backup.founded, backup.postgres, copy, directory) as now:
            yield now
