"""Routes of overrides: asked for, approved, read under once, investigated, concluded."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_lookup import ChildAnswer
from index_service.api.wire_matter import Cursor
from index_service.api.wire_override import (
    OverrideApproved,
    OverrideAsked,
    OverrideConcluded,
    OverrideMade,
    Overrides,
    OverrideUsed,
)
from index_service.domain.override import WARNING
from index_service.services.overriding import Overriding
from index_service.services.writing import Repeatable

OverrideId = Annotated[Id, Path(description="The override's id.")]


def override_routes(identify: Identify, overriding: Overriding) -> APIRouter:
    """Return the routes of whoever overrides a shield."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["overrides"])

    @router.post(
        "/v1/children/{child_id}/override",
        status_code=201,
        operation_id="askOverride",
        summary="Ask to override a shield: one record, one read, 15 minutes, investigated",
        responses=contract.answers(201, OverrideMade, "Asked.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def ask_override(request: Request, child_id: ChildId, body: OverrideAsked) -> Response:
        """Ask for an override: in force at once or once approved, and the team told at once."""
        login, attempt = identify(request, Action.OVERRIDE)
        sent = Repeatable(idempotency_key(request), await request.body())
        made = await overriding.ask(login, child_id, body.ground, sent, attempt)
        told = {
            "id": str(made.id),
            "state": made.state.value,
            "ends_at": made.ends_s,
            "warning": WARNING,
        }
        return contract.encoded(orjson.dumps(told), 201, Location=f"/v1/children/{child_id}")

    @router.post(
        "/v1/children/{child_id}/override/read",
        operation_id="readUnderOverride",
        summary="Read a shielded record under an override, once",
        responses=contract.answers(200, ChildAnswer, "The record.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def read_under(request: Request, child_id: ChildId, body: OverrideUsed) -> Response:
        """Disclose one record to whom the override was granted; that uses it up."""
        login, attempt = identify(request, Action.OVERRIDE)
        return contract.encoded(await overriding.read(login, child_id, body.override_id, attempt))

    return router


def investigation_routes(identify: Identify, overriding: Overriding) -> APIRouter:
    """Return the routes of who approves overrides and investigates them."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["overrides"])

    @router.get(
        "/v1/overrides",
        operation_id="readOverrides",
        summary="Overrides whose investigation is not concluded",
        responses=contract.answers(200, Overrides, "A page of overrides."),
    )
    async def read_overrides(request: Request, cursor: Cursor = None) -> Response:
        """Show who overrode which shield, on what ground, and what came of it."""
        login, attempt = identify(request, Action.INVESTIGATE)
        return contract.encoded(await overriding.under_investigation(login, cursor, attempt))

    @router.post(
        "/v1/overrides/{override_id}/approve",
        status_code=204,
        operation_id="approveOverride",
        summary="Approve an override or not, before or after the fact",
        responses=contract.answers(204, None, "Noted.", "child", "body", "change"),
    )
    async def approve(
        request: Request, override_id: OverrideId, body: OverrideApproved
    ) -> Response:
        """Say yes or no to somebody else's override."""
        login, attempt = identify(request, Action.APPROVE_OVERRIDE)
        await overriding.approve(login, override_id, body.approved, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/overrides/{override_id}/conclude",
        status_code=204,
        operation_id="concludeOverride",
        summary="Conclude the investigation of an override",
        responses=contract.answers(204, None, "Concluded.", "child", "body", "change"),
    )
    async def conclude(
        request: Request, override_id: OverrideId, body: OverrideConcluded
    ) -> Response:
        """Say how the investigation ended; by somebody else than who overrode."""
        login, attempt = identify(request, Action.INVESTIGATE)
        await overriding.conclude(login, override_id, body.outcome, attempt)
        return Response(status_code=204)

    return router
