"""ID tokens: the provider's own for this sign-in is believed, and nothing like it."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from demo.issuer import SigningKey
from thin_client.id_token import Expected, NotBelieved, checked

NOW = 1_800_000_000
KEY = SigningKey.new()
CLAIMS: dict[str, Any] = {
    "iss": "https://id.example",
    "aud": "thin-client",
    "sub": "northmere-teacher",
    "nonce": "n",
    "iat": NOW,
    "exp": NOW + 600,
    "auth_time": NOW,
    "acr": "strong",
}
HEADER = {"alg": "ES256", "kid": KEY.kid, "typ": "JWT"}
EXPECTED = Expected("https://id.example", "thin-client", "n", NOW, 300, "strong")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def believed(token: str) -> dict[str, Any]:
    return checked(token, [KEY.public()], EXPECTED)


def test_the_providers_own_is_believed() -> None:
    assert believed(KEY.signed(HEADER, CLAIMS))["sub"] == "northmere-teacher"
    audiences = {**CLAIMS, "aud": ["thin-client", "other"], "azp": "thin-client"}
    assert believed(KEY.signed(HEADER, audiences))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"aud": ["thin-client", "other"]},
        {"aud": []},
        {"azp": "other"},
        {"sub": ""},
        {"sub": 7},
        {"nonce": "m"},
        {"nonce": None},
        {"exp": NOW - 61},
        {"exp": str(NOW + 600)},
        {"exp": True},
        {"exp": None},
        {"iat": NOW - 601},
        {"iat": NOW + 61},
        {"auth_time": NOW - 400},
        {"auth_time": None},
        {"acr": "weak"},
    ],
)
def test_one_claim_that_is_not_as_asked_is_enough(changed: dict[str, Any]) -> None:
    with pytest.raises(NotBelieved):
        believed(KEY.signed(HEADER, CLAIMS | changed))


@pytest.mark.parametrize(
    "changed",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS256"}, {"typ": "at+jwt"}, {"crit": ["x"]},
     {"kid": "other"}, {"kid": None}, {"kid": []}, {"alg": []}, {"alg": {}}, {"alg": None},
     {"typ": []}],
)  # fmt: skip
def test_a_header_that_is_not_as_asked_is_enough(changed: dict[str, Any]) -> None:
    with pytest.raises(NotBelieved):
        believed(KEY.signed(HEADER | changed, CLAIMS))


def test_a_stronger_factor_given_nobody_knows_when_is_not_believed() -> None:
    expected = replace(EXPECTED, max_age_s=None)
    claims = {name: claim for name, claim in CLAIMS.items() if name != "auth_time"}
    with pytest.raises(NotBelieved):
        checked(KEY.signed(HEADER, claims), [KEY.public()], expected)
    assert checked(KEY.signed(HEADER, CLAIMS), [KEY.public()], expected)


def test_another_key_or_a_changed_byte_is_not_believed() -> None:
    token = KEY.signed(HEADER, CLAIMS)
    head, body, signature = token.split(".")
    other = SigningKey(KEY.kid, SigningKey.new().private)
    for forged in (
        other.signed(HEADER, CLAIMS),
        f"{head}.{b64(json.dumps(CLAIMS | {'sub': 'x'}).encode())}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{signature}A",
        token + "\n",
        "x" * 9000,
        "é.é.é",
    ):
        with pytest.raises(NotBelieved):
            believed(forged)


@pytest.mark.parametrize("bits", [1024, 2048])
def test_rsa_is_believed_from_2048_bits(bits: int) -> None:
    private = rsa.generate_private_key(65537, bits)  # small ones too, on purpose
    numbers = private.public_key().public_numbers()
    e, n = (b64(each.to_bytes((each.bit_length() + 7) // 8)) for each in (numbers.e, numbers.n))
    key = {"kty": "RSA", "kid": "r", "e": e, "n": n}
    parts = [{"alg": "RS256", "kid": "r"}, CLAIMS]
    text = ".".join(b64(json.dumps(part).encode()) for part in parts)
    signature = private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    token = f"{text}.{b64(signature)}"
    if bits >= 2048:
        assert checked(token, [key], EXPECTED)
    else:
        with pytest.raises(NotBelieved):
            checked(token, [key], EXPECTED)
