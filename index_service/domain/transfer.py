"""Moves of responsibility for a child: the steps of the handshake, and why one is asked or not."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

REVIEW_WITHIN = timedelta(days=28)
"""By when the authority that took a child reviews the record."""

ANSWER_WITHIN = timedelta(days=7)
"""By when the present holder's team answers a proposal."""


class MoveStep(StrEnum):
    """How far a move has come, at one side of it."""

    PROPOSED = "proposed"  # by the authority that would receive
    AGREED = "agreed"  # by the present holder, who is responsible still
    DELIVERED = "delivered"  # sent, and may have to be sent again
    TAKEN = "taken"  # durably kept by the receiver, seen by nobody yet
    CLOSED = "closed"  # the old record is closed, the new one seen
    REFUSED = "refused"


class MoveSide(StrEnum):
    """Which part an authority has in a move."""

    RECEIVING = "receiving"
    HOLDING = "holding"


class MoveReason(StrEnum):
    """Why responsibility should move."""

    MOVED_HOME = "moved_home"
    ADDRESS_LEARNED = "address_learned"  # of a child somebody was responsible for provisionally
    PLACED = "placed"  # in care, by a decision that names the authority
    DISPUTE_SETTLED = "dispute_settled"


class MoveRefusal(StrEnum):
    """Why a move does not come about. Responsibility stays where it is."""

    NOT_KNOWN_HERE = "not_known_here"
    STILL_LIVES_HERE = "still_lives_here"  # a dispute: told to both teams
    ANOTHER_CHILD = "another_child"
    SECOND_THOUGHTS = "second_thoughts"
    WITHDRAWN = "withdrawn"  # by the side that proposed


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a receiving authority knows of a child: enough to be found by the holder's team.

    `stated` has the published names: name, date_of_birth, perhaps nhs_number.
    """

    authority: str
    reason: MoveReason
    stated: dict[str, object]


ENDS = frozenset({MoveStep.CLOSED, MoveStep.REFUSED})
