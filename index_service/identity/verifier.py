"""Whether an access token is real: RFC 9068 tokens of one issuer, for one audience.

python-jose verifies the signature and nothing else. Before it, the token's form and
header are checked here; after it, every claim. Used plainly it accepts tokens without
expiry or audience, any type, any unknown key id and an endless header.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from jose import jws
from jose.exceptions import JOSEError

from index_service.domain.clock import Clock
from index_service.domain.errors import Code, Refused
from index_service.identity.jwks import Jwks, VerificationKey, checked_https
from index_service.identity.parsing import decoded, parsed_object

TOKEN_LENGTH_MAX = 4096
HEADER_BYTES_MAX = 1024
TOKEN_TYPE = "at+jwt"  # noqa: S105 (RFC 9068 section 2.1, no secret)
LIFE_SECONDS_MAX = 600
SKEW_SECONDS_MAX = 30  # how far the issuer's clock may run ahead of ours
CACHE_SECONDS_MAX = 60
CACHE_TOKENS_MAX = 4096
THUMBPRINT_BYTES = 32

_PRINTABLE = re.compile(r"[!-~]{1,255}")


class ConfirmationMethod(StrEnum):
    """What a token can be bound to: a DPoP key (RFC 9449) or a certificate (RFC 8705)."""

    KEY = "jkt"
    CERTIFICATE = "x5t#S256"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The binding of a token; `thumbprint` is SHA-256 in base64url."""

    method: ConfirmationMethod
    thumbprint: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says once it is believed. Who that is here, only accounts know."""

    issuer: str
    subject: str
    token_id: str
    expires_at: datetime
    issued_at: datetime
    confirmation: Confirmation | None


class StrictVerifier:
    """Verifies tokens of one issuer for one audience.

    A token believed once is believed again for CACHE_SECONDS_MAX, never past its expiry
    and never past a change of the issuer's keys.
    """

    def __init__(self, issuer: str, audience: str, jwks: Jwks, clock: Clock) -> None:
        """Bind the issuer, whose address must be https, and the audience we are."""
        self._issuer = checked_https(issuer)
        self._audience = audience
        self._jwks = jwks
        self._clock = clock
        self._believed: dict[tuple[bytes, int], tuple[Claims, float]] = {}

    async def verify(self, token: str) -> Claims:
        """Return what a real token says; every other is refused alike, without a cause.

        The cause would tell a forger which check to work on next.
        """
        try:
            return await self._verified(token)
        except (JOSEError, ValueError):
            raise Refused(Code.NOT_AUTHENTICATED) from None

    async def _verified(self, token: str) -> Claims:
        if len(token) > TOKEN_LENGTH_MAX:
            raise ValueError
        digest = hashlib.sha256(token.encode("ascii")).digest()
        now_s = self._clock.now().timestamp()
        claims, until_s = self._believed.get((digest, self._jwks.version), (None, 0.0))
        if claims is not None and now_s < until_s:
            return claims
        claims = await self._checked(token)
        self._remember(digest, claims, now_s)
        return claims

    async def _checked(self, token: str) -> Claims:
        header, payload, signature = token.split(".")
        decoded(payload)
        kid, alg = _key_named(decoded(header))
        key = await self._jwks.key(kid)
        if key is None or alg != key.alg or len(decoded(signature)) != key.signature_bytes:
            raise ValueError
        return self._believable(parsed_object(_signed(token, key)))

    def _believable(self, said: dict[str, object]) -> Claims:
        if said.get("iss") != self._issuer or said.get("aud") != self._audience:
            raise ValueError
        _text(said, "client_id")  # required by RFC 9068 section 2.2
        now_s = self._clock.now().timestamp()
        expires_s, issued_s = _seconds(said, "exp"), _seconds(said, "iat")
        begins_s = _seconds(said, "nbf") if "nbf" in said else issued_s
        if max(issued_s, begins_s) > now_s + SKEW_SECONDS_MAX or expires_s <= now_s:
            raise ValueError
        if not 0 < expires_s - issued_s <= LIFE_SECONDS_MAX:
            raise ValueError
        return Claims(
            issuer=self._issuer,
            subject=_text(said, "sub"),
            token_id=_text(said, "jti"),
            expires_at=datetime.fromtimestamp(expires_s, UTC),
            issued_at=datetime.fromtimestamp(issued_s, UTC),
            confirmation=_confirmation(said),
        )

    def _remember(self, digest: bytes, claims: Claims, now_s: float) -> None:
        if len(self._believed) >= CACHE_TOKENS_MAX:
            del self._believed[next(iter(self._believed))]
        until_s = min(now_s + CACHE_SECONDS_MAX, claims.expires_at.timestamp())
        self._believed[digest, self._jwks.version] = (claims, until_s)


def _key_named(header: bytes) -> tuple[str, str]:
    """Return key id and algorithm of a header that holds nothing but what it must.

    So jku, jwk, x5u, x5c, crit, b64 and zip are refused without being named.
    """
    if len(header) > HEADER_BYTES_MAX:
        raise ValueError
    said = parsed_object(header)
    kid, alg = said.get("kid"), said.get("alg")
    if said.keys() != {"alg", "kid", "typ"} or said["typ"] != TOKEN_TYPE:
        raise ValueError
    if not isinstance(kid, str) or not isinstance(alg, str):
        raise ValueError
    return kid, alg


def _signed(token: str, key: VerificationKey) -> bytes:
    """Return the payload whose signature is good. INVARIANT: claims are read from nothing else."""
    payload: bytes = jws.verify(token, key.key, algorithms=[key.alg])
    return payload


def _text(said: dict[str, object], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not _PRINTABLE.fullmatch(value):
        raise ValueError
    return value


def _seconds(said: dict[str, object], name: str) -> int:
    value = said.get(name)
    # Not isinstance: True is an int there, and 1e9 must not pass for one.
    if type(value) is not int or not 0 < value < 2**40:
        raise ValueError
    return value


def _confirmation(said: dict[str, object]) -> Confirmation | None:
    """Return the binding; one we could not enforce is refused, never overlooked."""
    if "cnf" not in said:
        return None
    bound = said["cnf"]
    if not isinstance(bound, dict) or len(bound) != 1:
        raise ValueError
    method = ConfirmationMethod(next(iter(bound)))
    thumbprint = bound[method]
    if not isinstance(thumbprint, str) or len(decoded(thumbprint)) != THUMBPRINT_BYTES:
        raise ValueError
    return Confirmation(method, thumbprint)
