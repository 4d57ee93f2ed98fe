"""Routes of who looked: a family's request as the team found it, refused or released."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_matter import Cursor
from index_service.api.wire_who_looked import (
    WhoLookedAsked,
    WhoLookedRecorded,
    WhoLookedRefused,
    WhoLookedReport,
    WhoLookedRequests,
)
from index_service.domain.clock import Clock
from index_service.services.auditing.who_looked import WhoLooked
from index_service.services.writing import Repeatable

RequestId = Annotated[Id, Path(description="The request's id.")]
_REQUESTS = "/v1/who-looked-requests"


def who_looked_routes(identify: Identify, told: WhoLooked, clock: Clock) -> APIRouter:
    """Return the routes by which the team tells a family who looked."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["who looked"])

    @router.post(
        "/v1/children/{child_id}/who-looked-requests",
        status_code=201,
        operation_id="recordWhoLookedRequest",
        summary="Record who asks to be told who looked, and what was found out about it",
        responses=contract.answers(
            201, WhoLookedRecorded, "Recorded; waits or is refused.", "child", "body", "change"
        ),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def record(request: Request, child_id: ChildId, body: WhoLookedAsked) -> Response:
        """Record a request; it is refused there and then unless everything is in order."""
        login, attempt = identify(request, Action.TELL_WHO_LOOKED)
        wanted = body.to_domain(clock.today())
        sent = Repeatable(idempotency_key(request), await request.body())
        made = await told.record(login, child_id, wanted, sent, attempt)
        shown = {"id": str(made.id), "state": made.state.value, "refusals": made.refusals}
        return contract.encoded(orjson.dumps(shown), 201, Location=_REQUESTS)

    @router.get(
        _REQUESTS,
        operation_id="readWhoLookedRequests",
        summary="Requests to be told who looked that wait for their release",
        responses=contract.answers(200, WhoLookedRequests, "A page of requests."),
    )
    async def waiting(request: Request, cursor: Cursor = None) -> Response:
        """Show what the desk found about each request that waits."""
        login, attempt = identify(request, Action.TELL_WHO_LOOKED)
        return contract.encoded(await told.waiting(login, cursor, attempt))

    @router.post(
        "/v1/who-looked-requests/{who_looked_request_id}/refuse",
        status_code=204,
        operation_id="refuseWhoLooked",
        summary="Refuse a request that waits",
        responses=contract.answers(204, None, "Refused.", "child", "body", "change"),
    )
    async def refuse(
        request: Request, who_looked_request_id: RequestId, body: WhoLookedRefused
    ) -> Response:
        """Refuse a request for what its findings did not say; anybody of the team may."""
        login, attempt = identify(request, Action.TELL_WHO_LOOKED)
        await told.refuse(login, who_looked_request_id, body.reason, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/who-looked-requests/{who_looked_request_id}/release",
        operation_id="releaseWhoLooked",
        summary="Release the report of a request, once; where needed by a second person",
        responses=contract.answers(200, WhoLookedReport, "The report.", "child", "change"),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def release(request: Request, who_looked_request_id: RequestId) -> Response:
        """Tell who saw which classes of facts, in which months, for which purposes.

        Sent again under its key, the report is made anew: an answer that was lost uses up none.
        """
        login, attempt = identify(request, Action.TELL_WHO_LOOKED)
        sent = Repeatable(idempotency_key(request), await request.body())
        return contract.encoded(await told.release(login, who_looked_request_id, sent, attempt))

    return router
