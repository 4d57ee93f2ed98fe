"""A member's way to the others: pinned connections, signed messages, no patience past a deadline.

What cannot be reached is neither yes nor no. A message is sent twice at most, with the same
body and a nonce of its own each time: whoever answers knows a question by its id.
"""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, Self

import aiohttp

from index_service.domain.clock import Clock, SystemClock
from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import Lost, MessageRefused, PeerCode, Unreachable
from index_service.federation.members import Member
from index_service.federation.message import Received, Sent, verify_answer
from index_service.federation.sizes import ANSWER_BYTES, VERSIONS
from index_service.federation.tls import TlsFiles, calling_context

FAILURES_MAX = 3
OPEN_S = (0.5, 1.5)
"""For how long nobody tries after so many failures: drawn anew each time."""

RETRY_S = (0.02, 0.12)
RECEIPT_HEADER = "Audit-Receipt"
_RECEIPT_MAX = 300
_CONNECTIONS = 256
_A_MEMBER = 32

BeforeSending = Callable[[Sent], Awaitable[None]]
"""What must be durable before a message goes out: called for each sending of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A member's verified answer, and the two signed heads that prove the exchange."""

    body: bytes = field(repr=False)
    asked: Sent
    answered: Sent
    receipt: str = ""  # the answering side's promise that its log holds the entry

    @property
    def signature(self) -> bytes:
        """The signature of the answer."""
        return self.answered.signature


@dataclass(slots=True)
class Breaker:
    """How a member did lately; after three failures nobody tries for a moment."""

    failures: int = 0
    shut_until: float = 0.0

    def lets_through(self, now_s: float) -> bool:
        """Return whether to try. Past the pause one at a time tries, until one succeeds."""
        if self.failures < FAILURES_MAX:
            return True
        if now_s < self.shut_until:
            return False
        self.shut_until = now_s + OPEN_S[1]
        return True

    def failed(self, now_s: float) -> None:
        """Note that there was no answer."""
        self.failures += 1
        if self.failures >= FAILURES_MAX:
            self.shut_until = now_s + random.uniform(*OPEN_S)  # noqa: S311 (spreads, hides nothing)

    def answered(self) -> None:
        """Note that there was one."""
        self.failures, self.shut_until = 0, 0.0


class Signing(Protocol):
    """Whatever signs requests for this member."""

    def request(self, method: str, url: str, body: bytes) -> Sent:
        """Return a signed request's head."""
        ...


class PeerClient:
    """Asks other members; one pool of connections for all of them."""

    def __init__(
        self, signer: Signing, files: TlsFiles, clock: Clock | None = None, connections: int = 0
    ) -> None:
        self._signer = signer
        self._files = files
        self._clock = clock or SystemClock()
        self._connections = connections or _CONNECTIONS
        self._contexts: dict[str, tuple[frozenset[str], ssl.SSLContext]] = {}
        self._breakers: dict[str, Breaker] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def breaker(self, member: Member) -> Breaker:
        """Return how a member did lately."""
        return self._breakers.setdefault(member.name, Breaker())

    async def ask(
        self,
        member: Member,
        path: str,
        body: bytes,
        deadline_s: float,
        before: BeforeSending | None = None,
    ) -> Answer:
        """Return a member's answer to one message, or raise Unreachable or MessageRefused.

        `before` is awaited with each signed head before a byte of it leaves. Past the
        deadline there is no answer, whatever still comes.
        """
        self._check(member, path)
        breaker = self.breaker(member)
        if not breaker.lets_through(time.monotonic()):
            raise Unreachable(Lost.BREAKER)
        try:
            async with asyncio.timeout(deadline_s):
                answer = await self._twice(_Message(member, path, body, before))
        except TimeoutError:
            self._failed(member)
            raise Unreachable(Lost.DEADLINE) from None
        except Unreachable:
            self._failed(member)
            raise
        breaker.answered()
        return answer

    def _check(self, member: Member, path: str) -> None:
        if not member.url:
            raise Unreachable(Lost.NO_PORT)
        version = version_of(path)
        if version not in VERSIONS or version not in member.versions:
            raise MessageRefused(PeerCode.VERSION_UNSUPPORTED)

    async def _twice(self, message: "_Message") -> Answer:
        try:
            return await self._once(message)
        except Unreachable:
            self._connect_anew(message.member)
            await asyncio.sleep(random.uniform(*RETRY_S))  # noqa: S311 (spreads, hides nothing)
        return await self._once(message)

    async def _once(self, message: "_Message") -> Answer:
        member = message.member
        url = member.url + message.path
        sent = self._signer.request("POST", url, message.body)
        if message.before is not None:
            await message.before(sent)
        try:
            async with self._opened().post(
                url,
                data=message.body,
                headers=sent.headers,
                ssl=self._context(member),
                allow_redirects=False,
            ) as response:
                lines = [(name, value) for name, value in response.headers.items()]
                body = await _bounded(response.content)
                received = Received(str(response.status), lines, body)
        except (aiohttp.ClientError, OSError, ssl.SSLError):
            # `from None`: the cause holds the URL and what was on its way.
            raise Unreachable(Lost.NO_WAY) from None
        if response.status >= 500:
            raise Unreachable(Lost.UNAVAILABLE)
        answered = verify_answer(received, member, sent.commit, self._clock.now())
        if response.status != 200:
            raise MessageRefused(_code_of(body), by_peer=True)
        return Answer(body, sent, answered, response.headers.get(RECEIPT_HEADER, "")[:_RECEIPT_MAX])

    def _failed(self, member: Member) -> None:
        self._connect_anew(member)
        self.breaker(member).failed(time.monotonic())

    def _connect_anew(self, member: Member) -> None:
        """Use no connection made so far: one that went silent looks like one that waits."""
        self._contexts.pop(member.name, None)

    def _context(self, member: Member) -> ssl.SSLContext:
        """Return the member's context; what is pooled under another one is not used again."""
        known = self._contexts.get(member.name)
        if known is None or known[0] != member.certificates:
            made = calling_context(self._files, member.certificates)
            known = self._contexts[member.name] = (member.certificates, made)
        return known[1]

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, limit_per_host=_A_MEMBER, keepalive_timeout=60
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,  # no proxy hears what authorities say to each other
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session


@dataclass(frozen=True, slots=True)
class _Message:
    member: Member
    path: str
    body: bytes
    before: BeforeSending | None


def version_of(path: str) -> int:
    """Return the version of the protocol a path belongs to, -1 where it says none."""
    parts = path.split("/", 3)
    text = parts[2] if len(parts) == 4 else ""
    digits = text.removeprefix("v")
    plain = text.startswith("v") and digits.isascii() and digits.isdecimal() and len(digits) <= 2
    return int(digits) if plain and str(int(digits)) == digits else -1


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    whole = bytearray()
    async for chunk in content.iter_any():
        whole += chunk
        if len(whole) > ANSWER_BYTES:
            raise MessageRefused(PeerCode.TOO_LARGE)
    return bytes(whole)


def _code_of(body: bytes) -> PeerCode:
    try:
        said = parse_json(body)
        return PeerCode(str(said["code"])) if isinstance(said, dict) else PeerCode.MALFORMED
    except (Invalid, KeyError, ValueError):
        return PeerCode.MALFORMED
