"""Drives the boundary as a server would, and keeps what it lets out."""

import asyncio
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index_service.api.boundary import Boundary
from index_service.api.flood import Flood
from tests.log.made import Kept

Headers = list[tuple[bytes, bytes]]


async def settle() -> None:
    """Let everything that is ready run, and what that makes ready: no time need pass."""
    for _ in range(50):
        await asyncio.sleep(0)


@dataclass
class Sent:
    """Every message that left, and how the application ended for the server."""

    messages: list[Message] = field(default_factory=list)
    raised: BaseException | None = None

    @property
    def status(self) -> int:
        """The status, of the one start there must be."""
        (start,) = [each for each in self.messages if each["type"] == "http.response.start"]
        return int(start["status"])

    @property
    def body(self) -> bytes:
        """All that left as body."""
        return b"".join(m["body"] for m in self.messages if m["type"] == "http.response.body")

    def values(self, name: bytes) -> list[bytes]:
        """Every value of one header."""
        return [
            value
            for each in self.messages
            if each["type"] == "http.response.start"
            for key, value in each["headers"]
            if key == name
        ]


def scope_of(path: str = "/v1/me", headers: Headers | None = None) -> Scope:
    """Return the scope of a GET."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers or [],
        "extensions": {"http.response.pathsend": {}, "tls": {"client_cert_name": "x"}},
    }


def guarded(app: ASGIApp, kept: Kept) -> Boundary:
    """Return an application behind a boundary that never sheds."""
    return Boundary(app, kept.log, Flood(kept.log, rate_per_s=1_000_000))


async def drive(
    boundary: ASGIApp, scope: Scope | None = None, receive: Receive | None = None
) -> Sent:
    """Send one request in; return what came out. The client hangs up after its request."""
    sent = Sent()
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def hear() -> Message:
        return asked.pop() if asked else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.messages.append(message)

    try:
        await boundary(scope or scope_of(), receive or hear, send)
    except (Exception, asyncio.CancelledError) as raised:  # noqa: BLE001 (kept for the test to judge)
        sent.raised = raised
    return sent


def saying(*messages: Message) -> ASGIApp:
    """Return an application that sends these messages whatever is asked."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def start(status: int = 200, headers: Headers | None = None) -> Message:
    """Return the start of an answer."""
    return {"type": "http.response.start", "status": status, "headers": headers or []}


def body(chunk: bytes = b"", more: bool = False) -> Message:
    """Return a part of a body."""
    return {"type": "http.response.body", "body": chunk, "more_body": more}
