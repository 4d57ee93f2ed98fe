"""Routes of auditors: the access log searched, opened, exported, counted, sampled; panels."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from consent.facts import Action
from index_service.api import contract
from index_service.api.decisions import EntryId
from index_service.api.identify import Identify, idempotency_key
from index_service.api.strict import StrictRoute
from index_service.api.wire import Id
from index_service.api.wire_breach import BreachAsked, BreachReach, LogExported
from index_service.api.wire_inspection import (
    EntryOpened,
    LogFound,
    LogSearched,
    SampleAsked,
    SampleDrawn,
)
from index_service.api.wire_matter import Cursor
from index_service.api.wire_panel import PanelOpened, PanelShown
from index_service.domain.inspection import ExportForm
from index_service.services.auditing.breaches import Breaches
from index_service.services.auditing.exporting import Exports
from index_service.services.auditing.inspecting import Inspections
from index_service.services.auditing.panels import PanelAsked, Panels
from index_service.services.auditing.sampling import Samples
from index_service.services.writing import Repeatable

PanelId = Annotated[Id, Path(description="The panel's id.")]
_MEDIA = {
    ExportForm.OPENINGS: "application/x-ndjson",
    ExportForm.CSV: "text/csv",
    ExportForm.FHIR: "application/fhir+json",
}
_FOR_A_CASE = contract.asks(contract.CASE)
_EXPORT = contract.answers(200, None, "A part of the export.", "body", "change")
_EXPORT[200]["content"] = {
    kind: {"schema": {"type": "string", "description": "docs/log-format.md"}}
    for kind in _MEDIA.values()
}
_EXPORT[200]["headers"] = {**_EXPORT[200]["headers"], **contract.EXPORT_HEADERS}


def inspection_routes(identify: Identify, inspections: Inspections) -> APIRouter:
    """Return the routes by which the log is searched and opened."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["auditing"])

    @router.post(
        "/v1/log/searches",
        operation_id="searchLog",
        summary="Entries of the access log that are looked for, a page at a time",
        responses=contract.answers(200, LogFound, "A page of entries.", "body"),
        openapi_extra=_FOR_A_CASE,
    )
    async def search(request: Request, body: LogSearched) -> Response:
        """Show auditors entries by asker, agency, child, time, purpose or outcome."""
        login, attempt = identify(request, Action.INSPECT_LOG)
        found = await inspections.search(login, body.sought(), body.cursor, attempt)
        return contract.encoded(found)

    @router.get(
        "/v1/log/entries/{entry_id}",
        operation_id="openEntry",
        summary="One entry opened, with what proves it",
        responses=contract.answers(200, EntryOpened, "The entry.", "child"),
        openapi_extra=_FOR_A_CASE,
    )
    async def open_entry(request: Request, entry_id: EntryId) -> Response:
        """Open one entry for a case: its text and blind give the leaf that was sealed."""
        login, attempt = identify(request, Action.INSPECT_LOG)
        return contract.encoded(await inspections.open(login, entry_id, attempt))

    return router


def export_routes(identify: Identify, exports: Exports) -> APIRouter:
    """Return the route by which entries are handed over."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["auditing"])

    @router.post(
        "/v1/log/exports",
        operation_id="exportLog",
        summary="Openings of the access log for a case: JSON Lines, CSV or FHIR",
        responses=_EXPORT,
        response_class=Response,
        openapi_extra=_FOR_A_CASE,
    )
    async def export(request: Request, body: LogExported) -> Response:
        """Hand over a part of the entries looked for; `Export-Next` is the next part's cursor."""
        login, attempt = identify(request, Action.INSPECT_LOG)
        part = await exports.part(login, body.sought(), body.form, body.cursor, attempt)
        headers = {"Export-Tampered": str(part.tampered)}
        if part.following is not None:
            headers["Export-Next"] = part.following
        return Response(part.body, 200, headers, _MEDIA[body.form])

    return router


def breach_routes(identify: Identify, breaches: Breaches, samples: Samples) -> APIRouter:
    """Return the routes that go through all entries of a time."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["auditing"])

    @router.post(
        "/v1/log/breaches",
        operation_id="readBreach",
        summary="Which children, classes and askers were reached between two times",
        responses=contract.answers(200, BreachReach, "How far it reached.", "body"),
        openapi_extra=_FOR_A_CASE,
    )
    async def reach(request: Request, body: BreachAsked) -> Response:
        """Name the children whose facts an account, an agency or anybody was shown."""
        login, attempt = identify(request, Action.INSPECT_LOG)
        return contract.encoded(await breaches.reach(login, body.sought(), body.form, attempt))

    @router.post(
        "/v1/log/samples",
        operation_id="drawSample",
        summary="A random sample of a cohort's accesses, to be drawn again by its seed",
        responses=contract.answers(200, SampleDrawn, "The sample.", "body"),
        openapi_extra=_FOR_A_CASE,
    )
    async def draw(request: Request, body: SampleAsked) -> Response:
        """Draw accesses by lot; the access log commits to cohort, size and seed."""
        login, attempt = identify(request, Action.INSPECT_LOG)
        seed = bytes.fromhex(body.seed) if body.seed else None
        drawn = await samples.draw(login, body.sought(), (body.size, seed), attempt)
        return contract.encoded(drawn)

    return router


def panel_routes(identify: Identify, panels: Panels) -> APIRouter:
    """Return the routes of panels."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["auditing"])

    @router.post(
        "/v1/panels",
        status_code=201,
        operation_id="openPanel",
        summary="Let one account review one child's case, for so many days",
        responses=contract.answers(201, contract.Made, "Opened.", "body", "change"),
        openapi_extra=contract.asks(contract.CASE, contract.IDEMPOTENCY),
    )
    async def open_panel(request: Request, body: PanelOpened) -> Response:
        """Open a panel; until it ends nothing of the child is removed for its age."""
        login, attempt = identify(request, Action.INSPECT_LOG)
        sent = Repeatable(idempotency_key(request), await request.body())
        asked = PanelAsked(body.child_id, body.account_id, body.days)
        panel_id = await panels.open(login, asked, sent, attempt)
        return contract.made(panel_id, f"/v1/panels/{panel_id}")

    @router.get(
        "/v1/panels/{panel_id}",
        operation_id="readPanel",
        summary="Who was involved with the child of a panel, and who looked",
        responses=contract.answers(200, PanelShown, "What the panel is told.", "child", "change"),
        openapi_extra=_FOR_A_CASE,
    )
    async def read_panel(request: Request, panel_id: PanelId, cursor: Cursor = None) -> Response:
        """Tell the panel's reader, for its case, until it has ended."""
        login, attempt = identify(request, Action.READ_PANEL)
        return contract.encoded(await panels.read(login, panel_id, cursor, attempt))

    return router
