"""Routes of involvements: begin, read, amend, confirm, cease."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_involvement import (
    InvolvementAmended,
    InvolvementBegun,
    InvolvementCeased,
)
from index_service.api.wire_shown import InvolvementShown
from index_service.domain.clock import Clock
from index_service.services.involvement import (
    Beginning,
    Involvements,
    ceased_on,
    confirmed,
    contact_changed,
)
from index_service.services.writing import Repeatable

InvolvementId = Annotated[Id, Path(description="The involvement's id.")]
_ONE = "/v1/involvements/{involvement_id}"


def involvement_routes(identify: Identify, involvements: Involvements, clock: Clock) -> APIRouter:
    """Return the routes by which an involvement begins and is read."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["involvements"])

    @router.post(
        "/v1/children/{child_id}/involvements",
        status_code=201,
        operation_id="beginInvolvement",
        summary="Say that the asker's agency works with a child",
        responses=contract.answers(201, contract.Made, "Recorded.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def begin(request: Request, child_id: ChildId, body: InvolvementBegun) -> Response:
        """Begin an involvement: I am taking action with this child; here is whom to ring."""
        login, attempt = identify(request, Action.RECORD_INVOLVEMENT)
        sent = Repeatable(idempotency_key(request), await request.body())
        stated = Beginning(*body.to_domain(clock.today()))
        involvement_id = await involvements.begin(login, child_id, stated, sent, attempt)
        return contract.made(involvement_id, f"/v1/involvements/{involvement_id}")

    @router.get(
        _ONE,
        operation_id="readInvolvement",
        summary="Read one involvement",
        responses=contract.answers(200, InvolvementShown, "The involvement.", "child"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.MEDIATION),
    )
    async def read(request: Request, involvement_id: InvolvementId) -> Response:
        """Show one involvement to an asker who may see it."""
        login, attempt = identify(request, Action.READ_INVOLVEMENT, mediated=True)
        return contract.encoded(await involvements.read(login, involvement_id, attempt))

    return router


def involvement_change_routes(
    identify: Identify, involvements: Involvements, clock: Clock
) -> APIRouter:
    """Return the routes by which an involvement changes hands, goes on or ceases."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["involvements"])

    @router.patch(
        _ONE,
        status_code=204,
        operation_id="amendInvolvement",
        summary="Give an involvement another worker or team",
        responses=contract.answers(204, None, "Amended.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def amend(
        request: Request,
        involvement_id: InvolvementId,
        body: InvolvementAmended,
    ) -> Response:
        """Change whom to ring."""
        login, attempt = identify(request, Action.RECORD_INVOLVEMENT)
        change = contact_changed(body.to_domain())
        await involvements.change(login, involvement_id, change, attempt)
        return Response(status_code=204)

    @router.post(
        _ONE + "/confirm",
        status_code=204,
        operation_id="confirmInvolvement",
        summary="Say that an involvement goes on",
        responses=contract.answers(204, None, "Confirmed.", "child", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def confirm(request: Request, involvement_id: InvolvementId) -> Response:
        """Confirm as of today."""
        login, attempt = identify(request, Action.RECORD_INVOLVEMENT)
        await involvements.change(login, involvement_id, confirmed, attempt)
        return Response(status_code=204)

    @router.post(
        _ONE + "/cease",
        status_code=204,
        operation_id="ceaseInvolvement",
        summary="Say that an involvement has ceased",
        responses=contract.answers(204, None, "Ceased.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def cease(
        request: Request,
        involvement_id: InvolvementId,
        body: InvolvementCeased,
    ) -> Response:
        """End an involvement on a day already come; it is kept, and shown last."""
        login, attempt = identify(request, Action.RECORD_INVOLVEMENT)
        change = ceased_on(body.to_domain(clock.today()))
        await involvements.change(login, involvement_id, change, attempt)
        return Response(status_code=204)

    return router
