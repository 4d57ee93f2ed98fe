"""Subscriptions as they are kept: sealed among the matters, found by lists of sealed pointers."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.domain.subscription import (
    PARTS_MAX,
    SubscriptionOwed,
    SubscriptionSide,
)
from index_service.federation.question import PeerAsker
from index_service.services.index import Index
from index_service.services.lists import list_tokens, open_listed
from index_service.services.matters import (
    OpenMatter,
    matter_to_change,
    matters_beheld,
    open_matter,
    put_matter,
)
from index_service.store.work import Work

LOOKED_THROUGH = "subscriptions"
_PART_BYTES = 4


def of_subscriber(account: str) -> str:
    """Return the name of the list of an account's own subscriptions."""
    return f"subscriptions/of/{account}"


def placed_with(member: str) -> str:
    """Return the name of the list of what is placed with another authority."""
    return f"subscriptions/with/{member}"


def kept_for(member: str) -> str:
    """Return the name of the list of what is kept for another authority."""
    return f"subscriptions/for/{member}"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription as its matter holds it."""

    matter: Matter

    @property
    def side(self) -> SubscriptionSide:
        """Which part this authority has in it."""
        return SubscriptionSide(self.matter.details["side"])

    @property
    def child_id(self) -> UUID:
        """The child as stated: it may be of nobody."""
        assert self.matter.child_id is not None  # INVARIANT: made with one
        return self.matter.child_id

    @property
    def known_as(self) -> UUID:
        """The id it has where it was made."""
        return UUID(self.matter.details.get("as") or str(self.matter.id))

    @property
    def authority(self) -> str:
        """The other authority; empty where there is none in it."""
        return str(self.matter.details.get("peer", ""))

    @property
    def reference(self) -> str:
        """The subscriber's own; empty for another authority's."""
        return str(self.matter.details.get("reference", ""))

    @property
    def purpose(self) -> Purpose:
        """What was stated when it was made."""
        return Purpose(self.matter.details["purpose"])

    @property
    def reason(self) -> AccessReason:
        """What was stated when it was made."""
        return AccessReason(self.matter.details["reason"])

    @property
    def until(self) -> date:
        """Its last day."""
        return date.fromisoformat(self.matter.details["until"])

    @property
    def owed(self) -> SubscriptionOwed | None:
        """What the other authority is still to be told."""
        word = self.matter.details.get("owed")
        return SubscriptionOwed(word) if word else None

    @property
    def asker(self) -> PeerAsker:
        """Who another authority says asks."""
        account, agency, role, kind, *days = self.matter.details["asker"]
        checked, trained, signed = (date.fromisoformat(each) if each else None for each in days)
        return PeerAsker(
            UUID(account), UUID(agency), Role(role), AgencyKind(kind), checked, trained, signed
        )

    @property
    def noticed(self) -> int:
        """How many notices were raised, or came."""
        return int(self.matter.details["noticed"])

    @property
    def noticed_on(self) -> date | None:
        """The day of the last one."""
        day = self.matter.details.get("noticed_on")
        return date.fromisoformat(day) if day else None

    @property
    def had(self) -> int:
        """How many of them the other side is known to have, or was told that we have."""
        return int(self.matter.details.get("had", 0))

    @property
    def looked_s(self) -> int:
        """When it was last looked at; 0 before the first time."""
        return int(self.matter.details["looked"])

    @property
    def parts(self) -> tuple[bytes, ...] | None:
        """What its subscriber would have been shown when it last would have been, as marks."""
        said = self.matter.details.get("parts")
        if said is None:
            return None
        whole = b64decode(said)
        return tuple(
            whole[begin : begin + _PART_BYTES] for begin in range(0, len(whole), _PART_BYTES)
        )

    @property
    def stands(self) -> bool:
        """Whether it has not ended."""
        return self.matter.state is MatterState.WAITING

    def over(self, today: date) -> bool:
        """Return whether its last day has gone by."""
        return self.until < today

    def seen(self, parts: Sequence[bytes]) -> "Subscription":
        """Return it with the marks of what its subscriber would be shown now."""
        return self.told(parts=b64encode(b"".join(parts)).decode())

    def told(self, **details: Any) -> "Subscription":
        """Return it with more of its details known."""
        return Subscription(replace(self.matter, details={**self.matter.details, **details}))

    def ended(self, owed: SubscriptionOwed | None = None) -> "Subscription":
        """Return it ended."""
        after = self.told(owed=owed and owed.value, parts=None)
        return Subscription(replace(after.matter, state=MatterState.ENDED))

    def lists(self) -> tuple[str, ...]:
        """Return the lists it stands on while it stands."""
        if self.side is SubscriptionSide.KEPT:
            return LOOKED_THROUGH, kept_for(self.authority)
        own = of_subscriber(self.matter.account)
        if self.side is SubscriptionSide.OWN:
            return LOOKED_THROUGH, own
        return placed_with(self.authority), own


def marks(index: Index, subscription: Subscription, parts: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return keyed marks of the parts of an answer, in order; of very many the rest in one."""
    make = index.keyring.references.reference
    own = subscription.matter.id.bytes

    def mark(*text: bytes) -> bytes:
        return make("subscription part", own, *text)[:_PART_BYTES]

    found = sorted({mark(each) for each in parts})
    if len(found) > PARTS_MAX:
        rest = found[PARTS_MAX - 1 :]
        found = sorted([*found[: PARTS_MAX - 1], mark(*rest)])
    return tuple(found)


async def keep(index: Index, work: Work, subscription: Subscription) -> None:
    """Write a new subscription."""
    await open_matter(index, work, subscription.matter, subscription.lists())


async def subscription_of(
    index: Index, work: Work, matter_id: UUID
) -> tuple[OpenMatter, Subscription] | None:
    """Return a subscription under lock, or None where there is none of that id."""
    found = await matter_to_change(index, work, matter_id)
    if found is None or found.matter.kind is not MatterKind.SUBSCRIPTION:
        return None
    return found, Subscription(found.matter)


async def put(index: Index, work: Work, before: OpenMatter, after: Subscription) -> None:
    """Store a subscription anew; one that ended is on no list but that of what is owed."""
    off = () if after.stands else after.lists()
    if after.owed is SubscriptionOwed.ENDED:
        off = (of_subscriber(after.matter.account),)
    await put_matter(index, work, before, after.matter, off)


async def listed(index: Index, work: Work, name: str) -> list[UUID]:
    """Return the ids of subscriptions on a list, in order."""
    found = []
    for token in list_tokens(index.keyring, name):
        rows = await work.children.work([token])
        found += [open_listed(index.keyring, row.token, row.pointer) for row in rows]
    return sorted(found)


async def beheld(index: Index, work: Work, ids: Sequence[UUID]) -> list[Subscription]:
    """Return these subscriptions as they stand, in order of id, without a lock."""
    found = await matters_beheld(index, work, ids)
    return [Subscription(each) for each in found if each.kind is MatterKind.SUBSCRIPTION]
