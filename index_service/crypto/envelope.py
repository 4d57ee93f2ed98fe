"""The one form sealed bytes have: AES-256-GCM with its own random version, padded.

`first byte | version 8 | nonce 12 | ciphertext | tag 16`. The plaintext is its length in
two bytes, itself, and zeros up to a capacity the caller fixes, so a sealed row's size
tells only which kind of row it is.
"""

from enum import StrEnum
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"
OVERHEAD = 39  # first byte, version, nonce, length, tag
_LENGTH_MAX = 0xFFFF
_VERSION_LENGTH = (8).to_bytes(4)


class Breach(StrEnum):
    """Why sealed bytes did not open."""

    FORM = "form"  # not the size or shape this place has
    TAG = "tag"  # altered, moved from elsewhere, or sealed under another key
    KEY = "key"  # the key is destroyed, or was never this authority's


class SealBroken(Exception):  # noqa: N818 (the field's word, not an error of ours)
    """Sealed bytes did not open; nothing of them is returned. `place` is where they stood."""

    def __init__(self, breach: Breach, place: str) -> None:
        super().__init__(f"{breach}: {place}")
        self.breach = breach
        self.place = place


class TooLarge(Exception):  # noqa: N818 (told to whoever seals)
    """What was to be sealed does not fit its place; it goes to a further row."""

    def __init__(self, place: str, length: int, capacity: int) -> None:
        super().__init__(f"{place}: {length} bytes of {capacity}")
        self.place = place
        self.length = length
        self.capacity = capacity


def size_of(capacity: int) -> int:
    """Return the size of an envelope whose plaintext may have `capacity` bytes."""
    return capacity + OVERHEAD


def seal_padded(key: AESGCM, place: str, bound: bytes, plaintext: bytes, capacity: int) -> bytes:
    """Seal `plaintext`, bound to the associated data `bound`; every call has its own version.

    Raises TooLarge rather than let a row have a size of its own.
    """
    length = len(plaintext)
    if length > capacity or capacity > _LENGTH_MAX:
        raise TooLarge(place, length, capacity)
    fresh = urandom(20)
    return b"".join(
        (
            FORMAT,
            fresh,
            key.encrypt(
                fresh[8:],
                length.to_bytes(2) + plaintext.ljust(capacity, b"\0"),
                bound + _VERSION_LENGTH + fresh[:8],
            ),
        )
    )


def open_padded(key: AESGCM, place: str, bound: bytes, envelope: bytes) -> bytes:
    """Return what `seal_padded` was given; the caller has judged the first byte."""
    if len(envelope) < OVERHEAD:
        raise SealBroken(Breach.FORM, place)
    try:
        padded = key.decrypt(envelope[9:21], envelope[21:], bound + _VERSION_LENGTH + envelope[1:9])
    except InvalidTag:
        raise SealBroken(Breach.TAG, place) from None
    end = 2 + int.from_bytes(padded[:2])
    if end > len(padded):
        raise SealBroken(Breach.FORM, place)
    return padded[2:end]
