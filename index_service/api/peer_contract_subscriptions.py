"""The route of subscriptions across borders, as openapi/peer.yaml has it."""

from consent.facts import AccessReason, Purpose
from index_service.api.signed_contract import (
    Schema,
    SignedRoute,
    listed,
    one_of,
    shaped,
    stated,
    tupled,
    whole,
)
from index_service.domain.shapes import DAY, UUID_TEXT
from index_service.federation import subscriptions
from index_service.federation.sizes import (
    SUBSCRIPTIONS_ANSWER_BYTES,
    SUBSCRIPTIONS_BYTES,
    SUBSCRIPTIONS_ENDED,
    SUBSCRIPTIONS_PLACED,
    SUBSCRIPTIONS_TOLD,
)

_AN_ID = "00000000-0000-4000-8000-000000000000"


def subscriptions_route(asker: Schema) -> SignedRoute:
    """Return the route; `asker` is who asks, as in every question."""
    return SignedRoute(
        subscriptions.PATH,
        "exchangeSubscriptions",
        "State what is subscribed to, and fetch notices",
        "Each hour with every other index, whatever there is to say. What is placed is answered"
        " alike whoever the child is; a notice is told until it is known to have come.",
        _asked(asker),
        stated(
            "What there is to ask about again, and nothing of what or why.",
            {"format": 1, "notices": [[_AN_ID, 1]], "full": False},
            format=_FORMAT,
            notices=_notices("Not known to have come."),
            full={
                "type": "boolean",
                "description": "As many are kept for this member as may be: none was taken.",
            },
        ),
        SUBSCRIPTIONS_BYTES,
        SUBSCRIPTIONS_ANSWER_BYTES,
    )


def _asked(asker: Schema) -> Schema:
    placed = stated(
        "A subscription. The subscriber's own reference stays where it is.",
        {},
        subscription=_id("The same for every sending."),
        child_id=_id("As the member asked named the child."),
        asker=asker,
        purpose=one_of("The lawful purpose.", *(each.value for each in Purpose)),
        reason=one_of("Why this child.", *(each.value for each in AccessReason)),
        until=shaped("Its last day.", DAY.pattern),
    )
    return stated(
        "What has been placed and ended since, and which notices have come.",
        {"format": 1, "placed": [], "ended": [], "had": [[_AN_ID, 1]]},
        format=_FORMAT,
        placed=listed("Placed since.", placed, 0, SUBSCRIPTIONS_PLACED),
        ended=listed("Ended since.", _id("A subscription."), 0, SUBSCRIPTIONS_ENDED),
        had=_notices("Had since."),
    )


def _notices(description: str) -> Schema:
    number = whole("Of its notices, counted.", subscriptions.NUMBER_MAX)
    notice = tupled("A notice.", _id("A subscription."), number)
    return listed(description, notice, 0, SUBSCRIPTIONS_TOLD)


def _id(description: str) -> Schema:
    return shaped(description, UUID_TEXT.pattern)


_FORMAT: Schema = {"type": "integer", "description": "Of the message.", "const": 1}
