"""Real messages of every kind that members send, as their own encoders write them."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import uuid4

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from demo.region import DERIVER, LOCATOR
from demo.towns import CAMFIELD, NORTHMERE
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.domain.matching.keys import Facts
from index_service.domain.transfer import MoveReason, MoveStep
from index_service.federation import moves, routed
from index_service.federation.answer import FirstAnswer
from index_service.federation.oblivious import blind
from index_service.federation.question import (
    DIGESTS_OF,
    FIRST_PATH,
    SECOND_PATH,
    FirstQuestion,
    PeerAsker,
    SecondQuestion,
    Stated,
)
from index_service.federation.region_bodies import (
    EVALUATE_PATH,
    LOCATE_PATH,
    EvaluateAsked,
    LocateAsked,
)
from index_service.federation.shield_bodies import ASK_PATH, ShieldsAsked
from index_service.federation.sizes import (
    DERIVED_AT_ONCE,
    LOCATED_AT_ONCE,
    PROBE_BYTES,
    SHIELD_ASKED,
    padded,
)
from index_service.services.peering.probe import PROBE_PATH
from index_service.services.peering.work_queue import CLAIM_PATH
from proofs.workings.peer_wire import Hand, Heard, Message, hand_of, sent
from tests.region import RegionServed
from tests.stories.made import day

EPOCH: Final = 0
DIGEST_BYTES: Final = 16
NOTHING: Final = padded(b"{}", PROBE_BYTES)


@dataclass(frozen=True, slots=True)
class Route:
    """One route of one member's port, and which parts of its body are of one form only."""

    member: str
    path: str
    use: PeerKeyUse = PeerKeyUse.SERVE
    sized: bool = True  # any other length is refused
    within: tuple[str, ...] = ()  # objects and lists whose parts have one form too


ROUTES: Final = (
    Route(NORTHMERE, PROBE_PATH, sized=False),
    Route(NORTHMERE, FIRST_PATH, within=("asker", "digests")),
    Route(NORTHMERE, SECOND_PATH, within=("asker", "lookup")),
    Route(NORTHMERE, moves.PATH, PeerKeyUse.MANAGE, sized=False),
    Route(NORTHMERE, routed.PATH, PeerKeyUse.MANAGE, sized=False, within=("supplier",)),
    Route(NORTHMERE, CLAIM_PATH, sized=False),
    Route(DERIVER, EVALUATE_PATH, sized=False, within=("points",)),
    Route(LOCATOR, LOCATE_PATH, sized=False, within=("digests",)),
    Route(LOCATOR, ASK_PATH, PeerKeyUse.MANAGE, sized=False, within=("digests",)),
)


def stated(set_name: str = "first", purpose: Purpose = Purpose.SAFEGUARD) -> Stated:
    """Return who asks and why, as a peer states it of a social worker of its own."""
    checked, trained, signed = (date.fromisoformat(day(ago)) for ago in (90, 60, 30))
    role, kind = Role.PRACTITIONER, AgencyKind.SOCIAL_CARE
    asker = PeerAsker(uuid4(), uuid4(), role, kind, checked, trained, signed)
    return Stated(
        asker, None, purpose, AccessReason.CONTACT_PRACTITIONER, "RPT/10442", EPOCH, set_name
    )


@dataclass(slots=True)
class Real:
    """Makes real messages in Camfield's name."""

    region: RegionServed
    name: str = CAMFIELD
    hands: dict[PeerKeyUse, Hand] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    ticket: bytes = b""

    def __post_init__(self) -> None:
        self.hands = {use: hand_of(self.region, self.name, use) for use in PeerKeyUse}
        self.ports = {name: each.port for name, each in self.region.papers.members.items()}

    def base(self, member: str) -> str:
        """Return a member's URL as the directory has it: what is signed for it begins so."""
        return self.region.papers.members[member].url

    def body(self, route: Route) -> bytes:
        """Return a body of a route, as its encoder writes it; no two are one question."""
        made: Mapping[str, Callable[[], bytes]] = {
            PROBE_PATH: lambda: NOTHING,
            CLAIM_PATH: lambda: NOTHING,
            FIRST_PATH: lambda: first([]).encoded(),
            SECOND_PATH: self._second,
            moves.PATH: _proposed,
            routed.PATH: _parcel,
            EVALUATE_PATH: _evaluated,
            LOCATE_PATH: lambda: LocateAsked("first", EPOCH, _chance(LOCATED_AT_ONCE)).encoded(),
            ASK_PATH: lambda: ShieldsAsked(EPOCH, _chance(SHIELD_ASKED)).encoded(),
        }
        return made[route.path]()

    def message(self, route: Route) -> Message:
        """Return a whole message of a route, as it must be."""
        hand = self.hands[route.use]
        return hand.signed(self.base(route.member), route.path, self.body(route))

    async def send(self, route: Route, message: Message) -> Heard:
        """Send a message with this member's certificate."""
        port = self.ports[route.member]
        return await sent(port, self.hands[route.use].context, [message.raw(port)])

    async def asked(self, question: FirstQuestion, member: str = NORTHMERE) -> Heard:
        """Ask leg 1."""
        route = Route(member, FIRST_PATH)
        hand = self.hands[PeerKeyUse.SERVE]
        return await self.send(
            route, hand.signed(self.base(member), FIRST_PATH, question.encoded())
        )

    async def ask_on(
        self, question: FirstQuestion, heard: Heard, facts: Facts | None, member: str = NORTHMERE
    ) -> Heard:
        """Ask leg 2 with what leg 1 gave along."""
        answer = FirstAnswer.decoded(heard.body, question.question_id)
        body = SecondQuestion(question.question_id, question.stated, answer.ticket, facts).encoded()
        hand = self.hands[PeerKeyUse.SERVE]
        message = hand.signed(self.base(member), SECOND_PATH, body)
        return await self.send(Route(member, SECOND_PATH), message)

    def _second(self) -> bytes:
        facts = Facts()
        return SecondQuestion(uuid4(), stated(), self.ticket or os.urandom(64), facts).encoded()


def first(digests: list[bytes], said: Stated | None = None) -> FirstQuestion:
    """Return leg 1 with these digests, filled up as an index fills them."""
    told = said or stated()
    missing = DIGESTS_OF[told.set_name] - len(digests)
    return FirstQuestion(uuid4(), told, tuple(sorted((*digests, *_chance(missing)))))


def _chance(count: int) -> tuple[bytes, ...]:
    return tuple(os.urandom(DIGEST_BYTES) for _ in range(count))


def _evaluated() -> bytes:
    points = blind([os.urandom(40)], DERIVED_AT_ONCE).points
    return EvaluateAsked("search", EPOCH, points).encoded()


def _proposed() -> bytes:
    child = {"name": {"given_name": "Nobodyva", "family_name": "Nowherefenn"}}
    said = {"child": {**child, "date_of_birth": "2015-03-17"}}
    reason = next(iter(MoveReason)).value
    return moves.MoveMessage(uuid4(), MoveStep.PROPOSED, {**said, "reason": reason}).body()


def _parcel() -> bytes:
    line = {"kind": "child", "reference": "C-1", "as_of": day(1)}
    supplier = routed.RoutedSupplier(
        "schools", uuid4(), AgencyKind.SCHOOL, None, None, None, accredited=True
    )
    return routed.Parcel(uuid4(), supplier, (routed.RoutedLine(line),)).body()
