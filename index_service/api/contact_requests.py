"""Routes of brokering: ask for a contact, hear what came of it; take requests and answer them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_brokering import (
    ContactRequestAnswered,
    ContactRequested,
    ContactRequestMade,
    ContactRequests,
    ContactRequestShown,
)
from index_service.api.wire_matter import Cursor
from index_service.domain.clock import Clock
from index_service.services.brokering import Brokering
from index_service.services.writing import Repeatable

ContactRequestId = Annotated[Id, Path(description="The request's id.")]
_ALL = "/v1/contact-requests"
_ONE = _ALL + "/{contact_request_id}"


def contact_request_routes(identify: Identify, brokering: Brokering, clock: Clock) -> APIRouter:
    """Return the routes of whoever asks for a contact."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["brokering"])

    @router.post(
        _ALL,
        status_code=201,
        operation_id="askContact",
        summary="Ask the management team to bring one together with who works with a child",
        responses=contract.answers(201, ContactRequested, "Asked.", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def ask(request: Request, body: ContactRequestMade) -> Response:
        """Ask the team; the answer is the same whether or not there is anybody to reach."""
        login, attempt = identify(request, Action.ASK_CONTACT)
        sent = Repeatable(idempotency_key(request), await request.body())
        stated = body.to_domain(clock.today())
        made, said = await brokering.ask(login, stated, sent, attempt)
        return contract.encoded(said, 201, Location=f"{_ALL}/{made}")

    @router.get(
        _ALL,
        operation_id="readContactRequests",
        summary="One's own requests for contact; for the team, all that wait",
        responses=contract.answers(200, ContactRequests, "A page of requests."),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def listed(request: Request, cursor: Cursor = None) -> Response:
        """List requests, the most urgent first."""
        login, attempt = identify(request, Action.ASK_CONTACT)
        return contract.encoded(await brokering.listed(login, cursor, attempt))

    @router.get(
        _ONE,
        operation_id="readContactRequest",
        summary="What came of a request for contact",
        responses=contract.answers(200, ContactRequestShown, "The request.", "child"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def read(request: Request, contact_request_id: ContactRequestId) -> Response:
        """Show a request to whoever asked and to the team; to others there is none."""
        login, attempt = identify(request, Action.ASK_CONTACT)
        return contract.encoded(await brokering.read(login, contact_request_id, attempt))

    return router


def brokering_routes(identify: Identify, brokering: Brokering, clock: Clock) -> APIRouter:
    """Return the routes by which the team handles requests for contact."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["brokering"])

    @router.post(
        _ONE + "/take",
        status_code=204,
        operation_id="takeContactRequest",
        summary="Take a request on, or over from a colleague",
        responses=contract.answers(204, None, "Taken.", "child", "change"),
    )
    async def take(request: Request, contact_request_id: ContactRequestId) -> Response:
        """Say who of the team is at it."""
        login, attempt = identify(request, Action.BROKER)
        await brokering.take(login, contact_request_id, attempt)
        return Response(status_code=204)

    @router.post(
        _ONE + "/answer",
        status_code=204,
        operation_id="answerContactRequest",
        summary="Say what was brought about",
        responses=contract.answers(204, None, "Answered.", "child", "body", "change"),
    )
    async def answer(
        request: Request, contact_request_id: ContactRequestId, body: ContactRequestAnswered
    ) -> Response:
        """Answer a request; whoever asked is told no more than the service agreed to."""
        login, attempt = identify(request, Action.BROKER)
        said = body.to_domain(clock.today())
        await brokering.answer(login, contact_request_id, said, attempt)
        return Response(status_code=204)

    return router
