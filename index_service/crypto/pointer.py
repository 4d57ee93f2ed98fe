"""Sealed pointers: what a search token leads to, told only to who knows the token.

AES-SIV (RFC 5297) with the token as associated data: deterministic, so an amendment
deletes exactly the row it wrote; rows of one child show nothing in common.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from consent.facts import DisclosureClass
from index_service.crypto.envelope import Breach, SealBroken

POINTER_BYTES = 34
_SIV_BYTES = 16

# Stable: the codes stand in sealed rows. A new class takes the next number.
_CODES = {
    DisclosureClass.IDENTITY: 1,
    DisclosureClass.TRACING: 2,
    DisclosureClass.NHS_NUMBER: 3,
    DisclosureClass.UPN: 4,
    DisclosureClass.CASE_NUMBER: 5,
    DisclosureClass.WHEREABOUTS: 6,
    DisclosureClass.CARERS: 7,
    DisclosureClass.SETTINGS: 8,
    DisclosureClass.INVOLVEMENTS: 9,
    DisclosureClass.ASSESSMENT: 10,
    DisclosureClass.PROVENANCE: 11,
    DisclosureClass.RESTRICTION: 12,
    DisclosureClass.STATUS: 13,
    DisclosureClass.CONSENTS: 14,
}
_CLASSES = {code: shown_by for shown_by, code in _CODES.items()}


class PointerRefused(SealBroken):
    """A pointer is not what this token leads to."""


class Pointer(NamedTuple):
    """Whom a token leads to, by what kind of key, and what class must be shown for it."""

    child_id: UUID
    kind: int
    shown_by: DisclosureClass


class PointerSealer:
    """Seals pointers under the newest key; during a rotation opens under all live ones."""

    __slots__ = ("_child", "_small")

    def __init__(self, child_keys: Sequence[bytes], small_keys: Sequence[bytes]) -> None:
        """Keys of 64 bytes, newest first; children's pointers and others' have their own."""
        self._child = tuple(AESSIV(key) for key in child_keys)
        self._small = tuple(AESSIV(key) for key in small_keys)

    def seal(self, token: bytes, child_id: UUID, kind: int, shown_by: DisclosureClass) -> bytes:
        """Return the 34 bytes that stand beside a token."""
        plain = child_id.bytes + bytes((kind, _CODES[shown_by]))
        return self._child[0].encrypt(plain, [token])

    def open(self, token: bytes, pointer: bytes) -> Pointer:
        """Return whom a token leads to; PointerRefused for any other pointer."""
        if len(pointer) != POINTER_BYTES:
            raise PointerRefused(Breach.FORM, "pointer")
        plain = _opened(self._child, token, pointer)
        shown_by = _CLASSES.get(plain[17])
        if shown_by is None:
            raise PointerRefused(Breach.FORM, "pointer")
        return Pointer(UUID(bytes=plain[:16]), plain[16], shown_by)

    def seal_small(self, token: bytes, data: bytes) -> bytes:
        """Seal what another token leads to (a caseload's rows); 16 bytes longer than `data`.

        Deterministic, and as long as its data is: give all rows of a table one length.
        """
        return self._small[0].encrypt(data, [token])

    def open_small(self, token: bytes, pointer: bytes) -> bytes:
        """Return what `seal_small` was given for this token."""
        if len(pointer) < _SIV_BYTES:
            raise PointerRefused(Breach.FORM, "pointer")
        return _opened(self._small, token, pointer)


def _opened(keys: tuple[AESSIV, ...], token: bytes, pointer: bytes) -> bytes:
    # No version stands in clear beside a pointer, so that rows cannot be grouped by age.
    for key in keys:
        try:
            return key.decrypt(pointer, [token])
        except InvalidTag:
            continue
    raise PointerRefused(Breach.TAG, "pointer")
