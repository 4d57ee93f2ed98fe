"""Northmere's peer port over real mutual TLS, in as many workers as a test likes, and who calls it.

The callers are papers, keys and certificates alone: what a port does must not need more.
"""

import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from demo.authority import free_port
from demo.postgres import Postgres
from demo.region import Region, Terms
from index_service.api.flood import Flood
from index_service.api.peer_boundary import PeerBoundary
from index_service.crypto.peer_keys import PeerKeyUse, peer_keys
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.strict_json import parse_json
from index_service.federation.client import PeerClient
from index_service.federation.directory import (
    RegionDirectory,
    RegionPolicy,
    sign_directory,
    unsigned_directory,
)
from index_service.federation.members import Member
from index_service.federation.message import Received, Signer
from index_service.federation.sizes import PROBE_BYTES, padded
from index_service.federation.tls import TlsFiles, calling_context
from index_service.main import Built, built
from index_service.services.peering.hearing import Hearing
from index_service.services.peering.membership import load_directory
from index_service.services.peering.probe import PROBE_PATH
from index_service.services.peering.stories import peer_handlers
from index_service.settings import Settings
from index_service.store.membership import Nonces
from tests.authority import Served
from tests.region import Listener, RegionClock, Silence

NORTHMERE, CAMFIELD, EASTBROOK = "northmere", "camfield", "eastbrook"
NOTHING = padded(b"{}", PROBE_BYTES)


@dataclass
class Worker:
    """One process's index, and where its peer port listens."""

    built: Built
    port: int
    served: Served


@dataclass
class Ports:
    """The region's papers, Northmere's database, and whichever of its workers run."""

    papers: Region
    clock: RegionClock
    postgres: Postgres
    database: str
    settings: Settings
    workers: list[Worker] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def later(self, **passed: float) -> Iterator[None]:
        """Let time have passed for everybody, for a while."""
        before = self.clock.skew
        self.clock.on(**passed)
        try:
            yield
        finally:
            self.clock.skew = before

    @property
    def port(self) -> int:
        """The port the directory names."""
        return self.papers.members[NORTHMERE].port

    @asynccontextmanager
    async def working(self, port: int | None = None) -> AsyncIterator[Worker]:
        """Run a worker that listens at a port, the directory's unless told."""
        at = port or self.port
        async with built(self.settings, clock=self.clock) as made:
            assert made.index.region is not None
            assert made.peer is not None
            listener = Listener(made.index.region.tls, at, Silence(made.peer))
            await listener.start()
            served = Served(self.postgres, self.database, self.settings, made)
            worker = Worker(made, at, served)
            self.workers.append(worker)
            try:
                yield worker
            finally:
                self.workers.remove(worker)
                await listener.stop()

    @asynccontextmanager
    async def speaking(self, worker: Worker, versions: Sequence[int]) -> AsyncIterator[int]:
        """Listen beside a worker as a port that speaks these versions; yield its port."""
        index, port = worker.built.index, free_port()
        assert index.region is not None
        nonces = Nonces(index.reading, index.csa)
        hearing = Hearing(index.region, nonces, index.keyring.rows, index.clock, versions)
        app = PeerBoundary(hearing, index.log, Flood(index.log), peer_handlers(index))
        listener = Listener(index.region.tls, port, Silence(app))
        await listener.start()
        try:
            yield port
        finally:
            await listener.stop()

    def document(self) -> dict[str, Any]:
        """Return what the next version of the directory says; change it before `load`."""
        self.papers.version += 1
        return self.papers.document()

    def signed(self, said: Mapping[str, Any]) -> bytes:
        """Return a directory signed by every registrar."""
        document = unsigned_directory(said)
        for key_id, private in self.papers.registrars.items():
            document = sign_directory(document, key_id, private)
        return document

    async def load(self, said: dict[str, Any] | None = None) -> None:
        """Bring a directory into force, through one worker."""
        self.said = said or self.document()
        await load_directory(self.workers[0].built.index, self.signed(self.said))

    def directory(self) -> RegionDirectory:
        """Return the directory in force."""
        policy = RegionPolicy.read(Path(self.settings.region_policy).read_text("utf-8"))
        return RegionDirectory.verified(self.signed(self.said), policy, self.clock.now())

    @property
    def target(self) -> Member:
        """Northmere as the directory names it."""
        return self.directory().members[NORTHMERE]

    def tls(self, name: str) -> TlsFiles:
        """Return a member's certificate and key."""
        files = self.papers.members[name].tls
        return TlsFiles(files.certificate_file, files.key_file, files.ca_file)

    def signer(self, name: str = CAMFIELD, by: timedelta = timedelta(), number: int = 0) -> Signer:
        """Return a member's signer by one of its keys, newest first, its clock apart."""
        keys = peer_keys(name, FileKeyProvider(self.papers.members[name].keys), PeerKeyUse.SERVE)
        key_id, private = keys[number]
        return Signer(key_id, private, RegionClock(self.clock, by))

    @asynccontextmanager
    async def calling(self, name: str = CAMFIELD) -> AsyncIterator[PeerClient]:
        """Call as a member does."""
        async with PeerClient(self.signer(name), self.tls(name), self.clock) as client:
            yield client


@dataclass(frozen=True)
class Said:
    """What a port answered."""

    status: int
    code: str
    received: Received
    receipt: str


def message(ports: Ports, signer: Signer | None = None, path: str = PROBE_PATH) -> dict[str, str]:
    """Return the head of a signed probe."""
    url = f"https://127.0.0.1:{ports.port}{path}"
    return (signer or ports.signer()).signed_request("POST", url, NOTHING)


@asynccontextmanager
async def _context(ports: Ports, by: str) -> AsyncIterator[ssl.SSLContext]:
    pins = ports.papers.members[NORTHMERE].tls.pin()
    yield calling_context(ports.tls(by), [pins])


async def sent(
    ports: Ports,
    headers: Mapping[str, str],
    *,
    by: str = CAMFIELD,
    port: int | None = None,
    path: str = PROBE_PATH,
    body: bytes = NOTHING,
) -> Said:
    """Send a message as it is, on a connection of its own, with a member's certificate."""
    async with AsyncExitStack() as stack:
        context = await stack.enter_async_context(_context(ports, by))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        url = f"https://127.0.0.1:{port or ports.port}{path}"
        posting = session.post(url, data=body, headers=dict(headers), ssl=context)
        answer = await stack.enter_async_context(posting)
        text = await answer.read()
        received = Received(str(answer.status), list(answer.headers.items()), text)
        receipt = answer.headers.get("Audit-Receipt", "")
    said = parse_json(text) if text and answer.status != 200 else {}
    code = str(said.get("code", "")) if isinstance(said, dict) else ""
    return Said(answer.status, code, received, receipt)


@asynccontextmanager
async def ports_open(
    postgres: Postgres, database: str, settings: Settings, place: Path
) -> AsyncIterator[Ports]:
    """Write the region's papers and run one worker of Northmere, its directory loaded."""
    clock = RegionClock()
    papers = Region.begun(place / "papers", Terms.of(clock.now()))
    papers.deriver_keys = {"search": {}, "shield": {}}
    members = {NORTHMERE: "index", CAMFIELD: "index", EASTBROOK: "index"}
    for name, kind in {**members, "deriver": "deriver", "locator": "locator"}.items():
        keys = settings.key_directory if name == NORTHMERE else place / name
        keys.mkdir(mode=0o700, exist_ok=True)
        papers.joined(name, kind, keys)
    papers.members[NORTHMERE] = replace(papers.members[NORTHMERE], port=free_port())
    tls = papers.members[NORTHMERE].tls
    here = settings.model_copy(
        update={
            "database_url": postgres.url("{role}", database),
            "region_policy": str(papers.policy(NORTHMERE)),
            "peer_certificate": tls.certificate_file,
            "peer_key": tls.key_file,
            "peer_ca": tls.ca_file,
            "peer_host": "127.0.0.1",
            "peer_port": papers.members[NORTHMERE].port,
        }
    )
    ports = Ports(papers, clock, postgres, database, here)
    async with ports.working():
        await ports.load()
        yield ports


def signature_of(head: dict[str, str]) -> bytes:
    """Return the bytes of the signature in a message's head."""
    return b64decode(head["signature"].removeprefix("isa=:").removesuffix(":"))
