"""Questions to peers that have no port: they wait here, sealed, until the peer fetches them.

What is leased goes to one claimant; a lease that ended goes to the next, and what its former
holder still brings is not taken. Claims and results are messages like any other.
"""

import asyncio
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson

from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import Lost, MessageRefused, PeerCode, Unreachable
from index_service.federation.question import FIRST_PATH, SECOND_PATH, read_id
from index_service.federation.sizes import (
    ANSWER_BYTES,
    PROBE_BYTES,
    QUESTION_BYTES,
    padded,
)
from index_service.log.entry import Outcome
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.store.peer_work import PeerWork, Waiting

CLAIM_PATH = "/peer/v1/waiting/claim"
RESULT_PATH = "/peer/v1/waiting/result"
AT_ONCE = 4  # as many questions as one answer holds
LEASE_S = 5.0
CLAIM_WAIT_S = 2.0
"""How long a claim waits for work: whoever polls hears of a question almost at once."""

RESULT_BYTES = 49_152
TAKEN_BYTES = 256
RECEIPT_MAX = 300
KEPT_S = 60.0
_LOOK_EVERY_S = 0.05
_TABLE = "peer_work"
_ROW_BYTES = ANSWER_BYTES + RECEIPT_MAX + 16
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_PATHS = (FIRST_PATH, SECOND_PATH)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back for a question: the answer, and its side's promise that it is logged."""

    body: bytes
    receipt: str


class WorkQueue:
    """The questions of one index that wait for peers who poll."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._rows = PeerWork(index.reading, index.csa)

    async def ask(self, peer: str, path: str, body: bytes, deadline_s: float) -> Fetched:
        """Let a question wait for its peer and return the answer, or Unreachable in time."""
        work_id, now = uuid4(), self._index.clock.now()
        text = bytes((_PATHS.index(path),)) + body
        await self._rows.put(Waiting(work_id, self._sealed(work_id, text)), peer, now)
        try:
            async with asyncio.timeout(deadline_s):
                sealed = await self._heard(work_id)
        except TimeoutError:
            raise Unreachable(Lost.DEADLINE) from None
        finally:
            await self._rows.drop([work_id])
        text = self._index.keyring.rows.open(_TABLE, work_id, sealed)
        end = 2 + int.from_bytes(text[:2])
        return Fetched(text[end:], text[2:end].decode())

    async def _heard(self, work_id: UUID) -> bytes:
        # Whoever takes the answer may be another process: nothing here could wake this one.
        while True:
            sealed = await self._rows.heard(work_id)
            if sealed is not None:
                return sealed
            await asyncio.sleep(_LOOK_EVERY_S)

    async def claim(self, peer: str) -> tuple[UUID, list[Waiting]]:
        """Return a lease and what it is for; wait a little where there is nothing."""
        lease, loop = uuid4(), asyncio.get_running_loop()
        until = loop.time() + CLAIM_WAIT_S
        await self._rows.forget(self._index.clock.now() - timedelta(seconds=KEPT_S))
        while True:
            now = self._index.clock.now()
            span = (now, now + timedelta(seconds=LEASE_S))
            found = await self._rows.claim(peer, lease, span, AT_ONCE)
            if found or loop.time() >= until:
                return lease, found
            await asyncio.sleep(_LOOK_EVERY_S)

    async def answered(self, peer: str, result: "Result") -> bool:
        """Keep an answer that its lease still covers; return whether it did."""
        receipt = result.receipt.encode()
        text = len(receipt).to_bytes(2) + receipt + result.body
        row = Waiting(result.work_id, self._sealed(result.work_id, text))
        span = (self._index.clock.now(), _NEVER)
        return await self._rows.answered(row, peer, result.lease, span)

    def opened(self, row: Waiting) -> tuple[str, bytes]:
        """Return the route and the body of a question that waits."""
        text = self._index.keyring.rows.open(_TABLE, row.id, row.sealed)
        return _PATHS[text[0]], text[1:]

    def _sealed(self, work_id: UUID, text: bytes) -> bytes:
        return self._index.keyring.rows.seal(_TABLE, work_id, text, _ROW_BYTES)


@dataclass(frozen=True, slots=True)
class Work:
    """One question as a claim hands it out."""

    work_id: UUID
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim's answer holds."""

    lease: UUID
    work: tuple[Work, ...]

    def encoded(self) -> bytes:
        """Write it at its one size."""
        work = [
            {
                "id": str(each.work_id),
                "path": each.path,
                "body": b64encode(each.body).decode(),
            }
            for each in self.work
        ]
        return padded(orjson.dumps({"lease": str(self.lease), "work": work}), ANSWER_BYTES)

    @classmethod
    def decoded(cls, body: bytes) -> "Claimed":
        """Read it, or MessageRefused."""
        said = _object(body, {"lease", "work"})
        if not isinstance(said["work"], list) or len(said["work"]) > AT_ONCE:
            raise MessageRefused(PeerCode.MALFORMED)
        work = []
        for each in said["work"]:
            if not isinstance(each, dict) or each.keys() != {"id", "path", "body"}:
                raise MessageRefused(PeerCode.MALFORMED)
            if each["path"] not in _PATHS:
                raise MessageRefused(PeerCode.MALFORMED)
            text = _bytes(each["body"], QUESTION_BYTES)
            work.append(Work(read_id(each["id"]), each["path"], text))
        return cls(read_id(said["lease"]), tuple(work))


@dataclass(frozen=True, slots=True)
class Result:
    """One answer as it is brought."""

    work_id: UUID
    lease: UUID
    receipt: str
    body: bytes

    def encoded(self) -> bytes:
        """Write it at its one size."""
        said = {
            "id": str(self.work_id),
            "lease": str(self.lease),
            "receipt": self.receipt,
            "answer": b64encode(self.body).decode(),
        }
        return padded(orjson.dumps(said), RESULT_BYTES)

    @classmethod
    def decoded(cls, body: bytes) -> "Result":
        """Read it, or MessageRefused."""
        said = _object(body, {"id", "lease", "receipt", "answer"})
        receipt = said["receipt"]
        if not isinstance(receipt, str) or len(receipt) > RECEIPT_MAX or not receipt.isascii():
            raise MessageRefused(PeerCode.MALFORMED)
        answer = _bytes(said["answer"], ANSWER_BYTES)
        return cls(read_id(said["id"]), read_id(said["lease"]), receipt, answer)


class WorkHandlers:
    """Answers the claims and takes the results of peers who poll."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._queue = WorkQueue(index)

    def handlers(self) -> tuple[PeerHandler, PeerHandler]:
        """Return both routes."""
        return (
            PeerHandler(CLAIM_PATH, self.claim, ANSWER_BYTES, PROBE_BYTES),
            PeerHandler(RESULT_PATH, self.result, TAKEN_BYTES, RESULT_BYTES),
        )

    async def claim(self, asked: PeerAsked) -> PeerSaid:
        """Hand out what waits for this peer; whoever claims is there, and noted as that."""
        _object(asked.body, set())
        name = asked.sender.member.name
        region, now = self._index.region, self._index.clock.now()
        assert region is not None  # INVARIANT: it has a peer port
        region.reachability.note(name, answered=True, at=now)
        lease, rows = await self._queue.claim(name)
        work = tuple(Work(row.id, *self._queue.opened(row)) for row in rows)
        log = self._index.log
        entry = asked.entry(log.stamp(), Outcome.SHOWN, "work_claimed")
        return await asked.told(log, entry, Claimed(lease, work).encoded())

    async def result(self, asked: PeerAsked) -> PeerSaid:
        """Take an answer its lease still covers."""
        result = Result.decoded(asked.body)
        taken = await self._queue.answered(asked.sender.member.name, result)
        log = self._index.log
        code = "work_taken" if taken else "lease_ended"
        entry = asked.entry(log.stamp(), Outcome.RECORDED, code)
        return await asked.told(log, entry, orjson.dumps({"taken": taken}))


def _object(body: bytes, names: set[str]) -> dict[str, Any]:
    try:
        said = parse_json(body)
    except Invalid:
        raise MessageRefused(PeerCode.MALFORMED) from None
    if not isinstance(said, dict) or said.keys() != names:
        raise MessageRefused(PeerCode.MALFORMED)
    return said


def _bytes(said: object, most: int) -> bytes:
    if not isinstance(said, str) or len(said) > 4 * (most // 3 + 1) or not said.isascii():
        raise MessageRefused(PeerCode.MALFORMED)
    try:
        found = b64decode(said, validate=True)
    except ValueError:
        raise MessageRefused(PeerCode.MALFORMED) from None
    if len(found) > most:
        raise MessageRefused(PeerCode.MALFORMED)
    return found
