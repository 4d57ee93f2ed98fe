"""Tokens made by hand, with good keys and bad ones, and a server that publishes keys."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import orjson
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from demo.certificates import ServerTls
from index_service.identity.parsing import encoded

ISSUER = "https://127.0.0.1/issuer"
AUDIENCE = "https://index.northmere.example"
# The real moment, held still: jose, for comparison, reads no other clock.
NOW = datetime.now(UTC).replace(microsecond=0)

EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
FORGERS_KEY = ec.generate_private_key(ec.SECP256R1())

Json = dict[str, object]


@dataclass
class MovingClock:
    """A clock the test moves."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def number(value: int, length: int | None = None) -> str:
    return encoded(value.to_bytes(length or (value.bit_length() + 7) // 8))


def ec_jwk(key: ec.EllipticCurvePrivateKey, kid: object = "ec-1", **changed: object) -> Json:
    at = key.public_key().public_numbers()
    fixed: Json = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid}
    return {**fixed, "x": number(at.x, 32), "y": number(at.y, 32), **changed}


def rsa_jwk(key: rsa.RSAPrivateKey, kid: str = "rsa-1", **changed: object) -> Json:
    at = key.public_key().public_numbers()
    fixed = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid}
    return {**fixed, "n": number(at.n), "e": number(at.e), **changed}


def key_set(*keys: Json) -> bytes:
    return orjson.dumps({"keys": list(keys) or [ec_jwk(EC_KEY), rsa_jwk(RSA_KEY)]})


def es256(signed: bytes, key: ec.EllipticCurvePrivateKey = EC_KEY) -> bytes:
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def rs256(signed: bytes) -> bytes:
    return RSA_KEY.sign(signed, padding.PKCS1v15(), hashes.SHA256())


def hs256(signed: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, signed, hashlib.sha256).digest()


def claims(**changed: object) -> Json:
    """Return good claims but for what is changed; a value of `...` leaves the claim out."""
    begun = int(NOW.timestamp())
    good: Json = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "northmere-social-worker",
        "client_id": "case-system",
        "iat": begun,
        "exp": begun + 600,
        "jti": "0b9f4a3e",
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def header(**changed: object) -> Json:
    good: Json = {"alg": "ES256", "kid": "ec-1", "typ": "at+jwt"}
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def raw(part: Json | bytes) -> str:
    return encoded(part if isinstance(part, bytes) else orjson.dumps(part))


def signed_text(head: Json | bytes, body: Json | bytes) -> str:
    return f"{raw(head)}.{raw(body)}"


def token(head: Json | bytes | None = None, body: Json | bytes | None = None) -> str:
    """Return a token signed with the good EC key."""
    text = signed_text(header() if head is None else head, claims() if body is None else body)
    return f"{text}.{encoded(es256(text.encode()))}"


@dataclass
class KeyServer:
    """What an issuer publishes, and how often it was asked."""

    url: str = ""
    document: bytes = field(default_factory=key_set)
    status: int = 200
    wait_s: float = 0.0
    asked: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        await asyncio.sleep(self.wait_s)
        if request.path == "/moved.json":
            return web.Response(status=302, headers={"Location": self.url})
        return web.Response(status=self.status, body=self.document, content_type="application/json")


@asynccontextmanager
async def key_server(tls: ServerTls) -> AsyncIterator[KeyServer]:
    """Serve keys over https on loopback."""
    server = KeyServer()
    application = web.Application()
    application.add_routes([web.get("/{any:.*}", server.answer)])
    runner = web.AppRunner(application, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context()).start()
    server.url = f"https://127.0.0.1:{runner.addresses[0][1]}/jwks.json"
    try:
        yield server
    finally:
        await runner.cleanup()
