"""Routes of caseloads: one's own, one's agency's, handing over; whether contacts worked."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.involvements import InvolvementId
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_caseload import (
    Caseload,
    CaseloadHandedOver,
    CaseloadPractitioners,
    HandOverLines,
    OwnInvolvements,
)
from index_service.api.wire_contact_feedback import (
    ContactFeedbackSaid,
    ContactFigures,
    DoubtfulContacts,
)
from index_service.api.wire_matter import Cursor
from index_service.domain.caseload import Due
from index_service.services.caseloads import Caseloads
from index_service.services.contact_feedback import ContactFeedback
from index_service.services.handing_over import HandOvers
from index_service.services.writing import Repeatable

_HERE = "/v1/caseload"
_Whose = Annotated[
    Id | None, Query(description="One practitioner's, those to confirm first; all unless stated.")
]
_Due = Annotated[
    Due | None, Query(description="Overdue alone, or those due within four weeks too.")
]
_Month = Annotated[
    str | None,
    Query(
        description="In London, and over; the last one if not stated.",
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
        max_length=7,
        examples=["2026-10"],
    ),
]


def own_involvement_routes(identify: Identify, caseloads: Caseloads) -> APIRouter:
    """Return the routes of one's own involvements, and of contacts in doubt."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["caseloads"])

    @router.get(
        "/v1/me/involvements",
        operation_id="readOwnInvolvements",
        summary="The asker's own involvements, those to confirm first",
        responses=contract.answers(200, OwnInvolvements, "A page of involvements."),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def own(request: Request, cursor: Cursor = None) -> Response:
        """Show what the asker's practitioner works with; of each child what a read would."""
        login, attempt = identify(request, Action.READ_INVOLVEMENT)
        return contract.encoded(await caseloads.own(login, cursor, attempt))

    @router.get(
        "/v1/doubtful-contacts",
        operation_id="readDoubtfulContacts",
        summary="Contacts that several people say do not work",
        responses=contract.answers(200, DoubtfulContacts, "A page of involvements."),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def doubtful(request: Request, cursor: Cursor = None) -> Response:
        """Show the supplying agency its own, the team all; amend each to put it right."""
        login, attempt = identify(request, Action.READ_INVOLVEMENT)
        return contract.encoded(await caseloads.doubtful(login, cursor, attempt))

    return router


def caseload_routes(identify: Identify, caseloads: Caseloads, handing: HandOvers) -> APIRouter:
    """Return the routes by which an agency's caseload is kept."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["caseloads"])

    @router.get(
        _HERE,
        operation_id="readCaseload",
        summary="The keeper's own agency's involvements, due or overdue",
        responses=contract.answers(200, Caseload, "A page of involvements."),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def read_caseload(
        request: Request,
        practitioner_id: _Whose = None,
        due: _Due = None,
        cursor: Cursor = None,
    ) -> Response:
        """Show whose involvements are to be confirmed; of each child what a read would."""
        login, attempt = identify(request, Action.READ_INVOLVEMENT)
        wanted = practitioner_id, due
        return contract.encoded(await caseloads.of_agency(login, wanted, cursor, attempt))

    @router.get(
        f"{_HERE}/practitioners",
        operation_id="readCaseloadPractitioners",
        summary="The practitioners a caseload may go to",
        responses=contract.answers(200, CaseloadPractitioners, "A page of practitioners."),
    )
    async def practitioners(request: Request, cursor: Cursor = None) -> Response:
        """Show the keeper's own agency's practitioners by name."""
        login, attempt = identify(request, Action.SUPERVISE)
        return contract.encoded(await caseloads.practitioners(login, cursor, attempt))

    @router.post(
        f"{_HERE}/hand-overs",
        operation_id="handOverCaseload",
        summary="Give a leaving worker's involvements to another practitioner",
        responses=contract.answers(200, HandOverLines, "What became of each.", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def hand_over(request: Request, body: CaseloadHandedOver) -> Response:
        """Hand over up to 100, each decided on alone; the former contact is shown no more."""
        login, attempt = identify(request, Action.RECORD_INVOLVEMENT)
        sent = Repeatable(idempotency_key(request), await request.body())
        return contract.encoded(await handing.hand_over(login, body.to_domain(), sent, attempt))

    return router


def contact_feedback_routes(identify: Identify, feedback: ContactFeedback) -> APIRouter:
    """Return the routes by which it is said whether contacts worked."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["caseloads"])

    @router.post(
        "/v1/involvements/{involvement_id}/feedback",
        status_code=204,
        operation_id="sayWhetherContactWorked",
        summary="Say what came of using an involvement's contact",
        responses=contract.answers(204, None, "Said.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def say(
        request: Request, involvement_id: InvolvementId, body: ContactFeedbackSaid
    ) -> Response:
        """Say so as somebody the contact is shown to; several failures put it in doubt."""
        login, attempt = identify(request, Action.READ_INVOLVEMENT)
        await feedback.say(login, involvement_id, body.outcome, attempt)
        return Response(status_code=204)

    @router.get(
        "/v1/supervision/contacts",
        operation_id="readContactsThatWork",
        summary="How often contacts worked in a month, by kind of agency",
        responses=contract.answers(200, ContactFigures, "Counts without small cells."),
    )
    async def figures(request: Request, month: _Month = None) -> Response:
        """Show what was said of contacts in a month that is over; no child, and nobody."""
        login, attempt = identify(request, Action.SUPERVISE)
        return contract.encoded(await feedback.figures(login, month, attempt))

    return router
