"""What any member's endpoint must do with good messages and with bad ones, tried on it alone.

Needs no other member: the endpoint's directory names the tester as one, and that is all.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519

from index_service.domain.clock import Clock, SystemClock
from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.members import Member
from index_service.federation.message import (
    JSON,
    LABEL,
    NO_COMMIT,
    TAG,
    Received,
    Signer,
    commit_of,
    verify_answer,
)
from index_service.federation.sizes import (
    BODY_READ_S_MAX,
    PROBE_ANSWER_BYTES,
    PROBE_BYTES,
    PROBLEM_BYTES,
    RELEASE_STEP_S,
    SKEW_S_MAX,
    padded,
)
from index_service.federation.tls import TlsFiles, calling_context

PATH = "/peer/v1/probe"
SERVED = "served"
NO_CONNECTION = "no_connection"
CUT_OFF = "cut_off"

_AT_ONCE = 8
_DEADLINE_S = 10.0
_PATIENCE_S = 3.0
_NONCE = "A" * 22


@dataclass(frozen=True, slots=True)
class Trial:
    """One message and what became of it; `told` is "served", a code, or what went wrong."""

    name: str
    expected: str
    told: str
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the endpoint did as it must."""
        return self.told == self.expected and not self.note


@dataclass(frozen=True, slots=True)
class Trier:
    """A member that tries another's endpoint: its key, its certificate, its clock."""

    target: Member
    key_id: str
    private: Ed25519PrivateKey = field(repr=False)
    files: TlsFiles
    clock: Clock = field(default_factory=SystemClock)

    @property
    def url(self) -> str:
        """Where probes of the target go."""
        return self.target.url + PATH

    def signer(self, **differs: Any) -> Signer:
        """Return the tester's signer, or one that differs from it."""
        return replace(Signer(self.key_id, self.private, self.clock), **differs)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: where, with which headers, which body."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Shifted:
    """A clock that stands apart from the tester's."""

    clock: Clock
    by: timedelta

    def now(self) -> datetime:
        """Return the moment it shows."""
        return self.clock.now() + self.by

    def today(self) -> Any:
        """Return the day it shows."""
        return self.clock.today()


class _One(HTTPSignatureKeyResolver):
    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002 (one key)
        return self._private


Case = tuple[str, str, Callable[[Trier], Message]]

_BODY = padded(b"{}", PROBE_BYTES)


def _good(tester: Trier) -> Message:
    return _signed(tester.signer(), tester.url, _BODY)


def _signed(signer: Signer, url: str, body: bytes, said: str = "") -> Message:
    """Return a message signed for `url`; sent to `said` instead if that is given."""
    return Message(said or url, signer.request("POST", url, body).headers, body)


def _altered(tester: Trier) -> Message:
    return replace(_good(tester), body=padded(b"{ }", PROBE_BYTES))


def _apart(tester: Trier, seconds: int) -> Message:
    clock = _Shifted(tester.clock, timedelta(seconds=seconds))
    return _signed(tester.signer(clock=clock), tester.url, _BODY)


def _of_another_key(tester: Trier) -> Message:
    return _signed(tester.signer(private=Ed25519PrivateKey.generate()), tester.url, _BODY)


def _of_nobody(tester: Trier) -> Message:
    return _signed(tester.signer(key_id="nobody/serve/1"), tester.url, _BODY)


def _for_another(tester: Trier) -> Message:
    return _signed(tester.signer(), f"https://another.example{PATH}", _BODY, tester.url)


def _for_another_route(tester: Trier) -> Message:
    return _signed(tester.signer(), tester.url + "s", _BODY, tester.url)


def _to(path: str) -> Callable[[Trier], Message]:
    return lambda tester: _signed(tester.signer(), tester.target.url + path, _BODY)


def _saying(body: bytes) -> Callable[[Trier], Message]:
    return lambda tester: _signed(tester.signer(), tester.url, body)


def _unsigned(tester: Trier) -> Message:
    return Message(tester.url, {"content-type": JSON}, _BODY)


def _covering(*covered: str, **said: str) -> Callable[[Trier], Message]:
    """Return a message whose signature holds, and covers or states less than it must."""

    def made(tester: Trier) -> Message:
        headers = {"content-type": JSON}
        stated: Mapping[str, Any] = {"nonce": _NONCE, "tag": TAG} | said
        signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_One(tester.private))
        signer.sign(
            _Request("POST", tester.url, headers),
            key_id=tester.key_id,
            created=tester.clock.now(),
            label=LABEL,
            covered_component_ids=covered,
            body=_BODY if "content-digest" in covered else None,
            **{name: each for name, each in stated.items() if each},
        )
        return Message(tester.url, headers, _BODY)

    return made


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: dict[str, str]


_WHOLE = ("@method", "@target-uri", "content-type", "content-digest")

CASES: tuple[Case, ...] = (
    ("a good message", SERVED, _good),
    ("no signature", PeerCode.SIGNATURE_INVALID, _unsigned),
    ("body altered", PeerCode.SIGNATURE_INVALID, _altered),
    ("signed with another key", PeerCode.SIGNATURE_INVALID, _of_another_key),
    ("signed with a key nobody has", PeerCode.UNKNOWN_MEMBER, _of_nobody),
    ("signed for another authority", PeerCode.SIGNATURE_INVALID, _for_another),
    ("signed for another route", PeerCode.SIGNATURE_INVALID, _for_another_route),
    ("signed without the target", PeerCode.SIGNATURE_INVALID, _covering(*_WHOLE[:1], *_WHOLE[2:])),
    ("signed without the body", PeerCode.SIGNATURE_INVALID, _covering(*_WHOLE[:3])),
    ("signed without a nonce", PeerCode.SIGNATURE_INVALID, _covering(*_WHOLE, nonce="")),
    ("signed with a short nonce", PeerCode.SIGNATURE_INVALID, _covering(*_WHOLE, nonce="AAAA")),
    ("signed for another use", PeerCode.SIGNATURE_INVALID, _covering(*_WHOLE, tag="other")),
    ("ten minutes old", PeerCode.CLOCK_SKEW, lambda tester: _apart(tester, -600)),
    ("ten minutes ahead", PeerCode.CLOCK_SKEW, lambda tester: _apart(tester, 600)),
    ("just too old", PeerCode.CLOCK_SKEW, lambda tester: _apart(tester, -SKEW_S_MAX - 2)),
    ("too long", PeerCode.TOO_LARGE, _saying(padded(b"{}", PROBE_BYTES + 1))),
    ("not JSON", PeerCode.MALFORMED, _saying(padded(b"{", PROBE_BYTES))),
    ("a key twice", PeerCode.MALFORMED, _saying(padded(b'{"a":1,"a":1}', PROBE_BYTES))),
    ("a route nobody has", PeerCode.MALFORMED, _to("/peer/v1/nothing")),
    ("a query behind the route", PeerCode.MALFORMED, _to(f"{PATH}?a=b")),
    ("a version nobody speaks", PeerCode.VERSION_UNSUPPORTED, _to("/peer/v99/probe")),
)


async def conform(tester: Trier) -> Sequence[Trial]:
    """Try a member's endpoint with every case; return what became of each, in order."""
    context = calling_context(tester.files, tester.target.certificates)
    connector = aiohttp.TCPConnector(limit=_AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        way = _Way(tester, session, context)
        again = _good(tester)
        tried = [way.tried(name, expected, made(tester)) for name, expected, made in CASES]
        tried += [
            _Way(tester, session, unfit).tried(name, NO_CONNECTION, _good(tester))
            for name, unfit in _unfit(tester).items()
        ]
        slow = [_slow(tester, context, name, sent) for name, sent in _HALVES.items()]
        trials = list(await asyncio.gather(*tried, *slow))
        trials.append(await way.tried("a message once", SERVED, again))
        trials.append(await way.tried("the same again", PeerCode.REPLAYED, again))
    return trials


def _unfit(tester: Trier) -> Mapping[str, ssl.SSLContext]:
    """Return ways to connect that must not lead anywhere."""
    nameless = ssl.create_default_context(cafile=str(tester.files.ca))
    older = ssl.create_default_context(cafile=str(tester.files.ca))
    older.load_cert_chain(tester.files.certificate, tester.files.key)
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    return {"no certificate": nameless, "TLS 1.2": older}


@dataclass(frozen=True, slots=True)
class _Way:
    tester: Trier
    session: aiohttp.ClientSession
    context: ssl.SSLContext

    async def tried(self, name: str, expected: str, message: Message) -> Trial:
        """Send one message and look at what comes back, to the letter."""
        try:
            async with asyncio.timeout(_DEADLINE_S):
                told, note = await self._sent(message)
        except TimeoutError:
            told, note = "no_answer", ""
        except (aiohttp.ClientError, OSError):
            told, note = NO_CONNECTION, ""
        return Trial(name, expected, told, note)

    async def _sent(self, message: Message) -> tuple[str, str]:
        begun_s = time.monotonic()
        async with self.session.post(
            message.url,
            data=message.body,
            headers=message.headers,
            ssl=self.context,
            allow_redirects=False,
            skip_auto_headers=("Content-Type",),
        ) as response:
            body = await response.read()
            lines = list(response.headers.items())
        took_s = time.monotonic() - begun_s
        received = Received(str(response.status), lines, body)
        return _told(response.status, body), self._note(message, received, took_s)

    def _note(self, message: Message, received: Received, took_s: float) -> str:
        """Return what is wrong with an answer whatever it says: signature, size, step."""
        commit = commit_of(message.headers.items()) or NO_COMMIT
        try:
            verify_answer(received, self.tester.target, commit, self.tester.clock.now())
        except MessageRefused as refused:
            return f"answer: {refused.code}"
        size = PROBE_ANSWER_BYTES if received.target == "200" else PROBLEM_BYTES
        if len(received.body) != size:
            return "size"
        return "step" if took_s < RELEASE_STEP_S else ""


def _told(status: int, body: bytes) -> str:
    if status == 200:
        return SERVED
    try:
        said = parse_json(body)
    except Invalid:
        return f"status {status}"
    return str(said.get("code")) if isinstance(said, dict) else f"status {status}"


_HALVES = {
    "a head without end": b"POST /peer/v1/probe HTTP/1.1\r\nHost: x\r\nX-A: ",
    "a body without end": (
        b"POST /peer/v1/probe HTTP/1.1\r\nHost: x\r\nContent-Length: 256\r\n\r\n{"
    ),
}


async def _slow(tester: Trier, context: ssl.SSLContext, name: str, sent: bytes) -> Trial:
    """Begin a message and never end it: the connection must be ended for us."""
    try:
        async with asyncio.timeout(BODY_READ_S_MAX + _PATIENCE_S):
            host, _, port = tester.target.url.removeprefix("https://").partition(":")
            reader, writer = await asyncio.open_connection(host, int(port or 443), ssl=context)
            try:
                writer.write(sent)
                await reader.read()
            finally:
                writer.close()
    except TimeoutError:
        return Trial(name, CUT_OFF, "kept waiting")
    except OSError:
        pass  # cut off, without a word
    return Trial(name, CUT_OFF, CUT_OFF)
