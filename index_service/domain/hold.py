"""Releasing what waits: who the record turned out to be, and with whom that was checked."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

RELEASE_S_MAX = 24 * 60 * 60  # how long a release waits for its second person


class HoldDecision(StrEnum):
    """What a person decided of a record that waited."""

    ANOTHER_CHILD = "another_child"
    SAME_CHILD = "same_child"


class CheckedWith(StrEnum):
    """With whom it was checked who the record is of."""

    SUPPLIER = "supplier"
    FAMILY = "family"
    SHIELD_DECIDER = "shield_decider"


@dataclass(frozen=True, slots=True)
class Release:
    """What was decided of a record that waits; an emergency is decided by two people."""

    decision: HoldDecision
    checked_with: CheckedWith | None = None
    survivor_id: UUID | None = None
    emergency: bool = False
