"""Routes of sharing agreements: propose, approve, read. The management team's."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_agreements import (
    AgreementApproved,
    AgreementKept,
    AgreementList,
    AgreementProposed,
    AgreementShown,
)
from index_service.services.agreements import Agreements
from index_service.services.writing import Repeatable

_VERSION = Annotated[
    str,
    Path(
        description="The agreement's number, as entries and answers name it.",
        pattern=r"^[1-9][0-9]{0,5}$",
        min_length=1,
        max_length=6,
    ),
]
_HERE = "/v1/agreements"


def agreement_routes(identify: Identify, agreements: Agreements) -> APIRouter:
    """Return the routes of sharing agreements."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["agreements"])

    @router.post(
        _HERE,
        status_code=201,
        operation_id="proposeAgreement",
        summary="Bring an agreement into force, or propose one that widens anything",
        responses=contract.answers(201, AgreementKept, "Kept.", "body", "change"),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def propose(request: Request, body: AgreementProposed) -> Response:
        """Load an agreement that widens nothing; keep any other for a second person."""
        login, attempt = identify(request, Action.KEEP_AGREEMENT)
        sent = Repeatable(idempotency_key(request), await request.body())
        kept = await agreements.propose(login, body.document, sent, attempt)
        return contract.encoded(orjson.dumps(kept.shown()), 201, Location=_HERE)

    @router.post(
        "/v1/agreements/{agreement_id}/approve",
        operation_id="approveAgreement",
        summary="Bring a proposed agreement into force, having seen what it widens",
        responses=contract.answers(200, AgreementKept, "In force.", "child", "body", "change"),
    )
    async def approve(
        request: Request,
        agreement_id: Annotated[Id, Path(description="The proposal's id.")],
        body: AgreementApproved,
    ) -> Response:
        """Approve as somebody else than who proposed, naming the very difference seen."""
        login, attempt = identify(request, Action.KEEP_AGREEMENT)
        kept = await agreements.approve(login, agreement_id, body.difference, attempt)
        return contract.encoded(orjson.dumps(kept.shown()))

    @router.get(
        _HERE,
        operation_id="readAgreements",
        summary="Which agreement is in force, and which wait",
        responses=contract.answers(200, AgreementList, "The agreements."),
    )
    async def read(request: Request) -> Response:
        """Show what is in force, and what each waiting agreement would widen."""
        login, attempt = identify(request, Action.KEEP_AGREEMENT)
        return contract.encoded(await agreements.read(login, attempt))

    @router.get(
        "/v1/agreements/{version}",
        operation_id="readAgreement",
        summary="The document of one version",
        responses=contract.answers(200, AgreementShown, "The document.", "child"),
    )
    async def read_document(request: Request, version: _VERSION) -> Response:
        """Show an agreement as it was sent, in force now or earlier."""
        login, attempt = identify(request, Action.KEEP_AGREEMENT)
        return contract.encoded(await agreements.document(login, int(version), attempt))

    return router
