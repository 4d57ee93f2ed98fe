"""Signed heads of the tree: C2SP tlog-checkpoints in signed notes, one spelling of each.

A head counts with both of the log's signatures, by Ed25519 and by ML-DSA-44. What other
signers add, such as witnesses, are further lines; they are parsed here and judged elsewhere.
"""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from index_service.log.tree import EMPTY_ROOT, HASH_SIZE

NOTE_LENGTH_MAX = 64 * 1024
ORIGIN_LENGTH_MAX = 200

_KEY_ID_SIZE = 4
_MOMENT_SIZE = 8
_LABEL = b"subtree/v1\n\0"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
# No blank, no plus, no control: a name stands between blanks and pluses. Shards are split off.
_NAME = re.compile(r"[a-z0-9][a-z0-9.:_-]*(/[a-z0-9.:_-]+)*", re.ASCII)
_LINE = re.compile(r"— ([^ +\n]+) ([A-Za-z0-9+/=]+)", re.ASCII)
_SHARD_MIN, _SHARD_MAX = 2000_00, 9999_99


class NoteRefused(Exception):  # noqa: N818 (the finding of a check, not a fault of ours)
    """Not a head of this log: its form, its spelling, its origin, or a signature."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KeyKind(IntEnum):
    """Types of C2SP signed-note signatures."""

    ED25519 = 0x01
    COSIGNATURE = 0x04  # a witness's, by Ed25519 over a moment and the text
    ML_DSA_44 = 0x06  # by tlog-cosignature's rule, the log's own as well as a witness's


class HeadKind(IntEnum):
    """For whom a stored head is; its number stands in log_head."""

    MINUTE = 1  # for witnesses
    HOUR = 2  # for outsiders


_KEY_SIZES: dict[int, int] = {KeyKind.ED25519: 32, KeyKind.COSIGNATURE: 32, KeyKind.ML_DSA_44: 1312}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a head says: whose tree, which shard, how large, with which root."""

    origin: str
    shard: int
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}/{self.shard}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line below a note: whose key it claims to be by, and what it signed."""

    name: str
    key_id: bytes
    signature: bytes

    def text(self) -> str:
        """Return the line, without its end."""
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signature lines, none of them judged yet."""

    text: str
    lines: tuple[SignatureLine, ...]

    def raw(self) -> str:
        """Return the note as it is handed on."""
        return "".join([self.text, "\n", *(f"{line.text()}\n" for line in self.lines)])


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under the name that stands in signature lines."""

    name: str
    kind: KeyKind
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes signature lines name it by."""
        bound = self.name.encode() + b"\n" + bytes((self.kind,)) + self.public
        return hashlib.sha256(bound).digest()[:_KEY_ID_SIZE]

    def text(self) -> str:
        """Return NAME+KEYID+KEY, as policies hold it."""
        key = b64encode(bytes((self.kind,)) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def read(cls, text: str) -> "VerifierKey":
        """Read NAME+KEYID+KEY in its one spelling; NoteRefused for any other."""
        parts = text.split("+", 2)  # base64 may hold a plus
        raw = _bytes(parts[-1])
        if len(parts) != 3 or not raw or not _NAME.fullmatch(parts[0]):
            raise NoteRefused("key")
        if len(raw) - 1 != _KEY_SIZES.get(raw[0]):
            raise NoteRefused("key")
        key = cls(parts[0], KeyKind(raw[0]), raw[1:])
        if key.text() != text:
            raise NoteRefused("key")
        return key

    def holds(self, note: Note, line: SignatureLine) -> bool:
        """Return whether a line is this key's signature of the note; never raises."""
        if (line.name, line.key_id) != (self.name, self.key_id):
            return False
        try:
            if self.kind is KeyKind.ML_DSA_44:
                message = _timed(note.text, self.name, line.signature[:_MOMENT_SIZE])
                public = MLDSA44PublicKey.from_public_bytes(self.public)
                public.verify(line.signature[_MOMENT_SIZE:], message)
            else:
                message, signature = note.text.encode(), line.signature
                if self.kind is KeyKind.COSIGNATURE:
                    moment = int.from_bytes(signature[:_MOMENT_SIZE])
                    message = f"cosignature/v1\ntime {moment}\n".encode() + message
                    signature = signature[_MOMENT_SIZE:]
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, NoteRefused, ValueError, UnsupportedAlgorithm):
            return False
        return True


class HeadKeys:
    """The sealer's two private keys under the log's name. They sign heads and nothing else."""

    def __init__(self, origin: str, ed25519_seed: bytes, ml_dsa_seed: bytes) -> None:
        if not _NAME.fullmatch(origin) or len(origin) > ORIGIN_LENGTH_MAX:
            raise ValueError("a log's name: lower-case letters, digits and . : _ - between slashes")
        self.origin = origin
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(ed25519_seed)
        self._ml_dsa = MLDSA44PrivateKey.from_seed_bytes(ml_dsa_seed)
        classic = self._ed25519.public_key().public_bytes_raw()
        lasting = self._ml_dsa.public_key().public_bytes_raw()
        self.verifiers = (
            VerifierKey(origin, KeyKind.ED25519, classic),
            VerifierKey(origin, KeyKind.ML_DSA_44, lasting),
        )

    def __repr__(self) -> str:
        return f"HeadKeys(origin={self.origin!r})"

    def signed(self, head: Checkpoint, at_s: int) -> str:
        """Return the head's note with both signatures; ValueError for another log's."""
        if head.origin != self.origin:
            raise ValueError("a head of another log")
        text, moment = head.text(), at_s.to_bytes(_MOMENT_SIZE)
        lasting = self._ml_dsa.sign(_timed(text, self.origin, moment))
        signatures = (self._ed25519.sign(text.encode()), moment + lasting)
        lines = [
            SignatureLine(self.origin, key.key_id, signature)
            for key, signature in zip(self.verifiers, signatures, strict=True)
        ]
        return Note(text, tuple(lines)).raw()


def read_note(raw: str) -> Note:
    """Return a note's text and lines, or NoteRefused for what is not written as it must be."""
    text, parted, rest = raw.rpartition("\n\n")
    if not parted or len(raw) > NOTE_LENGTH_MAX or not rest.endswith("\n") or "\r" in raw:
        raise NoteRefused("form")
    lines = tuple(read_line(line) for line in rest[:-1].split("\n"))
    return Note(text + "\n", lines)


def read_line(line: str) -> SignatureLine:
    """Return one signature line, or NoteRefused."""
    form = _LINE.fullmatch(line)
    if form is None:
        raise NoteRefused("line")
    raw = _bytes(form[2])
    if len(raw) <= _KEY_ID_SIZE:
        raise NoteRefused("line")
    return SignatureLine(form[1], raw[:_KEY_ID_SIZE], raw[_KEY_ID_SIZE:])


def read_checkpoint(text: str) -> Checkpoint:
    """Return what the three lines say, or NoteRefused: no other spelling of it is taken."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise NoteRefused("form")
    origin, _, shard = lines[0].rpartition("/")
    if not _NAME.fullmatch(origin) or len(origin) > ORIGIN_LENGTH_MAX:
        raise NoteRefused("origin")
    if not _NUMBER.fullmatch(shard) or not _SHARD_MIN <= int(shard) <= _SHARD_MAX:
        raise NoteRefused("origin")
    root = _bytes(lines[2])
    if not _NUMBER.fullmatch(lines[1]) or len(root) != HASH_SIZE:
        raise NoteRefused("form")
    head = Checkpoint(origin, int(shard), int(lines[1]), root)
    if head.size == 0 and root != EMPTY_ROOT:
        raise NoteRefused("root")
    return head


def opened(raw: str, verifiers: Sequence[VerifierKey]) -> Checkpoint:
    """Return the head a note holds, each of the log's keys having signed it just once.

    NoteRefused for another log's, for a missing or wrong signature, and for a second line
    under one of these keys. Lines of anybody else are left unjudged.
    """
    note = read_note(raw)
    head = read_checkpoint(note.text)
    for key in verifiers:
        if key.name != head.origin:
            raise NoteRefused("origin")
        own = [each for each in note.lines if (each.name, each.key_id) == (key.name, key.key_id)]
        if len(own) != 1 or not key.holds(note, own[0]):
            raise NoteRefused("signature")
    if {key.kind for key in verifiers} != {KeyKind.ED25519, KeyKind.ML_DSA_44}:
        raise NoteRefused("key")
    return head


def _timed(text: str, name: str, moment: bytes) -> bytes:
    """Return what ML-DSA-44 signs of a head (C2SP tlog-cosignature, cosigned_message)."""
    head = read_checkpoint(text)
    named, log = name.encode(), f"{head.origin}/{head.shard}".encode()
    if len(moment) != _MOMENT_SIZE or moment[0] & 0x80:
        raise NoteRefused("signature")
    return b"".join(
        (
            _LABEL,
            bytes((len(named),)) + named,
            moment,
            bytes((len(log),)) + log,
            (0).to_bytes(8),
            head.size.to_bytes(8),
            head.root,
        )
    )


def _bytes(text: str) -> bytes:
    """Return the bytes of base64 in its one spelling, or NoteRefused."""
    try:
        value = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused("base64") from None
    if b64encode(value).decode() != text:
        raise NoteRefused("base64")
    return value
