"""Messages between members: requests and answers signed by RFC 9421, verified to the letter.

The library checks a signature over what it says it covers; here it is laid down what that is.
A message that covers less, or says more, is refused.
"""

import hashlib
import re
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    VerifyResult,
)
from http_message_signatures.algorithms import ED25519

from index_service.crypto.associated import associated
from index_service.domain.clock import Clock, SystemClock
from index_service.federation.directory import RegionDirectory
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.members import Member
from index_service.federation.sizes import SKEW_S_MAX

LABEL = "isa"
TAG = "isa-peer"
ANSWER_TAG = "isa-peer-answer"
JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
IN_REPLY_TO = "isa-in-reply-to"
NO_COMMIT = "0" * 64
"""What an answer refers to where no signature came."""

Headers = Iterable[tuple[str, str]]

_COVERED = ("@method", "@target-uri", "content-type", "content-digest")
_COVERED_ANSWER = ("@status", "content-type", "content-digest", IN_REPLY_TO)
_STATED = frozenset({"created", "nonce", "keyid", "alg", "tag"})
_STATED_ANSWER = frozenset({"created", "keyid", "alg", "tag"})
_NONCE = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)  # 128 bits have one spelling
_DIGEST = re.compile(r"sha-256=:[A-Za-z0-9+/]{43}=:", re.ASCII)
_SIGNED = ("content-type", "content-digest", "signature-input", "signature")
_SIGNATURE = re.compile(rf"{LABEL}=:([A-Za-z0-9+/]{{86}}==):", re.ASCII)
_KEY_ID = re.compile(r';keyid="([a-z0-9_./-]{3,64})"', re.ASCII)
_LINE_MAX = 600


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a message: a member, by which key, with what signature."""

    member: Member
    key: str
    use: str
    signature: bytes
    nonce: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A signed message as it went out, or came in: enough to prove it to somebody else."""

    target: str  # method and URL, or the status
    headers: Mapping[str, str]
    signature: bytes

    @property
    def commit(self) -> str:
        """The hexadecimal SHA-256 of the signature: what entries and answers refer to."""
        return hashlib.sha256(self.signature).hexdigest()

    def head(self) -> list[Any]:
        """Return what an exchange keeps of the message: all that was signed but the body."""
        return [self.target, {name: self.headers[name] for name in sorted(self.headers)}]


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: Any


@dataclass(frozen=True, slots=True)
class _Answer:
    status_code: int
    headers: Any
    request: None = None


class _Lines:
    """Header lines as they came, each by itself: two of one name are not one."""

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        self._lines = lines

    def items(self) -> Sequence[tuple[str, str]]:
        """Return every line."""
        return self._lines


class _OwnKey(HTTPSignatureKeyResolver):
    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002 (one key)
        return self._private


class _KnownKey(HTTPSignatureKeyResolver):
    def __init__(self, key_id: str, public: Ed25519PublicKey) -> None:
        self._key_id = key_id
        self._public = public

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        return self._public if key_id == self._key_id else None


class _Verifier(HTTPMessageVerifier):
    """The library's, without its clock: the moment is judged apart, by ours, both ways."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Leave the moment to whoever asked for the verification."""


@dataclass(frozen=True, slots=True)
class Signer:
    """This process's key among its authority's: signs requests and answers."""

    key_id: str
    private: Ed25519PrivateKey = field(repr=False)
    clock: Clock = field(default_factory=SystemClock, repr=False)

    def signed_request(self, method: str, url: str, body: bytes) -> dict[str, str]:
        """Return the headers of a request of ours, signed with a nonce of its own."""
        return dict(self.request(method, url, body).headers)

    def request(self, method: str, url: str, body: bytes) -> Sent:
        """Return a signed request's head."""
        headers = {"content-type": JSON}
        nonce = urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
        self._sign(_Request(method, url, headers), body, _COVERED, {"nonce": nonce, "tag": TAG})
        return _sent(f"{method} {url}", headers)

    def signed_answer(self, status: int, body: bytes, in_reply_to: str) -> dict[str, str]:
        """Return the headers of an answer to the request whose commitment is `in_reply_to`."""
        return dict(self.answer(status, body, in_reply_to).headers)

    def answer(self, status: int, body: bytes, in_reply_to: str) -> Sent:
        """Return a signed answer's head."""
        headers = {
            "content-type": JSON if status < 400 else PROBLEM_JSON,
            IN_REPLY_TO: in_reply_to,
        }
        self._sign(_Answer(status, headers), body, _COVERED_ANSWER, {"tag": ANSWER_TAG})
        return _sent(str(status), headers)

    def _sign(self, message: Any, body: bytes, covered: Sequence[str], said: Any) -> None:
        signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_OwnKey(self.private))
        signer.sign(
            message,
            key_id=self.key_id,
            created=self.clock.now(),
            label=LABEL,
            covered_component_ids=covered,
            body=body,
            **said,
        )


def _sent(target: str, headers: Mapping[str, str]) -> Sent:
    lower = {name.lower(): value for name, value in headers.items()}
    return Sent(target, lower, _signature_of(lower["signature"]))


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: where it was sent, its header lines, its whole body."""

    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes = field(repr=False)


def verify_request(
    received: Received, directory: RegionDirectory, now: datetime
) -> tuple[Sender, Sent]:
    """Return who sent a request and its head, or MessageRefused.

    `received.target` is the method and this member's own URL: what was signed for another
    authority is nothing here. Nonces are the caller's to remember.
    """
    lines = _signed_lines(received.headers)
    if lines["content-type"] != JSON:
        raise MessageRefused(PeerCode.MALFORMED)
    key_id = _key_id(lines["signature-input"])
    found = directory.key(key_id)
    if found is None:
        raise MessageRefused(PeerCode.UNKNOWN_MEMBER)
    member, key = found
    if not key.counts(now):
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    method, _, url = received.target.partition(" ")
    message = _Request(method, url, _Lines(tuple(lines.items())))
    expected = _Expected(TAG, _COVERED, _STATED)
    stated = _verified(message, received.body, expected, (key_id, key.public))
    nonce = stated["nonce"]
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    _check_moment(stated["created"], now)
    sent = _sent(received.target, lines)
    return Sender(member, key_id, key.use, sent.signature, nonce), sent


def verify_answer(received: Received, member: Member, in_reply_to: str, now: datetime) -> Sent:
    """Return the head of a member's own answer to this very request, or MessageRefused.

    `received.target` is the status.
    """
    lines = _signed_lines(received.headers, IN_REPLY_TO)
    if lines[IN_REPLY_TO] != in_reply_to or lines["content-type"] not in (JSON, PROBLEM_JSON):
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    key_id = _key_id(lines["signature-input"])
    key = member.key(key_id, now)
    if key is None:
        raise MessageRefused(PeerCode.UNKNOWN_MEMBER)
    message = _Answer(int(received.target), _Lines(tuple(lines.items())))
    expected = _Expected(ANSWER_TAG, _COVERED_ANSWER, _STATED_ANSWER)
    stated = _verified(message, received.body, expected, (key_id, key.public))
    _check_moment(stated["created"], now)
    return _sent(received.target, lines)


def commit_of(headers: Headers) -> str:
    """Return what an answer refers to a request by, "" where it carries no signature."""
    found = [value for name, value in headers if name.lower() == "signature"]
    try:
        return hashlib.sha256(_signature_of(found[0])).hexdigest() if len(found) == 1 else ""
    except MessageRefused:
        return ""


def exchange_hash(request_signature: bytes, answer_signature: bytes = b"") -> bytes:
    """Return what stands for an exchange; without an answer, of the request alone."""
    return hashlib.sha256(
        associated(b"isa/exchange/1", request_signature, answer_signature)
    ).digest()


def exchange_text(request: Sent, answer: Sent | None, receipt: str = "") -> bytes:
    """Return what both sides keep of an exchange beside its entry."""
    return orjson.dumps([1, request.head(), answer.head() if answer else None, receipt])


@dataclass(frozen=True, slots=True)
class _Expected:
    tag: str
    covered: tuple[str, ...]
    stated: frozenset[str]


def _verified(
    message: Any, body: bytes, expected: _Expected, known: tuple[str, Ed25519PublicKey]
) -> Mapping[str, int | str]:
    """Return what the one signature states, if it covers what it must and holds."""
    verifier = _Verifier(signature_algorithm=ED25519, key_resolver=_KnownKey(*known))
    try:
        # With the body: a digest that is merely covered says nothing of what came.
        results = verifier.verify(message, max_age=None, expect_tag=expected.tag, body=body)
    except HTTPMessageSignaturesException:
        raise MessageRefused(PeerCode.SIGNATURE_INVALID) from None
    if len(results) != 1 or not _is_whole(results[0], expected):
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    return results[0].parameters


def _is_whole(result: VerifyResult, expected: _Expected) -> bool:
    covered = [*(f'"{name}"' for name in expected.covered), '"@signature-params"']
    return (
        list(result.covered_components) == covered
        and result.parameters.keys() == expected.stated
        and result.parameters["alg"] == ED25519.algorithm_id
        and result.body is not None
    )


def _check_moment(created: int | str, now: datetime) -> None:
    if not isinstance(created, int) or abs(now.timestamp() - created) > SKEW_S_MAX:
        raise MessageRefused(PeerCode.CLOCK_SKEW)


def _signed_lines(headers: Headers, *also: str) -> dict[str, str]:
    """Return the lines a signature is read from: one of each, short, plain."""
    wanted = (*_SIGNED, *also)
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in wanted:
            if lower in found or len(value) > _LINE_MAX or not value.isascii():
                raise MessageRefused(PeerCode.SIGNATURE_INVALID)
            found[lower] = value
    if len(found) != len(wanted) or not _DIGEST.fullmatch(found["content-digest"]):
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    return found


def key_id_of(headers: Headers) -> str:
    """Return the key a message says it was signed with, "" where it says none: a claim alone."""
    found = [value for name, value in headers if name.lower() == "signature-input"]
    try:
        return _key_id(found[0][:_LINE_MAX]) if len(found) == 1 else ""
    except MessageRefused:
        return ""


def _key_id(signature_input: str) -> str:
    """Return the key a signature says it was made with; the library checks that it says so."""
    found = _KEY_ID.findall(signature_input)
    if len(found) != 1:
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    return str(found[0])


def _signature_of(text: str) -> bytes:
    found = _SIGNATURE.fullmatch(text)
    if found is None:
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    raw = b64decode(found[1])
    if b64encode(raw).decode() != found[1]:  # spare bits: another spelling of the same bytes
        raise MessageRefused(PeerCode.SIGNATURE_INVALID)
    return raw
