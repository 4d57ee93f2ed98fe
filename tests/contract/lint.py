"""Our rules for the contract: each yields what is wrong, and nothing when all is well."""

from collections.abc import Callable, Iterator
from typing import Any

import jsonschema

from index_service.api.meanings import MEANINGS
from index_service.domain.errors import Code
from tests.contract.reading import (
    Document,
    answers,
    contents,
    operations,
    parameters,
    request_schemas,
    resolved,
    schemas_within,
)

PROBLEM = "application/problem+json"
JSON = "application/json"
# Creations nothing shows yet: the management team's account keeping has no read.
UNREAD = {"addAccount"}
# A family asks, not who works with the child: who and why stands in the body.
ASKED_BY_A_FAMILY = {"recordWhoLookedRequest", "readAccessReport"}
# Ids of the index and names a supplier or the team gave: never facts of a child.
IN_URLS = {
    "path": {
        "child_id", "involvement_id", "practitioner_id", "account_id", "source", "batch_id",
        "mediation_id", "contact_request_id", "entry_id", "alert_id", "mark_id",
        "agreement_id", "version", "member", "shield_request_id", "override_id",
        "consent_id", "basis_id", "panel_id", "sample_id",
        "who_looked_request_id", "release_id", "transfer_id", "subscription_id",
        "leaf",  # a leaf is blinded
    },
    "query": {
        "cursor", "kind", "shard", "size", "from", "to", "month",  # of the tree, of nobody
        "practitioner_id", "due", "request_id", "agency_id",
    },
}  # fmt: skip
EMPTY = {"500", "503"}

Rule = Callable[[Document], Iterator[str]]


def every_operation_says_what_it_is(document: Document) -> Iterator[str]:
    """An id, a summary, a description and known tags."""
    tags = {tag["name"] for tag in document["tags"]}
    met: set[str] = set()
    for method, path, operation in operations(document):
        for key in ("operationId", "summary", "description", "tags"):
            if not operation.get(key):
                yield f"{method} {path} has no {key}"
        if not set(operation.get("tags", ())) <= tags:
            yield f"{method} {path} has a tag that is not described"
        if operation.get("operationId") in met:
            yield f"{method} {path} has the operationId of another"
        met.add(operation.get("operationId", ""))


def every_operation_needs_a_bearer_token(document: Document) -> Iterator[str]:
    """A JWT, declared once and required by each operation by itself."""
    scheme = document["components"].get("securitySchemes", {}).get("bearer", {})
    if (scheme.get("type"), scheme.get("scheme")) != ("http", "bearer"):
        yield "no bearer scheme is declared"
    for method, path, operation in operations(document):
        if operation.get("security") != [{"bearer": []}]:
            yield f"{method} {path} can be asked without a token"


def every_part_is_described(document: Document) -> Iterator[str]:
    """Answers, parameters and headers."""
    for method, path, operation in operations(document):
        for status, answer in answers(document, operation):
            if not answer.get("description"):
                yield f"{method} {path} {status} is not described"
        for parameter in parameters(document, operation):
            if not parameter.get("description"):
                yield f"{method} {path} {parameter['name']} is not described"
    for name, header in document["components"]["headers"].items():
        if not header.get("description"):
            yield f"header {name} is not described"


def every_refusal_is_a_problem(document: Document) -> Iterator[str]:
    """RFC 9457, with an example whose code has this status; 500 and 503 are empty."""
    for method, path, operation in operations(document):
        for status, answer in answers(document, operation):
            where = f"{method} {path} {status}"
            if status == "500" and "content" in answer:
                yield f"{where} is not empty"
            if not status.startswith("4") and not (status == "503" and "content" in answer):
                continue
            content = answer.get("content", {}).get(PROBLEM)
            if content is None or len(answer["content"]) != 1:
                yield f"{where} is no problem"
            elif content["schema"] != {"$ref": "#/components/schemas/Problem"}:
                yield f"{where} has another schema than Problem"
            elif "example" not in content:
                yield f"{where} has no example"
            else:
                yield from _misfits(document, content, where)
                if MEANINGS[Code(content["example"]["code"])].status != int(status):
                    yield f"{where} shows a code of another status"


def every_body_has_an_example_that_fits(document: Document) -> Iterator[str]:
    """Every JSON body asked for and every JSON answer."""
    for method, path, operation in operations(document):
        bodies = [("body", operation.get("requestBody", {}))]
        bodies += [each for each in answers(document, operation) if each[0].startswith("2")]
        for name, body in bodies:
            for media_type, content in contents(body):
                if media_type != JSON:
                    continue
                if "example" not in content:
                    yield f"{method} {path} {name} has no example"
                else:
                    yield from _misfits(document, content, f"{method} {path} {name}")


def _misfits(document: Document, content: Document, where: str) -> Iterator[str]:
    schema = {**content["schema"], "components": document["components"]}
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    for error in validator.iter_errors(content["example"]):
        yield f"{where} example: {error.json_path} {error.message[:80]}"


def every_creation_leads_to_what_was_made(document: Document) -> Iterator[str]:
    """A link to the operation that reads it; every link leads somewhere."""
    by_id = {operation["operationId"]: operation for _, _, operation in operations(document)}
    reads = {op["operationId"] for method, _, op in operations(document) if method == "get"}
    for name, operation in by_id.items():
        for status, answer in answers(document, operation):
            links = answer.get("links", {})
            if status == "201":
                if "Location" not in answer["headers"]:
                    yield f"{name} has no Location"
                targets = {link["operationId"] for link in links.values()}
                if not targets & reads and name not in UNREAD:
                    yield f"{name} has no link to a read"
            for link in links.values():
                target = by_id.get(link["operationId"])
                if target is None:
                    yield f"{name} links to {link['operationId']}, which is not there"
                    continue
                known = {each["name"] for each in parameters(document, target)}
                if not set(link.get("parameters", ())) <= known:
                    yield f"{name} links with a parameter {link['operationId']} does not take"


def no_request_holds_free_text(document: Document) -> Iterator[str]:
    """A text is a word of a closed list, or has a pattern and a longest length."""
    for name, schema in request_schemas(document):
        if schema.get("type") != "string" or "enum" in schema or "const" in schema:
            continue
        if not ("pattern" in schema and "maxLength" in schema):
            yield f"{name} is free text"
        elif not (schema["pattern"].startswith("^") and schema["pattern"].endswith("$")):
            yield f"{name} has a pattern that fits within any text"


def every_list_is_bounded(document: Document) -> Iterator[str]:
    """A longest length for every array, asked for or told."""
    for name, schema in _all_schemas(document):
        if schema.get("type") == "array" and "maxItems" not in schema:
            yield f"{name} is an endless list"


def every_object_is_closed(document: Document) -> Iterator[str]:
    """No unknown fields; a map has a closed list of keys, and only answers have maps."""
    for name, schema in _all_schemas(document):
        if schema.get("type") != "object" or schema.get("additionalProperties") is False:
            continue
        keys = schema.get("propertyNames")
        if keys is None or "enum" not in resolved(document, keys) or "maxProperties" not in schema:
            yield f"{name} has unknown fields"
    for name, schema in request_schemas(document):
        if isinstance(schema.get("additionalProperties"), dict):
            yield f"{name} takes a map"


def every_question_about_a_child_states_why(document: Document) -> Iterator[str]:
    """Purpose and reason in headers, wherever one child is asked about."""
    for method, path, operation in operations(document):
        named = {each["name"] for each in parameters(document, operation) if each["required"]}
        one_child = {"child_id", "involvement_id", "consent_id"} & named or (method, path) in (
            ("post", "/v1/lookups"),
            ("post", "/v1/children"),
        )
        one_child = one_child and operation.get("operationId") not in ASKED_BY_A_FAMILY
        if one_child and not {"Access-Purpose", "Access-Reason"} <= named:
            yield f"{method} {path} does not ask why"


def every_answer_carries_its_receipt(document: Document) -> Iterator[str]:
    """But the empty 500 and 503, of which one may have none."""
    for method, path, operation in operations(document):
        for status, answer in answers(document, operation):
            header = answer.get("headers", {}).get("Audit-Receipt")
            if status in EMPTY:
                continue
            if header is None or not resolved(document, header).get("required"):
                yield f"{method} {path} {status} may lack its receipt"


def nothing_personal_stands_in_a_url(document: Document) -> Iterator[str]:
    """Only opaque ids, an authority's, a source's and a batch's name, and a cursor."""
    for method, path, operation in operations(document):
        for parameter in parameters(document, operation):
            allowed = IN_URLS.get(parameter["in"])
            if allowed is not None and parameter["name"] not in allowed:
                yield f"{method} {path} has {parameter['name']} in its URL"


def _all_schemas(document: Document) -> Iterator[tuple[str, Any]]:
    yield from request_schemas(document)
    for name, schema in document["components"]["schemas"].items():
        yield from schemas_within(document, schema, name)


RULES: tuple[Rule, ...] = (
    every_operation_says_what_it_is,
    every_operation_needs_a_bearer_token,
    every_part_is_described,
    every_refusal_is_a_problem,
    every_body_has_an_example_that_fits,
    every_creation_leads_to_what_was_made,
    no_request_holds_free_text,
    every_list_is_bounded,
    every_object_is_closed,
    every_question_about_a_child_states_why,
    every_answer_carries_its_receipt,
    nothing_personal_stands_in_a_url,
)
