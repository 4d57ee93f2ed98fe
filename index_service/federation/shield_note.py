"""Notes of the shield set: sealed to a row's one-time key, of one size, for its keeper alone.

X25519 with a key made for the note, HKDF-SHA-256 over both public keys, AES-256-GCM.
"""

from dataclasses import dataclass, field
from os import urandom
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from index_service.crypto.associated import associated
from index_service.federation.sizes import SHIELD_NOTE_BYTES

PUBLIC_BYTES: Final = 32
SEALED_NOTE_BYTES: Final = PUBLIC_BYTES + SHIELD_NOTE_BYTES + 16

_NONCE: Final = bytes(12)  # each key seals one note and is gone
_END: Final = b"\x01"  # what follows a note's own bytes, before the filling


class NoteUnfit(Exception):  # noqa: N818 (the finding of a check)
    """A note does not open, or is longer than all notes are."""


@dataclass(frozen=True, slots=True)
class NoteKeys:
    """A row's one-time key: the public half stands in the set, the other with who put it there."""

    private: bytes = field(repr=False)
    public: bytes

    @classmethod
    def made(cls) -> "NoteKeys":
        """Make a new pair."""
        return cls.of(urandom(PUBLIC_BYTES))

    @classmethod
    def of(cls, private: bytes) -> "NoteKeys":
        """Return the pair of a private half."""
        made = X25519PrivateKey.from_private_bytes(private)
        return cls(private, made.public_key().public_bytes_raw())


def seal_note(public: bytes, text: bytes) -> bytes:
    """Seal a note to a row's key; NoteUnfit if it is too long, or the key is none."""
    if len(text) >= SHIELD_NOTE_BYTES:
        raise NoteUnfit
    made = NoteKeys.made()
    filled = (text + _END).ljust(SHIELD_NOTE_BYTES, b"\0")
    return made.public + _cipher(made, public, made.public).encrypt(_NONCE, filled, None)


def open_note(keys: NoteKeys, sealed: bytes) -> bytes:
    """Return what was sealed to a row's key, or NoteUnfit."""
    if len(sealed) != SEALED_NOTE_BYTES:
        raise NoteUnfit
    sender, rest = sealed[:PUBLIC_BYTES], sealed[PUBLIC_BYTES:]
    try:
        filled = _cipher(keys, sender, sender).decrypt(_NONCE, rest, None)
    except InvalidTag:
        raise NoteUnfit from None
    text = filled.rstrip(b"\0")
    if not text.endswith(_END):
        raise NoteUnfit
    return text[: -len(_END)]


def _cipher(own: NoteKeys, other: bytes, sender: bytes) -> AESGCM:
    """Return the cipher both halves agree on; NoteUnfit for a key of small order."""
    receiver = other if sender == own.public else own.public
    try:
        shared = X25519PrivateKey.from_private_bytes(own.private).exchange(
            X25519PublicKey.from_public_bytes(other)
        )
    except ValueError:
        raise NoteUnfit from None
    info = associated(b"isa/shield-note/1", sender, receiver)
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(shared))
