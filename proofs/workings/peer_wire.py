"""Messages between members, put together and signed by a hand of our own, byte by byte.

It shares nothing with the index's: what it signs may cover too little, say too much or be of
another body, and what it sends need not be HTTP to its end.
"""

import asyncio
import contextlib
import hashlib
import secrets
import ssl
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_service.crypto.peer_keys import PeerKeyUse, peer_keys
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import Clock
from index_service.federation.tls import TlsFiles, calling_context
from tests.region import RegionServed

COVERED: Final = ("@method", "@target-uri", "content-type", "content-digest")
ANSWER_S_MAX: Final = 30.0
Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is signed; as it must be unless something is said."""

    covered: tuple[str, ...] = COVERED
    label: str = "isa"
    tag: str = "isa-peer"
    alg: str = "ed25519"
    moved_s: int = 0  # how far the moment it states is from now
    nonce: str = ""
    more: str = ""  # further parameters
    without: str = ""  # a parameter left out
    digest_of: bytes | None = None  # another body than the one sent


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it is sent."""

    path: str
    body: bytes = field(repr=False)
    lines: Lines
    method: str = "POST"

    def line(self, name: str) -> str:
        """Return a header line's value."""
        return dict(self.lines)[name]

    def with_line(self, name: str, value: str) -> "Message":
        """Return it with a header line changed."""
        return replace(self, lines=tuple((n, value if n == name else v) for n, v in self.lines))

    def raw(self, port: int) -> bytes:
        """Return its bytes."""
        lines = [("host", f"127.0.0.1:{port}"), *self.lines]
        if not any(name == "content-length" for name, _ in lines):
            lines.append(("content-length", str(len(self.body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as it came: status 0 where the connection ended instead."""

    status: int
    lines: Lines
    body: bytes
    seconds: float

    @property
    def code(self) -> str:
        """The code of a refusal, "" of anything else."""
        before, _, after = self.body.partition(b'"code":"')
        return after.partition(b'"')[0].decode() if after and before == b"{" else ""

    @property
    def shape(self) -> tuple[object, ...]:
        """All that can be told of it but its bytes: status, names and lengths of lines, size."""
        lengths = tuple((name, 0 if name == "audit-receipt" else len(v)) for name, v in self.lines)
        return self.status, lengths, len(self.body)


@dataclass(frozen=True, slots=True)
class Hand:
    """One member's keys and certificate in a hand that does as it likes."""

    name: str
    key_id: str
    private: Ed25519PrivateKey = field(repr=False)
    context: ssl.SSLContext = field(repr=False)
    clock: Clock = field(repr=False)

    def signed(self, base: str, path: str, body: bytes, form: Form | None = None) -> Message:
        """Return a message to the member whose URL is `base`."""
        how = form or Form()
        digest = hashlib.sha256(body if how.digest_of is None else how.digest_of).digest()
        values = {
            "@method": "POST",
            "@target-uri": base + path,
            "content-type": "application/json",
            "content-digest": f"sha-256=:{b64encode(digest).decode()}:",
        }
        names = " ".join(f'"{name}"' for name in how.covered)
        stated = f"({names}){self._stated(how)}"
        text = "".join(f'"{name}": {values[name]}\n' for name in how.covered)
        signature = self.private.sign(f'{text}"@signature-params": {stated}'.encode())
        return Message(
            path,
            body,
            (
                ("content-type", values["content-type"]),
                ("content-digest", values["content-digest"]),
                ("signature-input", f"{how.label}={stated}"),
                ("signature", f"{how.label}=:{b64encode(signature).decode()}:"),
            ),
        )

    def _stated(self, how: Form) -> str:
        nonce = how.nonce or urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
        created = int(self.clock.now().timestamp()) + how.moved_s
        parameters = {
            "created": str(created),
            "keyid": f'"{self.key_id}"',
            "alg": f'"{how.alg}"',
            "nonce": f'"{nonce}"',
            "tag": f'"{how.tag}"',
        }
        parameters.pop(how.without, None)
        return "".join(f";{name}={value}" for name, value in parameters.items()) + how.more


def hand_of(
    region: RegionServed, name: str, use: PeerKeyUse = PeerKeyUse.SERVE, certificate: str = ""
) -> Hand:
    """Return a member's hand; with another's certificate where that is said."""
    key_id, private = peer_keys(name, FileKeyProvider(region.papers.members[name].keys), use)[0]
    tls = region.papers.members[certificate or name].tls
    files = TlsFiles(tls.certificate_file, tls.key_file, tls.ca_file)
    pins = {each.tls.pin() for each in region.papers.members.values()}
    return Hand(name, key_id, private, calling_context(files, pins), region.clock)


def stranger_context(region: RegionServed) -> ssl.SSLContext:
    """Return the context of somebody the region's authority certified, and no directory names."""
    place = region.papers.directory / "stranger"
    tls = region.papers.authority.certified(place, "stranger", calls=True)
    files = TlsFiles(tls.certificate_file, tls.key_file, tls.ca_file)
    return calling_context(files, {each.tls.pin() for each in region.papers.members.values()})


async def sent(port: int, context: ssl.SSLContext, parts: Sequence[bytes | float]) -> Heard:
    """Send these bytes on a connection of their own, pausing where a number stands.

    The answer's time counts from the last byte sent.
    """
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    except (OSError, ssl.SSLError):
        return Heard(0, (), b"", 0.0)
    begun = time.monotonic()
    try:
        async with asyncio.timeout(ANSWER_S_MAX):
            for part in parts:
                if isinstance(part, bytes):
                    writer.write(part)
                    await writer.drain()
                else:
                    await asyncio.sleep(part)
                begun = time.monotonic()
            return await _heard(reader, begun)
    except (OSError, ssl.SSLError, asyncio.IncompleteReadError, TimeoutError):
        return Heard(0, (), b"", time.monotonic() - begun)
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(1.0):
                await writer.wait_closed()


async def _heard(reader: asyncio.StreamReader, begun: float) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    seconds = time.monotonic() - begun
    pairs = [line.partition(": ") for line in head[1:] if line]
    lines = tuple((name.lower(), value) for name, _, value in pairs)
    length = int(dict(lines).get("content-length", "0"))
    return Heard(int(head[0].split(" ")[1]), lines, await reader.readexactly(length), seconds)
