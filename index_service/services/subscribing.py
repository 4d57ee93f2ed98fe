"""Subscribing: to be told to ask again about a child, by a reference of one's own.

Asking reads no child: the answer and the rows left are the same for a child who is here,
withheld, another authority's or nobody. Whether anything is ever said is decided daily.
"""

from dataclasses import replace
from uuid import UUID

import orjson

from consent.decide import may_ask
from consent.facts import Action
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid, NotDisclosed, Refused
from index_service.domain.subscription import (
    ACCOUNT_MAX,
    Subscribed,
    SubscriptionOwed,
    SubscriptionSide,
)
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.listed import Paging, newest_first
from index_service.services.matters import matters_on
from index_service.services.opening import ABSENT
from index_service.services.subscriptions_kept import (
    Subscription,
    keep,
    listed,
    of_subscriber,
    put,
    subscription_of,
)
from index_service.services.subscriptions_made import made
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on


class Subscriptions:
    """Takes subscriptions, shows each to its owner and ends it, for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def subscribe(
        self, login: Login, stated: Subscribed, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Subscribe and return the subscription's id; the same whoever the child is."""
        index = self._index
        attempt.subjects = (stated.child_id,)
        asked = Asked(login, Action.SUBSCRIBE, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            _refuse_who_may_not_read(admitted, stated)
            await self._check_authority(work, stated)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            change = Change((SubjectShown(stated.child_id),), code=REPLAYED)
            if done is not None:
                await recorded(index, work, attempt, change)
                return done.resource
            own = of_subscriber(str(admitted.asker.account_id))
            if len(await listed(index, work, own)) >= ACCOUNT_MAX:
                raise Refused(Code.SUBSCRIPTIONS_FULL)
            subscription = made(index.clock, admitted, stated)
            await keep(index, work, subscription)
            resource = subscription.matter.id
            change = replace(change, code="", once=once, resource=resource)
            await recorded(index, work, attempt, change)
        return resource

    async def _check_authority(self, work: Work, stated: Subscribed) -> None:
        """Refuse an authority the region's directory does not know; of no child."""
        if not stated.authority:
            return
        region = self._index.region
        standing = None if region is None else await region.directories.standing(work.membership)
        known = () if standing is None else standing.directory.others
        if stated.authority not in {each.name for each in known}:
            raise Invalid(Code.FIELD_INVALID, "authority")

    async def listed(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of one's own subscriptions, newest first, encoded: references only."""
        index = self._index
        asked = Asked(login, Action.READ_NOTICES, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            own = of_subscriber(str(admitted.asker.account_id))
            found = await matters_on(index, reading, own)
        today = index.clock.today()
        standing = [each for each in found if not Subscription(each).over(today)]
        paging = Paging(index.keyring, admitted, attempt, cursor)
        page, following = paging.page(standing, newest_first)
        subscriptions = [Subscription(each) for each in page]
        subjects = tuple(
            SubjectShown(each.child_id, shown=bool(each.noticed)) for each in subscriptions
        )
        entry = replace(attempt.entry(index.log.stamp(), Outcome.SHOWN), subjects=subjects)
        attempt.answered(await index.log.append(entry))
        shown = [_shown(each) for each in subscriptions]
        return orjson.dumps({"subscriptions": shown, "next": following})

    async def end(self, login: Login, subscription_id: UUID, attempt: Attempt) -> None:
        """End one's own subscription; anybody else's is none."""
        index = self._index
        asked = Asked(login, Action.READ_NOTICES, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            found = await subscription_of(index, work, subscription_id)
            if found is None or found[1].matter.account != str(admitted.asker.account_id):
                attempt.rules = (ABSENT,)
                raise NotDisclosed(ABSENT)
            before, subscription = found
            if not subscription.stands:
                raise Invalid(Code.ENDED_ALREADY)
            await put(index, work, before, subscription.ended(_owed(subscription)))
            await recorded(index, work, attempt, Change((SubjectShown(subscription.child_id),)))


def _refuse_who_may_not_read(admitted: Admitted, stated: Subscribed) -> None:
    """Refuse whoever could not ask again: told plainly, of the asker alone."""
    action = Action.LOOKUP if stated.authority else Action.READ_CHILD
    ask = replace(admitted.ask, action=action)
    allowed = may_ask(admitted.asker.facts, ask, admitted.agreement)
    if not allowed:
        raise Refused(*(Code(reason.value) for reason in allowed.reasons))


def _owed(subscription: Subscription) -> SubscriptionOwed | None:
    """Return what an end owes: word to the other authority, which may have heard of it."""
    placed = subscription.side is SubscriptionSide.PLACED
    return SubscriptionOwed.ENDED if placed else None


def _shown(subscription: Subscription) -> Shown:
    noticed = subscription.noticed_on
    return {
        "id": str(subscription.matter.id),
        "reference": subscription.reference,
        "authority": subscription.authority or None,
        "until": subscription.until.isoformat(),
        "ask_again": noticed.isoformat() if noticed else None,
    }
