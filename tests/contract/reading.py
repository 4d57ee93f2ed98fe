"""The reviewed contract, read from its file, and ways to walk it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "openapi" / "index.yaml"
PEER_FILE = ROOT / "openapi" / "peer.yaml"
REGION_FILE = ROOT / "openapi" / "region.yaml"
LINE_FILE = ROOT / "openapi" / "feed-line.json"

Document = dict[str, Any]


def reviewed() -> Document:
    """Return the contract as its file has it."""
    document: Document = yaml.safe_load(FILE.read_text("utf-8"))
    return document


def line_schema() -> Document:
    """Return the schema of a feed line as its file has it."""
    schema: Document = json.loads(LINE_FILE.read_text("utf-8"))
    return schema


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield (method, path, operation)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def resolved(document: Document, part: Document) -> Document:
    """Return a part, or what its reference leads to."""
    while "$ref" in part:
        target: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part


def answers(document: Document, operation: Document) -> Iterator[tuple[str, Document]]:
    """Yield (status, response), references followed."""
    for status, answer in operation["responses"].items():
        yield status, resolved(document, answer)


def parameters(document: Document, operation: Document) -> list[Document]:
    """Return an operation's parameters, references followed."""
    return [resolved(document, each) for each in operation.get("parameters", ())]


def contents(part: Document) -> Iterator[tuple[str, Document]]:
    """Yield (media type, content) of a body."""
    yield from part.get("content", {}).items()


def schemas_within(document: Document, schema: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path of names, schema) of a schema and all it is made of, each reference once."""
    yield from _within(document, schema, name, set())


def _within(document: Document, part: Any, name: str, met: set[str]) -> Iterator[tuple[str, Any]]:
    if not isinstance(part, dict):
        return
    if "$ref" in part:
        if part["$ref"] in met:
            return
        met.add(part["$ref"])
        yield from _within(document, resolved(document, part), name, met)
        return
    yield name, part
    for key, inner in part.get("properties", {}).items():
        yield from _within(document, inner, f"{name}.{key}", met)
    for key in ("items", "additionalProperties", "not", "if", "then", "else"):
        yield from _within(document, part.get(key), f"{name}[]" if key == "items" else name, met)
    for key in ("anyOf", "oneOf", "allOf"):
        for inner in part.get(key, ()):
            yield from _within(document, inner, name, met)


def request_schemas(document: Document) -> Iterator[tuple[str, Any]]:
    """Yield every schema of what a sender may state: bodies, parameters, lines of feeds."""
    for _, _, operation in operations(document):
        name = operation["operationId"]
        for parameter in parameters(document, operation):
            yield from schemas_within(document, parameter["schema"], f"{name} {parameter['name']}")
        for _, content in contents(operation.get("requestBody", {})):
            if "x-line-schema" not in content["schema"]:
                yield from schemas_within(document, content["schema"], name)
    line = line_schema()
    yield from schemas_within(line, {key: line[key] for key in ("oneOf",)}, "line")
