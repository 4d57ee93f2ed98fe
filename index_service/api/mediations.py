"""Routes of mediated access: a requester's grant to a mediator, and reading it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_mediation import MediationAsked, MediationMade, MediationShown
from index_service.services.mediating import Mediations

MediationId = Annotated[Id, Path(description="The grant's id.")]


def mediation_routes(identify: Identify, mediations: Mediations) -> APIRouter:
    """Return the routes of mediated access."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["mediation"])

    @router.post(
        "/v1/mediations",
        status_code=201,
        operation_id="grantMediation",
        summary="Let somebody else ask on one's behalf for 15 minutes",
        responses=contract.answers(201, MediationMade, "Granted.", "body"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def grant(request: Request, body: MediationAsked) -> Response:
        """Grant mediated access: the requester's own rights, purpose and reason apply."""
        login, attempt = identify(request, Action.MEDIATE)
        made = await mediations.grant(
            login, body.mediator_account_id, body.mediator_agency_id, attempt
        )
        said = f'{{"id":"{made.id}","until":{made.until_s}}}'.encode()
        return contract.encoded(said, 201, Location=f"/v1/mediations/{made.id}")

    @router.get(
        "/v1/mediations/{mediation_id}",
        operation_id="readMediation",
        summary="Read a grant one made, or that was made for one",
        responses=contract.answers(200, MediationShown, "The grant.", "child"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD),
    )
    async def read(request: Request, mediation_id: MediationId) -> Response:
        """Show a grant to its requester and its mediator; to others there is none."""
        login, attempt = identify(request, Action.MEDIATE)
        return contract.encoded(await mediations.read(login, mediation_id, attempt))

    return router
