"""Routes of misuse: the officers' worklist, marks on records, rates by group."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_matter import Cursor
from index_service.api.wire_misuse import (
    MarkMade,
    Marks,
    MisuseAlerts,
    MisuseAlertShown,
    MisuseConcluded,
    MisuseRates,
)
from index_service.services.misuse.marking import Marking
from index_service.services.misuse.worklist import Worklist
from index_service.services.writing import Repeatable

AlertId = Annotated[Id, Path(description="The alert's id.")]
MarkId = Annotated[Id, Path(description="The mark's id.")]


def misuse_routes(identify: Identify, worklist: Worklist) -> APIRouter:
    """Return the routes of the officers' worklist."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["misuse"])

    @router.get(
        "/v1/misuse/alerts",
        operation_id="readMisuseAlerts",
        summary="What officers are to look into about how the index is used",
        responses=contract.answers(200, MisuseAlerts, "A page of alerts."),
    )
    async def read_alerts(request: Request, cursor: Cursor = None) -> Response:
        """Show the alerts not concluded yet; never one on the officer's own use."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        return contract.encoded(await worklist.alerts(login, cursor, attempt))

    @router.get(
        "/v1/misuse/alerts/{alert_id}",
        operation_id="readMisuseAlert",
        summary="One alert: entries, rules and explanations, by reference",
        responses=contract.answers(200, MisuseAlertShown, "The alert.", "child"),
    )
    async def read_alert(request: Request, alert_id: AlertId) -> Response:
        """Show one alert, concluded or not. No child is named."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        return contract.encoded(await worklist.read(login, alert_id, attempt))

    @router.post(
        "/v1/misuse/alerts/{alert_id}/take",
        status_code=204,
        operation_id="takeMisuseAlert",
        summary="Say that one looks into an alert",
        responses=contract.answers(204, None, "Taken.", "child", "change"),
    )
    async def take(request: Request, alert_id: AlertId) -> Response:
        """Take an alert, or take it over; the steps keep who did."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        await worklist.take(login, alert_id, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/misuse/alerts/{alert_id}/conclude",
        status_code=204,
        operation_id="concludeMisuseAlert",
        summary="Say what came of looking into an alert",
        responses=contract.answers(204, None, "Concluded.", "child", "body", "change"),
    )
    async def conclude(request: Request, alert_id: AlertId, body: MisuseConcluded) -> Response:
        """Conclude an alert. No outcome suspends anybody: that is done as it always is."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        await worklist.conclude(login, alert_id, body.outcome, attempt)
        return Response(status_code=204)

    return router


def misuse_rate_routes(identify: Identify, worklist: Worklist) -> APIRouter:
    """Return the route that tells whether the rules weigh on some staff more than on others."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["misuse"])

    @router.get(
        "/v1/misuse/rates",
        operation_id="readMisuseRates",
        summary="Whether staff of some group are alerted on more often than others",
        responses=contract.answers(200, MisuseRates, "Rates, small counts left out."),
    )
    async def read_rates(request: Request) -> Response:
        """Show how many accounts of each group were alerted on; nobody is named."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        return contract.encoded(await worklist.rates(login, attempt))

    return router


def mark_routes(identify: Identify, marking: Marking) -> APIRouter:
    """Return the routes of marks on records."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["misuse"])

    @router.get(
        "/v1/misuse/marks",
        operation_id="readMarks",
        summary="Which records are marked so that accesses to them are noticed",
        responses=contract.answers(200, Marks, "A page of marks."),
    )
    async def read_marks(request: Request, cursor: Cursor = None) -> Response:
        """Show the marks in force."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        return contract.encoded(await marking.marks(login, cursor, attempt))

    @router.post(
        "/v1/misuse/marks",
        status_code=201,
        operation_id="markRecord",
        summary="Mark a record as a canary, or as one everybody has heard of",
        responses=contract.answers(201, contract.Made, "Marked.", "body", "change"),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def mark(request: Request, body: MarkMade) -> Response:
        """Mark a record; answered alike whether or not there is one."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        sent = Repeatable(idempotency_key(request), await request.body())
        mark_id = await marking.mark(login, body.child_id, body.mark, sent, attempt)
        return contract.made(mark_id, "/v1/misuse/marks")

    @router.post(
        "/v1/misuse/marks/{mark_id}/end",
        status_code=204,
        operation_id="endMark",
        summary="End a mark",
        responses=contract.answers(204, None, "Ended.", "child", "change"),
    )
    async def end(request: Request, mark_id: MarkId) -> Response:
        """End a mark; what was noticed stays noticed."""
        login, attempt = identify(request, Action.HANDLE_MISUSE)
        await marking.end(login, mark_id, attempt)
        return Response(status_code=204)

    return router
