"""ID tokens checked strictly: one signature, by a key of the provider, for us, for this sign-in."""

import base64
import binascii
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

ALGORITHMS: Final = frozenset({"ES256", "RS256", "PS256"})
TOKEN_CHARS_MAX: Final = 8192
SKEW_S: Final = 60
AGE_S_MAX: Final = 600
RSA_BITS_MIN: Final = 2048
COORDINATE_BYTES: Final = 32
_OF_NOBODY: Final = frozenset(
    "iss sub aud exp iat nbf jti nonce azp auth_time acr amr sid at_hash c_hash".split()
)
Key = Mapping[str, Any]


class NotBelieved(Exception):  # noqa: N818 (a verdict, told as such)
    """An ID token that is not what this sign-in asked for."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must say."""

    issuer: str
    client_id: str
    nonce: str | None  # None where it comes with a refresh
    now: float
    max_age_s: int | None = None
    acr: str | None = None


def key_named(
    token: str, algorithms: Collection[str] = ALGORITHMS, kind: str = "JWT"
) -> str | None:
    """Return the id of the key a token names; NotBelieved if it is no token of this kind."""
    kid = _header(_split(token)[0], algorithms, kind).get("kid")
    return kid if isinstance(kid, str) else None


def checked(token: str, keys: Sequence[Key], expected: Expected) -> dict[str, Any]:
    """Return the claims of a token that is believed; NotBelieved otherwise, never why."""
    claims = signed(token, keys)
    _check_claims(claims, expected)
    return claims


def names_nobody(token: str) -> bool:
    """Return whether a token believed before says of its bearer no more than a random id."""
    return _object(_split(token)[1]).keys() <= _OF_NOBODY


def signed(
    token: str, keys: Sequence[Key], algorithms: Collection[str] = ALGORITHMS, kind: str = "JWT"
) -> dict[str, Any]:
    """Return what one of these keys signed, as a token of this kind; NotBelieved otherwise."""
    head, body, signature = _split(token)
    header = _header(head, algorithms, kind)
    _check_signature(f"{head}.{body}".encode("ascii"), _bytes(signature), header, keys)
    return _object(body)


def check_elliptic(key: Key) -> None:
    """Raise ValueError for what is no public key on P-256."""
    try:
        _elliptic(key)
    except (KeyError, TypeError, NotBelieved) as fault:
        raise ValueError("no public key on P-256") from fault


def _split(token: str) -> tuple[str, str, str]:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > TOKEN_CHARS_MAX or not token.isascii():
        raise NotBelieved
    return parts[0], parts[1], parts[2]


def _header(
    head: str, algorithms: Collection[str] = ALGORITHMS, kind: str = "JWT"
) -> dict[str, Any]:
    header = _object(head)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms or "crit" in header:
        raise NotBelieved
    if header.get("typ", "JWT") != kind:
        raise NotBelieved  # an access token is none
    return header


def _check_signature(
    signed: bytes, signature: bytes, header: Mapping[str, Any], keys: Sequence[Key]
) -> None:
    fitting = [key for key in keys if key.get("kid") == header.get("kid")]
    if len(fitting) != 1 or fitting[0].get("use", "sig") != "sig":
        raise NotBelieved
    key, algorithm = fitting[0], header["alg"]
    if key.get("alg", algorithm) != algorithm:
        raise NotBelieved
    try:
        if algorithm == "ES256":
            _elliptic(key).verify(_der(signature), signed, ec.ECDSA(hashes.SHA256()))
        elif algorithm == "RS256":
            _rsa(key).verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            shape = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
            _rsa(key).verify(signature, signed, shape, hashes.SHA256())
    except (InvalidSignature, KeyError, ValueError, TypeError) as fault:
        raise NotBelieved from fault


def _elliptic(key: Key) -> ec.EllipticCurvePublicKey:
    if key["kty"] != "EC" or key["crv"] != "P-256":
        raise NotBelieved
    x, y = (int.from_bytes(_bytes(key[name])) for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _rsa(key: Key) -> rsa.RSAPublicKey:
    if key["kty"] != "RSA":
        raise NotBelieved
    e, n = (int.from_bytes(_bytes(key[name])) for name in ("e", "n"))
    if n.bit_length() < RSA_BITS_MIN:
        raise NotBelieved
    return rsa.RSAPublicNumbers(e, n).public_key()


def _der(signature: bytes) -> bytes:
    if len(signature) != 2 * COORDINATE_BYTES:
        raise NotBelieved
    r, s = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    return encode_dss_signature(int.from_bytes(r), int.from_bytes(s))


def _check_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    """OpenID Connect Core 1.0, section 3.1.3.7."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    now = expected.now
    right = (
        claims.get("iss") == expected.issuer,
        expected.client_id in audiences,
        len(audiences) == 1 or claims.get("azp") == expected.client_id,
        claims.get("azp", expected.client_id) == expected.client_id,
        isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255,
        _moment(claims.get("exp")) > now - SKEW_S,
        now - AGE_S_MAX <= _moment(claims.get("iat")) <= now + SKEW_S,
        expected.nonce is None or claims.get("nonce") == expected.nonce,
    )
    if not all(right):
        raise NotBelieved
    if expected.max_age_s is not None and (
        _moment(claims.get("auth_time")) < now - expected.max_age_s - SKEW_S
    ):
        raise NotBelieved
    if expected.acr is not None:
        _moment(claims.get("auth_time"))  # a factor given nobody knows when is not given now
        if claims.get("acr") != expected.acr:
            raise NotBelieved


def _moment(claim: object) -> int:
    if isinstance(claim, bool) or not isinstance(claim, int):
        raise NotBelieved
    return claim


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError) as fault:
        raise NotBelieved from fault
    if not isinstance(found, dict):
        raise NotBelieved
    return found


def _bytes(part: str) -> bytes:
    """Decode base64url in its one canonical spelling."""
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError, TypeError) as fault:
        raise NotBelieved from fault
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise NotBelieved
    return decoded
