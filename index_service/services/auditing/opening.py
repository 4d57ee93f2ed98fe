"""Opening stored entries: each is what its leaf committed to, or is said not to be."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from index_service.crypto.envelope import SealBroken
from index_service.crypto.keyring import Keyring
from index_service.crypto.log_keys import LogKeys
from index_service.crypto.providers import KeyRefused
from index_service.domain.inspection import EntryState
from index_service.log.leaf import BLIND_SIZE, LeafMismatch, LogRow, Opening, opened

# What docs/log-format.md has an export say of a leaf without an opening.
MISSING = "missing"
GONE = {EntryState.NOT_OPENABLE: "year", EntryState.TAMPERED: "broken"}


@dataclass(frozen=True, slots=True)
class Found:
    """One stored entry: when, its leaf, whether it opened, and if so to what.

    `entry` is that of an entry found whole; a tampered one may have an opening all the same,
    which does not hold against the leaf.
    """

    entry_id: UUID
    at: datetime
    leaf: bytes
    state: EntryState
    opening: Opening | None = None
    entry: dict[str, Any] | None = None


def open_row(keyring: Keyring, row: Any) -> Found:
    """Open a stored entry; what cannot be opened is told as found, never left out."""
    keys = keys_of(keyring, row.at.year)
    if keys is None:
        return Found(row.entry_id, row.at, row.leaf, EntryState.NOT_OPENABLE)
    stored = LogRow(row.entry_id, row.at, row.leaf, row.sealed, ())
    try:
        opening = opened(stored, keys)
    except SealBroken:
        return Found(row.entry_id, row.at, row.leaf, EntryState.TAMPERED)
    except LeafMismatch:
        plain = keys.open_entry(row.entry_id, row.sealed)
        found = Opening(plain[:BLIND_SIZE], plain[BLIND_SIZE:])
        return Found(row.entry_id, row.at, row.leaf, EntryState.TAMPERED, found)
    entry = orjson.loads(opening.canonical)
    # A moment set back in its column would hide an entry from who looks by time.
    if entry["at_ms"] != round(row.at.timestamp() * 1000):
        return Found(row.entry_id, row.at, row.leaf, EntryState.TAMPERED, opening)
    return Found(row.entry_id, row.at, row.leaf, EntryState.OPEN, opening, entry)


def keys_of(keyring: Keyring, year: int) -> LogKeys | None:
    """Return the log's keys of a year, or None where they are destroyed."""
    if year not in keyring.log_years():
        return None
    try:
        return keyring.log_keys(year)
    except KeyRefused:  # destroyed since
        return None


def years_between(since_s: int, until_s: int) -> range:
    """Return the years of the log, in UTC, that a time touches."""
    first, last = datetime.fromtimestamp(since_s, UTC), datetime.fromtimestamp(until_s - 1, UTC)
    return range(first.year, last.year + 1)
