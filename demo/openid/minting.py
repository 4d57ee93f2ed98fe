"""The demo's signing keys, and the tokens made with them: ES256, and access tokens by RFC 9068."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import uuid4

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from demo.personas import Persona
from index_service.domain.clock import Clock
from index_service.identity.parsing import decoded, encoded, parsed_object

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

    def signed_this(self, text: str, signature: bytes) -> bool:
        """Return whether a signature over a text is this key's."""
        if len(signature) != 2 * COORDINATE_BYTES:
            return False
        r, s = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
        der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
        try:
            self.private.public_key().verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class Mint:
    """Makes access tokens and ID tokens, in process."""

    def __init__(self, issuer: str, audience: str, clock: Clock) -> None:
        """Bind the issuer's address and the audience every access token is for."""
        self.issuer = issuer
        self.pages = issuer  # where browsers are sent
        self.audience = audience
        self._clock = clock
        self._keys = [SigningKey.new()]  # newest first

    def token_for(
        self,
        persona: Persona,
        life: timedelta = TOKEN_LIFE,
        cnf: dict[str, str] | None = None,
        about: Mapping[str, object] | None = None,
    ) -> str:
        """Return an access token for a persona.

        `cnf` binds it to a key or certificate; `about` says who asked for it and how the
        persona logged in.
        """
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": persona.subject,
            "client_id": f"demo-{persona.agency.kind}",
            **self._moments(life),
            "jti": str(uuid4()),
            **(about or {}),
        }
        if cnf is not None:
            claims["cnf"] = cnf
        return self._signed("at+jwt", claims)

    def id_token(self, persona: Persona, client_id: str, about: Mapping[str, object]) -> str:
        """Return an ID token: who logged in, told to the application they logged in to."""
        whom = {"iss": self.issuer, "aud": client_id, "sub": persona.subject}
        return self._signed("JWT", {**whom, **self._moments(TOKEN_LIFE), **about})

    def said(self, token: str) -> dict[str, object]:
        """Return what an ID token of ours says, expired or not; ValueError for any other."""
        header, claims, signature = token.split(".")
        head = parsed_object(decoded(header))
        known = next((key for key in self._keys if key.kid == head.get("kid")), None)
        if known is None or (head.get("typ"), head.get("alg")) != ("JWT", "ES256"):
            raise ValueError("no ID token of ours")
        if not known.signed_this(f"{header}.{claims}", decoded(signature)):
            raise ValueError("not signed by us")
        return parsed_object(decoded(claims))

    def rotate(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on; the old one stays published unless withdrawn."""
        self._keys = [SigningKey.new(), *(self._keys if keep_old else [])]

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """Return the JWK set to publish."""
        return {"keys": [key.public() for key in self._keys]}

    def _moments(self, life: timedelta) -> dict[str, int]:
        now = self._clock.now()
        return {"iat": int(now.timestamp()), "exp": int((now + life).timestamp())}

    def _signed(self, kind: str, claims: Mapping[str, object]) -> str:
        key = self._keys[0]
        return key.signed({"alg": "ES256", "kid": key.kid, "typ": kind}, claims)
