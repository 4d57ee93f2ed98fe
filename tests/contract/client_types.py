"""Spells the contract's schemas as Python types, for index_client/generated/types.py."""

import textwrap
from collections.abc import Iterator
from keyword import iskeyword

from tests.contract.reading import Document

WIDTH = 96
HEAD = '''"""The contract's schemas as types: {what}.

Written from openapi/index.yaml by `python -m tests.contract.rewrite`; never by hand.
"""

'''
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def types_of(document: Document) -> str:
    """Return the module of types: closed lists of words first, then what is made of them."""
    schemas: Document = document["components"]["schemas"]
    parts = [HEAD.format(what="what is sent and what is answered")]
    parts.append("from __future__ import annotations\n")
    parts.append("from typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n")
    parts += [_alias(name, each) for name, each in schemas.items() if not _is_record(each)]
    parts += [_record(name, each) for name, each in schemas.items() if _is_record(each)]
    return "\n".join(parts)


def forms_of(document: Document) -> str:
    """Return the module of forms: what a text must match before it is worth sending."""
    schemas: Document = document["components"]["schemas"]
    forms = {
        name: each["pattern"]
        for name, each in schemas.items()
        if each.get("type") == "string" and "pattern" in each
    }
    said = ",\n".join(f"    {name!r}: {form!r}" for name, form in forms.items())
    head = HEAD.format(what="the form of each kind of text").replace("schemas as types", "texts")
    return f"{head}FORMS = {{\n{said},\n}}\n"


def spelt(schema: Document) -> str:
    """Return a schema as an annotation, names unquoted."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(spelt(each) for each in schema[key]))
    if schema.get("type") == "array":
        return f"list[{spelt(schema['items'])}]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties", True)
        return f"dict[str, {spelt(inner) if isinstance(inner, dict) and inner else 'Any'}]"
    return _PLAIN.get(schema.get("type", ""), "Any")


def wrapped(text: str, indent: str = "    ", more: str = "") -> str:
    """Return a docstring of lines that fit: what it is, and below it what more there is to say."""
    lines = _lines(text, indent, 6)
    if more:
        lines += ["", *_lines(more, indent, 0)]
    if len(lines) == 1:
        return f'{indent}"""{lines[0]}"""\n'
    said = "\n".join(f"{indent}{line}".rstrip() for line in lines).lstrip()
    return f'{indent}"""{said}\n{indent}"""\n'


def _lines(text: str, indent: str, marks: int) -> list[str]:
    said = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    return textwrap.wrap(said, WIDTH - len(indent) - marks) or ["As the contract has it."]


def _is_record(schema: Document) -> bool:
    return schema.get("type") == "object" and "properties" in schema


def _alias(name: str, schema: Document) -> str:
    return f"{name}: TypeAlias = {spelt(schema)}"


def _record(name: str, schema: Document) -> str:
    fields = list(_fields(schema))
    if any(iskeyword(key) for key, _ in fields):  # `from`: no class can say it
        said = ", ".join(f'"{key}": "{text}"' for key, text in fields)
        return f'{name} = TypedDict("{name}", {{{said}}})'
    lines = "".join(f"    {key}: {text}\n" for key, text in fields)
    return f"class {name}(TypedDict):\n{wrapped(schema.get('description', ''))}\n{lines}\n"


def _fields(schema: Document) -> Iterator[tuple[str, str]]:
    required = set(schema.get("required", ()))
    for key, each in schema["properties"].items():
        text = spelt(each)
        yield key, text if key in required else f"NotRequired[{text}]"
