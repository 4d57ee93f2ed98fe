"""A message of another member, verified, and what a handler owes it: one entry, one answer.

A handler hands back a receipt with its answer: what has no entry cannot be answered.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from index_service.crypto.seal import RowSealer
from index_service.federation.message import Sender, Sent, exchange_text
from index_service.federation.naming import agency_of
from index_service.federation.own_signer import OwnSigner
from index_service.federation.sizes import QUESTION_BYTES, RELEASE_STEP_S, padded
from index_service.log.access_log import AccessLog
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.leaf import Left
from index_service.log.receipt import Receipt
from index_service.services.peering.region import Standing
from index_service.store.work import Work

ACTION = "peer_message"
EXCHANGE_BYTES = 3072
OK = 200

_TABLE = "exchange"


def seal_exchange(
    rows: RowSealer, entry_id: UUID, asked: Sent, answered: Sent | None, receipt: str = ""
) -> bytes:
    """Seal what two members said, beside an entry; `receipt` is the answering side's."""
    text = exchange_text(asked, answered, receipt)
    return rows.seal(_TABLE, entry_id, text, EXCHANGE_BYTES)


def open_exchange(rows: RowSealer, entry_id: UUID, sealed: bytes) -> bytes:
    """Open what was kept beside an entry, or SealBroken."""
    return rows.open(_TABLE, entry_id, sealed)


@dataclass(frozen=True, slots=True)
class PeerReply:
    """An answer as it will leave: of its route's size, signed."""

    body: bytes = field(repr=False)
    head: Sent

    @property
    def digest(self) -> str:
        """The hexadecimal SHA-256 of the body: both sides' entries commit to it."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class PeerSaid:
    """An answer, and the receipt of the entry it leaves on."""

    reply: PeerReply
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class PeerAsked:
    """A verified message: who sent it, in which region, and how it is answered."""

    sender: Sender
    sent: Sent
    body: bytes = field(repr=False)
    standing: Standing
    handler: "PeerHandler"
    signer: OwnSigner = field(repr=False)
    rows: RowSealer = field(repr=False)
    request_id: str

    def entry(self, stamp: tuple[str, UUID, int], outcome: Outcome, code: str = "") -> AccessEntry:
        """Return the entry of this message; a handler adds what it knows of the asker."""
        return AccessEntry(
            *stamp,
            action=ACTION,
            route=self.handler.path,
            outcome=outcome,
            code=code,
            agency=str(agency_of(self.standing.directory.region, self.sender.member.name)),
            query_commit=self.sent.commit,
            request_id=self.request_id,
        )

    def reply(self, body: bytes) -> PeerReply:
        """Return the answer as it will leave; ValueError if it is longer than all others."""
        whole = padded(body, self.handler.answer_bytes)
        return PeerReply(whole, self.signer.answer(OK, whole, self.sent.commit))

    async def told(
        self, log: AccessLog, entry: AccessEntry, body: bytes, left: Left | None = None
    ) -> PeerSaid:
        """Make the entry of an answer that changes nothing durable, and hand back both."""
        reply, entry, sealed = self._bound(entry, body)
        beside = replace(left or Left(), exchange=sealed)
        return PeerSaid(reply, await log.append(entry, beside))

    async def recorded(
        self, log: AccessLog, work: Work, entry: AccessEntry, body: bytes
    ) -> PeerSaid:
        """Commit a story that a message brought about, its entry last, and hand back both."""
        reply, entry, sealed = self._bound(entry, body)
        await work.membership.keep_exchange(entry.entry_id, sealed)
        return PeerSaid(reply, await work.commit(log.prepare(entry)))

    def _bound(self, entry: AccessEntry, body: bytes) -> tuple[PeerReply, AccessEntry, bytes]:
        reply = self.reply(body)
        bound = replace(entry, result_commit=reply.digest)
        sealed = seal_exchange(self.rows, entry.entry_id, self.sent, reply.head)
        return reply, bound, sealed


@dataclass(frozen=True, slots=True)
class PeerHandler:
    """What answers one route of the peer port.

    `run` may raise MessageRefused, told to the sender as its code; whatever hangs on a child
    is an answer, which leaves at a multiple of `step_s` after its question had come.
    """

    path: str
    run: Callable[[PeerAsked], Awaitable[PeerSaid]]
    answer_bytes: int
    body_bytes_max: int = QUESTION_BYTES
    senders: frozenset[str] = frozenset({"index"})
    step_s: float = RELEASE_STEP_S
