"""The route that says why: of one's own request, by the entry its receipt names."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_decision import DecisionShown
from index_service.services.decisions import Decisions

EntryId = Annotated[Id, Path(description="The id of an entry, as its receipt names it.")]


def decision_routes(identify: Identify, decisions: Decisions) -> APIRouter:
    """Return the route of decisions."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["decisions"])

    @router.get(
        "/v1/decisions/{entry_id}",
        operation_id="readDecision",
        summary="Why one's own request was answered as it was",
        responses=contract.answers(200, DecisionShown, "The decision.", "child"),
    )
    async def read(request: Request, entry_id: EntryId) -> Response:
        """Tell the asker why; of others' requests there is nothing to tell."""
        login, attempt = identify(request, Action.READ_DECISION)
        return contract.encoded(await decisions.read(login, entry_id, attempt))

    return router
