"""The signed promise that an entry stands in the access log, as `Audit-Receipt` carries it.

    v1.<entry id>.<leaf>.<deadline, epoch seconds>.<Ed25519 signature>     (base64url)

The signature covers the authority as well, so a receipt of one index proves nothing of
another. Whoever holds a receipt past its deadline may demand the inclusion proof; a leaf
missing then proves suppression. It tells nothing of the entry: the leaf is blinded.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEAL_DEADLINE_S = 24 * 60 * 60

_DOMAIN = b"index-service/audit-receipt/v1"
_FORM = re.compile(
    r"v1\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})\.([1-9][0-9]{0,11})\.([A-Za-z0-9_-]{86})"
)

# Only AccessLog has this in hand (tests/log/test_receipt.py reads the tree to see so).
_MINT = object()


class ReceiptRefused(Exception):  # noqa: N818 (the finding of a check, not a fault of ours)
    """Not a receipt of this authority: wrong form, or a signature that does not hold."""


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a verified receipt promises: this leaf is in the tree by `deadline_s`."""

    entry_id: UUID
    leaf: bytes
    deadline_s: int


class Receipt:
    """The capability to answer: proof that one entry is durable, good for one answer."""

    __slots__ = ("_header", "_spent", "entry_id")

    def __init__(self, mint: object, entry_id: UUID, header: str) -> None:
        if mint is not _MINT:
            raise TypeError("only the access log mints receipts")
        self.entry_id = entry_id
        self._header = header
        self._spent = False

    def __str__(self) -> str:
        return self._header

    @property
    def spent(self) -> bool:
        """Whether an answer has already left on this receipt."""
        return self._spent

    def spend(self) -> str:
        """Return the header's value, once; RuntimeError at the second answer."""
        if self._spent:
            raise RuntimeError("a receipt accounts for one answer")
        self._spent = True
        return self._header


def signed_header(key: Ed25519PrivateKey, csa: str, facts: ReceiptFacts) -> str:
    """Return the header's value for an entry known to be durable."""
    signature = key.sign(_message(csa, facts))
    return f"{unsigned_header(facts)}.{_text(signature)}"


def unsigned_header(facts: ReceiptFacts) -> str:
    """Return what a receipt of this entry begins with: it promises nothing by itself."""
    return f"v1.{_text(facts.entry_id.bytes)}.{_text(facts.leaf)}.{facts.deadline_s}"


def verify_receipt(public_key: Ed25519PublicKey, csa: str, header: str) -> ReceiptFacts:
    """Return what a receipt promises, or raise ReceiptRefused. One spelling is accepted."""
    form = _FORM.fullmatch(header)
    if form is None:
        raise ReceiptRefused
    entry_id, leaf, signature = (_bytes(form[each]) for each in (1, 2, 4))
    facts = ReceiptFacts(UUID(bytes=entry_id), leaf, int(form[3]))
    try:
        public_key.verify(signature, _message(csa, facts))
    except InvalidSignature:
        raise ReceiptRefused from None
    return facts


def _message(csa: str, facts: ReceiptFacts) -> bytes:
    """Every part behind its length: no two receipts share a message."""
    parts = (
        _DOMAIN,
        csa.encode(),
        facts.entry_id.bytes,
        facts.leaf,
        facts.deadline_s.to_bytes(8),
    )
    return b"".join([len(part).to_bytes(4) + part for part in parts])


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _text(value) != text:  # spare bits set: another spelling of the same receipt
        raise ReceiptRefused
    return value
