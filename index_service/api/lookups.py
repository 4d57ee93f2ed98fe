"""Routes of lookups: one question, and many in a batch."""

from functools import partial

from fastapi import APIRouter, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import BatchRoute, StrictRoute
from index_service.api.wire_lookup import (
    BatchAnswer,
    BatchAsked,
    LookupAnswer,
    RegionLookupAsked,
)
from index_service.domain.clock import Clock
from index_service.services.batch import Batches, Question
from index_service.services.peering.asking import RegionLookups


def lookup_routes(identify: Identify, lookups: RegionLookups, clock: Clock) -> APIRouter:
    """Return the route of single lookups."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["lookups"])

    @router.post(
        "/v1/lookups",
        operation_id="lookUpChild",
        summary="Find the child meant, who works with them, and whom to ring",
        responses=contract.answers(200, LookupAnswer, "What was found.", "body"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.MEDIATION),
    )
    async def look_up(request: Request, body: RegionLookupAsked) -> Response:
        """Answer one question. `none` and `too_many` still say how complete this is."""
        login, attempt = identify(request, Action.LOOKUP, mediated=True)
        facts = body.to_domain(clock.today())
        return contract.encoded(await lookups.lookup(login, facts, attempt, body.across))

    return router


def batch_routes(identify: Identify, batches: Batches, clock: Clock) -> APIRouter:
    """Return the route of batches of lookups."""
    router = APIRouter(route_class=identify.route(BatchRoute), tags=["lookups"])

    @router.post(
        "/v1/lookups/batch",
        operation_id="lookUpChildren",
        summary="Ask about up to 400 children, each with its own reason and entry",
        responses=contract.answers(200, BatchAnswer, "An answer to each.", "body"),
        openapi_extra=contract.asks(contract.MEDIATION),
    )
    async def look_up_many(request: Request, body: BatchAsked) -> Response:
        """Answer each question as if it were asked alone; a bad one spoils no other."""
        login, attempt = identify(request, Action.LOOKUP, mediated=True)
        today = clock.today()
        questions = [
            Question(each.access, partial(each.lookup.to_domain, today)) for each in body.subjects
        ]
        return contract.encoded(await batches.lookup(login, questions, attempt, body.across))

    return router
