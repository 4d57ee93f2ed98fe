"""A deriver and a locator that tests ask over real mutual TLS, as members with keys of their own.

Each has its database, made as an operator makes it; the members that ask are papers and a client.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn

from demo.postgres import SUPERUSER, Postgres
from demo.region import DERIVER, LOCATOR, MemberPapers, Region, Terms, found_party
from index_service.commands.deriver import built_deriver
from index_service.commands.locator import built_locator
from index_service.commands.peer_port import peer_config
from index_service.commands.region_party import Party
from index_service.crypto.peer_keys import PeerKeyUse, peer_keys
from index_service.crypto.providers import FileKeyProvider
from index_service.federation.client import PeerClient
from index_service.federation.directory import RegionDirectory
from index_service.federation.message import Signer
from index_service.federation.region_client import RegionClient
from index_service.federation.tls import TlsFiles
from index_service.log.leaf import LogRow, opened
from index_service.services.peering.membership import load_directory
from index_service.settings import DeriverSettings, LocatorSettings
from tests.authority import database_made
from tests.region import RegionClock

ASKERS = ("northmere", "camfield")
EPOCH = timedelta(days=28)
CAPACITY = 100


@dataclass
class Parties:
    """The region's papers, and whichever of its two parties runs."""

    papers: Region
    clock: RegionClock
    postgres: Postgres
    databases: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    running: dict[str, Party] = field(default_factory=dict)
    ports: dict[str, AsyncExitStack] = field(default_factory=dict)

    @property
    def directory(self) -> RegionDirectory:
        """The directory in force."""
        party = next(iter(self.running.values()))
        policy = party.index.region.policy if party.index.region else None
        assert policy is not None
        document = (self.papers.directory / f"directory-{self.papers.version}.json").read_bytes()
        return RegionDirectory.verified(document, policy, self.clock.now())

    @asynccontextmanager
    async def calling(self, member: str, use: PeerKeyUse) -> AsyncIterator[PeerClient]:
        """Call as a member with a key of one use."""
        papers: MemberPapers = self.papers.members[member]
        key_id, private = peer_keys(member, FileKeyProvider(papers.keys), use)[0]
        tls = TlsFiles(papers.tls.certificate_file, papers.tls.key_file, papers.tls.ca_file)
        async with PeerClient(Signer(key_id, private, self.clock), tls, self.clock) as client:
            yield client

    @asynccontextmanager
    async def asking(
        self, member: str, use: PeerKeyUse = PeerKeyUse.MANAGE
    ) -> AsyncIterator[RegionClient]:
        """Ask deriver and locator as a member with a key of one use."""
        async with self.calling(member, use) as client:
            yield RegionClient(client, self.directory, deadline_s=20)

    async def stop(self, party: str) -> None:
        """Close a party's port, for a process of its own to take."""
        await self.ports[party].aclose()

    async def publish(self) -> None:
        """Bring the next version of the directory into force."""
        document = self.papers.written().read_bytes()
        for party in self.running.values():
            await load_directory(party.index, document)

    async def rows(self, party: str, sql: str, *arguments: object) -> list[Any]:
        """Run one statement as the superuser of a party's database."""
        url = self.postgres.url(SUPERUSER, self.databases[party])
        connection: Any = await asyncpg.connect(url)
        try:
            return list(await connection.fetch(sql, *arguments))
        finally:
            await connection.close()

    async def entries(self, party: str) -> list[dict[str, Any]]:
        """Return a party's log, opened and checked against its leaves, as it was written.

        By transaction: clocks are set here, and rows lie where there was room.
        """
        keys = self.running[party].index.keyring.log_keys
        sql = "select entry_id, at, leaf, sealed from access_entry order by age(xmin) desc"
        found = []
        for row in await self.rows(party, sql):
            stored = LogRow(row["entry_id"], row["at"], row["leaf"], row["sealed"], ())
            found.append(json.loads(opened(stored, keys(row["at"].year)).canonical))
        return found


@asynccontextmanager
async def parties_running(
    postgres: Postgres,
    template: str,
    place: Path,
    epoch: timedelta = EPOCH,
    **limits: dict[str, int],
) -> AsyncIterator[Parties]:
    """Found and run the parties named in `limits`, each with its day's numbers changed so."""
    clock = RegionClock()
    terms = Terms(clock.now() - timedelta(days=1), epoch, epoch, CAPACITY)
    parties = Parties(Region.begun(place / "papers", terms), clock, postgres)
    with ExitStack() as databases:
        for name in ASKERS:
            keys = place / name
            keys.mkdir(mode=0o700)
            parties.papers.joined(name, "index", keys)
        for name in (DERIVER, LOCATOR):
            database = databases.enter_context(database_made(postgres, template))
            settings = await found_party(postgres, database, place / name, parties.papers, name)
            parties.databases[name] = database
            parties.settings[name] = settings.model_copy(update=limits.get(name, {}))
        async with AsyncExitStack() as stack:
            for name in limits:
                settings = parties.settings[name]
                opened_party = _built(settings, clock)
                parties.running[name] = await stack.enter_async_context(opened_party)
                port = parties.ports[name] = await stack.enter_async_context(AsyncExitStack())
                await port.enter_async_context(listening(parties.running[name], settings))
            await parties.publish()
            yield parties


@asynccontextmanager
async def listening(
    party: Party, settings: DeriverSettings | LocatorSettings
) -> AsyncIterator[None]:
    """Serve a party's peer port, mutual TLS and all, in this process."""
    assert party.index.region is not None
    tls = party.index.region.tls
    config = peer_config(party.app, tls, settings.peer_host, settings.peer_port)
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve())
    await server.listens.wait()
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Quiet(uvicorn.Server):
    """A server that leaves this process's signals alone, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _built(settings: DeriverSettings | LocatorSettings, clock: RegionClock) -> Any:
    if isinstance(settings, DeriverSettings):
        return built_deriver(settings, clock)
    return built_locator(settings, clock)
