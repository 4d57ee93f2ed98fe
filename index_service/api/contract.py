"""What each governed route says of itself in the contract, and how its answers are made."""

from typing import Any, Literal
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
MEDIATION = _part("parameters", "AccessMediation")
IDEMPOTENCY = _part("parameters", "IdempotencyKey")
IF_MATCH = _part("parameters", "IfMatch")
CONTENT_DIGEST = _part("parameters", "ContentDigest")
CASE = _part("parameters", "AccessCase")
EXPORT_HEADERS = {
    "Export-Next": _part("headers", "ExportNext"),
    "Export-Tampered": _part("headers", "ExportTampered"),
}

Trait = Literal["child", "body", "change", "etag", "year"]
"""What a route is or does.

It is about one child, takes a body, may conflict, shows or is conditional on an ETag, is of
a year of the log that may be dropped.
"""

# Statuses only: what each says is written once, in published.py.
_ALWAYS = (400, 401, 403, 422, 429, 500, 503)
_REFUSALS: dict[Trait, tuple[int, ...]] = {
    "child": (404,),
    "body": (413, 415),
    "change": (409,),
    "year": (410,),
}
_CONDITIONAL = (412, 428)


def answers(status: int, model: Any, text: str, *traits: Trait) -> dict[int | str, dict[str, Any]]:
    """Return the answers of one route, for the contract; the bytes are made elsewhere."""
    headers = dict(HEADERS)
    conditional = "etag" in traits and "body" in traits
    if status == 201:
        headers["Location"] = _part("headers", "Location")
    if "etag" in traits and not conditional:
        headers["ETag"] = _part("headers", "ETag")
    good: dict[str, Any] = {"description": text, "headers": headers}
    if model is not None:
        good["model"] = model
    refusals = [*_ALWAYS, *(code for trait in traits for code in _REFUSALS.get(trait, ()))]
    refusals += _CONDITIONAL if conditional else ()
    return {status: good, **{code: {} for code in refusals}}


def asks(*parameters: dict[str, str], **more: Any) -> dict[str, Any]:
    """Return what a route asks for beyond its path and body, for the contract."""
    return {"parameters": list(parameters), **more}


def encoded(body: bytes, status: int = 200, **headers: str) -> Response:
    """Return an answer whose JSON is made already."""
    return Response(body, status, headers or None, JSON)


def made(resource: UUID, location: str) -> Response:
    """Return the answer to a creation: the new id, and where it is read."""
    return encoded(f'{{"id":"{resource}"}}'.encode(), 201, Location=location)
