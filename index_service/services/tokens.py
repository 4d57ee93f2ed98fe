"""The token sheet of a child: exactly which search and guard rows stand for it."""

from dataclasses import dataclass
from os import urandom
from uuid import UUID

from consent.facts import DisclosureClass
from index_service.crypto.keyring import Keyring
from index_service.crypto.pointer import POINTER_BYTES
from index_service.domain.matching.keys import (
    GUARD_KEYS_MAX,
    INDEX_KEYS_MAX,
    Facts,
    guard_keys,
    index_keys,
)

_TOKEN_BYTES = 16
_ROW_BYTES = _TOKEN_BYTES + POINTER_BYTES
ROWS_USUAL = 16
GUARD_KIND = 255

Pairs = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class TokenSheet:
    """The (token, pointer) rows of one child, to be deleted exactly, never recomputed."""

    search: Pairs
    guard: Pairs

    def encoded(self) -> bytes:
        """Write the sheet: two counts, then the rows."""
        rows = b"".join(token + pointer for token, pointer in self.search + self.guard)
        return bytes((1, len(self.search), len(self.guard))) + rows

    @classmethod
    def decoded(cls, text: bytes) -> "TokenSheet":
        """Read a sheet."""
        search, guard = text[1], text[2]
        cut = [text[at : at + _ROW_BYTES] for at in range(3, len(text), _ROW_BYTES)]
        pairs = [(row[:_TOKEN_BYTES], row[_TOKEN_BYTES:]) for row in cut[: search + guard]]
        return cls(tuple(pairs[:search]), tuple(pairs[search:]))


def sheet_of(
    keyring: Keyring, child_id: UUID, facts: Facts, *, guarded: bool, found: bool = True
) -> TokenSheet:
    """Return the rows that stand for a child; `guarded` for shielded and held records.

    Every child has 16 search rows (24 if it has many names) and 8 guard rows, the
    unused ones decoys, so that neither a shield nor a missing fact shows in a count.
    Where it is not to be `found`, as a closed identity, all search rows are.
    """
    search = {}
    for key in index_keys(facts) if found else ():
        token = keyring.digests.token(key.kind, key.text)
        search[token] = keyring.pointers.seal(token, child_id, key.kind, key.shown_by)
    guard = {}
    for text in guard_keys(facts) if guarded else ():
        token = keyring.guards.token(GUARD_KIND, text)
        guard[token] = keyring.pointers.seal(
            token, child_id, GUARD_KIND, DisclosureClass.RESTRICTION
        )
    rows = ROWS_USUAL if len(search) <= ROWS_USUAL else INDEX_KEYS_MAX
    return TokenSheet(_filled(search, rows), _filled(guard, GUARD_KEYS_MAX))


def _filled(real: dict[bytes, bytes], rows: int) -> Pairs:
    chance = urandom((rows - len(real)) * _ROW_BYTES)
    cut = [chance[at : at + _ROW_BYTES] for at in range(0, len(chance), _ROW_BYTES)]
    decoys = [(row[:_TOKEN_BYTES], row[_TOKEN_BYTES:]) for row in cut]
    # In token order, so that the real rows do not come first in the table.
    return tuple(sorted([*real.items(), *decoys]))


def guard_tokens_of(keyring: Keyring, facts: Facts) -> dict[bytes, str]:
    """Return the guard tokens a line or record is checked against, under all live keys."""
    return {
        token: text
        for text in guard_keys(facts)
        for token in keyring.guards.tokens_for_query(GUARD_KIND, text)
    }
