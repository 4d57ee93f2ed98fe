"""Routes of common assessments: held, closed, handed on, offered, due; and who leads."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_assessment import (
    AssessmentClosed,
    AssessmentReassigned,
    AssessmentsDue,
    TransferOffered,
)
from index_service.api.wire_involvement import AssessmentStated, LeadProfessionalStated
from index_service.domain.clock import Clock
from index_service.services.assessment import Assessments, Holding
from index_service.services.due import DueList

ChildId = Annotated[Id, Path(description="The child's id on this index.")]
_CURSOR = Annotated[
    str | None,
    Query(
        description="`next` of the page before, for the same account.",
        pattern=r"^[A-Za-z0-9_-]{1,200}$",
        max_length=200,
    ),
]


def assessment_routes(identify: Identify, assessments: Assessments, clock: Clock) -> APIRouter:
    """Return the routes that say who holds a common assessment and who leads."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["assessment"])

    @router.put(
        "/v1/children/{child_id}/assessment",
        status_code=204,
        operation_id="holdAssessment",
        summary="State that the asker's agency holds a common assessment",
        responses=contract.answers(204, None, "Recorded.", "child", "body"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def hold(request: Request, child_id: ChildId, body: AssessmentStated) -> Response:
        """Record that an assessment is held, by whom, since when: never its content."""
        login, attempt = identify(request, Action.RECORD_ASSESSMENT)
        today = clock.today()
        contact, since = body.to_domain(today)
        stated = Holding(contact, since, body.review(today))
        await assessments.hold(login, child_id, stated, attempt)
        return Response(status_code=204)

    @router.put(
        "/v1/children/{child_id}/lead-professional",
        status_code=204,
        operation_id="nameLeadProfessional",
        summary="State who leads for the child",
        responses=contract.answers(204, None, "Recorded.", "child", "body"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def lead(request: Request, child_id: ChildId, body: LeadProfessionalStated) -> Response:
        """Record the lead professional and how to reach them."""
        login, attempt = identify(request, Action.RECORD_ASSESSMENT)
        contact, since = body.to_domain(clock.today())
        await assessments.lead(login, child_id, contact, since, attempt)
        return Response(status_code=204)

    return router


def holder_routes(identify: Identify, assessments: Assessments, clock: Clock) -> APIRouter:
    """Return the routes by which an assessment's holder ends it or passes it on."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["assessment"])

    @router.post(
        "/v1/children/{child_id}/assessment/close",
        status_code=204,
        operation_id="closeAssessment",
        summary="Close the common assessment the asker's agency holds",
        responses=contract.answers(204, None, "Closed.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def close(request: Request, child_id: ChildId, body: AssessmentClosed) -> Response:
        """Close it, saying why in one word; somebody else's is the one 404."""
        login, attempt = identify(request, Action.RECORD_ASSESSMENT)
        why, day = body.to_domain(clock.today())
        await assessments.close(login, child_id, why, day, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/children/{child_id}/assessment/reassign",
        status_code=204,
        operation_id="reassignAssessment",
        summary="Hand the common assessment to another agency",
        responses=contract.answers(204, None, "Handed on.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def reassign(request: Request, child_id: ChildId, body: AssessmentReassigned) -> Response:
        """Hand it to an agency of a kind that may hold one; it holds it from today."""
        login, attempt = identify(request, Action.RECORD_ASSESSMENT)
        agency_id, contact = body.to_domain()
        await assessments.reassign(login, child_id, agency_id, contact, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/children/{child_id}/assessment/transfer",
        status_code=204,
        operation_id="offerAssessment",
        summary="Offer the common assessment to another authority",
        responses=contract.answers(204, None, "Offered.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def transfer(request: Request, child_id: ChildId, body: TransferOffered) -> Response:
        """Offer it: only with a live consent to its transfer that names the authority."""
        login, attempt = identify(request, Action.RECORD_ASSESSMENT)
        await assessments.offer(login, child_id, body.authority, attempt)
        return Response(status_code=204)

    return router


def due_routes(identify: Identify, due: DueList) -> APIRouter:
    """Return the route of assessments to be reviewed."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["assessment"])

    @router.get(
        "/v1/assessments/due",
        operation_id="readAssessmentsDue",
        summary="Common assessments whose review is due within 28 days, or past",
        responses=contract.answers(200, AssessmentsDue, "A page of assessments."),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def read_due(request: Request, cursor: _CURSOR = None) -> Response:
        """Show a manager the agency's own, the management team everybody's."""
        login, attempt = identify(request, Action.READ_DUE)
        return contract.encoded(await due.read(login, cursor, attempt))

    return router
