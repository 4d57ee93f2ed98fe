"""Length-prefixed concatenation: how parts become one string nobody can read two ways."""

from uuid import UUID

RowId = UUID | bytes
"""What names a row: its id, or for rows named by a keyed reference, that reference."""


def associated(*parts: bytes) -> bytes:
    """Return the parts, each after its length in four bytes; injective over tuples.

    The concatenation of two results is the result of the concatenated tuples, so a
    prefix that never changes can be computed once.
    """
    return b"".join([len(part).to_bytes(4) + part for part in parts])


def number_bytes(number: int) -> bytes:
    """Return a version, week or year as associated data names it."""
    return number.to_bytes(4)
