"""A whole authority for demo, tests and benches: database, keys, roles, founding, server.

Everything goes the way an operator's would: roles.sql, migrate, enrol, keys, found; the
server is the real command in a process of its own.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Any

from alembic import command
from alembic.config import Config

from consent.agreement import default_document
from consent.agreement_sections import BUDGET_MAX
from demo.issuer import Issuer
from demo.personas import practitioners_of
from demo.postgres import KEEPER, SUPERUSER, Postgres
from index_service.commands.keys import ensure_week
from index_service.crypto.providers import FileKeyProvider, make_keys, week_id
from index_service.domain.clock import Clock, SystemClock
from index_service.domain.directory import Agency
from index_service.log.entry import AccessEntry, Outcome
from index_service.main import Built, built
from index_service.services.admitting import Login
from index_service.services.directory_rows import seal_account, seal_agency, seal_practitioner
from index_service.services.founding import Founding, found, open_week
from index_service.services.index import Index
from index_service.settings import Settings, StoreSettings
from index_service.store.engines import engine_for
from index_service.store.enrolment import enrol
from index_service.store.work import work_on

ROOT = Path(__file__).resolve().parent.parent
CSA = "northmere"
READY_S_MAX = 120.0
PORTS = range(20_000, 30_000)
AUDIENCE = "https://index.northmere.example"
SOURCES = {"schools": "schools_feed", "child-health": "health_feed"}


def prepare_server(postgres: Postgres) -> None:
    """Run roles.sql: once per server."""
    postgres.psql((ROOT / "migrations" / "roles.sql").read_text(encoding="utf-8"))


def new_database(postgres: Postgres, name: str, template: str | None = None) -> None:
    """Create a database owned by index_owner, from a migrated template if there is one."""
    made_from = f' template "{template}"' if template else ""
    postgres.psql(f'create database "{name}" owner index_owner{made_from}')


def migrate(url: str) -> None:
    """Bring a database up to date, as `index-service database migrate` does."""
    config = Config(str(ROOT / "alembic.ini"))
    config.cmd_opts = None
    config.attributes["url"] = url
    command.upgrade(config, "head")


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority's settings, ready to build an index or to serve one."""

    settings: Settings

    def environment(self) -> dict[str, str]:
        """Return the environment `index-service serve` needs, and nothing else of ours."""
        return environment_of(self.settings)


def environment_of(settings: StoreSettings) -> dict[str, str]:
    """Return the environment a process with these settings needs, and nothing else of ours."""
    ours = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    told = {"PYTHONPATH": str(ROOT), "DATABASE_URL": settings.database_url}
    stated = {name: each for name, each in settings if name != "database_url"}
    named = {
        f"INDEX_{name.upper()}": str(each) for name, each in stated.items() if each is not None
    }
    return {**ours, **told, **named}


def free_port() -> int:
    """Return a port nobody listens on now, of those no system lends to a connection meanwhile."""
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no port is free")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a founded authority is called, and the sharing agreement it begins with.

    `neighbours` are other authorities, as agencies the agreement may name.
    """

    csa: str = CSA
    document: Mapping[str, object] = field(default_factory=default_document)
    neighbours: tuple[Agency, ...] = ()


def roomy(document: Mapping[str, object]) -> dict[str, Any]:
    """Return the agreement with budgets that stop nobody."""
    budgets: Any = document["budgets"]
    numbers = dict.fromkeys(budgets["default"], BUDGET_MAX)
    return {**document, "budgets": {"default": numbers, "exceptions": []}}


def with_room(csa: str = CSA) -> Beginning:
    """Return an authority whose budgets stop nobody: for trials that ask all day as one account."""
    return Beginning(csa, roomy(default_document()))


async def found_authority(
    postgres: Postgres,
    database: str,
    issuer: Issuer,
    keys: Path,
    begins: Beginning | None = None,
) -> Authority:
    """Enrol and found an authority on a migrated database, with every persona's account."""
    beginning = begins or Beginning()
    csa = beginning.csa
    await enrol(postgres.url(SUPERUSER, database), csa)
    await asyncio.to_thread(keys.mkdir, 0o700, exist_ok=True)
    provider = FileKeyProvider(keys)
    today = SystemClock().today()
    if not provider.names("wrap."):
        make_keys(provider, week_id(today), today.year)
    settings = Settings(
        csa=csa,
        DATABASE_URL=postgres.url("{role}", database),
        key_directory=keys,
        issuer=issuer.url,
        audience=issuer.audience,
        jwks_url=issuer.jwks_url,
        issuer_ca_file=issuer.ca_file,
        port=free_port(),
        ops_port=free_port(),
        second_place="none",
        region_policy="none",
    )
    async with built(settings) as made:
        week = ensure_week(provider, today)
        await _begin(made, settings, issuer, week, beginning)
    return Authority(settings)


async def _begin(
    made: Built, settings: Settings, issuer: Issuer, week: int, begins: Beginning
) -> None:
    index = made.index
    manager = issuer.personas["manager"]
    login = Login(issuer.url, manager.subject)
    founding = Founding(
        dict(begins.document), manager.agency, manager.account, login, begins.neighbours
    )
    await found(index, founding)
    jobs = engine_for(settings.database_url, settings.csa, "job", size=1)
    try:
        await open_week(index, week, jobs)
    finally:
        await jobs.dispose()
    await _people(index, issuer)


async def _people(index: Index, issuer: Issuer) -> None:
    """Write the demo's agencies and accounts straight in: the story tells of children."""
    keyring = index.keyring
    theirs = {each.agency.id: each.agency for each in issuer.personas.values()}
    async with work_on(index.api, index.csa, index.log) as work:
        for agency in theirs.values():
            await work.directory.put_agency(agency.id, seal_agency(keyring, agency))
        for persona in issuer.personas.values():
            if persona.name == "manager":
                continue
            await work.directory.add_account(
                {
                    "account_id": persona.account.id,
                    "login": keyring.references.login(issuer.url, persona.subject),
                    "agency_id": persona.account.agency_id,
                    "sealed": seal_account(keyring, persona.account),
                }
            )
        for who in practitioners_of(issuer.personas):
            await work.directory.add_practitioner(seal_practitioner(keyring, who))
        for source, name in SOURCES.items():
            await work.directory.add_source(source, issuer.personas[name].agency.id)
        await work.directory.changed()
        await work.commit(index.log.prepare(_entry(index)))


def _entry(index: Index) -> AccessEntry:
    return AccessEntry(
        *index.log.stamp(), action="keep_directory", route="demo", outcome=Outcome.RECORDED
    )


@contextmanager
def serving(authority: Authority, log: Path | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the real server in a process that dies with this one; its output goes to `log`."""
    with commanded(("serve",), authority.environment(), log) as process:
        yield process


@contextmanager
def commanded(
    words: Sequence[str], environment: Mapping[str, str], log: Path | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run one of the index's commands in a process that dies with this one."""
    output: Any = log.open("ab") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        [*bound_to_us(words[0]), sys.executable, "-m", "index_service.commands.cli", *words],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if log:
            output.close()


def bound_to_us(command: str = "") -> list[str]:
    """Return the words that make a command end with this process, whatever ends it.

    A job that is asked to end first waits for peers; one that is killed loses nothing.
    """
    how = "tie" if command == "job" else "bind"
    who = [str(os.getpid()), str(os.getuid()), str(os.getgid())]
    return [sys.executable, "-I", "-S", str(KEEPER), how, *who]


async def answering(authority: Authority, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the server is ready; RuntimeError if it ended instead."""
    await ready(authority.settings.ops_port, process)


async def ready(ops_port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a process says on its port for probes that it is ready."""
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with status {process.returncode}")
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", ops_port)
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            status = await reader.readline()
            writer.close()
            if b" 200 " in status:
                return
        except OSError:
            pass
        await asyncio.sleep(0.05)
    raise RuntimeError("the process did not become ready")


@asynccontextmanager
async def issuer_and_database(
    *, fsync: bool = True, clock: Clock | None = None
) -> AsyncIterator[tuple[Postgres, Issuer, Path]]:
    """Start an embedded database and an issuer, with a private directory for keys.

    It lies in the database's own, which goes with us even if we are killed.
    """
    with Postgres.start(fsync=fsync) as postgres:
        directory = postgres.directory / "authority"
        directory.mkdir(mode=0o700)
        prepare_server(postgres)
        async with Issuer.running(directory, AUDIENCE, clock=clock) as issuer:
            yield postgres, issuer, directory
