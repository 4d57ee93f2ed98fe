"""What another authority has used of its day here: questions, misses, distinct children told of.

Charged by keyed digests in the statement that appends the entry, as an account's day is. Where a
day is used up the answer is the one of every other nothing; the team is told, the peer is not.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from os import urandom
from typing import Protocol
from uuid import UUID

from consent.agreement import Agreement
from consent.facts import AgencyKind
from index_service.crypto.keyring import Keyring
from index_service.federation.errors import MessageRefused, PeerCode

CHILDREN_MAX = 48
"""Children one question may tell of; more are too many to tell any of."""

FIRST, SECOND, NOTICE = b"first", b"second", b"notice"
_REF_BYTES = 16

_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PeerLimits:
    """How many children an authority is told of a day, and how often it may miss.

    The first alone stops a peer that sifts its guesses by the locator: it misses nowhere.
    """

    children_a_day: int = 25
    misses_a_day: int = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose question, which leg of it, and the bytes that say it: a repeated one costs nothing."""

    member: str
    question_id: UUID
    leg: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class _Used:
    searches: int
    children: int
    misses: int


class ChargeReader(Protocol):
    """A snapshot or writing transaction that can tell what was charged."""

    async def spent(self, day: date, who: Sequence[bytes]) -> dict[bytes, int]:
        """Return how many charges stand under each of these on a day (UTC)."""
        ...


class PeerDay:
    """Today of one authority, for one question of it."""

    def __init__(self, keyring: Keyring, asking: Asking, day: date, limits: PeerLimits) -> None:
        self._make = keyring.references.reference
        self._whose = (asking.member.encode(), day.isoformat().encode())
        self._name, self._day, self._limits = asking.member, day, limits
        self._first = asking.leg == FIRST
        question = (asking.question_id.bytes, asking.leg)
        self._question = self._of("question", *question)
        self._very = self._of("very question", *question, asking.body)
        self._used = _Used(0, 0, 0)

    async def begin(self, reading: ChargeReader) -> None:
        """Read the day; MessageRefused where another question went by this id already."""
        names = {name: self._of(name) for name in ("searches", "children", "misses")}
        wanted = [*names.values(), self._question, self._very]
        counts = await reading.spent(self._day, wanted)
        self._used = _Used(**{name: counts.get(who, 0) for name, who in names.items()})
        if counts.get(self._question, 0) and not counts.get(self._very, 0):
            raise MessageRefused(PeerCode.MALFORMED)

    async def allows(
        self, reading: ChargeReader, agreement: Agreement, children: Collection[UUID]
    ) -> bool:
        """Return whether these children may be told of today, having counted those told already."""
        refs = [self._child(child_id) for child_id in sorted(children)][:CHILDREN_MAX]
        known = await reading.spent(self._day, refs or [self._of("nobody")])
        told = self._used.children + sum(ref not in known for ref in refs)
        budget = agreement.budgets.get(AgencyKind.AUTHORITY)
        most = self._limits.children_a_day
        fits = (
            budget is not None
            and len(children) <= CHILDREN_MAX
            and self._used.searches < budget.searches_a_day
            and self._used.misses < self._limits.misses_a_day
            and told <= min(most, budget.children_a_day)
        )
        if not fits:
            _process_log.error("a peer has used up its day here, name=%s", self._name)
        return fits

    def charges(self, told: Sequence[UUID], *, missed: bool) -> tuple[tuple[bytes, bytes], ...]:
        """Return (who, what) of every row this answer leaves: as many for a miss as for a hit,
        and two more for each child told of.
        """
        counted = ("searches" if self._first else "no search", "misses" if missed else "no miss")
        rows = [(self._question, self._very), (self._very, self._very)]
        rows += [(self._of(name), self._very) for name in counted]
        for child_id in told:
            child = self._child(child_id)
            rows += [(self._of("children"), child), (child, child)]
        return tuple(rows)

    async def child_charges(
        self, reading: ChargeReader, told: UUID | None
    ) -> list[tuple[bytes, bytes]]:
        """Return the two rows that a notice about a child leaves, or as many that say nothing."""
        if told is None:
            return [(urandom(_REF_BYTES), urandom(_REF_BYTES)) for _ in range(2)]
        child = self._child(told)
        if await reading.spent(self._day, [child]):
            return await self.child_charges(reading, None)  # told of today already
        return [(self._of("children"), child), (child, child)]

    def _child(self, child_id: UUID) -> bytes:
        return self._of("child", child_id.bytes)

    def _of(self, name: str, *parts: bytes) -> bytes:
        return self._make("peer day", *self._whose, name.encode(), *parts)
