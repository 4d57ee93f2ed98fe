"""Sealed pointers of work: records that wait, and rows that lead nowhere.

Every write that could lead to a waiting record adds one row, real or decoy, so that
neither a hold nor its absence shows in the table.
"""

from dataclasses import dataclass
from enum import IntEnum
from os import urandom
from uuid import UUID

from index_service.crypto.digest import decoy_token
from index_service.crypto.keyring import Keyring

_BUCKETS = 16
LOAD_ROWS = 3  # of a case row: by its id, its agency, its practitioner
_SPARE = bytes(4)  # where a waiting record's row says since when
_POINTER_BYTES = 16 + 1 + 16 + 16 + len(_SPARE)


class Waits(IntEnum):
    """Why a record waits for a person. Values stand in sealed pointers."""

    HELD = 1  # may be a shielded child: nobody but the team sees it
    DOUBTFUL = 2  # may be a child already here: both are seen
    UNCHECKED = 3  # the region's shield set has not answered: nobody but the team sees it


@dataclass(frozen=True, slots=True)
class Waiting:
    """One record that waits, the supplier's line it came with (zeros if none), since when."""

    why: Waits
    child_id: UUID
    source_ref: bytes
    since_s: int


def decoy() -> tuple[bytes, bytes]:
    """Return a row that leads nowhere."""
    return decoy_token(), urandom(_POINTER_BYTES)


def _waiting_token(keyring: Keyring, bucket: int) -> bytes:
    return keyring.references.reference("waiting", bytes((bucket,)))


def waiting_place(child_id: UUID) -> int:
    """Return which of the lists a waiting record stands on."""
    return child_id.bytes[0] % _BUCKETS


def waiting_pointer(keyring: Keyring, waiting: Waiting) -> tuple[bytes, bytes]:
    """Return the row that lists a waiting record for the team."""
    token = _waiting_token(keyring, waiting_place(waiting.child_id))
    since = waiting.since_s.to_bytes(len(_SPARE))
    data = bytes((waiting.why,)) + waiting.child_id.bytes + waiting.source_ref + since
    return token, keyring.pointers.seal_small(token, data)


def waiting_tokens(keyring: Keyring) -> list[bytes]:
    """Return the tokens all waiting records are listed under."""
    return [_waiting_token(keyring, bucket) for bucket in range(_BUCKETS)]


def open_waiting(keyring: Keyring, token: bytes, pointer: bytes) -> Waiting:
    """Return a waiting record from its row."""
    data = keyring.pointers.open_small(token, pointer)
    since_s = int.from_bytes(data[33:])
    return Waiting(Waits(data[0]), UUID(bytes=data[1:17]), data[17:33], since_s)
