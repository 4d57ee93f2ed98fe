"""Subscriptions: whoever has lasting reason is told to ask again, by a reference of their own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

LASTS: Final = timedelta(days=365)
ACCOUNT_MAX: Final = 50
"""Of one account at a time: what one person can have lasting reason for."""

MEMBER_MAX: Final = 2000
"""Kept for one other authority at a time; what it places above that is not kept."""

PARTS_MAX: Final = 128
LOOKED_AT: Final = time(4, 0, tzinfo=UTC)
"""The hour of the day at which every subscription is looked at, by the answering index's clock."""


class SubscriptionSide(StrEnum):
    """Which part this authority has in a subscription. Values stand in sealed rows."""

    OWN = "own"  # a practitioner of its own, about a child of its own
    PLACED = "placed"  # a practitioner of its own, about another authority's child
    KEPT = "kept"  # another authority's practitioner, about a child of its own


class SubscriptionOwed(StrEnum):
    """What another authority is still to be told of a subscription."""

    PLACED = "placed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What a subscriber states: which child, by which reference of their own, and whose it is.

    `authority` is another one, whose id of the child this is; empty for this index's own.
    """

    child_id: UUID
    reference: str
    authority: str = ""


def last_hour(now: datetime) -> datetime:
    """Return the moment at which subscriptions were last to be looked at."""
    today = datetime.combine(now.astimezone(UTC).date(), LOOKED_AT)
    return today if today <= now else today - timedelta(days=1)


def something_new(before: Collection[bytes] | None, now: Collection[bytes]) -> bool:
    """Say whether there is a part that was not there; what is gone is no news.

    None was ever looked at: nothing is new against nothing.
    """
    return before is not None and not set(now) <= set(before)
