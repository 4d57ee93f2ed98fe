"""What is kept out of reading: sealed under a key, bound to what it is for."""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


def sealed(key: bytes, text: bytes, bound_to: bytes) -> bytes:
    """Seal a text (AES-256-GCM, a fresh random nonce before it)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, bound_to)


def opened(key: bytes, both: bytes, bound_to: bytes) -> bytes | None:
    """Return what was sealed; None if it was under another key, for something else, or altered."""
    nonce, rest = both[:NONCE_BYTES], both[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, rest, bound_to)
    except (InvalidTag, ValueError):
        return None
