"""Routes of what waits for the management team: seen, released by one person or by two."""

import orjson
from fastapi import APIRouter, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire_hold import (
    HoldReleaseApproved,
    HoldReleased,
    HoldReleaseMade,
)
from index_service.api.wire_hold import Holds as HoldsShown
from index_service.api.wire_matter import Cursor
from index_service.services.hold_release import HoldReleases
from index_service.services.holds import Holds


def hold_routes(identify: Identify, holds: Holds, releases: HoldReleases) -> APIRouter:
    """Return the routes of holds."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["holds"])

    @router.get(
        "/v1/holds",
        operation_id="readHolds",
        summary="What waits for a decision of the management team",
        responses=contract.answers(200, HoldsShown, "What waits."),
    )
    async def read_holds(request: Request, cursor: Cursor = None) -> Response:
        """Show the team the records that wait, why, since when and until when."""
        login, attempt = identify(request, Action.READ_HOLDS)
        return contract.encoded(await holds.read(login, cursor, attempt))

    @router.post(
        "/v1/holds/{child_id}/release",
        operation_id="releaseHold",
        summary="Release a record: another child's, or the same child's as another record",
        responses=contract.answers(
            200, HoldReleaseMade, "Released, or waiting.", "child", "body", "change"
        ),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def release_hold(request: Request, child_id: ChildId, body: HoldReleased) -> Response:
        """Release a record that was checked; an emergency waits for a second person."""
        login, attempt = identify(request, Action.RELEASE_HOLD)
        waiting = await releases.release(login, child_id, body.to_domain(), attempt)
        told = {
            "state": "waiting" if waiting else "released",
            "release_id": str(waiting) if waiting else None,
        }
        return contract.encoded(orjson.dumps(told))

    @router.post(
        "/v1/holds/{child_id}/release/approve",
        status_code=204,
        operation_id="approveRelease",
        summary="Agree to a release as the second of two people",
        responses=contract.answers(204, None, "Released.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def approve_release(
        request: Request, child_id: ChildId, body: HoldReleaseApproved
    ) -> Response:
        """Release a record somebody else asked to have released at once."""
        login, attempt = identify(request, Action.RELEASE_HOLD)
        await releases.approve(login, child_id, body.release_id, attempt)
        return Response(status_code=204)

    return router
