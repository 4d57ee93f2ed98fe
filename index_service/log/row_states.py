"""Row states: how each row of a child stood before a change, and how the change left it.

A superuser can put back a whole row as it once was, and every seal in it holds. The entry
of each change says which state it found and which it left; `index-verify export --state`
follows them (docs/log-format.md).
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from index_service.crypto.log_keys import LogKeys

ROWS_MAX = 640  # so that they fit into one sealed entry
NO_ROW = b"\x00" * 16  # what stood there before a row that is new
_DOMAIN = b"isa/row-state/1"
_SHORT = 16  # of the state before: enough to tell it by


@dataclass(frozen=True, slots=True)
class RowState:
    """A row of a child that was written: its states, `before` None where there was no row."""

    child_id: UUID
    before: bytes | None
    after: bytes


def state_of(columns: Iterable[bytes]) -> bytes:
    """Return the state of a row by its sealed columns, in the order of the table."""
    hashed = hashlib.sha256()
    for value in (_DOMAIN, *columns):
        hashed.update(len(value).to_bytes(4))
        hashed.update(value)
    return hashed.digest()


def told_states(states: Sequence[RowState], log_keys: LogKeys) -> str:
    """Return what an entry says of rows, in order of reference; nothing of none."""
    if len(states) > ROWS_MAX:
        raise ValueError("more rows than an entry holds")
    told = sorted(
        log_keys.subject_ref(each.child_id) + (each.before or NO_ROW)[:_SHORT] + each.after
        for each in states
    )
    return b64encode(b"".join(told)).decode()
