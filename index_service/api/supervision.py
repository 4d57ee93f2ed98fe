"""Routes of supervisors: own staff's use, own team's open work, samples signed off."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_matter import Cursor
from index_service.api.wire_staff_sample import (
    SampleSignedOff,
    StaffSampleAsked,
    StaffSamples,
    StaffSampleShown,
)
from index_service.api.wire_supervision import OpenWorkListed, StaffUse
from index_service.services.auditing.open_work import OpenWork
from index_service.services.auditing.supervised_samples import SupervisedSamples
from index_service.services.auditing.supervising import Supervising
from index_service.services.writing import Repeatable

SampleId = Annotated[Id, Path(description="The sample's id.")]
_Month = Annotated[
    str | None,
    Query(
        description="In London, as far as it is over; the month in hand if not stated.",
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$",
        max_length=7,
        examples=["2026-10"],
    ),
]
_SAMPLES = "/v1/supervision/samples"
_ONE = _SAMPLES + "/{sample_id}"


def supervision_routes(
    identify: Identify, supervising: Supervising, open_work: OpenWork
) -> APIRouter:
    """Return the routes by which supervisors see their own team's work."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["supervision"])

    @router.get(
        "/v1/supervision/use",
        operation_id="readStaffUse",
        summary="How the supervisor's own agency's staff used the index in a month",
        responses=contract.answers(200, StaffUse, "A page of accounts."),
    )
    async def use(request: Request, month: _Month = None, cursor: Cursor = None) -> Response:
        """Show counts by account and purpose; no child, and nothing of what was found."""
        login, attempt = identify(request, Action.SUPERVISE)
        return contract.encoded(await supervising.use(login, month, cursor, attempt))

    @router.get(
        "/v1/supervision/open-work",
        operation_id="readOpenWork",
        summary="Requests unanswered, reviews past and involvements not confirmed",
        responses=contract.answers(200, OpenWorkListed, "A page of references."),
    )
    async def read_open_work(request: Request, cursor: Cursor = None) -> Response:
        """Show by reference what the supervisor's own agency left open."""
        login, attempt = identify(request, Action.SUPERVISE)
        return contract.encoded(await open_work.read(login, cursor, attempt))

    return router


def sample_routes(identify: Identify, samples: SupervisedSamples) -> APIRouter:
    """Return the routes of samples signed off."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["supervision"])

    @router.post(
        _SAMPLES,
        status_code=201,
        operation_id="drawStaffSample",
        summary="A random sample of the own agency's accesses of a month",
        responses=contract.answers(201, contract.Made, "Drawn.", "body", "change"),
        openapi_extra=contract.asks(contract.IDEMPOTENCY),
    )
    async def draw(request: Request, body: StaffSampleAsked) -> Response:
        """Draw accesses by lot; the access log commits to agency, time, size and seed."""
        login, attempt = identify(request, Action.SUPERVISE)
        sent = Repeatable(idempotency_key(request), await request.body())
        sample_id = await samples.draw(login, (body.month, body.size), sent, attempt)
        return contract.made(sample_id, f"{_SAMPLES}/{sample_id}")

    @router.get(
        _SAMPLES,
        operation_id="readStaffSamples",
        summary="The own agency's samples, signed off or waiting",
        responses=contract.answers(200, StaffSamples, "A page of samples."),
    )
    async def read_samples(request: Request, cursor: Cursor = None) -> Response:
        """Show what was drawn for the own agency, by whichever supervisor."""
        login, attempt = identify(request, Action.SUPERVISE)
        return contract.encoded(await samples.listed(login, cursor, attempt))

    @router.get(
        _ONE,
        operation_id="readStaffSample",
        summary="One sample: each access, but what it found",
        responses=contract.answers(200, StaffSampleShown, "The sample.", "child"),
    )
    async def read_sample(request: Request, sample_id: SampleId) -> Response:
        """Show when, who, why, with what outcome; a child is a reference."""
        login, attempt = identify(request, Action.SUPERVISE)
        return contract.encoded(await samples.read(login, sample_id, attempt))

    @router.post(
        _ONE + "/sign-off",
        status_code=204,
        operation_id="signOffStaffSample",
        summary="Sign a whole sample off, a finding for each access",
        responses=contract.answers(204, None, "Signed off.", "child", "body", "change"),
    )
    async def sign_off(request: Request, sample_id: SampleId, body: SampleSignedOff) -> Response:
        """Sign off as somebody with no access in it; what is referred goes to the officers."""
        login, attempt = identify(request, Action.SUPERVISE)
        await samples.sign_off(login, sample_id, body.by_entry(), attempt)
        return Response(status_code=204)

    return router
