"""Routes of subscriptions: to be told to ask again about a child, by one's own reference."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_matter import Cursor
from index_service.api.wire_subscription import SubscriptionMade
from index_service.api.wire_subscription import Subscriptions as SubscriptionsShown
from index_service.services.subscribing import Subscriptions
from index_service.services.writing import Repeatable

_ALL = "/v1/subscriptions"
SubscriptionId = Annotated[Id, Path(description="The subscription's id.")]


def subscription_routes(identify: Identify, subscriptions: Subscriptions) -> APIRouter:
    """Return the routes of subscriptions."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["subscriptions"])

    @router.post(
        _ALL,
        status_code=201,
        operation_id="subscribe",
        summary="Be told to ask again about a child there is lasting reason for",
        responses=contract.answers(201, contract.Made, "Subscribed.", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def subscribe(request: Request, body: SubscriptionMade) -> Response:
        """Subscribe; the answer is the same whether or not there is anybody to be told of."""
        login, attempt = identify(request, Action.SUBSCRIBE)
        sent = Repeatable(idempotency_key(request), await request.body())
        made = await subscriptions.subscribe(login, body.to_domain(), sent, attempt)
        return contract.made(made, _ALL)

    @router.get(
        _ALL,
        operation_id="readSubscriptions",
        summary="One's own subscriptions, and which of them to ask about again",
        responses=contract.answers(200, SubscriptionsShown, "A page of subscriptions."),
    )
    async def read(request: Request, cursor: Cursor = None) -> Response:
        """Show each by its reference, with the day of the last notice; never what is new."""
        login, attempt = identify(request, Action.READ_NOTICES)
        return contract.encoded(await subscriptions.listed(login, cursor, attempt))

    @router.delete(
        _ALL + "/{subscription_id}",
        status_code=204,
        operation_id="endSubscription",
        summary="End a subscription of one's own",
        responses=contract.answers(204, None, "Ended.", "child", "change"),
    )
    async def end(request: Request, subscription_id: SubscriptionId) -> Response:
        """End it; another authority is told within the hour."""
        login, attempt = identify(request, Action.READ_NOTICES)
        await subscriptions.end(login, subscription_id, attempt)
        return Response(status_code=204)

    return router
