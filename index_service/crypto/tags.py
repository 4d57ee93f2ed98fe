"""Tags handed to callers: ETags, idempotency keys and cursors, each bound to one account."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from index_service.crypto.associated import associated
from index_service.crypto.digest import Mac
from index_service.crypto.envelope import (
    FORMAT,
    Breach,
    SealBroken,
    open_padded,
    seal_padded,
    size_of,
)

CURSOR_CAPACITY = 64  # bytes of position
_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,200}")


class Tagger:
    """Makes and compares tags; another account's tag is never one's own."""

    __slots__ = ("_bound", "_cursors", "_mac")

    def __init__(self, csa: str, mac_key: bytes, cursor_key: bytes) -> None:
        self._mac = Mac(mac_key)
        self._cursors = AESGCM(cursor_key)
        self._bound = associated(b"isa/cursor/1", csa.encode())

    def etag(self, account_id: UUID, canonical: bytes) -> str:
        """Return the 22 characters that stand for what was disclosed to this account."""
        return _text(self._mac.of_parts("etag", account_id.bytes, canonical))

    def etag_matches(self, account_id: UUID, canonical: bytes, presented: str) -> bool:
        """Return whether a presented ETag is this account's for exactly these bytes."""
        return compare_digest(self.etag(account_id, canonical).encode(), presented.encode())

    def idempotency(self, account_id: UUID, route: str, key: str) -> bytes:
        """Return the 16 bytes a request is remembered by: actor, route and their key."""
        return self._mac.of_parts("idempotency", account_id.bytes, route.encode(), key.encode())

    def body_mac(self, account_id: UUID, route: str, body: bytes) -> bytes:
        """Return the 16 bytes that tell whether a repeated request has the same body."""
        return self._mac.of_parts("body", account_id.bytes, route.encode(), body)

    def seal_cursor(self, account_id: UUID, route: str, position: bytes) -> str:
        """Return a cursor of one length that shows nothing and serves this account only."""
        bound = self._bound_to(account_id, route)
        return _text(seal_padded(self._cursors, "cursor", bound, position, CURSOR_CAPACITY))

    def open_cursor(self, account_id: UUID, route: str, cursor: str) -> bytes:
        """Return the position in a cursor of this account and route, or SealBroken."""
        if not _CURSOR.fullmatch(cursor) or len(cursor) % 4 == 1:
            raise SealBroken(Breach.FORM, "cursor")
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        right_size = len(sealed) == size_of(CURSOR_CAPACITY)
        # One cursor has one spelling: spare bits in the last character are refused.
        if not right_size or sealed[:1] != FORMAT or _text(sealed) != cursor:
            raise SealBroken(Breach.FORM, "cursor")
        return open_padded(self._cursors, "cursor", self._bound_to(account_id, route), sealed)

    def _bound_to(self, account_id: UUID, route: str) -> bytes:
        return self._bound + associated(account_id.bytes, route.encode())


def same_mac(left: bytes, right: bytes) -> bool:
    """Return whether two MACs are equal, taking as long whether or not they are."""
    return compare_digest(left, right)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
