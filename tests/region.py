"""A region that tests ask: three authorities' indexes, a deriver and a locator in one process.

Each has its own database, keys and certificate, listens on loopback with mutual TLS, and is
founded once a worker; each module gets a copy, its own clock, and ways to break things.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.authority import Beginning, found_authority, roomy
from demo.issuer import Issuer
from demo.postgres import Postgres
from demo.region import DERIVER, LOCATOR, Region, Terms, found_party, load
from demo.towns import CAMFIELD, NORTHMERE, TOWNS, Town, agreement_of, neighbours, people_of
from index_service.commands.deriver import built_deriver
from index_service.commands.locator import built_locator
from index_service.commands.peer_port import peer_config
from index_service.commands.region_party import Party
from index_service.domain.clock import london_day
from index_service.federation.tls import TlsFiles
from index_service.jobs.jobs import JOBS
from index_service.main import built
from index_service.opening import built_job
from index_service.services.peering.completeness import Probing
from index_service.settings import Settings
from tests.authority import Served, database_made
from tests.people import everybody
from tests.stories.asking import Ask
from tests.stories.made import Stated, a_child, begin_again, involvement

CAPACITY = 2_000  # of each member: filters and first batches of shields are made for so many


@dataclass
class RegionClock:
    """The machine's clock, set forward or back by tests; a member's may stand apart from it."""

    shared: "RegionClock | None" = None
    skew: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the present moment of this member."""
        return (self.shared.now() if self.shared else datetime.now(UTC)) + self.skew

    def today(self) -> date:
        """Return the present day in London."""
        return london_day(self.now())

    def on(self, **passed: float) -> None:
        """Set the clock forward."""
        self.skew += timedelta(**passed)


@dataclass(frozen=True)
class FoundedMember:
    """A founded member: its settings, and the database others are copied from."""

    settings: Any  # of an index, the deriver, the locator
    template: str


@dataclass
class FoundedRegion:
    """Every member on the region's first day, its directory loaded by all."""

    papers: Region
    clock: RegionClock
    issuers: dict[str, Issuer]
    members: dict[str, FoundedMember]


async def _issuer(stack: AsyncExitStack, town: Town, place: Path, clock: RegionClock) -> Issuer:
    running = Issuer.running(place / town.name / "issuer", town.audience, clock=clock)
    issuer = await stack.enter_async_context(running)
    issuer.personas = people_of(town, everybody(clock.today()))
    return issuer


async def _town(
    postgres: Postgres, template: str, town: Town, issuer: Issuer, keys: Path
) -> Settings:
    """Found an authority whose budgets stop nobody, the others named in its agreement."""
    document = roomy(agreement_of(town))
    begins = Beginning(town.name, document, neighbours(town))
    founded = await found_authority(postgres, template, issuer, keys, begins)
    return founded.settings


@asynccontextmanager
async def region_founded(
    postgres: Postgres, migrated: str, place: Path
) -> AsyncIterator[FoundedRegion]:
    """Found a region: templates of every member's database, and all papers."""
    clock = RegionClock()
    papers = Region.begun(place / "papers", replace(Terms.of(clock.now()), capacity=CAPACITY))
    with ExitStack() as databases:
        async with AsyncExitStack() as stack:
            issuers, members = {}, {}
            for town in TOWNS.values():
                template = databases.enter_context(database_made(postgres, migrated))
                issuers[town.name] = await _issuer(stack, town, place, clock)
                keys = place / town.name / "keys"
                settings = await _town(postgres, template, town, issuers[town.name], keys)
                papers.joined(town.name, "index", keys)
                settings = papers.told(settings)
                members[town.name] = FoundedMember(settings, template)
            for name in (DERIVER, LOCATOR):
                template = databases.enter_context(database_made(postgres, migrated))
                party = await found_party(postgres, template, place / name, papers, name)
                members[name] = FoundedMember(party, template)
            document = papers.written().read_bytes()
            for each in members.values():
                await load(each.settings, document)
            yield FoundedRegion(papers, clock, issuers, members)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def founded_region(
    postgres: Postgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FoundedRegion]:
    """A region on its first day."""
    async with region_founded(postgres, migrated, tmp_path_factory.mktemp("region")) as found:
        yield found


@dataclass
class Silence:
    """Stands before a member's peer port; while it lasts whatever comes is heard by nobody."""

    app: ASGIApp
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._over.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what comes, once nobody keeps it back."""
        if scope["type"] == "http":
            await self._over.wait()
        await self.app(scope, receive, send)

    def begin(self) -> None:
        """Say nothing from now on."""
        self._over.clear()

    def end(self) -> None:
        """Answer again, those who wait first."""
        self._over.set()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the tests."""
        yield


@dataclass
class Listener:
    """One member's peer port: real mutual TLS on loopback, the same port after an outage."""

    tls: TlsFiles
    port: int
    silence: Silence | None = None
    _held: socket.socket | None = None
    _server: _Server | None = None
    _task: "asyncio.Task[None] | None" = None

    def hold(self) -> None:
        """Take the port: whoever calls waits until it is listened at."""
        self._held = socket.create_server(("127.0.0.1", self.port))

    async def start(self) -> None:
        """Listen, and return when it does."""
        assert self.silence is not None
        if self._held is None:
            self.hold()
        assert self._held is not None
        server = _Server(peer_config(self.silence, self.tls, "127.0.0.1", self.port))
        self._server = server
        self._task = asyncio.create_task(server.serve(sockets=[self._held]))
        while not server.started:
            assert not self._task.done(), self._task.result()
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Close the port and every connection, as a process that ended."""
        if self._server is not None and self._task is not None and self.silence is not None:
            self.silence.end()
            self._server.should_exit = True
            await self._task
        if self._held is not None:
            self._held.close()
        self._server = self._held = None


@dataclass
class Borough:
    """One authority of the region as it runs: its index, its people, its clock."""

    town: Town
    served: Served
    ask: Ask
    clock: RegionClock

    def child(self, **differs: Any) -> Stated:
        """Return the facts of a child unlike any other, who lives here unless told."""
        made = a_child(**differs)
        if "address" not in differs:
            at = made["address"]
            postcode = at["postcode"].replace(TOWNS[NORTHMERE].area, self.town.area, 1)
            made["address"] = {**at, "town": self.town.title, "postcode": postcode}
        return made

    async def create(self, child: Stated, who: str = "social_worker") -> str:
        """Record a child here and return its id; nobody sees it before `check_shields`."""
        # Camfield's index holds only children somebody works with.
        works = {"involvement": involvement()} if self.town.name == CAMFIELD else {}
        return await self.ask.create({**child, **works}, who)


@dataclass
class RegionServed:
    """The region as it runs in this process."""

    papers: Region
    clock: RegionClock
    boroughs: dict[str, Borough] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    listeners: dict[str, Listener] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)  # of deriver and locator

    def __getitem__(self, name: str) -> Borough:
        """Return one authority."""
        return self.boroughs[name]

    def hold_ports(self, stack: AsyncExitStack) -> None:
        """Take every member's port until the stack is left: nobody is found gone at first."""
        for name, papers in self.papers.members.items():
            tls = papers.tls
            files = TlsFiles(tls.certificate_file, tls.key_file, tls.ca_file)
            self.listeners[name] = Listener(files, papers.port)
            stack.push_async_callback(self.listeners[name].stop)
            self.listeners[name].hold()

    async def listens(self, name: str, app: ASGIApp | None) -> None:
        """Answer at a member's port."""
        assert app is not None
        self.listeners[name].silence = Silence(app)
        await self.listeners[name].start()

    async def stop(self, name: str) -> None:
        """End a member's peer port: connections are refused from now on."""
        await self.listeners[name].stop()

    async def start(self, name: str) -> None:
        """Listen again where `stop` ended it, on the same port."""
        await self.listeners[name].start()

    def suspend(self, name: str) -> None:
        """Keep a member from hearing and saying anything, its connections open."""
        self._silence(name).begin()

    def resume(self, name: str) -> None:
        """Let it go on."""
        self._silence(name).end()

    def _silence(self, name: str) -> Silence:
        silence = self.listeners[name].silence
        assert silence is not None
        return silence

    async def probe(self) -> None:
        """Let every authority find out now who answers; they do by themselves every 15 s."""
        for borough in self.boroughs.values():
            index = borough.served.index
            assert index.region is not None
            await Probing(index, index.region).probe()

    async def run_job(self, job: str, *names: str) -> None:
        """Run a job once at all indexes, or at these: derive, shields, route, move."""
        for name in names or self.boroughs:
            borough, one = self.boroughs[name], JOBS[job]
            settings = borough.served.settings
            async with built_job(settings, one.duty, clock=borough.clock) as index:
                assert await one.run(index, asyncio.Event()), (job, name)

    async def derive_all(self, *names: str) -> None:
        """Derive the children of all indexes, or of these, and bring their filters up to date."""
        await self.run_job("derive", *names)

    async def check_shields(self, *names: str) -> None:
        """Ask the shield set about whoever is new at all indexes, or at these, and keep it."""
        await self.run_job("shields", *names)

    def later(self, **passed: float) -> None:
        """Set everybody's clock forward; tokens are made anew."""
        self.clock.on(**passed)
        for borough in self.boroughs.values():
            borough.ask.forget_tokens()


@contextmanager
def _copied(postgres: Postgres, member: FoundedMember) -> Iterator[Any]:
    with database_made(postgres, member.template) as database:
        url = postgres.url("{role}", database)
        yield member.settings.model_copy(update={"database_url": url})


@asynccontextmanager
async def _borough(
    postgres: Postgres, founded: FoundedRegion, town: Town, clock: RegionClock
) -> AsyncIterator[Borough]:
    member = founded.members[town.name]
    with database_made(postgres, member.template) as database:
        here = member.settings.model_copy(update={"database_url": postgres.url("{role}", database)})
        async with built(here, clock=clock) as made:
            served = Served(postgres, database, here, made)
            transport = httpx.ASGITransport(app=made.app)
            url = f"https://{town.name}.test"
            async with httpx.AsyncClient(transport=transport, base_url=url) as client:
                yield Borough(town, served, Ask(client, founded.issuers[town.name], served), clock)


@asynccontextmanager
async def region_served(postgres: Postgres, founded: FoundedRegion) -> AsyncIterator[RegionServed]:
    """Serve a copy of the founded region: three indexes, a deriver, a locator."""
    async with AsyncExitStack() as stack:
        whole = RegionServed(founded.papers, founded.clock)
        whole.hold_ports(stack)
        for town in TOWNS.values():
            clock = RegionClock(founded.clock)
            borough = await stack.enter_async_context(_borough(postgres, founded, town, clock))
            whole.boroughs[town.name] = borough
            await whole.listens(town.name, borough.served.built.peer)
        for name, opened in ((DERIVER, built_deriver), (LOCATOR, built_locator)):
            here = stack.enter_context(_copied(postgres, founded.members[name]))
            party = await stack.enter_async_context(opened(here, RegionClock(founded.clock)))
            whole.parties[name] = party
            whole.settings[name] = here
            await whole.listens(name, party.app)
        await whole.probe()
        yield whole


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def region(postgres: Postgres, founded_region: FoundedRegion) -> AsyncIterator[RegionServed]:
    """This module's own region; afterwards every answer must have stood in its access log."""
    begin_again()
    async with region_served(postgres, founded_region) as whole:
        yield whole
        founded_region.clock.skew = timedelta()
        for borough in whole.boroughs.values():
            await borough.ask.accounted_for()
