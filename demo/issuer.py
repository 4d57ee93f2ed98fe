"""The demo's identity provider: real https, real keys, access tokens by RFC 9068.

It gives a token to anyone who knows the run's secret and names a persona. That is why
it lives here and not in the service.
"""

import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self
from uuid import uuid4

import orjson
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from demo.certificates import make_server_tls
from demo.personas import Persona, personas
from index_service.domain.clock import Clock, SystemClock
from index_service.identity.parsing import encoded

TOKEN_LIFE = timedelta(minutes=10)
COORDINATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One ES256 key and the id it is published under."""

    kid: str
    private: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls) -> Self:
        """Make a key with an id that says nothing."""
        return cls(secrets.token_urlsafe(12), ec.generate_private_key(ec.SECP256R1()))

    def public(self) -> dict[str, str]:
        """Return the public key as a JWK."""
        numbers = self.private.public_key().public_numbers()
        x, y = (encoded(number.to_bytes(COORDINATE_BYTES)) for number in (numbers.x, numbers.y))
        fixed = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig"}
        return {**fixed, "kid": self.kid, "x": x, "y": y}

    def signed(self, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
        """Return a compact JWS; the signature is r and s side by side (RFC 7518 section 3.4)."""
        text = ".".join(encoded(orjson.dumps(part)) for part in (header, claims))
        der = self.private.sign(text.encode("ascii"), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return f"{text}.{encoded(r.to_bytes(COORDINATE_BYTES) + s.to_bytes(COORDINATE_BYTES))}"


class Mint:
    """Makes access tokens, in process."""

    def __init__(self, issuer: str, audience: str, clock: Clock) -> None:
        """Bind the issuer's address and the audience every token is for."""
        self.issuer = issuer
        self.audience = audience
        self._clock = clock
        self._keys = [SigningKey.new()]  # newest first

    def token_for(
        self, persona: Persona, life: timedelta = TOKEN_LIFE, cnf: dict[str, str] | None = None
    ) -> str:
        """Return a token for a persona; `cnf` binds it to a key or certificate."""
        key, now = self._keys[0], self._clock.now()
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": persona.subject,
            "client_id": f"demo-{persona.agency.kind}",
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
            "jti": str(uuid4()),
        }
        if cnf is not None:
            claims["cnf"] = cnf
        return key.signed({"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}, claims)

    def rotate(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on; the old one stays published unless withdrawn."""
        self._keys = [SigningKey.new(), *(self._keys if keep_old else [])]

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """Return the JWK set to publish."""
        return {"keys": [key.public() for key in self._keys]}


class Issuer:
    """A mint behind https on loopback: discovery, keys and a token endpoint."""

    def __init__(self, mint: Mint, ca_file: Path, clock: Clock) -> None:
        """Bind a mint; use `running`."""
        self.url = mint.issuer
        self.jwks_url = f"{mint.issuer}/jwks.json"
        self.token_url = f"{mint.issuer}/token"
        self.audience = mint.audience
        self.ca_file = ca_file
        self.secret = secrets.token_urlsafe(12)
        self.mint = mint
        self.personas = personas(clock.today())

    @classmethod
    @asynccontextmanager
    async def running(
        cls, directory: Path, audience: str, port: int = 0, clock: Clock | None = None
    ) -> AsyncIterator[Self]:
        """Serve on 127.0.0.1 until left; certificates of this run are put in `directory`."""
        clock = clock or SystemClock()
        tls = make_server_tls(directory)
        # Bound before anything else: the port is part of the issuer's name.
        listener = socket.create_server(("127.0.0.1", port))
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        issuer = cls(Mint(url, audience, clock), tls.ca_file, clock)
        application = web.Application(client_max_size=4096)
        application.add_routes(
            [
                web.get("/.well-known/openid-configuration", issuer._discovery),
                web.get("/jwks.json", issuer._keys),
                web.post("/token", issuer._token),
            ]
        )
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listener, ssl_context=tls.server_context()).start()
            yield issuer
        finally:
            await runner.cleanup()
            listener.close()

    def token_for(self, persona: Persona | str, cnf: dict[str, str] | None = None) -> str:
        """Return a token for a persona or a persona's name, without asking over the wire."""
        known = self.personas[persona] if isinstance(persona, str) else persona
        return self.mint.token_for(known, cnf=cnf)

    def rotate(self, *, keep_old: bool = True) -> None:
        """Turn the signing key."""
        self.mint.rotate(keep_old=keep_old)

    async def _discovery(self, _request: web.Request) -> web.Response:
        return _answer(
            {
                "issuer": self.url,
                "jwks_uri": self.jwks_url,
                "token_endpoint": self.token_url,
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "response_types_supported": [],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
            }
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        return _answer(self.mint.key_set())

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return _answer({"error": "unsupported_grant_type"}, status=400)
        persona = self.personas.get(str(form.get("client_id", "")))
        offered = str(form.get("client_secret", ""))
        if persona is None or not secrets.compare_digest(offered.encode(), self.secret.encode()):
            return _answer({"error": "invalid_client"}, status=401)
        life_s = int(TOKEN_LIFE.total_seconds())
        token = self.token_for(persona)
        return _answer({"access_token": token, "token_type": "Bearer", "expires_in": life_s})


def _answer(document: object, status: int = 200) -> web.Response:
    return web.Response(
        body=orjson.dumps(document),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
