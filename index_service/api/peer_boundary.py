"""The only door between members: what was not signed by one of them is not heard.

Pure ASGI, outermost on the peer port. Every outcome is one entry, every answer is signed, of
its route's size, and leaves at the release step; what is refused hangs on the sender alone.
"""

import asyncio
import logging
import math
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, field
from uuid import uuid4

import orjson
from starlette.types import Message, Receive, Scope, Send

from index_service.api.boundary import RECEIPT_HEADER, RECORD_S_MAX, NotServed
from index_service.api.flood import Flood
from index_service.domain.errors import Code, Unavailable, Unrecorded
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.message import NO_COMMIT, Sent, commit_of
from index_service.federation.naming import agency_of
from index_service.federation.sizes import (
    BODY_READ_S_MAX,
    PROBLEM_BYTES,
    QUESTION_BYTES,
    RELEASE_STEP_S,
    padded,
)
from index_service.log.access_log import AccessLog, RequestEntries
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.receipt import Receipt
from index_service.services.attempt import UNMATCHED
from index_service.services.peering.heard import ACTION, PeerHandler
from index_service.services.peering.hearing import Hearing, Knock, Known

PIN = "client_pin"
"""Under which the listener says, in the scope's extension "tls", whose key the certificate is."""

_STATUSES = {
    PeerCode.UNKNOWN_MEMBER: 401,
    PeerCode.CERTIFICATE_MISMATCH: 401,
    PeerCode.SIGNATURE_INVALID: 401,
    PeerCode.CLOCK_SKEW: 401,
    PeerCode.REPLAYED: 409,
    PeerCode.SUSPENDED: 403,
    PeerCode.VERSION_UNSUPPORTED: 400,
    PeerCode.TOO_LARGE: 413,
    PeerCode.MALFORMED: 400,
    PeerCode.KEY_NOT_ALLOWED: 403,
    PeerCode.EPOCH_REFUSED: 409,
    PeerCode.BUDGET_SPENT: 429,
    PeerCode.FILTER_REFUSED: 422,
    PeerCode.ALREADY_THERE: 409,
}
_NONSENSE = frozenset({PeerCode.VERSION_UNSUPPORTED, PeerCode.TOO_LARGE, PeerCode.MALFORMED})

_process_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Hearing:
    """One message on its way through: what its entry is written from."""

    knock: Knock
    route: str = UNMATCHED
    known: Known | None = None
    step_s: float = RELEASE_STEP_S
    arrived_s: float = 0.0
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Leaving:
    """An answer, the receipt it leaves on, and whether more may come on this connection."""

    status: int
    body: bytes = field(default=b"", repr=False)
    head: Sent | None = None
    receipt: Receipt | None = None
    ends: bool = False


class PeerBoundary:
    """Hears members' messages and answers them; nothing else is served here."""

    def __init__(
        self,
        hearing: Hearing,
        access_log: AccessLog,
        flood: Flood,
        handlers: Mapping[str, PeerHandler],
        read_s_max: float = BODY_READ_S_MAX,
    ) -> None:
        self._hearing = hearing
        self._read_s_max = read_s_max
        self._log = access_log
        self._flood = flood
        self._handlers = handlers
        self._recording: set[asyncio.Task[Receipt]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message, or raise NotServed for anything but HTTP and lifespan."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise NotServed
        message = _Hearing(_knock(scope), arrived_s=_now_s())
        with RequestEntries() as entries:
            leaving = await self._answer(message, entries, scope, receive)
        await _until_step(message)
        await _send(leaving, send)

    async def record(self, message: _Hearing, outcome: Outcome, code: str) -> Receipt | None:
        """Write the entry of a message that brought none; None if it is shed or cannot be."""
        if message.known is None and not self._flood.admits():
            return None
        task = asyncio.get_running_loop().create_task(
            self._append(message, outcome, code), context=Context()
        )
        self._recording.add(task)
        task.add_done_callback(self._recorded)
        await asyncio.wait({task}, timeout=RECORD_S_MAX)
        written = task.done() and not task.cancelled() and task.exception() is None
        return task.result() if written else None

    async def _answer(
        self, message: _Hearing, entries: RequestEntries, scope: Scope, receive: Receive
    ) -> _Leaving:
        try:
            return await self._heard(message, scope, receive)
        except MessageRefused as refused:
            if _accounted(entries):
                return _Leaving(500, ends=True)
            return await self._refusal(message, refused.code)
        except (Unavailable, Unrecorded) as lost:
            code = Code.UNAVAILABLE if isinstance(lost, Unavailable) else Code.UNRECORDED
            if not _accounted(entries):
                await self.record(message, Outcome.FAILED, code)
            return _Leaving(503, ends=True)
        except asyncio.CancelledError:
            if not _accounted(entries):
                await self.record(message, Outcome.FAILED, Code.DEFECT)
            raise
        except Exception as defect:  # noqa: BLE001 (whatever it is, it must not go unrecorded)
            # The type only: a message may quote a name or a number.
            _process_log.error("peer boundary: defect %s", type(defect).__name__)
            if not _accounted(entries):
                await self.record(message, Outcome.FAILED, Code.DEFECT)
            return _Leaving(500, ends=True)

    async def _heard(self, message: _Hearing, scope: Scope, receive: Receive) -> _Leaving:
        knock = message.knock
        known = message.known = await self._hearing.known(knock)
        if scope["method"] != "POST" or scope["query_string"] or _is_dressed(scope):
            raise MessageRefused(PeerCode.MALFORMED)
        expected = self._handlers.get(knock.path)
        body_bytes_max = QUESTION_BYTES
        if expected is not None:
            message.route, body_bytes_max = expected.path, expected.body_bytes_max
        body = await self._body(message, receive, body_bytes_max)
        message.arrived_s = _now_s()
        handler, asked = await self._hearing.heard(known, knock, body, self._handlers)
        message.step_s = handler.step_s
        said = await handler.run(asked)
        if said.receipt.spent or len(said.reply.body) != handler.answer_bytes:
            raise RuntimeError("an answer leaves on its own entry, and is as long as all others")
        return _Leaving(200, said.reply.body, said.reply.head, said.receipt)

    async def _body(self, message: _Hearing, receive: Receive, bytes_max: int) -> bytes:
        """Return the whole body, within its bound and its time."""
        for name, value in message.knock.headers:
            if name == "content-length" and (not value.isdecimal() or int(value) > bytes_max):
                raise MessageRefused(PeerCode.TOO_LARGE)
        whole = bytearray()
        try:
            async with asyncio.timeout(self._read_s_max):
                while True:
                    part = await receive()
                    if part["type"] != "http.request":
                        message.rules = ("cut_off",)
                        raise MessageRefused(PeerCode.MALFORMED)
                    whole += part.get("body", b"")
                    if len(whole) > bytes_max:
                        raise MessageRefused(PeerCode.TOO_LARGE)
                    if not part.get("more_body", False):
                        return bytes(whole)
        except TimeoutError:
            message.rules = ("too_slow",)
            raise MessageRefused(PeerCode.MALFORMED) from None

    async def _refusal(self, message: _Hearing, code: PeerCode) -> _Leaving:
        outcome = Outcome.INVALID if code in _NONSENSE else Outcome.REFUSED
        receipt = await self.record(message, outcome, code)
        if receipt is None:
            return _Leaving(503, ends=True)
        status = _STATUSES[code]
        body = problem_of(code)
        commit = commit_of(message.knock.headers) or NO_COMMIT
        head = self._hearing.region.signer.answer(status, body, commit)
        return _Leaving(status, body, head, receipt, ends=True)

    async def _append(self, message: _Hearing, outcome: Outcome, code: str) -> Receipt:
        known = message.known
        agency = ""
        if known is not None:
            agency = str(agency_of(known.standing.directory.region, known.member.name))
        entry = AccessEntry(
            *self._log.stamp(),
            action=ACTION,
            route=message.route,
            outcome=outcome,
            code=code,
            rules=message.rules,
            agency=agency,
            query_commit=commit_of(message.knock.headers),
            request_id=message.knock.request_id,
        )
        return await self._log.append(entry)

    def _recorded(self, task: asyncio.Task[Receipt]) -> None:
        self._recording.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not isinstance(failure, Unrecorded):
            _process_log.error("peer boundary: no entry, cause=%s", type(failure).__name__)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message: Message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._flood.stop()
                if self._recording:
                    await asyncio.wait(self._recording, timeout=RECORD_S_MAX)
                await send({"type": "lifespan.shutdown.complete"})
                return


def status_of(code: PeerCode) -> int:
    """Return the status a refusal is sent with."""
    return _STATUSES[code]


def problem_of(code: PeerCode) -> bytes:
    """Return a refusal as it is sent: a code, of one size with all others."""
    said = {"code": code, "status": _STATUSES[code], "type": f"/problems/peer/{code}"}
    return padded(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), PROBLEM_BYTES)


def _knock(scope: Scope) -> Knock:
    lines = [(n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in scope["headers"]]
    tls = (scope.get("extensions") or {}).get("tls", {})
    return Knock(scope["path"], lines, tls.get(PIN, ""), str(uuid4()))


def _is_dressed(scope: Scope) -> bool:
    """Return whether a path is written otherwise than its route: it is signed as it is written."""
    raw, path = bytes(scope["raw_path"]), str(scope["path"])
    return raw != path.encode()


def _accounted(entries: RequestEntries) -> bool:
    """Return whether the log holds, or may hold, an entry of this message already."""
    return entries.begun or entries.receipt is not None


def _now_s() -> float:
    return asyncio.get_running_loop().time()


async def _until_step(message: _Hearing) -> None:
    """Wait for the next multiple of the release step after the message had come."""
    step_s = message.step_s
    if step_s <= 0:
        return
    waited_s = _now_s() - message.arrived_s
    await asyncio.sleep(max(1, math.ceil(waited_s / step_s)) * step_s - waited_s)


async def _send(leaving: _Leaving, send: Send) -> None:
    headers = [(b"cache-control", b"no-store")]
    if leaving.head is not None:
        headers += [(n.encode(), v.encode()) for n, v in leaving.head.headers.items()]
    headers.append((b"content-length", str(len(leaving.body)).encode()))
    if leaving.receipt is not None:
        headers.append((RECEIPT_HEADER, leaving.receipt.spend().encode()))
    if leaving.ends:  # what is still on its way of this message is not waited for
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": leaving.status, "headers": headers})
    await send({"type": "http.response.body", "body": leaving.body, "more_body": False})
