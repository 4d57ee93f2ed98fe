"""Routes of child records: create, read, amend."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key, if_match
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_child import ChildAmended, ChildFacts
from index_service.api.wire_lookup import ChildAnswer
from index_service.domain.clock import Clock
from index_service.services.involvement import Beginning
from index_service.services.read import Reads
from index_service.services.record import Amendment, ChildStated, Records
from index_service.services.writing import Repeatable

ChildId = Annotated[Id, Path(description="The child's id on this index.")]


def child_routes(identify: Identify, reads: Reads, records: Records, clock: Clock) -> APIRouter:
    """Return the routes of child records themselves."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["children"])

    @router.post(
        "/v1/children",
        status_code=201,
        operation_id="createChild",
        summary="Record a child who is not yet on the index",
        responses=contract.answers(201, contract.Made, "Recorded.", "body", "change"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IDEMPOTENCY),
    )
    async def create_child(request: Request, body: ChildFacts) -> Response:
        """Record a child; the answer is the same whatever else the index holds."""
        login, attempt = identify(request, Action.CREATE_CHILD)
        sent = Repeatable(idempotency_key(request), await request.body())
        today = clock.today()
        begins = body.begins(today)
        stated = ChildStated(body.to_domain(today), Beginning(*begins) if begins else None)
        child_id = await records.create(login, stated, sent, attempt)
        return contract.made(child_id, f"/v1/children/{child_id}")

    @router.get(
        "/v1/children/{child_id}",
        operation_id="readChild",
        summary="Read a child's record as far as this asker may",
        responses=contract.answers(200, ChildAnswer, "The record.", "child", "etag"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.MEDIATION),
    )
    async def read_child(request: Request, child_id: ChildId) -> Response:
        """Disclose one record; the one 404 for every cause that lies with the child."""
        login, attempt = identify(request, Action.READ_CHILD, mediated=True)
        found = await reads.child(login, child_id, attempt)
        return contract.encoded(found.body, ETag=f'"{found.etag}"')

    @router.patch(
        "/v1/children/{child_id}",
        status_code=204,
        operation_id="amendChild",
        summary="Amend a record that has been read",
        responses=contract.answers(204, None, "Amended.", "child", "body", "change", "etag"),
        openapi_extra=contract.asks(*contract.ABOUT_A_CHILD, contract.IF_MATCH),
    )
    async def amend_child(request: Request, child_id: ChildId, body: ChildAmended) -> Response:
        """Put facts in place of others, with their provenance; what is not named stays."""
        login, attempt = identify(request, Action.AMEND_CHILD)
        today = clock.today()
        amendment = Amendment(
            body.as_of_day(today), lambda record: body.to_domain(record, today), body.attributes
        )
        await records.amend(login, child_id, amendment, if_match(request), attempt)
        return Response(status_code=204)

    return router
