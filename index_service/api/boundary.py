"""The only door out: no answer leaves before the access log durably holds its entry.

Pure ASGI, outermost, and exempts nothing. What it does not recognise it does not let pass.
"""

import asyncio
import logging
import re
from contextvars import Context
from enum import Enum, auto
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index_service.api.flood import Flood
from index_service.domain.errors import Code, Unrecorded
from index_service.log.access_log import AccessLog, RequestEntries
from index_service.log.entry import Outcome
from index_service.log.receipt import Receipt
from index_service.services.attempt import SCOPE_KEY, UNMATCHED, Attempt

RECEIPT_HEADER = b"audit-receipt"
RECORD_S_MAX = 5.0  # above the group commit's own limit: normally that one speaks first

_OURS = frozenset(
    {
        RECEIPT_HEADER,
        b"cache-control",
        b"x-content-type-options",
        b"x-request-id",
        b"server",
        b"x-powered-by",
        b"via",
    }
)
_UUID = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KEPT_EXTENSIONS = ("tls",)  # the others offer ways to send that go past this door
_ASKERS_STATUSES = frozenset({401, 403, 429})

_process_log = logging.getLogger(__name__)


class NotServed(Exception):  # noqa: N818 (what happened, said of the scope)
    """A connection of a kind this service does not speak."""


class BrokenOff(Exception):  # noqa: N818 (what happened, said of the answer)
    """An answer already begun cannot be finished: the server must cut the connection.

    Carries no more than the type of its cause: its text could quote what was on its way.
    """


class _State(Enum):
    """How far an answer has come."""

    UNSAID = auto()
    WEIGHING = auto()  # its entry is being written
    OPEN = auto()
    DROPPED = auto()  # withheld or broken off: whatever still comes is dropped
    SAID = auto()


class Boundary:
    """Wraps the whole application; writes `Audit-Receipt`, and nobody else does."""

    def __init__(self, app: ASGIApp, access_log: AccessLog, flood: Flood) -> None:
        self._app = app
        self._log = access_log
        self._flood = flood
        self._recording: set[asyncio.Task[Receipt]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or raise NotServed for anything but HTTP and lifespan."""
        if scope["type"] == "lifespan":
            await self._app(scope, self._settling(receive), send)
            return
        if scope["type"] != "http":
            raise NotServed
        attempt = Attempt(_request_id(scope))
        scope[SCOPE_KEY] = attempt
        offered = scope.get("extensions") or {}
        scope["extensions"] = {name: offered[name] for name in _KEPT_EXTENSIONS if name in offered}
        with RequestEntries() as entries:
            await _Answer(self, attempt, entries, scope, send).give(self._app, receive)

    def record(self, attempt: Attempt, outcome: Outcome) -> asyncio.Task[Receipt] | None:
        """Begin to write the entry of a request that brought none; None if it is shed.

        A task of its own: neither a client that hangs up nor a cancelled request takes
        the entry along.
        """
        if attempt.anonymous and not self._flood.admits():
            return None
        task = asyncio.get_running_loop().create_task(
            self._append(attempt, outcome), context=Context()
        )
        self._recording.add(task)
        task.add_done_callback(self._recorded)
        return task

    async def _append(self, attempt: Attempt, outcome: Outcome) -> Receipt:
        return await self._log.append(attempt.entry(self._log.stamp(), outcome))

    def _recorded(self, task: asyncio.Task[Receipt]) -> None:
        self._recording.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not isinstance(failure, Unrecorded):
            _process_log.error("boundary: entry not written, cause=%s", type(failure).__name__)

    def _settling(self, receive: Receive) -> Receive:
        """Hold back the word to shut down until every entry begun here has its end."""

        async def settled() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self._flood.stop()
                if self._recording:
                    await asyncio.wait(self._recording, timeout=RECORD_S_MAX)
            return message

        return settled


class _Answer:
    """One answer on its way out."""

    __slots__ = ("_attempt", "_boundary", "_broken", "_entries", "_scope", "_send", "_state")

    def __init__(
        self,
        boundary: Boundary,
        attempt: Attempt,
        entries: RequestEntries,
        scope: Scope,
        send: Send,
    ) -> None:
        self._boundary = boundary
        self._attempt = attempt
        self._entries = entries
        self._scope = scope
        self._send = send
        self._state = _State.UNSAID
        self._broken = False

    async def give(self, app: ASGIApp, receive: Receive) -> None:
        """Let the application answer, and answer for it where it does not."""
        try:
            await app(self._scope, receive, self._pass)
        except asyncio.CancelledError:
            if self._state is _State.UNSAID and not self._accounted():
                self._attempt.route = _route(self._scope, self._attempt)
                self._boundary.record(self._attempt, Outcome.FAILED)
            raise
        except Exception as defect:  # noqa: BLE001 (whatever it is, it must not go unrecorded)
            await self._defect(defect)
        else:
            if self._state is _State.UNSAID:
                await self._withhold()
        if self._broken or self._state in (_State.WEIGHING, _State.OPEN):
            raise BrokenOff("an answer was begun and not finished")

    async def _pass(self, message: Message) -> None:
        """Let a message out if it is due; this is the `send` the application gets."""
        kind = message["type"]
        if kind == "http.response.body" and self._state is _State.OPEN:
            more = bool(message.get("more_body", False))
            body = message.get("body", b"")
            await self._send({"type": kind, "body": body, "more_body": more})
            if not more:
                self._state = _State.SAID
        elif kind == "http.response.start" and self._state is _State.UNSAID:
            await self._start(message)
        elif self._state not in (_State.DROPPED, _State.SAID):
            await self._unlawful(kind)

    async def _start(self, start: Message) -> None:
        # Read first: a malformed start must fail while it still counts as unsaid.
        status: int = start["status"]
        headers = [(n, v) for n, v in start.get("headers", ()) if n.lower() not in _OURS]
        self._state = _State.WEIGHING
        receipt = await self._receipt_for(status)
        if receipt is None or self._state is not _State.WEIGHING:
            await self._empty(503, None)
            return
        await self._begin(status, headers, receipt)
        self._state = _State.OPEN

    async def _receipt_for(self, status: int) -> Receipt | None:
        """Return the unspent receipt this answer may leave on, or None: it may not."""
        attempt = self._attempt
        receipt = attempt.receipt
        if receipt is not None and not receipt.spent:
            return receipt
        if status < 400:  # A disclosure nobody recorded: a defect, so say nothing.
            _process_log.error("boundary: an answer without its receipt was withheld")
            attempt.code = Code.DEFECT
            await self._refusal(Outcome.FAILED)
            return None
        if status >= 500 and not attempt.code:
            attempt.code = Code.DEFECT
        return await self._refusal(attempt.outcome or self._outcome(status))

    async def _refusal(self, outcome: Outcome) -> Receipt | None:
        """Return the receipt of this request's one entry, written now if there is none."""
        entries = self._entries
        if self._attempt.code == Code.UNRECORDED:
            return None
        if self._accounted():
            usable = entries.receipt is not None and not entries.receipt.spent
            return entries.receipt if usable else None
        self._attempt.route = _route(self._scope, self._attempt)
        task = self._boundary.record(self._attempt, outcome)
        if task is None:
            return None
        await asyncio.wait({task}, timeout=RECORD_S_MAX)
        written = task.done() and not task.cancelled() and task.exception() is None
        return task.result() if written else None

    def _accounted(self) -> bool:
        """Whether the log holds, or may hold, an entry of this request already."""
        entries, receipt = self._entries, self._attempt.receipt
        if receipt is not None and not receipt.spent:
            return True
        return entries.begun or entries.receipt is not None

    def _outcome(self, status: int) -> Outcome:
        if status >= 500:
            return Outcome.FAILED
        if status in _ASKERS_STATUSES:
            return Outcome.REFUSED
        matched = _route(self._scope, self._attempt) != UNMATCHED
        if status == 404 and matched and self._attempt.code != Code.NO_SUCH_ROUTE:
            return Outcome.NOT_DISCLOSED
        return Outcome.INVALID

    async def _defect(self, defect: Exception) -> None:
        """Answer for an application that raised: empty, and recorded like any other."""
        if isinstance(defect, Unrecorded):
            self._attempt.code = Code.UNRECORDED
        else:
            # The type and the place only: a message may quote a name or a number.
            _process_log.error("defect %s at %s", type(defect).__name__, _place(defect))
        if self._state is not _State.UNSAID:
            return
        self._state = _State.WEIGHING
        self._attempt.outcome = Outcome.FAILED
        receipt = await self._receipt_for(500)
        await self._empty(500 if receipt else 503, receipt)

    async def _withhold(self) -> None:
        """Say nothing, and write down that it came to that."""
        self._state = _State.WEIGHING
        self._attempt.code = self._attempt.code or Code.DEFECT
        await self._refusal(Outcome.FAILED)
        await self._empty(503, None)

    async def _unlawful(self, kind: str) -> None:
        """Stop an answer at a message out of turn, or of a kind that is not let pass."""
        _process_log.error("boundary: refused an ASGI message of type %s", kind)
        if self._state is _State.UNSAID:
            await self._withhold()
            return
        self._broken = self._state is _State.OPEN
        self._state = _State.DROPPED

    async def _empty(self, status: int, receipt: Receipt | None) -> None:
        self._state = _State.DROPPED
        await self._begin(status, [(b"content-length", b"0")], receipt)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _begin(
        self, status: int, headers: list[tuple[bytes, bytes]], receipt: Receipt | None
    ) -> None:
        if receipt is not None:
            headers.append((RECEIPT_HEADER, receipt.spend().encode()))
        headers.append((b"cache-control", b"no-store"))
        headers.append((b"x-content-type-options", b"nosniff"))
        headers.append((b"x-request-id", self._attempt.request_id.encode()))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


def _request_id(scope: Scope) -> str:
    """Return the asker's own id for the request if it has the form of one, else a fresh one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _UUID.fullmatch(value):
            return bytes(value).decode().lower()
    return str(uuid4())


def _route(scope: Scope, attempt: Attempt) -> str:
    """Return the template of the route that matched; never the path, which holds ids."""
    if attempt.route != UNMATCHED:
        return attempt.route
    route = scope.get("route")
    template = getattr(route, "path_format", None) or getattr(route, "path", None)
    return template or UNMATCHED


def _place(defect: Exception) -> str:
    trace = defect.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "nowhere"
