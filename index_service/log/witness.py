"""A witness of other authorities' logs: what it cosigns, and what it refuses (C2SP tlog-witness).

Pure: what it cosigned last comes in, what it is to keep goes out. It keeps one head a log and
shard, cosigns only what that head is the beginning of, and so never two views of one log.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_service.log.checkpoint import (
    Checkpoint,
    KeyKind,
    Note,
    NoteRefused,
    SignatureLine,
    VerifierKey,
    opened,
    read_checkpoint,
    read_line,
    read_note,
)
from index_service.log.policy import LogKeys
from index_service.log.tree import HASH_SIZE, verify_consistency

ADD_PATH = "/add-checkpoint"
KNOWN_PATH = "/known-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
PROOF_LINES_MAX = 63

_OLD = "old "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MOMENT_SIZE = 8


class AskRefused(Exception):  # noqa: N818 (an answer, not an error of ours)
    """Not cosigned: the status says why, and of a conflict `size` what was cosigned last."""

    def __init__(self, status: int, size: int | None = None) -> None:
        super().__init__(str(status))
        self.status = status
        self.size = size


@dataclass(frozen=True, slots=True)
class Asked:
    """A head to be cosigned, and the proof that it grew from the one cosigned last."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def read(cls, body: bytes) -> "Asked":
        """Read what was sent, or AskRefused for what is not written as it must be."""
        try:
            lines, parted, note = body.decode().partition("\n\n")
            old, *proof = lines.split("\n")
            size = size_of(old.removeprefix(_OLD))
            hashes = tuple(b64decode(line, validate=True) for line in proof)
        except (UnicodeDecodeError, binascii.Error, ValueError):
            raise AskRefused(400) from None
        spelled = [b64encode(each).decode() for each in hashes] == proof
        sized = all(len(each) == HASH_SIZE for each in hashes) and len(hashes) <= PROOF_LINES_MAX
        if not (parted and old.startswith(_OLD) and spelled and sized):
            raise AskRefused(400)
        return cls(size, hashes, note)

    def text(self) -> str:
        """Return it as it is sent."""
        proof = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"{_OLD}{self.old}\n{proof}\n{self.note}"


def size_of(text: str) -> int:
    """Return a tree's size in its one spelling, or ValueError."""
    if not _SIZE.fullmatch(text):
        raise ValueError("not a size")
    return int(text)


def known_head(note: str, logs: LogKeys) -> Checkpoint:
    """Return the head of a note both of whose log's keys signed it, or AskRefused."""
    try:
        head = read_checkpoint(read_note(note).text)
    except NoteRefused as refused:
        raise AskRefused(404 if refused.code == "origin" else 400) from None
    if head.origin not in logs:
        raise AskRefused(404)
    try:
        return opened(note, logs[head.origin])
    except NoteRefused:
        raise AskRefused(403) from None


def check_growth(asked: Asked, head: Checkpoint, last: Checkpoint | None) -> None:
    """Return if a head may be cosigned after the one cosigned last; AskRefused if not."""
    size = last.size if last else 0
    if asked.old > head.size:
        raise AskRefused(400)
    if asked.old != size:
        raise AskRefused(409, size)
    if last is None:
        if asked.proof:
            raise AskRefused(422)
        return
    if head.size == last.size and head.root != last.root:
        raise AskRefused(409, size)
    if not verify_consistency((last.size, head.size), (last.root, head.root), asked.proof):
        raise AskRefused(422)


class WitnessKey:
    """A witness's private key under its name. It signs cosignatures and nothing else."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes_raw()
        made = VerifierKey(name, KeyKind.COSIGNATURE, public)
        self.verifier = VerifierKey.read(made.text())  # refuses what is no name

    def __repr__(self) -> str:
        return f"WitnessKey(name={self.verifier.name!r})"

    def cosigned(self, head: Checkpoint, at_s: int) -> SignatureLine:
        """Return the line that says: as of this second, no larger tree of this log was seen."""
        message = f"cosignature/v1\ntime {at_s}\n{head.text()}"
        signature = at_s.to_bytes(_MOMENT_SIZE) + self._key.sign(message.encode())
        return SignatureLine(self.verifier.name, self.verifier.key_id, signature)


def line_of(answer: str, note: str, key: VerifierKey) -> str | None:
    """Return a witness's line for a note out of its answer, None where it has none that holds."""
    read = read_note(note)
    for text in answer.splitlines():
        try:
            line = read_line(text)
        except NoteRefused:
            continue
        if key.holds(read, line):
            return line.text()
    return None


def kept_note(note: str, log: Sequence[VerifierKey], line: SignatureLine) -> str:
    """Return what a witness keeps of a note: the log's own lines and its own, nobody else's."""
    read = read_note(note)
    ids = {(key.name, key.key_id) for key in log}
    own = [each for each in read.lines if (each.name, each.key_id) in ids]
    return Note(read.text, (*own, line)).raw()
