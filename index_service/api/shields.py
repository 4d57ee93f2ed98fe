"""Routes of shields: asked for, granted, reviewed, refused, appealed, lifted; identities closed."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_matter import Cursor
from index_service.api.wire_shield import (
    IdentityClosed,
    ShieldAsked,
    ShieldGranted,
    ShieldLifted,
    ShieldRefused,
    ShieldRequests,
    ShieldReviewed,
)
from index_service.domain.clock import Clock
from index_service.services import shield_requests
from index_service.services.identity_change import IdentityChanges
from index_service.services.shielding import Grant, Shielding
from index_service.services.writing import Repeatable

ShieldRequestId = Annotated[Id, Path(description="The request's id.")]


def shield_routes(identify: Identify, shielding: Shielding, clock: Clock) -> APIRouter:
    """Return the routes that grant, review and lift shields."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["shields"])

    @router.post(
        "/v1/children/{child_id}/shield",
        status_code=201,
        operation_id="grantShield",
        summary="Shield a child's record: nobody but the team sees where they are",
        responses=contract.answers(201, contract.Made, "Shielded.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def grant_shield(request: Request, child_id: ChildId, body: ShieldGranted) -> Response:
        """Shield a record; every request begun after the answer sees it shielded."""
        login, attempt = identify(request, Action.SHIELD)
        grant = Grant(*body.to_domain(clock.today()), body.request_id)
        sent = Repeatable(idempotency_key(request), await request.body())
        shield_id = await shielding.grant(login, child_id, grant, sent, attempt)
        return contract.made(shield_id, f"/v1/children/{child_id}")

    @router.post(
        "/v1/children/{child_id}/shield/review",
        status_code=204,
        operation_id="reviewShield",
        summary="Look at a shield again: it stands on",
        responses=contract.answers(204, None, "Reviewed.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def review_shield(request: Request, child_id: ChildId, body: ShieldReviewed) -> Response:
        """Set the next day of review. A review that is missed changes nothing."""
        login, attempt = identify(request, Action.SHIELD)
        day = body.day(clock.today())
        await shielding.review(login, child_id, body.shield_id, day, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/children/{child_id}/shield/lift",
        status_code=204,
        operation_id="liftShield",
        summary="Lift one shield, by decision only",
        responses=contract.answers(204, None, "Lifted.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def lift_shield(request: Request, child_id: ChildId, body: ShieldLifted) -> Response:
        """Lift one shield; the record stays shielded while another is in force."""
        login, attempt = identify(request, Action.LIFT_SHIELD)
        await shielding.lift(login, child_id, body.shield_id, attempt)
        return Response(status_code=204)

    return router


def shield_request_routes(
    identify: Identify, requests: shield_requests.ShieldRequests
) -> APIRouter:
    """Return the routes by which a shield is asked for, refused and appealed."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["shields"])

    @router.post(
        "/v1/children/{child_id}/shield-requests",
        status_code=201,
        operation_id="askShield",
        summary="Ask that a child's record be shielded",
        responses=contract.answers(201, contract.Made, "Asked.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def ask_shield(request: Request, child_id: ChildId, body: ShieldAsked) -> Response:
        """Ask the team for a shield, for the child, a parent or carer, or as a practitioner."""
        login, attempt = identify(request, Action.ASK_SHIELD)
        said = shield_requests.ShieldAsked(body.ground, body.asked_by, body.identity_checked)
        sent = Repeatable(idempotency_key(request), await request.body())
        made = await requests.ask(login, child_id, said, sent, attempt)
        return contract.made(made, "/v1/shield-requests")

    @router.get(
        "/v1/shield-requests",
        operation_id="readShieldRequests",
        summary="One's own requests for shields; for the team, all there are",
        responses=contract.answers(200, ShieldRequests, "A page of requests."),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def read_requests(request: Request, cursor: Cursor = None) -> Response:
        """Show how far requests for shields have come."""
        login, attempt = identify(request, Action.ASK_SHIELD)
        return contract.encoded(await requests.read(login, cursor, attempt))

    @router.post(
        "/v1/shield-requests/{shield_request_id}/refuse",
        status_code=204,
        operation_id="refuseShield",
        summary="Refuse a shield that was asked for, with a reason",
        responses=contract.answers(204, None, "Refused.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def refuse_shield(
        request: Request, shield_request_id: ShieldRequestId, body: ShieldRefused
    ) -> Response:
        """Refuse a request; on appeal by somebody else than who refused it first."""
        login, attempt = identify(request, Action.SHIELD)
        await requests.refuse(login, shield_request_id, body.reason, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/shield-requests/{shield_request_id}/appeal",
        status_code=204,
        operation_id="appealShield",
        summary="Appeal against a refusal; another person decides",
        responses=contract.answers(204, None, "Waits again.", "child", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def appeal_shield(request: Request, shield_request_id: ShieldRequestId) -> Response:
        """Appeal, once; only who sent the request does."""
        login, attempt = identify(request, Action.ASK_SHIELD)
        await requests.appeal(login, shield_request_id, attempt)
        return Response(status_code=204)

    return router


def identity_routes(identify: Identify, changes: IdentityChanges) -> APIRouter:
    """Return the route that closes an identity."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["shields"])

    @router.post(
        "/v1/children/{child_id}/close-identity",
        status_code=204,
        operation_id="closeIdentity",
        summary="Close an identity for good; the new one is created on another day",
        responses=contract.answers(204, None, "Closed.", "child", "body"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def close_identity(request: Request, child_id: ChildId, body: IdentityClosed) -> Response:
        """Close a record: nobody finds it, and what resembles it waits unseen."""
        login, attempt = identify(request, Action.CLOSE_IDENTITY)
        await changes.close(login, child_id, body.cause, attempt)
        return Response(status_code=204)

    return router
