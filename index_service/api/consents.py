"""Routes of consents: give or refuse, read, withdraw, renew, prove; bases; not sharing."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.children import ChildId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_consent import (
    BasisStated,
    ConsentMade,
    ConsentRenewed,
    ConsentStated,
    ConsentWithdrawn,
    NotSharedStated,
    ReceiptMatched,
    ReceiptPresented,
)
from index_service.api.wire_consents_shown import ConsentsShown
from index_service.services.bases import Bases
from index_service.services.consenting import Consents
from index_service.services.writing import Repeatable

ConsentId = Annotated[Id, Path(description="The consent's id.")]
BasisId = Annotated[Id, Path(description="The basis's id.")]
_OF_CHILD = "/v1/children/{child_id}"
_ONE = "/v1/consents/{consent_id}"
_CREATES = contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY)
_ASKS = contract.asks(*contract.ABOUT_A_CHILD)


def consent_routes(identify: Identify, consents: Consents) -> APIRouter:
    """Return the routes by which consents are recorded and read."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["consents"])

    @router.post(
        f"{_OF_CHILD}/consents",
        status_code=201,
        operation_id="recordConsent",
        summary="Record consent given or refused to the asker's agency",
        responses=contract.answers(201, ConsentMade, "Recorded.", "child", "body", "change"),
        openapi_extra=_CREATES,
    )
    async def record(request: Request, child_id: ChildId, body: ConsentStated) -> Response:
        """Record whose word it is, the judgement that it was theirs to say, for what, how long."""
        login, attempt = identify(request, Action.RECORD_CONSENT)
        sent = Repeatable(idempotency_key(request), await request.body())
        kept = await consents.record(login, child_id, body.to_domain(), sent, attempt)
        made = orjson.dumps({"id": str(kept.id), "receipt": kept.receipt})
        return contract.encoded(made, 201, Location=f"/v1/children/{child_id}/consents")

    @router.get(
        f"{_OF_CHILD}/consents",
        operation_id="readConsents",
        summary="Read what was recorded of consent, other bases, and decisions not to share",
        responses=contract.answers(
            200, ConsentsShown, "The agency's own; the team's all.", "child"
        ),
        openapi_extra=_ASKS,
    )
    async def read(request: Request, child_id: ChildId) -> Response:
        """Show an agency its own rows, the management team everybody's."""
        login, attempt = identify(request, Action.READ_CONSENTS)
        return contract.encoded(await consents.read(login, child_id, attempt))

    return router


def consent_change_routes(identify: Identify, consents: Consents) -> APIRouter:
    """Return the routes by which a consent is withdrawn, renewed or proved."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["consents"])

    @router.post(
        f"{_ONE}/withdraw",
        status_code=204,
        operation_id="withdrawConsent",
        summary="Withdraw a consent",
        responses=contract.answers(204, None, "Withdrawn.", "child", "body", "change"),
        openapi_extra=_ASKS,
    )
    async def withdraw(request: Request, consent_id: ConsentId, body: ConsentWithdrawn) -> Response:
        """Withdraw as of now; whoever was told before is told so."""
        login, attempt = identify(request, Action.RECORD_CONSENT)
        await consents.withdraw(login, consent_id, body.said(), attempt)
        return Response(status_code=204)

    @router.post(
        f"{_ONE}/renew",
        status_code=204,
        operation_id="renewConsent",
        summary="Renew a consent in force",
        responses=contract.answers(204, None, "Renewed.", "child", "body", "change"),
        openapi_extra=_ASKS,
    )
    async def renew(request: Request, consent_id: ConsentId, body: ConsentRenewed) -> Response:
        """Renew from today, asked again."""
        login, attempt = identify(request, Action.RECORD_CONSENT)
        await consents.renew(login, consent_id, body.said(), body.last_day(), attempt)
        return Response(status_code=204)

    @router.post(
        f"{_ONE}/receipt",
        operation_id="proveConsent",
        summary="Open a receipt or code at the management team's counter",
        responses=contract.answers(200, ReceiptMatched, "It matches.", "child", "body", "change"),
        openapi_extra=_ASKS,
    )
    async def prove(request: Request, consent_id: ConsentId, body: ReceiptPresented) -> Response:
        """Say whether what was brought proves this consent; the log keeps that it was asked."""
        login, attempt = identify(request, Action.READ_CONSENTS)
        await consents.prove(login, consent_id, body.receipt, attempt)
        return contract.encoded(orjson.dumps({"matches": True}))

    return router


def basis_routes(identify: Identify, bases: Bases) -> APIRouter:
    """Return the routes of bases other than consent, and of decisions not to share."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["consents"])

    @router.post(
        f"{_OF_CHILD}/bases",
        status_code=201,
        operation_id="recordBasis",
        summary="Record a decision to process without consent",
        responses=contract.answers(201, contract.Made, "Recorded.", "child", "body", "change"),
        openapi_extra=_CREATES,
    )
    async def record(request: Request, child_id: ChildId, body: BasisStated) -> Response:
        """Record on what it rests, why, decided when, looked at again when."""
        login, attempt = identify(request, Action.RECORD_CONSENT)
        sent = Repeatable(idempotency_key(request), await request.body())
        basis_id = await bases.decide(login, child_id, body.to_domain(), sent, attempt)
        return contract.made(basis_id, f"/v1/children/{child_id}/consents")

    @router.post(
        f"{_OF_CHILD}/bases/{{basis_id}}/end",
        status_code=204,
        operation_id="endBasis",
        summary="Say that a basis no longer holds",
        responses=contract.answers(204, None, "Ended.", "child", "change"),
        openapi_extra=_ASKS,
    )
    async def end(request: Request, child_id: ChildId, basis_id: BasisId) -> Response:
        """End a basis as of now; what rested on it is no longer shown."""
        login, attempt = identify(request, Action.RECORD_CONSENT)
        await bases.end(login, child_id, basis_id, attempt)
        return Response(status_code=204)

    @router.post(
        f"{_OF_CHILD}/not-shared",
        status_code=201,
        operation_id="recordNotShared",
        summary="Record a decision not to share",
        responses=contract.answers(201, contract.Made, "Recorded.", "child", "body", "change"),
        openapi_extra=_CREATES,
    )
    async def not_share(request: Request, child_id: ChildId, body: NotSharedStated) -> Response:
        """Record with whom it was not shared, and why: golden rule 7 asks for both."""
        login, attempt = identify(request, Action.RECORD_CONSENT)
        sent = Repeatable(idempotency_key(request), await request.body())
        made = await bases.not_share(login, child_id, body.to_domain(), sent, attempt)
        return contract.made(made, f"/v1/children/{child_id}/consents")

    return router
