"""Whom to decide on where there is nobody, so that absence takes no less time than a refusal.

Each worker remembers the record it last showed as it lies in the store: sealed. It is
decided on again and nothing of it is told.
"""

from typing import Any
from uuid import UUID

from consent.decide import decide
from consent.facts import ChildFacts
from index_service.crypto.envelope import SealBroken
from index_service.services.admitting import Admitted
from index_service.services.facts import child_facts
from index_service.services.index import Index
from index_service.services.sealing import open_policy

_NOBODY = UUID(int=0)
_PARTS = ("child_id", "wrap_key_id", "wrapped_key", "policy")


def remember(index: Index, row: Any) -> None:
    """Remember of a record what it was decided by, and no more."""
    index.remembered.row = {name: row[name] for name in _PARTS}


def remember_first(index: Index, row: Any) -> None:
    """Remember a record not shown, until one is."""
    if index.remembered.row is None:
        remember(index, row)


def stand_in(index: Index) -> UUID:
    """Return the id of the record remembered, or one that nobody has."""
    row = index.remembered.row
    return _NOBODY if row is None else UUID(bytes=row["child_id"].bytes)


def remember_pointer(index: Index, row: Any) -> None:
    """Remember a row of the search table that was opened."""
    index.remembered.pointer = (row["token"], row["pointer"])


def open_another_pointer(index: Index) -> None:
    """Open the row remembered, and go nowhere."""
    known = index.remembered.pointer
    if known is None:
        return
    try:
        index.keyring.pointers.open(*known)
    except SealBroken:  # its key was turned meanwhile
        index.remembered.pointer = None


def facts_of_stand_in(index: Index, row: Any = None) -> ChildFacts | None:
    """Open the policy of the record remembered, or of a newer row of it; None if there is none."""
    standing = index.remembered.row if row is None else row
    if standing is None:
        return None
    try:
        return child_facts(open_policy(index.keyring, standing).policy)
    except SealBroken:  # told to whoever asks for that record
        index.remembered.row = None
        return None


def pass_over(index: Index, admitted: Admitted, row: Any = None) -> None:
    """Decide on the record remembered, or on a newer row of it, and tell nobody."""
    facts = facts_of_stand_in(index, row)
    if facts is not None:
        decide(admitted.asker.facts, admitted.ask, facts, admitted.agreement)
