"""How a test asks an authority as another one's index does, message by message."""

from dataclasses import dataclass, replace
from os import urandom
from typing import Any
from uuid import UUID, uuid4

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from index_service.domain.child import PersonName
from index_service.domain.dates import checked_date
from index_service.domain.matching.keys import Facts, query_keys
from index_service.domain.matching.region_keys import KINDS_OF
from index_service.federation.answer import FirstAnswer, SecondAnswer
from index_service.federation.client import Answer
from index_service.federation.message import Sender
from index_service.federation.oblivious import region_input
from index_service.federation.question import (
    DIGESTS_OF,
    FIRST_PATH,
    SECOND_PATH,
    FirstQuestion,
    PeerAsker,
    SecondQuestion,
    Stated,
)
from index_service.federation.region_client import RegionClient
from index_service.services.peering.heard import PeerAsked, PeerHandler
from tests.region import RegionServed
from tests.stories.made import Stated as Child


def facts_of(child: Child) -> Facts:
    """Return the question by name and date of birth."""
    name = child["name"]
    born = checked_date(child["date_of_birth"], "date_of_birth")
    return Facts(
        names=(PersonName(name["family_name"], name["given_name"], ""),), date_of_birth=born
    )


@dataclass
class Peer:
    """One authority's index, asking another by hand."""

    region: RegionServed
    own: str
    of: str

    @property
    def _index(self) -> Any:
        return self.region[self.own].served.index

    async def stated(self, **differs: Any) -> Stated:
        """Return who asks: a social worker in order, unless told otherwise."""
        standing = await self._index.region.standing()
        today = self._index.clock.today()
        asker = PeerAsker(
            uuid4(), uuid4(), Role.PRACTITIONER, AgencyKind.SOCIAL_CARE, today, today, today
        )
        epoch = standing.directory.epochs.at(self._index.clock.now())
        reason = AccessReason.CONTACT_PRACTITIONER
        usual = Stated(asker, None, Purpose.SAFEGUARD, reason, None, epoch, "first")
        of_asker = {name: differs.pop(name) for name in ("role", "agency_kind") if name in differs}
        return replace(usual, **{"asker": replace(asker, **of_asker), **differs})

    async def digests(self, facts: Facts, set_name: str = "first") -> list[bytes]:
        """Derive a question's digests."""
        standing = await self._index.region.standing()
        client = RegionClient(self._index.region.client, standing.directory)
        keys = [key for key in query_keys(facts, 1) if key[0] in KINDS_OF[set_name]]
        inputs = [region_input("search", kind, text) for kind, text in keys]
        epoch = standing.directory.epochs.at(self._index.clock.now())
        size = DIGESTS_OF[set_name]
        return list(await client.derive("search", epoch, inputs[:size], size))

    async def send(self, path: str, body: bytes) -> Answer:
        """Send one message, signed, over mutual TLS."""
        standing = await self._index.region.standing()
        member = standing.directory.members[self.of]
        answer: Answer = await self._index.region.client.ask(member, path, body, 10.0)
        return answer

    async def first(
        self, facts: Facts | None, stated: Stated, question_id: UUID | None = None
    ) -> tuple[Answer, FirstAnswer]:
        """Ask leg 1 about these facts, or about nobody."""
        asked_id = question_id or uuid4()
        digests = [] if facts is None else await self.digests(facts, stated.set_name)
        fill = DIGESTS_OF[stated.set_name] - len(digests)
        all_digests = (*digests, *(urandom(16) for _ in range(fill)))
        question = FirstQuestion(asked_id, stated, all_digests)
        answer = await self.send(FIRST_PATH, question.encoded())
        return answer, FirstAnswer.decoded(answer.body, asked_id)

    async def second(
        self, facts: Facts | None, stated: Stated, first: FirstAnswer
    ) -> tuple[Answer, SecondAnswer]:
        """Ask leg 2 with the ticket of leg 1."""
        question = SecondQuestion(first.question_id, stated, first.ticket, facts)
        answer = await self.send(SECOND_PATH, question.encoded())
        return answer, SecondAnswer.decoded(answer.body, first.question_id)

    async def heard(self, handler: PeerHandler, body: bytes) -> PeerAsked:
        """Return a message of this peer as a story of the other's is handed it."""
        there = self.region[self.of].served.index
        standing = await there.region.standing()
        own = standing.directory.own
        sent = self._index.region.signer.request("POST", own.url + handler.path, body)
        member = standing.directory.members[self.own]
        return PeerAsked(
            sender=Sender(member, "", "serve", sent.signature, ""),
            sent=sent,
            body=body,
            standing=standing,
            handler=handler,
            signer=there.region.signer,
            rows=there.keyring.rows,
            request_id=str(uuid4()),
        )

    async def both(self, child: Child, **differs: Any) -> tuple[FirstAnswer, SecondAnswer]:
        """Ask both legs about a child."""
        facts, stated = facts_of(child), await self.stated(**differs)
        _, first = await self.first(facts, stated)
        _, second = await self.second(facts if first.go_on else None, stated, first)
        return first, second
