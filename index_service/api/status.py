"""Routes of status indicators: the responsible team states, and reads of the child show."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_status import StatusStated
from index_service.domain.clock import Clock
from index_service.services.status import Statuses


def status_routes(identify: Identify, statuses: Statuses, clock: Clock) -> APIRouter:
    """Return the route by which a child's status is stated."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["status"])

    @router.put(
        "/v1/children/{child_id}/status",
        status_code=204,
        operation_id="recordStatus",
        summary="State a child protection plan, being looked after, and the responsible team",
        responses=contract.answers(204, None, "Recorded.", "child", "body"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def record(
        request: Request,
        child_id: Annotated[Id, Path(description="The child's id on this index.")],
        body: StatusStated,
    ) -> Response:
        """Record what the asker's agency says now, in place of what it said before."""
        login, attempt = identify(request, Action.RECORD_STATUS)
        await statuses.record(login, child_id, body.to_domain(clock.today()), attempt)
        return Response(status_code=204)

    return router
