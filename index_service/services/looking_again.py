"""Looking at every subscription once a day: whether its subscriber would be shown something new.

Decided as for a read by that subscriber, in one transaction with its own entry, since asking is
disclosure. Whatever comes of it, as many rows are written; of what is not shown nothing is said.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from consent.agreement import Agreement
from consent.facts import Action, Ask
from consent.peers import across
from consent.subscriptions import may_be_told, may_be_told_across, stays_silent
from index_service.crypto.envelope import SealBroken
from index_service.domain.access import Asker
from index_service.domain.errors import Unavailable
from index_service.domain.subscription import SubscriptionSide, last_hour, something_new
from index_service.federation.naming import agency_of
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.services.admitting import Admitted
from index_service.services.attempt import told
from index_service.services.directory_rows import asker_of, open_account
from index_service.services.index import Index
from index_service.services.opening import ABSENT, decided
from index_service.services.peering.leg import seen_here
from index_service.services.peering.peer_day import NOTICE, Asking, PeerDay
from index_service.services.peering.region import Standing
from index_service.services.sealing import open_policy
from index_service.services.subscriptions_kept import (
    LOOKED_THROUGH,
    Subscription,
    beheld,
    listed,
    marks,
    put,
    subscription_of,
)
from index_service.services.would_be_shown import is_involved, parts_across, parts_read
from index_service.store.work import Work, work_on

NOTICED, LOOKED, OVER, PUT_OFF = "noticed", "looked", "over", "put_off"
_AT_ONCE = 500
_LOST_MAX = 3  # in one run: more, and it is the store that cannot be asked
_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look came to: who looked by whose right, and the parts; None where not shown."""

    asker: Asker | None = None
    agreement_version: int = 0
    agreement: Agreement | None = None
    parts: tuple[bytes, ...] | None = None
    rules: tuple[str, ...] = ()


class LookingAgain:
    """Looks at the subscriptions of one index (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine, standing: Standing | None) -> None:
        """`standing`: the region as it is now; of a member not spoken with nothing is looked at."""
        self._index = index
        self._engine = engine
        self._standing = standing

    async def run(self, stop: asyncio.Event) -> int:
        """Look at what is new or was not looked at since the day's hour; return how many were."""
        index = self._index
        due_s = int(last_hour(index.clock.now()).timestamp())
        due: list[UUID] = []
        async with work_on(self._engine, index.csa, index.log) as work:
            ids = await listed(index, work, LOOKED_THROUGH)
            for begin in range(0, len(ids), _AT_ONCE):
                some = await beheld(index, work, ids[begin : begin + _AT_ONCE])
                due += [each.matter.id for each in some if self._is_due(each, due_s)]
        looked = lost = 0
        for matter_id in due:
            if stop.is_set():
                break
            try:
                looked += await self._one(matter_id, due_s)
            except SealBroken:
                # Nobody else is held up by it, and its subscriber sees what they always see.
                _process_log.error("notify: a row does not open, a subscription is not looked at")
            except Unavailable:  # its row changed meanwhile: the next run looks at it
                lost += 1
                if lost > _LOST_MAX:
                    raise
        return looked

    def _is_due(self, subscription: Subscription, due_s: int) -> bool:
        if subscription.over(self._index.clock.today()):
            return subscription.stands
        if subscription.side is SubscriptionSide.KEPT:
            peers = () if self._standing is None else self._standing.peers
            if subscription.authority not in {each.name for each in peers}:
                return False
        return subscription.stands and subscription.looked_s < max(due_s, 1)

    async def _one(self, matter_id: UUID, due_s: int) -> bool:
        index = self._index
        async with work_on(self._engine, index.csa, index.log, one_instant=True) as work:
            found = await subscription_of(index, work, matter_id)
            if found is None or not self._is_due(found[1], due_s):
                return False  # another run was quicker, or its owner has ended it
            before, subscription = found
            if subscription.over(index.clock.today()):
                await put(index, work, before, subscription.ended())
                await work.commit(index.log.prepare(self._entry(subscription, _Seen(), OVER)))
                return True
            seen = await self._seen(work, subscription)
            after, code = await self._after(work, subscription, seen)
            await put(index, work, before, after)
            await work.commit(index.log.prepare(self._entry(subscription, seen, code)))
            return True

    async def _after(
        self, work: Work, subscription: Subscription, seen: _Seen
    ) -> tuple[Subscription, str]:
        """Return a subscription as it stands after a look, and the look's code."""
        index, now = self._index, self._index.clock.now()
        found = None if seen.parts is None else marks(index, subscription, seen.parts)
        news = found is not None and something_new(subscription.parts, found)
        told_of = subscription.child_id if news else None
        after = subscription.told(looked=int(now.timestamp()))
        of_peer = subscription.side is SubscriptionSide.KEPT
        if of_peer and not await self._charged(work, subscription, seen, told_of):
            return after, PUT_OFF
        if found is not None:
            after = after.seen(found)
        if not news:
            return after, LOOKED
        day = index.clock.today().isoformat()
        return after.told(noticed=subscription.noticed + 1, noticed_on=day), NOTICED

    async def _charged(
        self, work: Work, subscription: Subscription, seen: _Seen, told_of: UUID | None
    ) -> bool:
        """Charge the other authority's day; false where it is used up, and nothing is told."""
        index, today = self._index, self._index.clock.now().astimezone(UTC).date()
        assert index.region is not None  # INVARIANT: kept for a member of one
        asking = Asking(subscription.authority, subscription.matter.id, NOTICE, b"")
        day = PeerDay(index.keyring, asking, today, index.region.limits)
        fits = True
        if told_of is not None and seen.agreement is not None:
            await day.begin(work.charges)
            fits = await day.allows(work.charges, seen.agreement, [told_of])
        rows = await day.child_charges(work.charges, told_of if fits else None)
        await work.charges.add(today, rows)
        return fits

    async def _seen(self, work: Work, subscription: Subscription) -> _Seen:
        """Decide as for a read by this subscriber now."""
        row = await work.directory.in_force()
        view = await self._index.views.at(row["directory"], row["agreement"], work.directory)
        version = row["agreement"] or 0
        action = Action.READ_CHILD
        if subscription.side is SubscriptionSide.KEPT:
            assert self._standing is not None  # INVARIANT: _is_due says so
            peer = agency_of(self._standing.directory.region, subscription.authority)
            asker, terms = seen_here(view, peer, subscription.asker)
            action = Action.LOOKUP
        else:
            found = await work.directory.account_beheld(UUID(subscription.matter.account))
            assert found is not None  # INVARIANT: accounts are closed, never deleted
            account_id = UUID(subscription.matter.account)
            account = open_account(self._index.keyring, account_id, found["sealed"])
            asker, terms = asker_of(account, view.agencies[account.agency_id]), None
        if view.agreement is None:
            return _Seen(asker)
        ask = Ask(action, self._index.clock.today(), subscription.purpose, subscription.reason)
        admitted = Admitted(asker, ask, view.agreement, version, view, peer=terms)
        seen = _Seen(asker, version, view.agreement)
        return await self._of_child(work, subscription, admitted, seen)

    async def _of_child(
        self, work: Work, subscription: Subscription, admitted: Admitted, seen: _Seen
    ) -> _Seen:
        index, child_id = self._index, subscription.child_id
        rows = await work.children.beheld([child_id])
        ref = index.keyring.references.case_ref(child_id)
        cases: Sequence[Any] = [row._mapping for row in await work.children.cases([ref])]
        if not rows:
            return replace(seen, rules=(ABSENT,))
        child = open_policy(index.keyring, rows[0])
        decision = decided(admitted, admitted.ask, child)
        terms = admitted.peer
        if subscription.side is SubscriptionSide.KEPT:
            decision = across(decision)
        seen = replace(seen, rules=told(decision))
        if stays_silent(decision):
            return seen
        facts, ask, agreement = admitted.asker.facts, admitted.ask, admitted.agreement
        if subscription.side is SubscriptionSide.OWN:
            involved = is_involved(index, admitted, child, decision, cases)
            if not may_be_told(facts, ask, agreement, involved=involved):
                return seen
            return replace(seen, parts=parts_read(index, admitted, child, decision, cases))
        if terms is None or not may_be_told_across(facts, ask, agreement, terms):
            return seen
        return replace(seen, parts=parts_across(index, admitted, child, decision, cases))

    def _entry(self, subscription: Subscription, seen: _Seen, code: str) -> AccessEntry:
        asker, noticed = seen.asker, code == NOTICED
        return AccessEntry(
            *self._index.log.stamp(),
            action=Action.SUBSCRIBE.value,
            route="job",
            outcome=Outcome.SHOWN if noticed else Outcome.NOTHING,
            code=code,
            rules=seen.rules,
            account=str(asker.account_id) if asker else "",
            agency=str(asker.agency_id) if asker else "",
            role=asker.facts.role.value if asker else "",
            purpose=subscription.purpose.value,
            reason=subscription.reason.value,
            reference=subscription.reference,
            agreement=seen.agreement_version,
            subjects=(SubjectShown(subscription.child_id, shown=noticed),),
        )
