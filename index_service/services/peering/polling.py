"""How an authority without a port of its own is asked: it fetches its questions, and answers.

A background task of `serve` for each authority that may ask; decisions, charges and entries are
those of any question a peer sends.
"""

import asyncio
import logging
import random
from uuid import uuid4

from index_service.domain.errors import Unavailable, Unrecorded
from index_service.federation.client import Answer
from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.members import Member
from index_service.federation.message import Sender
from index_service.federation.sizes import DEADLINE_S, PROBE_BYTES, padded
from index_service.log.access_log import RequestEntries
from index_service.services.index import Index
from index_service.services.peering.answering import Answering
from index_service.services.peering.heard import PeerAsked, PeerHandler
from index_service.services.peering.region import Region, Standing
from index_service.services.peering.work_queue import (
    CLAIM_PATH,
    CLAIM_WAIT_S,
    RESULT_PATH,
    Claimed,
    Result,
    Work,
)

REST_S = (1.0, 3.0)
"""How long to rest after an authority did not answer: drawn anew each time."""

_process_log = logging.getLogger(__name__)


class Polling:
    """Fetches and answers the questions of every other authority, where this one has no port."""

    def __init__(self, index: Index, region: Region) -> None:
        self._index = index
        self._region = region
        answering = Answering(index)
        self._handlers = {each.path: each for each in answering.handlers()}
        self._loops: dict[str, asyncio.Task[None]] = {}

    async def watch(self) -> None:
        """Keep one loop for each authority spoken with, until cancelled."""
        try:
            while True:
                standing = await self._region.standing()
                polls = standing is not None and standing.directory.own.reached == "poll"
                wanted = {each.name for each in standing.peers} if standing and polls else set()
                for name in wanted - self._loops.keys():
                    self._loops[name] = asyncio.create_task(self._loop(name))
                for name in self._loops.keys() - wanted:
                    self._loops.pop(name).cancel()
                await asyncio.sleep(REST_S[1])
        finally:
            for loop in self._loops.values():
                loop.cancel()

    async def _loop(self, name: str) -> None:
        while True:
            try:
                await self.fetch(name)
            except (Unreachable, MessageRefused, Unavailable, Unrecorded) as lost:
                _process_log.warning("no work fetched from %s: %s", name, type(lost).__name__)
                await asyncio.sleep(random.uniform(*REST_S))  # noqa: S311 (spreads, hides nothing)

    async def fetch(self, name: str) -> int:
        """Claim once of one authority, answer what was claimed, and return how much it was."""
        standing = await self._region.standing()
        known = standing.peers if standing else ()
        member = next((each for each in known if each.name == name), None)
        if standing is None or member is None:
            await asyncio.sleep(REST_S[0])
            return 0
        body, patience_s = padded(b"{}", PROBE_BYTES), CLAIM_WAIT_S + DEADLINE_S
        answer = await self._region.client.ask(member, CLAIM_PATH, body, patience_s)
        claimed = Claimed.decoded(answer.body)
        for each in claimed.work:
            await self._answered(standing, member, answer, claimed, each)
        return len(claimed.work)

    async def _answered(
        self, standing: Standing, member: Member, answer: Answer, claimed: Claimed, work: Work
    ) -> None:
        handler = self._handlers[work.path]
        asked = self._asked(standing, member, answer, handler, work.body)
        try:
            with RequestEntries():
                said = await handler.run(asked)
        except MessageRefused as refused:
            _process_log.warning("a question of %s is none: %s", member.name, refused.code)
            return
        result = Result(work.work_id, claimed.lease, said.receipt.spend(), said.reply.body)
        await self._region.client.ask(member, RESULT_PATH, result.encoded(), DEADLINE_S)

    def _asked(
        self,
        standing: Standing,
        member: Member,
        answer: Answer,
        handler: PeerHandler,
        body: bytes,
    ) -> PeerAsked:
        """Return a question as if it had been sent: what was signed is the answer it came in."""
        head = answer.answered
        return PeerAsked(
            sender=Sender(member, "", "serve", head.signature, ""),
            sent=head,
            body=body,
            standing=standing,
            handler=handler,
            signer=self._region.signer,
            rows=self._index.keyring.rows,
            request_id=str(uuid4()),
        )
