"""Routes of dissents: a practitioner disagrees; their agency and the team see it."""

from fastapi import APIRouter, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire_dissent import Dissents as DissentsShown
from index_service.api.wire_dissent import DissentStated
from index_service.services.dissenting import Dissenting, Dissents
from index_service.services.writing import Repeatable

_ALL = "/v1/children/{child_id}/dissents"


def dissent_routes(identify: Identify, dissents: Dissents) -> APIRouter:
    """Return the routes of dissents."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["dissent"])

    @router.post(
        _ALL,
        status_code=201,
        operation_id="recordDissent",
        summary="Record that one disagrees with what was decided about a child",
        responses=contract.answers(201, contract.Made, "Recorded.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def record(request: Request, child_id: ChildId, body: DissentStated) -> Response:
        """Record a dissent; the agency's safeguarding lead and the management team are told."""
        login, attempt = identify(request, Action.RECORD_DISSENT)
        sent = Repeatable(idempotency_key(request), await request.body())
        stated = Dissenting(*body.to_domain())
        dissent_id = await dissents.record(login, child_id, stated, sent, attempt)
        return contract.made(dissent_id, f"/v1/children/{child_id}/dissents")

    @router.get(
        _ALL,
        operation_id="readDissents",
        summary="The dissents of one's own agency about a child; for the team, all",
        responses=contract.answers(200, DissentsShown, "The dissents.", "child"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def read(request: Request, child_id: ChildId) -> Response:
        """Show who disagrees, about what, and how to reach them."""
        login, attempt = identify(request, Action.RECORD_DISSENT)
        return contract.encoded(await dissents.read(login, child_id, attempt))

    return router
