"""Receipts of consents: a signed commitment that names nothing, opened only with its blind.

    commitment = SHA-256(0x02 || blind || canonical terms)

`0x02` keeps commitments apart from the access log's leaves (0x00) and nodes (0x01). `blind`
is 32 random bytes, kept sealed with the consent; whoever finds a receipt can neither read
from it what was agreed to nor try guesses against it. A receipt is

    c1.<commitment>.<Ed25519 signature>     (base64url)

and is verified off line with the authority's public receipt key (`verify_consent_receipt`).
"""

import hashlib
import os
import re
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from index_service.crypto.associated import associated

BLIND_BYTES = 32
CODE_LENGTH = 12  # of base 32: 60 bits, tried against one consent at one counter

_PREFIX = b"\x02"
_CODE_PREFIX = b"\x03"
_DOMAIN = b"index-service/consent-receipt/v1"
_FORM = re.compile(r"c1\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{86})")


class ReceiptUnverified(Exception):  # noqa: N818 (the finding of a check, not a fault of ours)
    """Not a consent receipt of this authority: wrong form, or the signature does not hold."""


def new_blind() -> bytes:
    """Return the random bytes that make one commitment say nothing."""
    return os.urandom(BLIND_BYTES)


def commitment(blind: bytes, canonical: bytes) -> bytes:
    """Return what a consent is committed to by; ValueError for a blind of another length."""
    if len(blind) != BLIND_BYTES:
        raise ValueError("a blind has 32 bytes")
    return hashlib.sha256(_PREFIX + blind + canonical).digest()


def code_of(blind: bytes) -> str:
    """Return the short code that stands for a commitment kept here; random as its blind is."""
    return b32encode(hashlib.sha256(_CODE_PREFIX + blind).digest()).decode()[:CODE_LENGTH]


def consent_receipt(key: Ed25519PrivateKey, csa: str, committed: bytes) -> str:
    """Return the receipt of a commitment, the same each time."""
    return f"c1.{_text(committed)}.{_text(key.sign(_message(csa, committed)))}"


def verify_consent_receipt(public_key: Ed25519PublicKey, csa: str, receipt: str) -> bytes:
    """Return the commitment a receipt is signed over, or raise ReceiptUnverified.

    Needs nothing but the public key and the authority's name. One spelling is accepted.
    """
    form = _FORM.fullmatch(receipt)
    if form is None:
        raise ReceiptUnverified
    committed, signature = _bytes(form[1]), _bytes(form[2])
    try:
        public_key.verify(signature, _message(csa, committed))
    except InvalidSignature:
        raise ReceiptUnverified from None
    return committed


def same_proof(left: str, right: str) -> bool:
    """Return whether two receipts or codes are equal, taking as long whether or not they are."""
    return compare_digest(left.encode(), right.encode())


def _message(csa: str, committed: bytes) -> bytes:
    return associated(_DOMAIN, csa.encode(), committed)


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _text(value) != text:  # spare bits set: another spelling of the same receipt
        raise ReceiptUnverified
    return value
