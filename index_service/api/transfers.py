"""Routes of moves: responsibility for a child proposed, agreed to, refused, reviewed."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_matter import Cursor
from index_service.api.wire_transfer import TransferNamed, TransferProposed, TransferRefused
from index_service.api.wire_transfer import Transfers as TransfersShown
from index_service.domain.clock import Clock
from index_service.domain.stated import inside
from index_service.services.peering.proposed import proposed_facts
from index_service.services.peering.transfers import Transfers
from index_service.services.writing import Repeatable

TransferId = Annotated[Id, Path(description="The move's id.")]


def transfer_routes(identify: Identify, transfers: Transfers, clock: Clock) -> APIRouter:
    """Return the routes of moves."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["transfers"])

    @router.post(
        "/v1/transfers",
        status_code=201,
        operation_id="proposeTransfer",
        summary="Propose to take responsibility for a child who belongs here",
        responses=contract.answers(201, contract.Made, "Proposed.", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def propose(request: Request, body: TransferProposed) -> Response:
        """Put it before the other authority's team; the same answer whoever is known there."""
        login, attempt = identify(request, Action.TRANSFER)
        proposal = body.to_domain()
        inside("child", lambda said: proposed_facts(said, clock.today()), proposal.stated)
        sent = Repeatable(idempotency_key(request), await request.body())
        transfer_id = await transfers.propose(login, proposal, sent, attempt)
        return contract.made(transfer_id, "/v1/transfers")

    @router.get(
        "/v1/transfers",
        operation_id="readTransfers",
        summary="Moves of responsibility, and how far each has come",
        responses=contract.answers(200, TransfersShown, "A page of moves."),
    )
    async def read_transfers(request: Request, cursor: Cursor = None) -> Response:
        """Show the team every move this authority has a part in."""
        login, attempt = identify(request, Action.READ_HOLDS)
        return contract.encoded(await transfers.listed(login, cursor, attempt))

    @router.post(
        "/v1/transfers/{transfer_id}/refuse",
        status_code=204,
        operation_id="refuseTransfer",
        summary="Refuse a move, or withdraw it",
        responses=contract.answers(204, None, "Refused.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def refuse(request: Request, transfer_id: TransferId, body: TransferRefused) -> Response:
        """End a move: responsibility stays where it is, and both teams are told why."""
        login, attempt = identify(request, Action.TRANSFER)
        await transfers.refuse(login, transfer_id, body.reason, attempt)
        return Response(status_code=204)

    return router


def child_transfer_routes(identify: Identify, transfers: Transfers) -> APIRouter:
    """Return the routes of one child's move."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["transfers"])

    @router.post(
        "/v1/children/{child_id}/transfer",
        status_code=204,
        operation_id="agreeTransfer",
        summary="Agree that responsibility for this child moves",
        responses=contract.answers(204, None, "Agreed.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def agree(request: Request, child_id: ChildId, body: TransferNamed) -> Response:
        """Let the record go; it is responsible here until the other authority has taken it."""
        login, attempt = identify(request, Action.TRANSFER)
        await transfers.agree(login, child_id, body.transfer_id, attempt)
        return Response(status_code=204)

    @router.post(
        "/v1/children/{child_id}/transfer/review",
        status_code=204,
        operation_id="reviewTransfer",
        summary="Note that a record which came here was reviewed",
        responses=contract.answers(204, None, "Reviewed.", "child", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def review(request: Request, child_id: ChildId, body: TransferNamed) -> Response:
        """Note the review that is due within four weeks of taking a record."""
        login, attempt = identify(request, Action.TRANSFER)
        await transfers.review(login, child_id, body.transfer_id, attempt)
        return Response(status_code=204)

    return router
