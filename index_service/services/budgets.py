"""An account's day: what it has used of it, and what an answer will have cost.

Charged is what was shown and asked, by keyed digests, in the statement that appends the
entry; read in the snapshot that answers. A stop is one code, equal for every child.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from uuid import UUID
from weakref import WeakValueDictionary

from consent.budget import Spent, may_spend
from index_service.domain.access import Access, Asker
from index_service.domain.errors import Code, Refused
from index_service.services.admitting import Admitted, Login
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.store.reading import Snapshot

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

    def __init__(self, index: Index, accounts: Mapping[UUID, Mapping[str, bytes]], explained: bool):
        self._index = index
        self._accounts = accounts
        self._explained = explained  # by the reference stated, or by a grant

    def charges(self, cost: Cost) -> tuple[tuple[bytes, bytes], ...]:
        """Return (who, what) of every row this answer leaves."""
        reference = self._index.keyring.references.reference
        rows = []
        for refs in self._accounts.values():
            if cost.question:
                rows.append((refs["searches"], reference("budget question", cost.question)))
            for child_id in cost.shown:
                what = reference("budget child", child_id.bytes)
                rows.append((refs["children"], what))
                if self._explained and "of_reference" in refs:
                    rows.append((refs["of_reference"], what))
                elif not self._explained and child_id not in cost.own:
                    rows.append((refs["unexplained"], what))
        return tuple(rows)


class Budgets:
    """Keeps the accounts of one authority within what their agreement gives them a day."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._turns: WeakValueDictionary[Login, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, login: Login, access: Access) -> AsyncIterator[None]:
        """Let a login ask one question at a time while it states no reference.

        Else as many as it sends at once would all be answered before the first is charged.
        """
        if access.reference is not None:
            yield
            return
        turn = self._turns.setdefault(login, asyncio.Lock())
        async with turn:
            yield

    async def day(self, reading: Snapshot, admitted: Admitted, attempt: Attempt) -> Day:
        """Return today of an asker who may go on; Refused if the budget is spent."""
        index, reference = self._index, attempt.access.reference
        today = index.clock.now().astimezone(UTC).date()
        askers: dict[UUID, Asker] = {admitted.asker.account_id: admitted.asker}
        if attempt.asker is not None:
            askers[attempt.asker.account_id] = attempt.asker
        refs = {account: self._refs(account, reference) for account in askers}
        every = [ref for of_account in refs.values() for ref in of_account.values()]
        counts = await reading.spent(today, every)
        mediated = admitted.grant is not None
        explained = mediated
        for account, asker in askers.items():
            budget = admitted.agreement.budgets[asker.facts.agency_kind]
            spent = Spent(**{name: counts.get(ref, 0) for name, ref in refs[account].items()})
            if not may_spend(budget, spent, reference=reference is not None or mediated):
                raise Refused(Code.TOO_MANY_REQUESTS)
            fits = spent.of_reference < budget.children_of_a_reference
            explained = explained or (reference is not None and fits)
        return Day(index, refs, explained)

    def _refs(self, account: UUID, reference: str | None) -> dict[str, bytes]:
        make = self._index.keyring.references.reference
        refs = {name: make("budget", account.bytes, name.encode()) for name in _COUNTED[:3]}
        if reference is not None:
            refs[_COUNTED[3]] = make("budget reference", account.bytes, reference.encode())
        return refs
