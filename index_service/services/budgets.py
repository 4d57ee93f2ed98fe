"""An account's day: what it has used of it, and what an answer will have cost.

Charged is what was shown and asked, by keyed digests, in the statement that appends the
entry; read in the snapshot that answers. A stop is one code, equal for every child.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date
from uuid import UUID
from weakref import WeakValueDictionary

from consent.budget import Spent, may_spend
from index_service.crypto.keyring import Keyring
from index_service.domain.access import Access, Asker
from index_service.domain.errors import Code, Refused
from index_service.services.admitting import Admitted, Login
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.store.reading import Snapshot

AT_ONCE = 8
_COUNTED = ("searches", "children", "unexplained", "of_reference")


@dataclass(slots=True)
class Cost:
    """What one answer costs: the question asked, and the children it shows.

    `own` are those of them an agency of the asker's is involved with.
    """

    question: bytes = b""
    shown: tuple[UUID, ...] = ()
    own: frozenset[UUID] = field(default=frozenset())


class Day:
    """Today of whoever answers for a question: the account, and its mediator's too."""

    def __init__(self, accounts: Sequence["_Refs"], explained: bool):
        self._accounts = accounts
        self._explained = explained  # by the reference stated, or by a grant

    def charges(self, cost: Cost) -> tuple[tuple[bytes, bytes], ...]:
        """Return (who, what) of every row this answer leaves.

        As many for each child shown, whatever explains it: how many tells no involvement.
        """
        rows = []
        for refs in self._accounts:
            if cost.question:
                rows.append(refs.charge("searches", cost.question))
            for child_id in cost.shown:
                unexplained = not self._explained and child_id not in cost.own
                rows.append(refs.charge("children", child_id.bytes))
                rows.append(refs.charge("unexplained", child_id.bytes, counts=unexplained))
                rows.append(refs.charge("of_reference", child_id.bytes, counts=self._explained))
        return tuple(rows)


class _Refs:
    """What an account's charges of one day are kept under: nothing of them joins another's."""

    def __init__(self, keyring: Keyring, account: UUID, day: date, reference: str | None) -> None:
        self._make = keyring.references.reference
        self._whose = (account.bytes, day.isoformat().encode())
        self.who = {name: self._of("budget", name.encode()) for name in _COUNTED[:3]}
        if reference is not None:
            self.who["of_reference"] = self._of("budget reference", reference.encode())

    def charge(self, name: str, what: bytes, *, counts: bool = True) -> tuple[bytes, bytes]:
        """Return one row; one that does not count stands under what nobody asks for."""
        who = self.who.get(name) if counts else None
        digest = self._of("budget what", name.encode(), what)
        return who or self._of("budget decoy", name.encode()), digest

    def _of(self, label: str, *parts: bytes) -> bytes:
        return self._make(label, *self._whose, *parts)


class Budgets:
    """Keeps the accounts of one authority within what their agreement gives them a day."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._turns: WeakValueDictionary[tuple[Login, int], asyncio.Semaphore]
        self._turns = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, login: Login, access: Access) -> AsyncIterator[None]:
        """Let a login ask one question at a time, and a few where it states a reference.

        Else as many as it sends at once would all be answered before the first is charged.
        """
        at_once = 1 if access.reference is None else AT_ONCE
        turn = self._turns.setdefault((login, at_once), asyncio.Semaphore(at_once))
        async with turn:
            yield

    async def day(self, reading: Snapshot, admitted: Admitted, attempt: Attempt) -> Day:
        """Return today of an asker who may go on; Refused if the budget is spent."""
        keyring, reference = self._index.keyring, attempt.access.reference
        today = self._index.clock.now().astimezone(UTC).date()
        askers: dict[UUID, Asker] = {admitted.asker.account_id: admitted.asker}
        if attempt.asker is not None:
            askers[attempt.asker.account_id] = attempt.asker
        refs = {account: _Refs(keyring, account, today, reference) for account in askers}
        every = [ref for of_account in refs.values() for ref in of_account.who.values()]
        counts = await reading.spent(today, every)
        mediated = admitted.grant is not None
        explained = mediated
        for account, asker in askers.items():
            budget = admitted.agreement.budgets[asker.facts.agency_kind]
            who = refs[account].who
            spent = Spent(**{name: counts.get(ref, 0) for name, ref in who.items()})
            if not may_spend(budget, spent, reference=reference is not None or mediated):
                raise Refused(Code.TOO_MANY_REQUESTS)
            fits = spent.of_reference < budget.children_of_a_reference
            explained = explained or (reference is not None and fits)
        return Day(tuple(refs.values()), explained)
