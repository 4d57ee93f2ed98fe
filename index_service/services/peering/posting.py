"""One message to another authority: entered before it leaves, and what came back is verified."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.federation.client import Answer, BeforeSending
from index_service.federation.errors import Lost, Unreachable
from index_service.federation.members import Member
from index_service.federation.message import Sent
from index_service.federation.naming import agency_of
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.services.index import Index
from index_service.services.peering.heard import seal_exchange
from index_service.services.peering.region import Standing
from index_service.store.work import Work, work_on

POST_DEADLINE_S = 30.0
"""Nobody stands at the counter: a parcel takes as long as feeding its lines does."""


class Peers(Protocol):
    """A way to other members: over the network, or in tests within one process."""

    async def ask(
        self,
        member: Member,
        path: str,
        body: bytes,
        deadline_s: float,
        before: BeforeSending | None = None,
    ) -> Answer:
        """Return a member's verified answer, or raise Unreachable or MessageRefused."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: where to, which action it is of, and the children it concerns."""

    path: str
    action: str
    body: bytes
    subjects: tuple[SubjectShown, ...] = ()
    code: str = ""


class Post:
    """Sends letters to the other indexes of a region as it stands (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine, peers: Peers, standing: Standing) -> None:
        self._index = index
        self._engine = engine
        self._peers = peers
        self._members = {each.name: each for each in standing.peers}
        self._region = standing.directory.region

    async def send(self, member: str, letter: Letter) -> Answer:
        """Return a member's answer; raise Unreachable or MessageRefused.

        What is said of a child is entered before a byte of it leaves.
        """
        found = self._members.get(member)
        if found is None:
            raise Unreachable(Lost.NO_WAY)  # no member any more, or suspended here
        index = self._index

        async def entered(sent: Sent) -> None:
            entry = self.entry(member, letter.action, letter.subjects, letter.code)
            entry = replace(entry, outcome=Outcome.SHOWN, query_commit=sent.commit)
            sealed = seal_exchange(index.keyring.rows, entry.entry_id, sent, None)
            async with work_on(self._engine, index.csa, index.log) as work:
                await work.membership.keep_exchange(entry.entry_id, sealed)
                await work.commit(index.log.prepare(entry))

        return await self._peers.ask(found, letter.path, letter.body, POST_DEADLINE_S, entered)

    def entry(
        self, member: str, action: str, subjects: Sequence[SubjectShown] = (), code: str = ""
    ) -> AccessEntry:
        """Return the entry of something done with a member."""
        return AccessEntry(
            *self._index.log.stamp(),
            action=action,
            route="job",
            outcome=Outcome.RECORDED,
            code=code,
            agency=str(agency_of(self._region, member)),
            subjects=tuple(subjects),
        )

    async def recorded(self, work: Work, entry: AccessEntry, answer: Answer | None) -> None:
        """Commit what an answer brought about, if there was one, both halves beside its entry."""
        if answer is not None:
            entry = replace(
                entry,
                query_commit=answer.asked.commit,
                result_commit=hashlib.sha256(answer.body).hexdigest(),
            )
            rows = self._index.keyring.rows
            sealed = seal_exchange(rows, entry.entry_id, answer.asked, answer.answered)
            await work.membership.keep_exchange(entry.entry_id, sealed)
        await work.commit(self._index.log.prepare(entry))
