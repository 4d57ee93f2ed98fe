"""Subscriptions across borders: one exchange an hour with every other index, of one size each way.

What is placed is answered alike whoever the child is. A notice names a subscription and a
number; it is told until it is known to have come, and counts once.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.domain.subscription import MEMBER_MAX, SubscriptionOwed
from index_service.federation.client import Answer
from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.members import Member
from index_service.federation.sizes import (
    SUBSCRIPTIONS_ANSWER_BYTES,
    SUBSCRIPTIONS_BYTES,
    SUBSCRIPTIONS_ENDED,
    SUBSCRIPTIONS_PLACED,
    SUBSCRIPTIONS_TOLD,
)
from index_service.federation.subscriptions import (
    PATH,
    Exchange,
    Notice,
    Placed,
    Told,
)
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.services.directory_rows import asker_of, open_account, open_agency
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.services.peering.known_to import asker_told
from index_service.services.peering.leg import check_open
from index_service.services.peering.posting import Letter, Post
from index_service.services.peering.region import Standing
from index_service.services.subscriptions_kept import (
    Subscription,
    beheld,
    keep,
    kept_for,
    listed,
    placed_with,
    put,
    subscription_of,
)
from index_service.services.subscriptions_made import kept, kept_id
from index_service.store.work import Work, work_on

ACTION = "subscriptions"
FULL = "subscriptions_full"
_process_log = logging.getLogger(__name__)


class SubscriptionsHere:
    """Takes what other authorities' subscribers place here, and tells each its notices."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def handler(self) -> PeerHandler:
        """Return the route of subscriptions."""
        return PeerHandler(PATH, self.run, SUBSCRIPTIONS_ANSWER_BYTES, SUBSCRIPTIONS_BYTES)

    async def run(self, asked: PeerAsked) -> PeerSaid:
        """Do what one message states, each once however often it is told, and tell notices."""
        index, exchange = self._index, Exchange.read(asked.body)
        check_open(index)
        member = asked.sender.member.name
        async with work_on(index.feed, index.csa, index.log) as work:
            await work.locks.alone(kept_for(member))
            full = not await self._placed(work, member, exchange.placed)
            await self._ended(work, member, exchange.ended)
            await self._had(work, member, exchange.had)
            waiting = await self._waiting(work, member)
            told = tuple(Notice(each.known_as, each.noticed) for each in waiting)
            entry = asked.entry(index.log.stamp(), Outcome.SHOWN, FULL if full else "")
            subjects = [SubjectShown(each.child_id) for each in exchange.placed]
            subjects += [SubjectShown(each.child_id, shown=True) for each in waiting]
            entry = replace(entry, subjects=tuple(subjects), count=len(told))
            return await asked.recorded(index.log, work, entry, Told(told, full).body())

    async def _placed(self, work: Work, member: str, placed: Sequence[Placed]) -> bool:
        """Keep what is new; false where that were too many, and then none of it."""
        index = self._index
        known = set(await listed(index, work, kept_for(member)))
        by_id = {kept_id(index, member, each.subscription): each for each in placed}
        there = {each.matter.id for each in await beheld(index, work, sorted(by_id))}
        fresh = {row_id: each for row_id, each in by_id.items() if row_id not in there}
        if len(known) + len(fresh) > MEMBER_MAX:
            return False
        for each in fresh.values():
            await keep(index, work, kept(index, member, each))
        return True

    async def _ended(self, work: Work, member: str, ended: Iterable[UUID]) -> None:
        index = self._index
        for each in ended:
            found = await subscription_of(index, work, kept_id(index, member, each))
            if found is not None and found[1].stands:
                await put(index, work, found[0], found[1].ended())

    async def _had(self, work: Work, member: str, had: Iterable[Notice]) -> None:
        index = self._index
        for each in had:
            found = await subscription_of(index, work, kept_id(index, member, each.subscription))
            if found is None or not found[1].stands:
                continue
            before, subscription = found
            if subscription.had < each.number <= subscription.noticed:
                await put(index, work, before, subscription.told(had=each.number))

    async def _waiting(self, work: Work, member: str) -> list[Subscription]:
        """Return those with a notice that is not known to have come; all are gone through."""
        index = self._index
        standing = await beheld(index, work, await listed(index, work, kept_for(member)))
        return [each for each in standing if each.noticed > each.had][:SUBSCRIPTIONS_TOLD]


@dataclass(frozen=True, slots=True)
class _Stated:
    """What one message states, and the subscriptions it states it of."""

    exchange: Exchange
    children: tuple[SubjectShown, ...]


class Exchanging:
    """States and fetches, with every other index of the region (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine, post: Post) -> None:
        self._index = index
        self._engine = engine
        self._post = post

    async def run(self, standing: Standing) -> int:
        """Exchange once with each that has a port, whatever there is to say; count the answers."""
        return sum([await self._with(each) for each in standing.peers if each.url])

    async def _with(self, member: Member) -> bool:
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            stated = await self._stated(work, member.name)
        letter = Letter(PATH, ACTION, stated.exchange.body(), stated.children)
        try:
            answer = await self._post.send(member.name, letter)
            told = Told.read(answer.body)
        except (Unreachable, MessageRefused) as lost:
            _process_log.warning("subscriptions: %s did not answer: %s", member.name, lost.code)
            return False
        await self._answered(member, stated.exchange, told, answer)
        return True

    async def _stated(self, work: Work, member: str) -> _Stated:
        """Return what this member is to be told now: no more than one message holds."""
        index, today = self._index, self._index.clock.today()
        mine = await beheld(index, work, await listed(index, work, placed_with(member)))
        over = [each for each in mine if each.stands and each.over(today)]
        ended = [each for each in mine if each.owed is SubscriptionOwed.ENDED]
        fresh = [each for each in mine if each.owed is SubscriptionOwed.PLACED]
        fresh = [each for each in fresh if each not in over][:SUBSCRIPTIONS_PLACED]
        had = [each for each in mine if each.stands and each.noticed > each.had]
        gone = [each.matter.id for each in (*ended, *over)][:SUBSCRIPTIONS_ENDED]
        exchange = Exchange(
            tuple([await self._placing(work, member, each) for each in fresh]),
            tuple(gone),
            tuple(Notice(each.matter.id, each.noticed) for each in had[:SUBSCRIPTIONS_TOLD]),
        )
        return _Stated(exchange, tuple(SubjectShown(each.child_id) for each in fresh))

    async def _placing(self, work: Work, member: str, subscription: Subscription) -> Placed:
        """Return a subscription as it is placed: its subscriber as the directory has them now."""
        keyring, matter = self._index.keyring, subscription.matter
        account_id, agency_id = UUID(matter.account), UUID(matter.agency)
        row = await work.directory.account_beheld(account_id)
        agency = await work.directory.agency(agency_id)
        assert row is not None  # INVARIANT: neither is ever deleted
        assert agency is not None
        account = open_account(keyring, account_id, row["sealed"])
        asker = asker_of(account, open_agency(keyring, agency_id, agency))
        return Placed(
            matter.id,
            subscription.child_id,
            asker_told(keyring, member, asker),
            subscription.purpose,
            subscription.reason,
            subscription.until,
        )

    async def _answered(self, member: Member, stated: Exchange, told: Told, answer: Answer) -> None:
        """Note what was heard there and what was told here, in one transaction."""
        index = self._index
        if told.full:
            _process_log.error("subscriptions: %s keeps no more for this authority", member.name)
        async with work_on(self._engine, index.csa, index.log) as work:
            if not told.full:
                for placed in stated.placed:
                    await self._noted(work, placed.subscription, SubscriptionOwed.PLACED)
            for each in stated.ended:
                await self._noted(work, each, SubscriptionOwed.ENDED)
            for had in stated.had:
                await self._told(work, member.name, had, had=had.number)
            children = [await self._noticed(work, member.name, each) for each in told.notices]
            subjects = tuple(SubjectShown(each, shown=True) for each in children if each)
            entry: AccessEntry = self._post.entry(member.name, ACTION, subjects)
            await self._post.recorded(work, replace(entry, count=len(told.notices)), answer)

    async def _noted(self, work: Work, matter_id: UUID, owed: SubscriptionOwed) -> None:
        """Owe no more what was told, unless something else is owed by now."""
        found = await subscription_of(self._index, work, matter_id)
        if found is None:
            return
        before, subscription = found
        if owed is SubscriptionOwed.ENDED:
            await put(self._index, work, before, subscription.ended())
        elif subscription.owed is owed:
            await put(self._index, work, before, subscription.told(owed=None))

    async def _noticed(self, work: Work, member: str, notice: Notice) -> UUID | None:
        """Take a notice of one of our own placed there, once; return whom it is about."""
        day = self._index.clock.today().isoformat()
        return await self._told(work, member, notice, noticed=notice.number, noticed_on=day)

    async def _told(
        self, work: Work, member: str, notice: Notice, **details: int | str
    ) -> UUID | None:
        found = await subscription_of(self._index, work, notice.subscription)
        if found is None or found[1].authority != member or not found[1].stands:
            return None
        before, subscription = found
        already = subscription.had if "had" in details else subscription.noticed
        if notice.number <= already:
            return None
        await put(self._index, work, before, subscription.told(**details))
        return subscription.child_id
