"""Routes of notices and alerts: what an agency is told later, what the team looks into."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_matter import Cursor
from index_service.api.wire_notice import AlertConcluded, Alerts
from index_service.api.wire_notice import Notices as NoticesShown
from index_service.services.notices import Notices

AlertId = Annotated[Id, Path(description="The alert's id.")]


def notice_routes(identify: Identify, notices: Notices) -> APIRouter:
    """Return the routes of notices and alerts."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["notices"])

    @router.get(
        "/v1/notices",
        operation_id="readNotices",
        summary="What the asker's agency is told",
        responses=contract.answers(200, NoticesShown, "A page of notices."),
    )
    async def read_notices(request: Request, cursor: Cursor = None) -> Response:
        """Show an agency what changed of what it was told, and what its own people recorded."""
        login, attempt = identify(request, Action.READ_NOTICES)
        return contract.encoded(await notices.of_own_agency(login, cursor, attempt))

    @router.get(
        "/v1/alerts",
        operation_id="readAlerts",
        summary="What the management team is to look into",
        responses=contract.answers(200, Alerts, "A page of alerts."),
    )
    async def read_alerts(request: Request, cursor: Cursor = None) -> Response:
        """Show the team its alerts."""
        login, attempt = identify(request, Action.INVESTIGATE)
        return contract.encoded(await notices.alerts(login, cursor, attempt))

    @router.post(
        "/v1/alerts/{alert_id}/conclude",
        status_code=204,
        operation_id="concludeAlert",
        summary="Say what came of looking into an alert",
        responses=contract.answers(204, None, "Concluded.", "child", "body", "change"),
    )
    async def conclude(request: Request, alert_id: AlertId, body: AlertConcluded) -> Response:
        """Conclude an alert; it leaves the list, and the access log keeps who concluded it."""
        login, attempt = identify(request, Action.INVESTIGATE)
        await notices.conclude(login, alert_id, body.outcome, attempt)
        return Response(status_code=204)

    return router
