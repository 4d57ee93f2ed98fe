"""The authority that tests ask: one server and one issuer a worker, one database a module.

Everything is made as an operator makes it: roles.sql, alembic, enrolment, keys, founding.
That is done once a worker; each module gets a copy of the result, and nothing is mocked.
"""

import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from demo.authority import (
    AUDIENCE,
    found_authority,
    migrate,
    new_database,
    prepare_server,
    with_room,
)
from demo.issuer import Issuer
from demo.personas import personas
from demo.postgres import SUPERUSER, Postgres
from index_service.domain.clock import SystemClock
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.leaf import LogRow, SubjectTrace, opened, opened_trace
from index_service.main import Built, built
from index_service.services.directory_rows import seal_account, seal_agency
from index_service.services.index import Index
from index_service.settings import Settings
from index_service.store.work import work_on
from tests.people import MORE_AGENCIES, everybody
from tests.stories.made import begin_again

_numbers = count(1)
LISTENING = frozenset({"issuer", "region"})  # fixtures that listen in the session's loop


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run whatever asks the issuer, or a region, in the loop these listen in."""
    for item in items:
        if pytest_asyncio.is_async_test(item) and LISTENING & set(item.fixturenames):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server with the duties' roles and no database of ours."""
    with Postgres.start(fsync=False) as server:
        prepare_server(server)
        yield server


def migrate_database(postgres: Postgres, name: str) -> None:
    """Migrate in a thread of its own: alembic's environment runs a loop, and so do we."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(migrate, postgres.url("{role}", name)).result()


@contextmanager
def database_made(postgres: Postgres, template: str | None = None) -> Iterator[str]:
    """Make a database, empty or as its template is, and drop it afterwards."""
    name = f"made_{next(_numbers)}"
    new_database(postgres, name, template)
    try:
        yield name
    finally:
        postgres.psql(f'drop database "{name}" with (force)')


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> Iterator[str]:
    """The name of a database that alembic alone has made: a template for others."""
    with database_made(postgres) as name:
        migrate_database(postgres, name)
        yield name


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def issuer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Issuer]:
    """An identity provider on real https."""
    async with Issuer.running(tmp_path_factory.mktemp("issuer"), AUDIENCE) as running:
        yield running


async def founded_settings(
    postgres: Postgres, database: str, issuer: Issuer, keys: Path
) -> Settings:
    """Found an authority with everybody's account in a migrated database; return its settings."""
    today = SystemClock().today()
    issuer.personas = personas(today)  # those demo/ founds an authority with
    founded = await found_authority(postgres, database, issuer, keys, with_room())
    issuer.personas = everybody(today)
    settings = founded.settings
    async with built(settings) as made, work_on(*_writing(made.index)) as work:
        for agency in MORE_AGENCIES:
            sealed = seal_agency(made.index.keyring, agency)
            await work.directory.put_agency(agency.id, sealed)
        for persona in issuer.personas.values():
            login = made.index.keyring.references.login(issuer.url, persona.subject)
            if await work.directory.account_of(login) is None:
                await work.directory.add_account(
                    {
                        "account_id": persona.account.id,
                        "login": login,
                        "agency_id": persona.account.agency_id,
                        "sealed": seal_account(made.index.keyring, persona.account),
                    }
                )
        await work.directory.changed()
        await work.commit(made.index.log.prepare(_entry(made.index)))
    return settings


def _writing(index: Index) -> tuple[Any, str, Any]:
    return index.api, index.csa, index.log


def _entry(index: Index) -> AccessEntry:
    stamp = index.log.stamp()
    return AccessEntry(*stamp, action="found", route="tests", outcome=Outcome.RECORDED)


@dataclass(frozen=True)
class Founded:
    """A founded authority's settings, and the database others are copied from."""

    settings: Settings
    template: str


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def founded(
    postgres: Postgres, migrated: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Founded]:
    """An authority on its first day, everybody's account in it: a template."""
    with database_made(postgres, migrated) as name:
        keys = tmp_path_factory.mktemp("authority") / "keys"
        yield Founded(await founded_settings(postgres, name, issuer, keys), name)


@dataclass
class Served:
    """One authority's index as it runs, and what an operator of its database can see."""

    postgres: Postgres
    database: str
    settings: Settings
    built: Built
    _opened: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    @property
    def index(self) -> Index:
        """What the stories work with."""
        return self.built.index

    async def rows(self, sql: str, *arguments: object, role: str = SUPERUSER) -> list[Any]:
        """Run one statement as a role, as the superuser unless told."""
        connection: Any = await asyncpg.connect(self.postgres.url(role, self.database))
        try:
            return list(await connection.fetch(sql, *arguments))
        finally:
            await connection.close()

    async def entries(self, request_id: str | None = None) -> list[dict[str, Any]]:
        """Return the log's entries, opened and checked against their leaves, oldest first."""
        keys = self.index.keyring.log_keys
        sql = "select entry_id, at, leaf, sealed from access_entry order by at, ctid"
        found = []
        for row in await self.rows(sql, role=f"{self.settings.csa}_audit"):
            if row["entry_id"] not in self._opened:
                stored = LogRow(row["entry_id"], row["at"], row["leaf"], row["sealed"], ())
                text = opened(stored, keys(row["at"].year)).canonical
                self._opened[row["entry_id"]] = json.loads(text)
            found.append(self._opened[row["entry_id"]])
        return [each for each in found if request_id in (None, each["request_id"])]

    async def who_looked(self, child_id: str) -> list[SubjectTrace]:
        """Return what stands in access_subject of a child, this year."""
        keys = self.index.keyring.log_keys(self.index.keyring.log_years()[-1])
        ref = keys.subject_ref(UUID(child_id))
        sql = "select ref, sealed from access_subject where ref = $1"
        rows = await self.rows(sql, ref, role=f"{self.settings.csa}_audit")
        return [opened_trace(row["ref"], row["sealed"], keys) for row in rows]


@asynccontextmanager
async def serving(postgres: Postgres, database: str, settings: Settings) -> AsyncIterator[Served]:
    """Build the index of a founded database and serve it in this process."""
    here = settings.model_copy(update={"database_url": postgres.url("{role}", database)})
    async with built(here) as made:
        yield Served(postgres, database, here, made)


@pytest.fixture(scope="module")
def database(postgres: Postgres, founded: Founded) -> Iterator[str]:
    """A founded authority's database, this module's own, and children nobody has met."""
    begin_again()
    with database_made(postgres, founded.template) as name:
        yield name


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(postgres: Postgres, database: str, founded: Founded) -> AsyncIterator[Served]:
    """The index over this module's database."""
    async with serving(postgres, database, founded.settings) as running:
        yield running
