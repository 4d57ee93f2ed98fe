"""Subscriptions as they are made: of one's own people, and of what another authority placed."""

from datetime import timedelta
from uuid import UUID, uuid4

from index_service.domain.clock import Clock, london_day
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.domain.subscription import (
    LASTS,
    Subscribed,
    SubscriptionOwed,
    SubscriptionSide,
)
from index_service.federation.subscriptions import Placed
from index_service.services.admitting import Admitted
from index_service.services.index import Index
from index_service.services.subscriptions_kept import Subscription

_CLOCKS_APART = timedelta(days=2)


def made(clock: Clock, admitted: Admitted, stated: Subscribed) -> Subscription:
    """Return a new subscription of one of this authority's own."""
    ask, now = admitted.ask, clock.now()
    assert ask.purpose is not None  # INVARIANT: subscribing states both
    assert ask.reason is not None
    side = SubscriptionSide.PLACED if stated.authority else SubscriptionSide.OWN
    details = {
        "side": side.value,
        "peer": stated.authority,
        "reference": stated.reference,
        "purpose": ask.purpose.value,
        "reason": ask.reason.value,
        "until": (clock.today() + LASTS).isoformat(),
        "owed": SubscriptionOwed.PLACED.value if stated.authority else None,
        "noticed": 0,
        "looked": 0,
    }
    return Subscription(
        Matter(
            uuid4(),
            MatterKind.SUBSCRIPTION,
            MatterState.WAITING,
            int(now.timestamp()),
            account=str(admitted.asker.account_id),
            agency=str(admitted.asker.agency_id),
            child_id=stated.child_id,
            details=details,
        )
    )


def kept_id(index: Index, member: str, subscription: UUID) -> UUID:
    """Return the id under which a member's subscription is kept here."""
    make = index.keyring.references.reference
    reference = make("subscription kept", member.encode(), subscription.bytes)
    return UUID(bytes=reference, version=4)


def kept(index: Index, member: str, placed: Placed) -> Subscription:
    """Return what another authority placed, no longer than one may last by this clock."""
    asker, now = placed.asker, index.clock.now()
    days = (asker.checked_on, asker.trained_on, asker.signed_on)
    until = min(placed.until, london_day(now) + LASTS + _CLOCKS_APART)
    details = {
        "side": SubscriptionSide.KEPT.value,
        "peer": member,
        "as": str(placed.subscription),
        "purpose": placed.purpose.value,
        "reason": placed.reason.value,
        "until": until.isoformat(),
        "asker": [
            str(asker.account),
            str(asker.agency),
            asker.role.value,
            asker.agency_kind.value,
            *(day and day.isoformat() for day in days),
        ],
        "noticed": 0,
        "looked": 0,
    }
    return Subscription(
        Matter(
            kept_id(index, member, placed.subscription),
            MatterKind.SUBSCRIPTION,
            MatterState.WAITING,
            int(now.timestamp()),
            child_id=placed.child_id,
            details=details,
        )
    )
