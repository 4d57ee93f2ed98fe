"""One exchange about subscriptions: what one index states to another, and what it is told.

Both messages have one size each and are exchanged at fixed times with every member, whether
there is anything to say or not: neither how many there are nor when one came shows.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from consent.facts import AccessReason, Purpose
from index_service.domain.dates import checked_date
from index_service.domain.errors import Invalid
from index_service.federation.forms import (
    id_of,
    list_of,
    malformed,
    object_of,
    parts_of,
    text_of,
    whole_of,
)
from index_service.federation.question import PeerAsker, read_asker, written_asker
from index_service.federation.sizes import (
    SUBSCRIPTIONS_ANSWER_BYTES,
    SUBSCRIPTIONS_BYTES,
    SUBSCRIPTIONS_ENDED,
    SUBSCRIPTIONS_PLACED,
    SUBSCRIPTIONS_TOLD,
    padded,
)

PATH = "/peer/v1/subscriptions"
FORMAT = 1
NUMBER_MAX = 1_000_000
_WORD = re.compile(r"[a-z_]{2,40}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PLACED = {"subscription", "child_id", "asker", "purpose", "reason", "until"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A subscription as it is placed: by whom, with which child of the other's, until when.

    The subscriber's own reference stays where it is.
    """

    subscription: UUID
    child_id: UUID
    asker: PeerAsker
    purpose: Purpose
    reason: AccessReason
    until: date


@dataclass(frozen=True, slots=True)
class Notice:
    """That there is something new about what is subscribed to, for the so-manieth time."""

    subscription: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one index states in one message: placed and ended since, and which notices it has."""

    placed: tuple[Placed, ...] = ()
    ended: tuple[UUID, ...] = ()
    had: tuple[Notice, ...] = ()

    def body(self) -> bytes:
        """Return the message's body, of its one size."""
        said = {
            "format": FORMAT,
            "placed": [_written(each) for each in self.placed],
            "ended": [str(each) for each in self.ended],
            "had": _numbers(self.had),
        }
        return padded(orjson.dumps(said), SUBSCRIPTIONS_BYTES)

    @classmethod
    def read(cls, body: bytes) -> "Exchange":
        """Return what a message states, or MessageRefused."""
        if len(body) != SUBSCRIPTIONS_BYTES:
            raise malformed()
        said = object_of(body, "format", "placed", "ended", "had")
        if said["format"] != FORMAT:
            raise malformed()
        return cls(
            list_of(said["placed"], range(SUBSCRIPTIONS_PLACED + 1), _read_placed),
            list_of(said["ended"], range(SUBSCRIPTIONS_ENDED + 1), id_of),
            list_of(said["had"], range(SUBSCRIPTIONS_TOLD + 1), _read_notice),
        )


@dataclass(frozen=True, slots=True)
class Told:
    """The answer: notices not known to have come, and whether there is room for what was placed.

    `full` hangs on how many are kept for that member and on nothing else: then none was taken.
    """

    notices: tuple[Notice, ...] = ()
    full: bool = False

    def body(self) -> bytes:
        """Return the answer's body, of its one size."""
        said = {"format": FORMAT, "notices": _numbers(self.notices), "full": self.full}
        return padded(orjson.dumps(said), SUBSCRIPTIONS_ANSWER_BYTES)

    @classmethod
    def read(cls, body: bytes) -> "Told":
        """Return what an answer tells, or MessageRefused."""
        if len(body) != SUBSCRIPTIONS_ANSWER_BYTES:
            raise malformed()
        said = object_of(body, "format", "notices", "full")
        if said["format"] != FORMAT or type(said["full"]) is not bool:
            raise malformed()
        counts = range(SUBSCRIPTIONS_TOLD + 1)
        return cls(list_of(said["notices"], counts, _read_notice), said["full"])


def _written(placed: Placed) -> dict[str, Any]:
    return {
        "subscription": str(placed.subscription),
        "child_id": str(placed.child_id),
        "asker": written_asker(placed.asker),
        "purpose": placed.purpose.value,
        "reason": placed.reason.value,
        "until": placed.until.isoformat(),
    }


def _read_placed(said: object) -> Placed:
    if not isinstance(said, dict) or said.keys() != _PLACED:
        raise malformed()
    try:
        return Placed(
            id_of(said["subscription"]),
            id_of(said["child_id"]),
            read_asker(said["asker"]),
            Purpose(text_of(said["purpose"], _WORD)),
            AccessReason(text_of(said["reason"], _WORD)),
            checked_date(text_of(said["until"], _DAY), "until"),
        )
    except (Invalid, ValueError):
        raise malformed() from None


def _numbers(notices: tuple[Notice, ...]) -> list[list[Any]]:
    return [[str(each.subscription), each.number] for each in notices]


def _read_notice(said: object) -> Notice:
    subscription, number = parts_of(said, 2)
    return Notice(id_of(subscription), whole_of(number, NUMBER_MAX))
