"""A region brought up for the demo: three authorities, a deriver, a locator, all real processes.

Each has its own database, keys and certificate. Every process can be killed and started again
on the same data, or stopped so that it is there and says nothing, as the story does.
"""

import asyncio
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.asking import Asking, Log, NotAsTold, expect
from demo.authority import (
    Authority,
    Beginning,
    commanded,
    environment_of,
    found_authority,
    free_port,
    migrate,
    new_database,
    prepare_server,
    ready,
)
from demo.issuer import Issuer
from demo.personas import personas, practising
from demo.postgres import Postgres
from demo.region import DERIVER, LOCATOR, Region, Terms, found_party, load
from demo.sealing import receipt_key, sealer_settings, sealing, written_policy
from demo.telling import progress
from demo.towns import NORTHMERE, TOWNS, Town, agreement_of, neighbours, people_of
from index_service.domain.clock import SystemClock
from index_service.log.receipt import ReceiptRefused
from index_service.settings import Settings

PARTIES = (DERIVER, LOCATOR)
USUAL_PORT = 8080
COMMAND_LINE = "index-client"
STOP_S_MAX = 2.0
STARTED_AT_ONCE = 2
TEMPLATE = "migrated"


class PortTaken(Exception):  # noqa: N818 (told to whoever chose the port)
    """Something listens on the port asked for."""


@dataclass(slots=True)
class Server:
    """A process of the region, which can be killed, silenced and started again."""

    settings: Any
    log_file: Path
    words: Sequence[str] = ("serve",)
    _process: "subprocess.Popen[bytes] | None" = None
    _held: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.settings.port}"

    def wait(self) -> None:
        """Return when the process has ended, by its own doing or another's."""
        if self._process is not None:
            self._process.wait()

    async def start(self) -> None:
        """Start the process and wait until it is ready."""
        started = commanded(self.words, environment_of(self.settings), self.log_file)
        self._process = self._held.enter_context(started)
        await ready(self.settings.ops_port, self._process)

    def kill(self) -> int:
        """End the process as a power cut would; return its id."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        return self._process.pid

    def silence(self) -> int:
        """Let the process hear and say nothing; return its id."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        return self._process.pid

    def wake(self) -> None:
        """Let a silenced process go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ask the process to end, but not wait for a long feed to be drained."""
        if self._process is not None:
            self.wake()
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S_MAX)
            self._process.kill()
        self._held.close()


@dataclass(frozen=True, slots=True)
class Borough:
    """One authority as it runs: its people, its index, and what it is asked."""

    town: Town
    issuer: Issuer
    server: Server
    asking: Asking
    log: Log
    in_region: Settings  # as its index is told once it joins the others

    async def joins(self) -> None:
        """Start the index anew as a member of the region."""
        self.server.stop()
        self.server.settings = self.in_region
        await self.server.start()

    @asynccontextmanager
    async def job(self, name: str, *more: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
        """Run one of the index's jobs as long as this lasts."""
        log = self.server.log_file.with_name(f"{name}.log")
        words = ("job", name, *more)
        with commanded(words, environment_of(self.in_region), log) as process:
            try:
                yield process
            finally:
                process.kill()  # asked to end it would wait for peers; so it loses nothing either

    async def done(self, name: str) -> None:
        """Run one of the index's jobs once; NotAsTold if it does not end well."""
        async with self.job(name, "--once") as process:
            status = await asyncio.to_thread(process.wait)
        expect(status == 0, f"the job {name} to end well in {self.town.title}", status)


@dataclass(frozen=True, slots=True)
class Running:
    """Everything that runs, for whoever tells the story. Most of it plays in Northmere."""

    directory: Path
    postgres: Postgres
    boroughs: Mapping[str, Borough]

    @property
    def home(self) -> Borough:
        """The borough the story begins in."""
        return self.boroughs[NORTHMERE]

    def giver(self, receipt: str) -> Borough:
        """Return whose log signed a receipt; NotAsTold if it is none of these."""
        for borough in self.boroughs.values():
            with suppress(ReceiptRefused):
                borough.log.promised(receipt)
                return borough
        raise NotAsTold("expected a receipt of one of the three logs")

    @property
    def issuer(self) -> Issuer:
        """Northmere's identity provider."""
        return self.home.issuer

    @property
    def server(self) -> Server:
        """Northmere's index."""
        return self.home.server

    @property
    def asking(self) -> Asking:
        """Northmere's people asking their index."""
        return self.home.asking

    @property
    def log(self) -> Log:
        """Northmere's access log."""
        return self.home.log


@asynccontextmanager
async def running(port: int) -> AsyncIterator[Running]:
    """Bring up a region and its members' processes, and take them down again.

    The authorities begin alone, each to be fed; they join the others one by one.
    """
    async with AsyncExitStack() as stack:
        with progress("database and three issuers"):
            postgres = stack.enter_context(Postgres.start())
            directory = postgres.directory / "region"
            directory.mkdir(mode=0o700)
            prepare_server(postgres)
            issuers = {town.name: await _issuer(stack, town, directory) for town in TOWNS.values()}
        with progress("migration, roles, keys, agreements, accounts"):
            new_database(postgres, TEMPLATE)
            await asyncio.to_thread(migrate, postgres.url("{role}", TEMPLATE))
            founded = {
                town.name: await _founded(postgres, town, issuers[town.name], directory)
                for town in TOWNS.values()
            }
        with progress("sealer"):
            founded[NORTHMERE] = await _sealed(stack, founded[NORTHMERE], directory, port)
        with progress("registrars, certificates, deriver and locator"):
            papers = Region.begun(directory / "papers", Terms.of(SystemClock().now()))
            for name in founded:
                papers.joined(name, "index", directory / name / "keys")
            parties = [await _party(postgres, papers, each, directory) for each in PARTIES]
            in_region = {name: papers.told(each.settings) for name, each in founded.items()}
            document = papers.written().read_bytes()
            for settings in (*in_region.values(), *(each.settings for each in parties)):
                await load(settings, document)
        servers = {
            name: Server(each.settings, directory / name / "server.log")
            for name, each in founded.items()
        }
        with progress("three indexes, a deriver, a locator"):
            processes = (*servers.values(), *parties)
            for each in processes:
                stack.callback(each.stop)
            await started(processes)
        boroughs = {
            name: await _borough(stack, postgres, server, issuers[name], in_region[name])
            for name, server in servers.items()
        }
        yield Running(directory / NORTHMERE, postgres, boroughs)


async def started(processes: Sequence[Server]) -> None:
    """Start processes, a few at a time: all at once each would take as long as all together."""
    few = asyncio.Semaphore(STARTED_AT_ONCE)

    async def one(process: Server) -> None:
        async with few:
            await process.start()

    await asyncio.gather(*(one(each) for each in processes))


async def _issuer(stack: AsyncExitStack, town: Town, directory: Path) -> Issuer:
    place = directory / town.name
    place.mkdir(mode=0o700)
    issuer = await stack.enter_async_context(Issuer.running(place, town.audience, plain_pages=True))
    issuer.personas = people_of(town, practising(personas(SystemClock().today())))
    issuer.register(COMMAND_LINE, device=True)
    return issuer


async def _founded(postgres: Postgres, town: Town, issuer: Issuer, directory: Path) -> Authority:
    new_database(postgres, town.name, TEMPLATE)
    begins = Beginning(town.name, agreement_of(town), neighbours(town))
    return await found_authority(
        postgres, town.name, issuer, directory / town.name / "keys", begins
    )


async def _sealed(
    stack: AsyncExitStack, founded: Authority, directory: Path, port: int
) -> Authority:
    """Begin to seal an authority's log; return it as its index is to be told of that."""
    place = directory / founded.settings.csa
    sealer = sealer_settings(founded, place)
    policy = await written_policy(founded, sealer, place / "policy")
    sealed = sealing(founded, sealer, place / "sealer.log")
    await asyncio.to_thread(stack.enter_context, sealed)
    told = {"second_place": str(sealer.second_place), "log_policy": policy, "port": port}
    return Authority(founded.settings.model_copy(update=told))


async def _party(postgres: Postgres, papers: Region, name: str, directory: Path) -> Server:
    new_database(postgres, name, TEMPLATE)
    place = directory / name
    settings = await found_party(postgres, name, place, papers, name)
    return Server(settings, place / "server.log", (name, "serve"))


async def _borough(
    stack: AsyncExitStack, postgres: Postgres, server: Server, issuer: Issuer, in_region: Settings
) -> Borough:
    csa = in_region.csa
    key = receipt_key(Authority(in_region))
    log = await Log.opened(postgres.url(f"{csa}_audit", csa), csa, key)
    stack.push_async_callback(log.close)
    asking = Asking(server.address, issuer)
    stack.push_async_callback(asking.close)
    return Borough(TOWNS[csa], issuer, server, asking, log, in_region)


def chosen_port(asked: int) -> int:
    """Return the port asked for, or PortTaken; for 0 the usual one if it is free, or any."""
    for port in (asked,) if asked else (USUAL_PORT,):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            if asked:
                raise PortTaken from None
    return free_port()
