"""The finished OpenAPI document: what the routes say of themselves, and what all share.

Built on demand, for the reviewed contract in openapi/index.yaml; serving never does.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from consent.facts import AccessReason, Purpose
from index_service.api.contract import HEADERS, JSON
from index_service.api.examples import EXAMPLES
from index_service.api.links import LINKS
from index_service.api.problems import MEDIA_TYPE, Fault, problem
from index_service.api.wire import Id, Problem, shaped
from index_service.domain import shapes
from index_service.domain.errors import Code

Document = dict[str, Any]

TAGS = {
    "lookups": "Find the child meant, who works with them, and whom to ring.",
    "children": "The core record of a child: who they are, never a case file.",
    "involvements": "A practitioner's flag that they work with a child: it begins and ceases.",
    "assessment": "Who holds a common assessment, and who leads.",
    "status": "Child protection plan, looked after, and the responsible team.",
    "caseloads": "Whose involvements are to be confirmed, handed over; whether contacts worked.",
    "agreements": "Sharing agreements: proposed, compared, approved, in force.",
    "consents": "Consent, other bases, and decisions not to share: three things kept apart.",
    "shields": "The record exists; whereabouts are withheld.",
    "overrides": "Reading a shielded record once, loudly: approved, investigated.",
    "holds": "Records that wait for the management team, and how they are released.",
    "transfers": "Responsibility for a child moves from one authority to another.",
    "mediation": "Asking on a requester's behalf: their own grant, for 15 minutes.",
    "brokering": "The team brings a practitioner and a service together; neither is named unasked.",
    "dissent": "That a practitioner disagrees, about what, and how to reach them.",
    "proofs": "The sealed access log: heads, leaves, proofs; releases after a restored backup.",
    "decisions": "Why one's own request was answered as it was.",
    "notices": "What an agency is told later; what the management team looks into.",
    "subscriptions": "To be told to ask again about a child: a reference only, never what is new.",
    "feeds": "Batches of lines supplied by agencies' own systems.",
    "misuse": "Alerts on how the index is used, for named officers; marks; rates by group.",
    "supervision": "Own staff's use and open work, for their manager; samples signed off.",
    "auditing": "The access log as auditors go through it, for a case number each.",
    "who looked": "What a family is told of who looked, through the management team.",
    "directory": "Agencies, practitioners and accounts; what an asker may do.",
    "region": "The other authorities' indexes: who answers, whom this one speaks with.",
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "Says who asks; what the asker may do, the index's accounts say.",
}

# The shapes of texts, each written once: by pattern, the component's name.
_SHAPES = {
    "".join(word.title() for word in name.split("_")) + "Text": shape
    for name, shape in vars(shapes).items()
    if isinstance(shape, shapes.Shape) and shape is not shapes.UUID_TEXT
}
_SHAPED = {shape.pattern: name for name, shape in _SHAPES.items()}
_SHAPED[shapes.UUID_TEXT.pattern] = "Id"

_PROBLEM = "#/components/schemas/Problem"
_REF = "#/components/schemas/{model}"

# By status: the component's name, what it says, and the code its example shows.
_REFUSALS: dict[str, tuple[str, str, Code]] = {
    "400": (
        "Malformed",
        "The request is not well formed, or states no purpose or reason.",
        Code.PURPOSE_MISSING,
    ),
    "401": (
        "NotAuthenticated",
        "The token is not valid. One answer for every cause.",
        Code.NOT_AUTHENTICATED,
    ),
    "403": (
        "Refused",
        "The asker may not: a code says why. Equal for every child.",
        Code.CHECK_LAPSED,
    ),
    "404": (
        "NotDisclosed",
        "Absent, archived, held back, another authority's, or not for this asker: one answer.",
        Code.NOT_DISCLOSED,
    ),
    "409": ("Conflict", "In conflict with what is there.", Code.STATE_CONFLICT),
    "412": (
        "Changed",
        "The record has changed since it was read.",
        Code.PRECONDITION_FAILED,
    ),
    "410": ("YearDropped", "The year of the log is dropped.", Code.LOG_YEAR_DROPPED),
    "413": ("TooLarge", "The body is too large.", Code.BODY_TOO_LARGE),
    "415": (
        "WrongContentType",
        "The content type is not the one of this route.",
        Code.WRONG_CONTENT_TYPE,
    ),
    "422": (
        "Invalid",
        "A field is not valid. Its name and a code, never its value.",
        Code.FIELD_INVALID,
    ),
    "428": ("Unconditional", "If-Match is missing.", Code.PRECONDITION_MISSING),
    "429": ("TooMany", "Too many requests by this asker.", Code.TOO_MANY_REQUESTS),
}
_EMPTY = {
    "500": ("Defect", "A defect of the index. Empty; recorded like any other answer."),
    "503": (
        "Unavailable",
        "Empty: the log or the store cannot be had. A problem: closed after a restored backup.",
    ),
}


def published(document: Document) -> Document:
    """Return the routes' document finished: shared parts, security, examples, links."""
    components = document["components"]
    # What the framework adds for its own errors, which never leave here.
    schemas = {
        name: schema
        for name, schema in components["schemas"].items()
        if name not in ("HTTPValidationError", "ValidationError")
    }
    schemas |= models_json_schema([(Problem, "validation")], ref_template=_REF)[1]["$defs"]
    for operation in operations(document):
        _finish(operation)
    finished = {
        **{key: document[key] for key in ("openapi", "info", "servers")},
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": document["paths"],
        "components": {
            "securitySchemes": {"bearer": BEARER},
            "parameters": _parameters(),
            "headers": _headers(),
            "responses": _responses(),
            "schemas": {name: _untitled(schemas[name]) for name in sorted(schemas)},
        },
    }
    finished["components"]["schemas"] |= _texts(json.dumps(finished))
    return finished


def operations(document: Document) -> Iterator[Document]:
    """Yield every operation of a document."""
    for path in document["paths"].values():
        yield from path.values()


def _finish(operation: Document) -> None:
    operation["security"] = [{"bearer": []}]
    takes_body = "requestBody" in operation
    answers = {}
    for status, answer in sorted(operation["responses"].items()):
        if status in _REFUSALS or status in _EMPTY:
            # The framework counts a bad path or query as 422; here they are 400.
            if status != "422" or takes_body:
                name = (_REFUSALS.get(status) or _EMPTY[status])[0]
                answers[status] = {"$ref": f"#/components/responses/{name}"}
            continue
        _exemplify(answer.get("content", {}))
        if links := LINKS.get(operation["operationId"]):
            answer["links"] = links
        answers[status] = answer
    operation["responses"] = answers
    if takes_body:
        _exemplify(operation["requestBody"]["content"])
    for parameter in operation.get("parameters", ()):
        if "schema" in parameter:
            parameter["schema"] = _untitled(parameter["schema"])


def _exemplify(content: Document) -> None:
    if JSON in content:
        model = content[JSON]["schema"]["$ref"].rpartition("/")[2]
        content[JSON]["example"] = EXAMPLES[model]


def _untitled(schema: Any) -> Any:
    """Return a schema without titles made up from names, each known shape by reference."""
    if isinstance(schema, list):
        return [_untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if (name := _SHAPED.get(schema.get("pattern", ""))) is not None:
        also = {key: schema[key] for key in ("description", "default") if key in schema}
        return {"$ref": f"#/components/schemas/{name}", **also}
    kept = {}
    for key, part in schema.items():
        if key == "title" and isinstance(part, str):
            continue
        kept[key] = part if key in ("enum", "const", "examples") else _untitled(part)
    return kept


def _texts(said: str) -> Document:
    """Return the schemas of the texts a document refers to."""
    texts: dict[str, Any] = {"Id": Id}
    texts |= {name: Annotated[str, shaped(shape)] for name, shape in _SHAPES.items()}
    return {
        name: TypeAdapter(text).json_schema()
        for name, text in texts.items()
        if f'"#/components/schemas/{name}"' in said
    }


def _responses() -> Document:
    told: Document = {}
    for name, text, code in _REFUSALS.values():
        faults = [Fault(code, "date_of_birth")] if code is Code.FIELD_INVALID else []
        headers: Document = dict(HEADERS)
        if code is Code.NOT_AUTHENTICATED:
            headers["WWW-Authenticate"] = {"$ref": "#/components/headers/Challenge"}
        told[name] = {
            "description": text,
            "headers": headers,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": _PROBLEM},
                    "example": json.loads(bytes(problem(code, faults).body)),
                }
            },
        }
    for name, text in _EMPTY.values():
        told[name] = {"description": text, "headers": {"X-Request-ID": HEADERS["X-Request-ID"]}}
    told["Unavailable"]["content"] = {
        MEDIA_TYPE: {
            "schema": {"$ref": _PROBLEM},
            "example": json.loads(bytes(problem(Code.INDEX_RESTORED).body)),
        }
    }
    return told


def _headers() -> Document:
    return {
        "AuditReceipt": {
            "description": "Signed promise that this very answer's entry is in the access log.",
            "required": True,
            "schema": {"type": "string", "pattern": r"^v1\.[A-Za-z0-9_.-]+$", "maxLength": 300},
        },
        "RequestId": {
            "description": "Correlates; carries no meaning. The asker's own, if it sent one.",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        },
        "Location": {
            "description": "Where what was made is found.",
            "required": True,
            "schema": {"type": "string", "pattern": r"^/v1/[a-z0-9/-]+$", "maxLength": 120},
        },
        "ETag": {
            "description": "Stands for what was disclosed to this account.",
            "required": True,
            "schema": {"type": "string", "pattern": '^"[A-Za-z0-9_-]{22}"$', "maxLength": 24},
        },
        "ExportNext": {
            "description": "The cursor of the next part; absent after the last.",
            "required": False,
            "schema": _text("^[A-Za-z0-9_-]{1,200}$", 200),
        },
        "ExportTampered": {
            "description": "How many entries of this part are not what their leaves say.",
            "required": True,
            "schema": _text("^[0-9]{1,6}$", 6),
        },
        "Challenge": {
            "description": "What to send instead.",
            "required": True,
            "schema": {"type": "string", "const": "Bearer"},
        },
    }


def _parameters() -> Document:
    return {
        "AccessPurpose": _header(
            "Access-Purpose", "The lawful purpose.", _words(word.value for word in Purpose)
        ),
        "AccessReason": _header(
            "Access-Reason", "Why this child, now.", _words(word.value for word in AccessReason)
        ),
        "AccessReference": {
            **_header(
                "Access-Reference",
                "A case or report reference; never shaped like an NHS number or UPN.",
                {"$ref": "#/components/schemas/AccessReferenceText"},
            ),
            "required": False,
        },
        "AccessCase": _header(
            "Access-Reference",
            "The number of the case this is for; it stands in the entry of the request.",
            {"$ref": "#/components/schemas/AccessReferenceText"},
        ),
        "AccessMediation": {
            **_header(
                "Access-Mediation",
                "The id of a grant of mediated access, made by the requester for this asker.",
                {"$ref": "#/components/schemas/Id"},
            ),
            "required": False,
        },
        "IdempotencyKey": _header(
            "Idempotency-Key",
            "Chosen by the sender; the same key with the same body takes effect once.",
            _text("^[A-Za-z0-9_-]{16,64}$", 64),
        ),
        "IfMatch": _header(
            "If-Match",
            "The ETag of the record as last read by this account.",
            _text('^"[A-Za-z0-9_-]{22}"$', 24),
        ),
        "ContentDigest": _header(
            "Content-Digest",
            "SHA-256 of the whole body (RFC 9530); the batch is incomplete until met.",
            _text("^sha-256=:[A-Za-z0-9+/]{43}=:$", 60),
        ),
    }


def _header(name: str, text: str, schema: Mapping[str, Any]) -> Document:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": text,
        "schema": schema,
    }


def _words(words: Iterator[str]) -> Document:
    return {"type": "string", "enum": list(words)}


def _text(pattern: str, length_max: int) -> Document:
    return {"type": "string", "pattern": pattern, "maxLength": length_max}
