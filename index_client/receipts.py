"""`Audit-Receipt`: the authority's signed promise that an entry stands in its access log.

    v1.<entry id>.<leaf>.<deadline, epoch seconds>.<Ed25519 signature>     (base64url)

Checked here offline, against the authority's receipt key alone. Whether the promise was kept
is for a verifier of the log to say, after the deadline: keep the receipts until then.
"""

import re
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from index_client.errors import ReceiptWrong

_DOMAIN = b"index-service/audit-receipt/v1"
_FORM = re.compile(
    r"v1\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})\.([1-9][0-9]{0,11})\.([A-Za-z0-9_-]{86})"
)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a genuine receipt promises: this leaf stands in the log by `deadline_s`."""

    entry_id: UUID
    leaf: bytes
    deadline_s: int


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """Whose receipts count: an authority's name, and its receipt keys, old ones too."""

    csa: str
    keys: tuple[Ed25519PublicKey, ...]

    @classmethod
    def of(cls, csa: str, *keys: str) -> Self:
        """Take an authority's name and its keys in base64; ValueError where one is none."""
        if not csa or not keys:
            raise ValueError("a receipt key has an authority and a key")
        raw = [b64decode(key, validate=True) for key in keys]
        return cls(csa, tuple(map(Ed25519PublicKey.from_public_bytes, raw)))

    @classmethod
    def from_policy(cls, text: str) -> Self:
        """Read them from the policy file that the authority publishes for verifiers of its log.

        Its lines `csa NAME` and `receipt BASE64` are read, and no others.
        """
        told = list(_told(text))
        names = [value for word, value in told if word == "csa"]
        if len(names) != 1:
            raise ValueError("a policy names one authority")
        return cls.of(names[0], *(value for word, value in told if word == "receipt"))

    def check(self, header: str) -> Promise:
        """Return what a receipt promises; ReceiptWrong if it is not this authority's."""
        promise = promise_of(header)
        if promise is None:
            raise ReceiptWrong("form")
        signature = _bytes(header.rpartition(".")[2]) or b""
        message = _message(self.csa, promise)
        if not any(_holds(key, signature, message) for key in self.keys):
            raise ReceiptWrong("signature")
        return promise


def promise_of(header: str) -> Promise | None:
    """Return what a receipt says it promises, its signature unchecked; None where it is none."""
    form = _FORM.fullmatch(header)
    entry_id, leaf, signature = (_bytes(form[each]) for each in (1, 2, 4)) if form else [None] * 3
    if form is None or entry_id is None or leaf is None or signature is None:
        return None
    return Promise(UUID(bytes=entry_id), leaf, int(form[3]))


def entry_id_of(header: str) -> UUID | None:
    """Return the entry a receipt speaks of, its signature unchecked; None where it is none."""
    promise = promise_of(header)
    return None if promise is None else promise.entry_id


def _told(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        word, _, value = line.partition(" ")
        if word in ("csa", "receipt"):
            yield word, value.strip()


def _message(csa: str, promise: Promise) -> bytes:
    """Every part behind its length: no two receipts share a message."""
    parts = (
        _DOMAIN,
        csa.encode(),
        promise.entry_id.bytes,
        promise.leaf,
        promise.deadline_s.to_bytes(8),
    )
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def _holds(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _bytes(text: str) -> bytes | None:
    """Return what a text spells, or None: spare bits set would be a second spelling."""
    value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return value if urlsafe_b64encode(value).rstrip(b"=").decode() == text else None
