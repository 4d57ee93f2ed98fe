"""Subscriptions on the wire: a reference of the subscriber's own, and nothing of any child."""

from typing import Annotated

from pydantic import Field

from index_service.api.wire import DayText, Id, Wire, shaped
from index_service.api.wire_matter import PAGE_MAX, Next
from index_service.api.wire_status import AuthorityText
from index_service.domain import shapes
from index_service.domain.access import checked_reference
from index_service.domain.errors import Invalid
from index_service.domain.subscription import Subscribed

_REFERENCE = "The subscriber's own; never shaped like an NHS number or UPN."
Reference = Annotated[str, shaped(shapes.ACCESS_REFERENCE), Field(description=_REFERENCE)]


class SubscriptionMade(Wire):
    """About whom one is to be told to ask again, and by which reference."""

    child_id: Annotated[Id, Field(description="The child, as whoever showed it named it.")]
    reference: Reference
    authority: Annotated[
        AuthorityText | None,
        Field(description="The other authority that showed the child; null for this index."),
    ] = None

    def to_domain(self) -> Subscribed:
        """Return what is stated, checked."""
        try:
            reference = checked_reference(self.reference)
        except Invalid as wrong:
            raise Invalid(wrong.code, "reference") from None
        return Subscribed(self.child_id, reference, self.authority or "")


class SubscriptionShown(Wire):
    """One subscription of the asker's own."""

    id: Id
    reference: Reference
    authority: Annotated[AuthorityText | None, Field(description="The other authority, if any.")]
    until: Annotated[DayText, Field(description="Its last day.")]
    ask_again: Annotated[
        DayText | None,
        Field(description="The day of the last notice: ask again. Null: none was raised."),
    ]


class Subscriptions(Wire):
    """A page of one's own subscriptions, the newest first."""

    subscriptions: Annotated[list[SubscriptionShown], Field(max_length=PAGE_MAX)]
    next: Next = None
