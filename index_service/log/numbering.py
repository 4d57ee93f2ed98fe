"""Numbers each writer gives its batches, so that nothing committed can vanish before it is sealed.

A writer is one process's append: its batches are numbered 1, 2, 3 ... and each holds the
hash of the one before. A batch whose outcome is unknown ends its writer; the next one has
another id and names the writer it follows, with the last number known to be durable: a
sealer that does not find it knows that something was taken away.

    hash     = SHA-256(parts("isa/log/batch/1", csa, writer, seq, previous, leaves joined))
    previous = the hash before; of a first batch, SHA-256(parts("isa/log/writer/1", csa,
               writer, predecessor or nothing, its last sure number, the hash of that batch))

`parts` writes each part behind its length in four bytes; numbers have eight.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

_BATCH = b"isa/log/batch/1"
_WRITER = b"isa/log/writer/1"
NO_HASH = b""
NO_PREDECESSOR = bytes(32)  # in the store: one size, whether or not there is one


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The writer another follows: its id, its last sure number, and that batch's hash."""

    writer: UUID
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Number:
    """One batch's place: whose, which, bound to what came before and to its leaves."""

    writer: UUID
    seq: int
    previous: bytes
    hash: bytes
    predecessor: Predecessor | None = None  # of a first batch only


def batch_hash(csa: str, writer: UUID, seq: int, previous: bytes, leaves: Sequence[bytes]) -> bytes:
    """Return what the next batch is bound to."""
    return _hash(_BATCH, csa.encode(), writer.bytes, seq.to_bytes(8), previous, b"".join(leaves))


def first_previous(csa: str, writer: UUID, predecessor: Predecessor | None) -> bytes:
    """Return what a writer's first batch is bound to."""
    if predecessor is None:
        return _hash(_WRITER, csa.encode(), writer.bytes, b"", (0).to_bytes(8), NO_HASH)
    seq = predecessor.seq.to_bytes(8)
    return _hash(
        _WRITER, csa.encode(), writer.bytes, predecessor.writer.bytes, seq, predecessor.hash
    )


class Writer:
    """Numbers the batches of one process, one after the other."""

    def __init__(self, csa: str) -> None:
        self._csa = csa
        self._seq = 0
        self._begin(None)

    def number(self, leaves: Sequence[bytes]) -> Number:
        """Return the number of the next batch; the same again until it is known to be durable."""
        seq = self._seq + 1
        hash_ = batch_hash(self._csa, self._id, seq, self._hash, leaves)
        predecessor = self._predecessor if seq == 1 else None
        return Number(self._id, seq, self._hash, hash_, predecessor)

    def sure(self, number: Number) -> None:
        """Note that a batch is durable."""
        if number.writer != self._id or number.seq != self._seq + 1:
            raise ValueError("not the batch that was numbered last")
        self._seq, self._hash = number.seq, number.hash

    def unsure(self) -> None:
        """End this writer: nobody knows whether its last batch is durable."""
        if self._seq:
            self._begin(Predecessor(self._id, self._seq, self._hash))
        else:
            # Nothing of this one is known to be there: its successor follows who it followed.
            self._begin(self._predecessor)

    def _begin(self, predecessor: Predecessor | None) -> None:
        self._id = uuid4()
        self._seq = 0
        self._predecessor = predecessor
        self._hash = first_previous(self._csa, self._id, predecessor)


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).digest()
