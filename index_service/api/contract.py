"""What the contract says of every governed route: headers, answers, examples, links."""

from typing import Any
from uuid import UUID

from fastapi import Response

from index_service.api.wire import Id, Wire

JSON = "application/json"


class Made(Wire):
    """What was made is known by this id; the Location header says where it is read."""

    id: Id


def _part(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


HEADERS = {
    "Audit-Receipt": _part("headers", "AuditReceipt"),
    "X-Request-ID": _part("headers", "RequestId"),
}
ABOUT_A_CHILD = [
    _part("parameters", "AccessPurpose"),
    _part("parameters", "AccessReason"),
    _part("parameters", "AccessReference"),
]
IDEMPOTENCY = _part("parameters", "IdempotencyKey")
IF_MATCH = _part("parameters", "IfMatch")
CONTENT_DIGEST = _part("parameters", "ContentDigest")

# Statuses only: what each says is written once, in published.py.
_ALWAYS = (400, 401, 403, 422, 429, 500, 503)
_BODY = (413, 415)
_CONDITIONAL = (412, 428)


def answers(
    status: int,
    model: Any,
    text: str,
    *,
    child: bool = False,
    body: bool = False,
    change: bool = False,
    etag: bool = False,
) -> dict[int | str, dict[str, Any]]:
    """Return the answers of one route, for the contract; the bytes are made elsewhere.

    With `etag`, a read shows one and a change is conditional on one.
    """
    headers = dict(HEADERS)
    if status == 201:
        headers["Location"] = _part("headers", "Location")
    if etag and not body:
        headers["ETag"] = _part("headers", "ETag")
    good: dict[str, Any] = {"description": text, "headers": headers}
    if model is not None:
        good["model"] = model
    refusals = [*_ALWAYS]
    refusals += [404] if child else []
    refusals += [409] if change else []
    refusals += _BODY if body else ()
    refusals += _CONDITIONAL if etag and body else ()
    return {status: good, **{code: {"description": "published.py"} for code in refusals}}


def extra(*parameters: dict[str, str], **more: Any) -> dict[str, Any]:
    """Return what a route adds to the contract beyond its path and body."""
    return {"parameters": list(parameters), **more}


def encoded(body: bytes, status: int = 200, **headers: str) -> Response:
    """Return an answer whose JSON is made already."""
    return Response(body, status, headers or None, JSON)


def made(resource: UUID, location: str) -> Response:
    """Return the answer to a creation: the new id, and where it is read."""
    return encoded(f'{{"id":"{resource}"}}'.encode(), 201, Location=location)
