"""Routes of feeds: a supplier sends a batch and hears of its lines."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from consent.facts import Action
from index_service.api import contract
from index_service.api.identify import Identify
from index_service.api.strict import StrictRoute
from index_service.api.wire_feed import BatchesListed, BatchStatus, LineResults
from index_service.domain.errors import Code, Invalid
from index_service.domain.feed import RawLine
from index_service.feeds.csv import read_csv
from index_service.feeds.ndjson import read_ndjson
from index_service.services.feed_batches import FeedBatches
from index_service.services.feeding import Batch, Feeding

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_READERS = {"text/csv": read_csv, "application/x-ndjson": read_ndjson}
_SOURCE = Annotated[
    str,
    Path(
        description="The feed source, as the management team named it.",
        pattern=r"^[a-z0-9-]{2,40}$",
        min_length=2,
        max_length=40,
    ),
]
_BATCH = Annotated[
    str,
    Path(
        description="The supplier's own name for this batch.",
        pattern=r"^[A-Za-z0-9._-]{1,40}$",
        min_length=1,
        max_length=40,
    ),
]
_CURSOR = Annotated[
    str | None,
    Query(
        description="`next` of the page before, for the same account.",
        pattern=r"^[A-Za-z0-9_-]{1,200}$",
        max_length=200,
    ),
]
_LINES = {
    "required": True,
    "content": {
        kind: {
            "schema": {
                "type": "string",
                "description": "A stream of lines, each as in feed-line.json.",
                "x-line-schema": "feed-line.json",
            }
        }
        for kind in sorted(_READERS)
    },
}


def _digest(request: Request) -> bytes:
    given = request.headers.getlist("content-digest")
    if not given:
        raise Invalid(Code.DIGEST_MISSING, "Content-Digest")
    match = _DIGEST.fullmatch(given[0]) if len(given) == 1 else None
    if match is None:
        raise Invalid(Code.HEADER_INVALID, "Content-Digest")
    try:
        return b64decode(match[1], validate=True)
    except NotBase64:
        raise Invalid(Code.HEADER_INVALID, "Content-Digest") from None


def _reader(request: Request) -> Any:
    kinds = request.headers.getlist("content-type")
    kind = kinds[0].partition(";")[0].strip().lower() if len(kinds) == 1 else ""
    reader = _READERS.get(kind)
    if reader is None:
        raise Invalid(Code.WRONG_CONTENT_TYPE)
    return reader


def feed_routes(identify: Identify, feeding: Feeding, batches: FeedBatches) -> APIRouter:
    """Return the routes of feeds."""
    router = APIRouter(route_class=identify.route(StrictRoute), tags=["feeds"])

    @router.put(
        "/v1/feeds/{source}/batches/{batch_id}",
        operation_id="supplyBatch",
        summary="Supply a batch of lines; sending the same body again resumes it",
        responses=contract.answers(200, BatchStatus, "Taken.", "body", "change"),
        openapi_extra=contract.asks(contract.CONTENT_DIGEST, requestBody=_LINES),
    )
    async def supply(request: Request, source: _SOURCE, batch_id: _BATCH) -> Response:
        """Take a batch as a stream, chunk by chunk; idempotent by content."""
        login, attempt = identify(request, Action.SUPPLY)
        batch = Batch(source, batch_id, _digest(request))
        read = _reader(request)

        def lines(body: Any) -> AsyncIterator[RawLine]:
            lines: AsyncIterator[RawLine] = read(_hashed(request, body))
            return lines

        return contract.encoded(await feeding.take(login, batch, lines, attempt))

    @router.get(
        "/v1/feeds/batches",
        operation_id="readBatches",
        summary="The batches that were sent, newest first",
        responses=contract.answers(200, BatchesListed, "A page of batches."),
    )
    async def listed(request: Request, cursor: _CURSOR = None) -> Response:
        """Show a supplier its own batches, the team all: which, begun when, how far."""
        login, attempt = identify(request, Action.READ_BATCH)
        return contract.encoded(await batches.listed(login, cursor, attempt))

    @router.get(
        "/v1/feeds/{source}/batches/{batch_id}",
        operation_id="readBatch",
        summary="How far a batch has come",
        responses=contract.answers(200, BatchStatus, "The batch.", "child"),
    )
    async def status(request: Request, source: _SOURCE, batch_id: _BATCH) -> Response:
        """Tell a supplier how far its own batch has come."""
        login, attempt = identify(request, Action.READ_BATCH)
        batch = Batch(source, batch_id, b"")
        return contract.encoded(await feeding.status(login, batch, attempt))

    @router.get(
        "/v1/feeds/{source}/batches/{batch_id}/lines",
        operation_id="readBatchLines",
        summary="Which lines were invalid, and why",
        responses=contract.answers(200, LineResults, "A page of lines.", "child"),
    )
    async def results(
        request: Request, source: _SOURCE, batch_id: _BATCH, cursor: _CURSOR = None
    ) -> Response:
        """Tell a supplier which of its own lines were invalid; the rest were accepted."""
        login, attempt = identify(request, Action.READ_BATCH)
        batch = Batch(source, batch_id, b"")
        return contract.encoded(await feeding.results(login, batch, cursor, attempt))

    return router


async def _hashed(request: Request, body: Any) -> AsyncIterator[bytes]:
    """Yield the body as it comes; Invalid if the sender hangs up before its end."""
    try:
        async for part in request.stream():
            body.update(part)
            yield part
    except ClientDisconnect:
        raise Invalid(Code.DIGEST_MISMATCH, "Content-Digest") from None
