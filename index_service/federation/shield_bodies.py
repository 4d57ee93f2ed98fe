"""What members say to the shield set, and are answered: one form each, of one size.

No answer says whose a row is.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson

from index_service.federation.forms import (
    bytes_of,
    digest_of,
    epoch_of,
    id_of,
    list_of,
    object_of,
    parts_of,
    whole_of,
)
from index_service.federation.shield_note import PUBLIC_BYTES, SEALED_NOTE_BYTES
from index_service.federation.sizes import (
    NOTES_AT_ONCE,
    SHIELD_ASKED,
    SHIELD_ROWS,
    SHIELD_TOLD_MAX,
    padded,
)

UPLOAD_PATH: Final = "/region/v1/shields/upload"
ASK_PATH: Final = "/region/v1/shields/ask"
NOTE_PATH: Final = "/region/v1/shields/note"
NOTES_PATH: Final = "/region/v1/shields/notes"

BATCHES_MAX: Final = 1_024
"""Batches of a member in an epoch: hourly for 28 days, and those it begins with."""

# Bounds of requests, and the one size of each answer.
UPLOAD_BYTES_MAX: Final = 65_536
ASK_BYTES_MAX: Final = 4_096
TOLD_BYTES: Final = 32_768
NOTE_BYTES_MAX: Final = 2_048
NOTES_BYTES_MAX: Final = 1_024
NOTES_BYTES: Final = 20_480


@dataclass(frozen=True, slots=True)
class ShieldRow:
    """What a shielded child is recognised by, and a one-time key to seal a note to."""

    digest: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class ShieldsSent:
    """One batch of a member's shield rows of an epoch, of the size all batches have."""

    epoch: int
    batch: int
    rows: tuple[ShieldRow, ...]

    def encoded(self) -> bytes:
        """Write it."""
        rows = [[row.digest.hex(), b64encode(row.key).decode()] for row in self.rows]
        return orjson.dumps({"epoch": self.epoch, "batch": self.batch, "rows": rows})

    @classmethod
    def decoded(cls, body: bytes) -> "ShieldsSent":
        """Read it, or MessageRefused."""
        said = object_of(body, "epoch", "batch", "rows")
        batch = whole_of(said["batch"], BATCHES_MAX - 1)
        return cls(epoch_of(said), batch, list_of(said["rows"], (SHIELD_ROWS,), _shield_row))


@dataclass(frozen=True, slots=True)
class ShieldsAsked:
    """Digests of series shield: whether any of them is a shielded child's."""

    epoch: int
    digests: tuple[bytes, ...]

    def encoded(self) -> bytes:
        """Write it."""
        digests = [each.hex() for each in self.digests]
        return orjson.dumps({"epoch": self.epoch, "digests": digests})

    @classmethod
    def decoded(cls, body: bytes) -> "ShieldsAsked":
        """Read it, or MessageRefused."""
        said = object_of(body, "epoch", "digests")
        return cls(epoch_of(said), list_of(said["digests"], (SHIELD_ASKED,), digest_of))


@dataclass(frozen=True, slots=True)
class ShieldHit:
    """A row found: at which place of the digests asked, and where a note to it goes."""

    place: int
    row: UUID
    key: bytes


@dataclass(frozen=True, slots=True)
class ShieldsTold:
    """Every hit of a question; whose rows they are is in none."""

    hits: tuple[ShieldHit, ...]

    def encoded(self) -> bytes:
        """Write it at its one size."""
        hits = [[hit.place, str(hit.row), b64encode(hit.key).decode()] for hit in self.hits]
        return padded(orjson.dumps({"hits": hits}), TOLD_BYTES)

    @classmethod
    def decoded(cls, body: bytes) -> "ShieldsTold":
        """Read it, or MessageRefused."""
        most = range(SHIELD_ASKED * SHIELD_TOLD_MAX + 1)
        return cls(list_of(object_of(body, "hits")["hits"], most, _shield_hit))


@dataclass(frozen=True, slots=True)
class NoteSent:
    """A sealed note to whoever put a row into the set."""

    row: UUID
    note: bytes

    def encoded(self) -> bytes:
        """Write it."""
        return orjson.dumps({"row": str(self.row), "note": b64encode(self.note).decode()})

    @classmethod
    def decoded(cls, body: bytes) -> "NoteSent":
        """Read it, or MessageRefused."""
        said = object_of(body, "row", "note")
        return cls(id_of(said["row"]), bytes_of(said["note"], SEALED_NOTE_BYTES))


@dataclass(frozen=True, slots=True)
class NotesAsked:
    """Fetch a member's own notes; those of `had` are done with."""

    had: tuple[UUID, ...]

    def encoded(self) -> bytes:
        """Write it at its one size."""
        return padded(orjson.dumps({"had": [str(each) for each in self.had]}), NOTES_BYTES_MAX)

    @classmethod
    def decoded(cls, body: bytes) -> "NotesAsked":
        """Read it, or MessageRefused."""
        return cls(list_of(object_of(body, "had")["had"], range(NOTES_AT_ONCE + 1), id_of))


@dataclass(frozen=True, slots=True)
class NoteKept:
    """A note as it is fetched: to which one-time key it is sealed."""

    note_id: UUID
    key: bytes
    note: bytes


@dataclass(frozen=True, slots=True)
class NotesTold:
    """A member's notes, oldest first, as many as one answer holds."""

    notes: tuple[NoteKept, ...]

    def encoded(self) -> bytes:
        """Write it at its one size."""
        notes = [
            [str(each.note_id), b64encode(each.key).decode(), b64encode(each.note).decode()]
            for each in self.notes
        ]
        return padded(orjson.dumps({"notes": notes}), NOTES_BYTES)

    @classmethod
    def decoded(cls, body: bytes) -> "NotesTold":
        """Read it, or MessageRefused."""
        return cls(list_of(object_of(body, "notes")["notes"], range(NOTES_AT_ONCE + 1), _note_kept))


def _shield_row(said: object) -> ShieldRow:
    digest, key = parts_of(said, 2)
    return ShieldRow(digest_of(digest), bytes_of(key, PUBLIC_BYTES))


def _shield_hit(said: object) -> ShieldHit:
    place, row, key = parts_of(said, 3)
    return ShieldHit(whole_of(place, SHIELD_ASKED - 1), id_of(row), bytes_of(key, PUBLIC_BYTES))


def _note_kept(said: object) -> NoteKept:
    note_id, key, note = parts_of(said, 3)
    return NoteKept(id_of(note_id), bytes_of(key, PUBLIC_BYTES), bytes_of(note, SEALED_NOTE_BYTES))
