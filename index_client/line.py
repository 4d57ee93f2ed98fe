"""The line to the index: sends a question, again where that is safe, and reads the answer.

The asynchronous line and the other differ in how they wait and in nothing else.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from index_client.answers import Answer, Received, read_answer
from index_client.errors import IndexFault, Misstated, Unreachable
from index_client.questions import Question
from index_client.receipts import ReceiptKey
from index_client.retrying import Course, Lost, Outcome

AsyncToken = str | Callable[[], Awaitable[str]]
Token = str | Callable[[], str]

CONNECT_S_MAX = 3.0
ANSWER_BYTES_MAX = 64 * 1024 * 1024
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# Nothing of these was ever sent, whatever it was.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class _Sending:
    """A question as bytes: made once, so that each try sends the same."""

    method: str
    address: str
    headers: dict[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)

    @classmethod
    def of(cls, question: Question) -> Self:
        """Spell a question; Misstated where it has not the contract's form."""
        headers = {"Accept-Encoding": "identity", **question.headers()}
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise Misstated("what is stated with a question is printable ASCII")
        return cls(question.method, question.address(), headers, question.content())

    def options(self, token: str, left_s: float) -> dict[str, Any]:
        """Return what one try is sent with."""
        if not (token and token.isascii() and token.isprintable()):
            raise Misstated("an access token is printable ASCII")
        return {
            "headers": {**self.headers, "Authorization": f"Bearer {token}"},
            "content": self.content,
            "timeout": httpx.Timeout(left_s, connect=min(left_s, CONNECT_S_MAX)),
        }


class AsyncLine:
    """Asks without blocking. Use it as an asynchronous context manager, or `aclose` it.

    Make one and keep it: reading the machine's certificate authorities takes longer than asking.

    `token` is an access token, or something awaited for one before every try. `timeout_s` is
    the deadline of a whole question, its second and third try included. With `receipts`, an
    answer whose receipt does not hold is raised as ReceiptWrong and never returned.
    `transport` is httpx's: for a certificate authority or a proxy of one's own.
    """

    def __init__(
        self,
        base_url: str,
        token: AsyncToken,
        receipts: ReceiptKey | None = None,
        timeout_s: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Bind an index and who asks it; nothing is sent yet."""
        self._token = token
        self._receipts = receipts
        self._timeout_s = timeout_s
        self._http = httpx.AsyncClient(**_connecting(base_url), transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, question: Question) -> Answer[Any]:
        sending = _Sending.of(question)
        course = Course(question.repeatable, self._timeout_s)
        while True:
            token = self._token if isinstance(self._token, str) else await self._token()
            outcome = await self._sent(sending, token, course.left_s())
            pause_s = course.pause_s(outcome)
            if pause_s is None:
                return _concluded(outcome, question, self._receipts)
            await asyncio.sleep(pause_s)

    async def _sent(self, sending: _Sending, token: str, left_s: float) -> Outcome:
        options = sending.options(token, left_s)
        gathered = bytearray()
        try:
            async with (
                asyncio.timeout(left_s),
                self._http.stream(sending.method, sending.address, **options) as response,
            ):
                async for chunk in response.aiter_bytes():
                    gathered += chunk
                    if len(gathered) > ANSWER_BYTES_MAX:
                        return Lost("form", sent=True)
        except TimeoutError:
            return Lost("timeout", sent=True)
        except httpx.RequestError as failure:
            return _lost(failure)
        return _received(response, gathered)


class Line:
    """Asks and waits. Use it as a context manager, or `close` it; else as AsyncLine."""

    def __init__(
        self,
        base_url: str,
        token: Token,
        receipts: ReceiptKey | None = None,
        timeout_s: float = 10.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Bind an index and who asks it; nothing is sent yet."""
        self._token = token
        self._receipts = receipts
        self._timeout_s = timeout_s
        self._http = httpx.Client(**_connecting(base_url), transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, question: Question) -> Answer[Any]:
        sending = _Sending.of(question)
        course = Course(question.repeatable, self._timeout_s)
        while True:
            token = self._token if isinstance(self._token, str) else self._token()
            outcome = self._sent(sending, token, course)
            pause_s = course.pause_s(outcome)
            if pause_s is None:
                return _concluded(outcome, question, self._receipts)
            time.sleep(pause_s)

    def _sent(self, sending: _Sending, token: str, course: Course) -> Outcome:
        options = sending.options(token, course.left_s())
        gathered = bytearray()
        try:
            with self._http.stream(sending.method, sending.address, **options) as response:
                for chunk in response.iter_bytes():
                    gathered += chunk
                    if len(gathered) > ANSWER_BYTES_MAX:
                        return Lost("form", sent=True)
                    if not course.left_s():  # an answer that drips
                        return Lost("timeout", sent=True)
        except httpx.RequestError as failure:
            return _lost(failure)
        return _received(response, gathered)


def _connecting(base_url: str) -> dict[str, Any]:
    """Return how an index is connected to; no cookie is kept, since many may ask on one line."""
    none = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return {"base_url": checked_address(base_url), "cookies": none}


def checked_address(base_url: str) -> str:
    """Return an index's address; Misstated unless https, or this machine."""
    parts = urlsplit(base_url)
    near = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (near or parts.scheme == "https"):
        raise Misstated("an index is asked over https")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Misstated("an index's address is a scheme, a host, and perhaps a path")
    return base_url.rstrip("/")


def _received(response: httpx.Response, content: bytearray) -> Received:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Received(response.status_code, headers, bytes(content))


def _lost(failure: httpx.RequestError) -> Lost:
    if isinstance(failure, httpx.LocalProtocolError):
        return Lost("form", sent=False)
    if isinstance(failure, httpx.TimeoutException):
        return Lost("timeout", sent=not isinstance(failure, _UNSENT))
    sent = not isinstance(failure, _UNSENT)
    return Lost("cut" if sent else "connect", sent=sent)


def _concluded(outcome: Outcome, question: Question, key: ReceiptKey | None) -> Answer[Any]:
    """Return the answer, or raise what went wrong.

    Outside of any handler: a library's exception holds the request, and who was asked about.
    """
    if isinstance(outcome, Lost):
        raise Unreachable(outcome.cause, sent=outcome.sent)
    read = read_answer(outcome, key, **question.awaited())
    if isinstance(read, IndexFault):
        raise read
    return read
