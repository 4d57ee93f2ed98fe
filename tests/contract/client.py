"""Writes index_client/generated/ from the contract: a type per schema, a method per operation."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any

from tests.contract.client_types import HEAD, forms_of, spelt, types_of, wrapped
from tests.contract.reading import ROOT, Document, operations, parameters

PLACE = ROOT / "index_client" / "generated"
_STATED = ("Access-Purpose", "Access-Reference", "Access-Mediation")


@dataclass
class Method:
    """What one operation becomes: its arguments, and the question made of them."""

    operation: Document
    verb: str
    path: str
    positional: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    question: dict[str, str] = field(default_factory=dict)

    def written(self, waits: bool) -> str:
        """Return the method's source, for the asynchronous class or the other."""
        name = _snake(self.operation["operationId"])
        keywords = ["*", *self.keywords] if self.keywords else []
        taken = ", ".join(["self", *self.positional, *keywords])
        said = f"{self.operation['summary'].rstrip('.')}."
        said = wrapped(said, " " * 8, self.operation["description"])
        asked = ", ".join(f"{key}={value}" for key, value in self.question.items())
        before, wait = ("async ", "await ") if waits else ("", "")
        return (
            f"    {before}def {name}({taken}) -> Answer[{_answered(self.operation)}]:\n"
            f"{said}"
            f'        question = Question("{self.verb.upper()}", "{self.path}", {asked})\n'
            f"        return {wait}self._ask(question)\n"
        ).replace(", )", ")")


def generated(document: Document) -> dict[str, str]:
    """Return the text of every generated file, by name, as ruff formats it."""
    methods = [_method(document, *each) for each in operations(document)]
    files = {
        "__init__.py": '"""What is written from the contract, and never by hand."""\n',
        "types.py": types_of(document),
        "forms.py": forms_of(document),
        "asking.py": _module(methods, waits=True),
        "asking_sync.py": _module(methods, waits=False),
    }
    return {name: formatted(text) for name, text in files.items()}


def rewrite(document: Document) -> None:
    """Write the files."""
    PLACE.mkdir(exist_ok=True)
    for name, text in generated(document).items():
        (PLACE / name).write_text(text, "utf-8")


def formatted(text: str) -> str:
    """Return source as ruff sorts and lays it out."""
    ruff = [sys.executable, "-m", "ruff"]
    named = ["--stdin-filename", str(PLACE / "written.py"), "-"]
    for command in (
        [*ruff, "check", "--fix-only", "--quiet", "--select", "I,F401", *named],
        [*ruff, "format", "--quiet", *named],
    ):
        text = subprocess.run(
            command, input=text, capture_output=True, text=True, check=True
        ).stdout
    return text


def _module(methods: list[Method], waits: bool) -> str:
    line, name = ("AsyncLine", "AsyncOperations") if waits else ("Line", "Operations")
    what = "every operation, awaited" if waits else "every operation"
    text = HEAD.format(what=what).replace("schemas as types", "operations as methods")
    bodies = "\n".join(method.written(waits) for method in methods)
    return (
        f"{text}from typing import Literal\n\n"
        "from index_client.access import Access\n"
        "from index_client.answers import Answer\n"
        "from index_client.generated import types as t\n"
        f"from index_client.line import {line}\n"
        "from index_client.questions import Question, new_key\n\n\n"
        f"class {name}({line}):\n"
        f'    """Asks the index: one method for each operation of the contract."""\n\n{bodies}'
    )


def _method(document: Document, verb: str, path: str, operation: Document) -> Method:
    made = Method(operation, verb, path)
    given = parameters(document, operation)
    _take_body(made)
    _take_places(document, made, [each for each in given if each["in"] == "path"])
    _take_headers(made, {each["name"]: each for each in given if each["in"] == "header"})
    _take_asked(document, made, [each for each in given if each["in"] == "query"])
    if _answered(operation) == "str":
        made.question["textual"] = "True"
    for name in _receipts_within(document, _answered(operation)):
        made.question["receipts_in"] = f'"{name}"'
    return made


def _take_body(made: Method) -> None:
    contents: dict[str, Any] = made.operation.get("requestBody", {}).get("content", {})
    if not contents:
        return
    kinds = list(contents)
    if kinds == ["application/json"]:
        made.positional.append(f"body: {_type(contents[kinds[0]]['schema'])}")
    else:
        made.positional.append("body: bytes")
        made.keywords.append(f"kind: Literal[{', '.join(map(repr, kinds))}]")
        made.question["kind"] = "kind"
    made.question["body"] = "body"


def _take_places(document: Document, made: Method, places: list[Document]) -> None:
    made.positional += [f"{each['name']}: str" for each in places]
    if places:
        said = ", ".join(_checked(document, each) for each in places)
        made.question["places"] = f"{{{said}}}"


def _take_headers(made: Method, headers: dict[str, Document]) -> None:
    if "Access-Purpose" in headers:
        made.keywords.append("access: Access")
        made.question["access"] = "access"
        if "Access-Mediation" in headers:
            made.question["mediated"] = "True"
    elif "Access-Reference" in headers:
        made.keywords.append("reference: str")
        made.question["reference"] = "reference"
    elif "Access-Mediation" in headers:
        made.keywords.append("mediation: str | None = None")
        made.question["mediation"] = "mediation"
    if "If-Match" in headers:
        made.keywords.append("if_match: str")
        made.question["if_match"] = "if_match"
    if "Idempotency-Key" in headers:
        made.keywords.append("idempotency_key: str | None = None")
        made.question["idempotency_key"] = "idempotency_key or new_key()"
    if "Content-Digest" in headers:
        made.question["digested"] = "True"
    known = {*_STATED, "Access-Reason", "If-Match", "Idempotency-Key", "Content-Digest"}
    if unknown := headers.keys() - known:
        raise ValueError(f"the client does not know {sorted(unknown)}")


def _take_asked(document: Document, made: Method, asked: list[Document]) -> None:
    for each in sorted(asked, key=lambda each: not each.get("required")):
        name, kind = _argument(each["name"]), _type(each["schema"])
        if each.get("required"):
            made.keywords.append(f"{name}: {kind}")
        else:
            said = kind if kind.endswith("None") else f"{kind} | None"
            made.keywords.append(f"{name}: {said} = None")
    if asked:
        said = ", ".join(_checked(document, each) for each in asked)
        made.question["asked"] = f"{{{said}}}"


def _checked(document: Document, parameter: Document) -> str:
    """Return `name: (value, pattern)`: what does not fit it is never put into an address."""
    name = parameter["name"]
    return f'"{name}": ({_argument(name)}, r"{_pattern(document, parameter["schema"])}")'


def _pattern(document: Document, schema: Document) -> str:
    if "$ref" in schema:
        return _pattern(document, document["components"]["schemas"][schema["$ref"].rsplit("/")[-1]])
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            return _pattern(document, each)
    if "enum" in schema:
        return "|".join(re.escape(word) for word in schema["enum"])
    if schema.get("format") == "uuid":
        return "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    if schema.get("type") == "integer":
        return "[0-9]{1,15}"
    return str(schema["pattern"])


def _receipts_within(document: Document, answered: str) -> Iterator[str]:
    """Yield the lists of an answer whose records carry each a receipt of this authority."""
    schemas = document["components"]["schemas"]
    answer = schemas.get(answered.removeprefix("t."), {})
    for name, each in answer.get("properties", {}).items():
        record = each.get("items", {}).get("$ref", "").rsplit("/")[-1]
        receipt = schemas.get(record, {}).get("properties", {}).get("receipt", {})
        if receipt.get("pattern", "").startswith("^v1"):
            yield name


def _answered(operation: Document) -> str:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            contents = answer.get("content", {})
            if "application/json" in contents:
                return _type(contents["application/json"]["schema"])
            return "str" if contents else "None"
    raise ValueError("an operation that never succeeds")


def _type(schema: Document) -> str:
    return re.sub(r"\b(?!None\b|Literal\b|Any\b)([A-Z]\w+)(?!['\w])", r"t.\1", spelt(schema))


def _argument(name: str) -> str:
    return f"{name}_" if iskeyword(name) else name


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", lambda found: f"_{found[1].lower()}", name)
