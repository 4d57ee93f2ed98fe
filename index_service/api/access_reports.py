"""The route of subject access: the record itself, as the desk hands it to a family."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_access_report import AccessReport
from index_service.services.auditing.access_report import AccessReports

_RequestId = Annotated[
    Id, Query(description="The request to be told who looked: it is the gate of this report too.")
]


def access_report_routes(identify: Identify, reports: AccessReports) -> APIRouter:
    """Return the route by which the team tells a family what is held."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["who looked"])

    @router.get(
        "/v1/children/{child_id}/access-report",
        operation_id="readAccessReport",
        summary="What a family is told of the record itself, within 28 days of its request",
        responses=contract.answers(200, AccessReport, "The report.", "child", "change"),
    )
    async def read(request: Request, child_id: ChildId, request_id: _RequestId) -> Response:
        """Tell the record, by which kinds of agency, who is involved; where needed by a second."""
        login, attempt = identify(request, Action.TELL_WHO_LOOKED)
        return contract.encoded(await reports.read(login, child_id, request_id, attempt))

    return router
