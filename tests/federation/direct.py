"""A way to other members without a network: real signatures, real handlers, one process.

What the network adds is tested elsewhere; here commits fail one by one, a hundred times over.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest_asyncio
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.domain.errors import Unavailable, Unrecorded
from index_service.federation.client import Answer, BeforeSending
from index_service.federation.errors import Lost, MessageRefused, Unreachable
from index_service.federation.members import Member
from index_service.federation.message import Received, verify_answer, verify_request
from index_service.opening import built_job
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked
from index_service.services.peering.move_job import MoveJob
from index_service.services.peering.posting import Post
from index_service.services.peering.routing import Routing
from index_service.services.peering.stories import peer_handlers
from tests.region import RegionServed


@dataclass
class Direct:
    """One member's way to the others of a region that runs in this process."""

    region: RegionServed
    own: Index

    async def ask(
        self,
        member: Member,
        path: str,
        body: bytes,
        deadline_s: float,
        before: BeforeSending | None = None,
    ) -> Answer:
        """Sign, hand over, verify: as over the network, or raise as there."""
        there = self.region[member.name].served.index
        assert deadline_s > 0
        assert self.own.region is not None
        assert there.region is not None
        url = member.url + path
        sent = self.own.region.signer.request("POST", url, body)
        if before is not None:
            await before(sent)
        standing = await there.region.standing()
        assert standing is not None
        received = Received(f"POST {url}", list(sent.headers.items()), body)
        now = there.clock.now()
        sender, heard = verify_request(received, standing.directory, now)
        handler = peer_handlers(there)[path]
        asked = PeerAsked(
            sender,
            heard,
            body,
            standing,
            handler,
            there.region.signer,
            there.keyring.rows,
            str(uuid4()),
        )
        try:
            said = await handler.run(asked)
        except MessageRefused as refused:
            raise MessageRefused(refused.code, by_peer=True) from None
        except (Unrecorded, Unavailable):
            raise Unreachable(Lost.UNAVAILABLE) from None
        lines = list(said.reply.head.headers.items())
        answer = Received("200", lines, said.reply.body)
        answered = verify_answer(answer, member, sent.commit, self.own.clock.now())
        return Answer(said.reply.body, sent, answered)


@dataclass
class PostOffice:
    """The open jobs of a region's authorities, and their ways to each other."""

    region: RegionServed
    jobs: dict[str, Index] = field(default_factory=dict)

    async def _post(self, name: str) -> tuple[Index, Post]:
        index = self.jobs[name]
        assert index.region is not None
        standing = await index.region.standing()
        assert standing is not None
        return index, Post(index, index.feed, Direct(self.region, index), standing)

    async def told(self, *names: str) -> None:
        """Tell the other sides of these authorities' moves what they are owed, once each."""
        for name in names:
            index, post = await self._post(name)
            await MoveJob(index, index.feed, post).run()

    async def routed(self, *names: str) -> None:
        """Send what waits at these authorities, once each."""
        for name in names:
            index, post = await self._post(name)
            await Routing(index, index.feed, post).run()

    async def settled(self, *names: str) -> None:
        """Let both sides of moves tell each other whatever they owe."""
        for _ in range(2):
            await self.told(*names)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(region: RegionServed) -> AsyncIterator[PostOffice]:
    """Every authority's jobs, open for as long as a module runs."""
    opened = PostOffice(region)
    async with AsyncExitStack() as stack:
        for name, borough in region.boroughs.items():
            job = built_job(borough.served.settings, "job", clock=borough.clock)
            opened.jobs[name] = await stack.enter_async_context(job)
        yield opened


@dataclass
class Cut:
    """The nth commit of an engine is lost: before it took effect, or after, unknown to us."""

    at: int
    kept: bool
    commits: int = 0
    happened: bool = False


@contextmanager
def commit_lost(engine: AsyncEngine, at: int, kept: bool) -> Iterator[Cut]:
    """Lose the connection while the nth commit is made."""
    cut = Cut(at, kept)

    def on_commit(connection: Any) -> None:
        cut.commits += 1
        if cut.commits != cut.at:
            return
        cut.happened = True
        if cut.kept:
            connection.connection.dbapi_connection.commit()
        connection.invalidate()  # the server takes back what was not committed
        raise ConnectionResetError

    event.listen(engine.sync_engine, "commit", on_commit)
    try:
        yield cut
    finally:
        event.remove(engine.sync_engine, "commit", on_commit)
