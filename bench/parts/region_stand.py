"""A region for the benches: 32 authorities on paper, a real deriver and a real locator.

Deriver and locator are their own commands in processes of their own, so that what asking costs
is counted apart from what answering costs.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.parts.processes import cpu_s, database_cpu_s, postmaster
from demo.authority import commanded, environment_of, migrate, new_database, prepare_server, ready
from demo.postgres import Postgres
from demo.region import DERIVER, LOCATOR, Region, Terms, found_party, load
from demo.towns import REGION
from index_service.crypto.oprf_keys import OprfKeys
from index_service.crypto.peer_keys import PeerKeyUse, peer_keys
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import SystemClock
from index_service.federation.client import Answer, BeforeSending, PeerClient
from index_service.federation.directory import (
    RegionDirectory,
    RegionPolicy,
    sign_directory,
    unsigned_directory,
)
from index_service.federation.members import Member
from index_service.federation.message import Signer
from index_service.federation.oblivious import KeyPair, derive_key_pair
from index_service.federation.region_client import RegionClient
from index_service.federation.tls import TlsFiles
from index_service.settings import DeriverSettings

SERIES: Final = "search"
EPOCH: Final = 0
DEADLINE_S: Final = 60.0  # patience on a busy machine: what is measured here is no deadline
_TEMPLATE = "migrated"
_REST_OF_HEADS = 240  # lines that are not signed: host, lengths, cache, the receipt's name


class CountingClient(PeerClient):
    """A member's way to the others that notes what each exchange weighs, heads and all."""

    def __init__(self, signer: Signer, files: TlsFiles, weighed: dict[str, int]) -> None:
        super().__init__(signer, files)
        self._weighed = weighed

    async def ask(
        self,
        member: Member,
        path: str,
        body: bytes,
        deadline_s: float,
        before: BeforeSending | None = None,
    ) -> Answer:
        """Ask, and note the bytes of both messages under their route."""
        answer = await super().ask(member, path, body, deadline_s, before)
        heads = [*answer.asked.headers.items(), *answer.answered.headers.items()]
        text = sum(len(name) + len(value) + len(": \r\n") for name, value in heads)
        text += len(answer.receipt) + _REST_OF_HEADS
        self._weighed[path] = text + len(body) + len(answer.body)
        return answer


@dataclass(slots=True)
class RegionStand:
    """A region's papers, its deriver and locator running, and ways to ask as any member."""

    postgres: Postgres
    directory: Path
    papers: Region
    oprf_keys: Path
    document: bytes = b""
    processes: dict[str, int] = field(default_factory=dict)
    weighed: dict[str, int] = field(default_factory=dict)  # bytes of an exchange, by its route

    @property
    def authorities(self) -> list[str]:
        """The indexes of the region."""
        return [name for name, each in self.papers.members.items() if each.kind == "index"]

    def key(self) -> KeyPair:
        """Return the deriver's key: only a bench that makes a whole population up may."""
        keys: OprfKeys[KeyPair] = OprfKeys(REGION, FileKeyProvider(self.oprf_keys), derive_key_pair)
        return keys.of(SERIES, EPOCH)

    def directory_of(self, member: str) -> RegionDirectory:
        """Return the directory as a member has verified it."""
        policy = RegionPolicy.read(self.papers.policy(member).read_text("utf-8"))
        return RegionDirectory.verified(self.document, policy, SystemClock().now())

    def client(self, member: str, use: PeerKeyUse) -> PeerClient:
        """Return a member's way to the others, with a key of one use."""
        papers = self.papers.members[member]
        key_id, private = peer_keys(member, FileKeyProvider(papers.keys), use)[0]
        files = TlsFiles(papers.tls.certificate_file, papers.tls.key_file, papers.tls.ca_file)
        return CountingClient(Signer(key_id, private), files, self.weighed)

    @asynccontextmanager
    async def asking(self, member: str, use: PeerKeyUse) -> AsyncIterator[RegionClient]:
        """Ask deriver and locator as a member."""
        async with self.client(member, use) as client:
            yield RegionClient(client, self.directory_of(member), DEADLINE_S)

    def answering_cpu_s(self) -> dict[str, float]:
        """Return the processor seconds of the deriver, the locator and their databases so far."""
        used = {name: cpu_s(pid) for name, pid in self.processes.items()}
        return used | {"database": database_cpu_s(postmaster(self.postgres))}


@asynccontextmanager
async def region_stand(names: Sequence[str], capacity: int) -> AsyncIterator[RegionStand]:
    """Set a region up: its papers, its deriver and locator in processes of their own."""
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(Postgres.start(fsync=True))
        directory = postgres.directory / "region"
        directory.mkdir(mode=0o700)
        prepare_server(postgres)
        new_database(postgres, _TEMPLATE)
        await asyncio.to_thread(migrate, postgres.url("{role}", _TEMPLATE))
        terms = Terms(Terms.of(SystemClock().now()).began, capacity=capacity)
        papers = Region.begun(directory / "papers", terms)
        for name in names:
            keys = directory / name / "keys"
            keys.mkdir(mode=0o700, parents=True)
            papers.joined(name, "index", keys)
        stands = RegionStand(postgres, directory, papers, directory / DERIVER / "oprf")
        settings = {}
        for name in (DERIVER, LOCATOR):
            new_database(postgres, name, _TEMPLATE)
            place = directory / name
            settings[name] = await found_party(postgres, name, place, papers, name)
        assert isinstance(settings[DERIVER], DeriverSettings)
        stands.document = _signed(papers)
        for name, each in settings.items():
            await load(each, stands.document)
            log = directory / f"{name}.log"
            process = stack.enter_context(commanded((name, "serve"), environment_of(each), log))
            await ready(each.ops_port, process)
            stands.processes[name] = process.pid
        yield stands


def _signed(papers: Region) -> bytes:
    """Return the directory's next version: these authorities have no town, but a duty desk."""
    papers.version += 1
    said = papers.document()
    for member in said["members"]:
        if member["kind"] == "index":
            member["front_door"] = {"name": "Duty Team", "phone": "+441632960101"}
    document = unsigned_directory(said)
    for key_id, private in papers.registrars.items():
        document = sign_directory(document, key_id, private)
    return document
