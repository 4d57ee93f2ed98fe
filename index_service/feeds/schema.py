"""The published JSON Schema of a feed line, made from the checks' own shapes and words.

A schema says less than the checks: what it refuses they refuse, not the other way round.
"""

from enum import StrEnum

from index_service.domain import shapes
from index_service.domain.child import (
    CARERS_MAX,
    FORMER_NAMES_MAX,
    AddressKind,
    CarerRelation,
    Education,
    Gender,
)
from index_service.domain.feed import InvolvementVerb, LineKind
from index_service.domain.involvement import Service
from index_service.domain.shapes import Shape

Schema = dict[str, object]

_TEAM_DAYS = Shape(r"^[a-z]{3}([ \-][a-z]{3}){0,6}$", 3, 27, "mon-fri")
_TEAM_HOURS = Shape(r"^[0-9:]{5}-[0-9:]{5}$", 11, 11, "09:00-17:00")


def line_schema() -> Schema:
    """Return the JSON Schema (2020-12) of one NDJSON line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "FeedLine",
        "description": "One line of a feed: a child, or an involvement with one.",
        "oneOf": [{"$ref": "#/$defs/child_line"}, {"$ref": "#/$defs/involvement_line"}],
        "$defs": {
            "name": _object(
                {
                    part: _text(shapes.NAME)
                    for part in ("family_name", "given_name", "middle_names")
                },
                ("family_name",),
            ),
            "address": _address(),
            "carer": _object(
                {
                    "name": {"$ref": "#/$defs/name"},
                    "relation": _word(CarerRelation),
                    "parental_responsibility": {"type": "boolean"},
                    "phone": _text(shapes.PHONE),
                },
                ("name", "relation", "parental_responsibility"),
            ),
            "school": _object(
                {
                    "urn": _text(shapes.URN),
                    "name": _text(shapes.TITLE),
                    "phone": _text(shapes.PHONE),
                    "starts": _text(shapes.DAY),
                    "ends": _text(shapes.DAY),
                },
                ("urn", "name", "starts"),
            ),
            "practice": _object(
                {
                    "ods": _text(shapes.ODS),
                    "name": _text(shapes.TITLE),
                    "phone": _text(shapes.PHONE),
                    "since": _text(shapes.DAY),
                },
                ("ods", "name", "since"),
            ),
            "child": _child(),
            "child_line": _child_line(),
            "involvement_line": _involvement_line(),
        },
    }


def _child() -> Schema:
    return _object(
        {
            "name": {"$ref": "#/$defs/name"},
            "date_of_birth": _text(shapes.DAY),
            "gender": _word(Gender),
            "former_names": _list("name", FORMER_NAMES_MAX),
            "nhs_number": _text(shapes.NHS_NUMBER),
            "upn": _text(shapes.UPN),
            "case_number": _text(shapes.CASE_NUMBER),
            "address": {"$ref": "#/$defs/address"},
            "carers": _list("carer", CARERS_MAX),
            "education": _word(Education),
            "school": {"$ref": "#/$defs/school"},
            "practice": {"$ref": "#/$defs/practice"},
        },
        ("name", "date_of_birth", "gender"),
    )


def _address() -> Schema:
    return _object(
        {
            "kind": _word(AddressKind),
            "house": _text(shapes.PLACE),
            "street": _text(shapes.PLACE),
            "town": _text(shapes.PLACE),
            "postcode": _text(shapes.POSTCODE),
        },
        ("kind",),
    )


def _child_line() -> Schema:
    return _object(
        {
            "kind": {"const": LineKind.CHILD.value},
            "reference": _text(shapes.FEED_REFERENCE),
            "as_of": _text(shapes.DAY),
            "child": {"$ref": "#/$defs/child"},
        },
        ("kind", "reference", "as_of", "child"),
    )


def _involvement_line() -> Schema:
    line = _object(
        {
            "kind": {"const": LineKind.INVOLVEMENT.value},
            "verb": _word(InvolvementVerb),
            "reference": _text(shapes.FEED_REFERENCE),
            "child_reference": _text(shapes.FEED_REFERENCE),
            "as_of": _text(shapes.DAY),
            "service": _word(Service),
            "team_name": _text(shapes.TITLE),
            "team_phone": _text(shapes.PHONE),
            "team_days": _text(_TEAM_DAYS),
            "team_hours": _text(_TEAM_HOURS),
            "person_name": _text(shapes.NAME),
            "person_phone": _text(shapes.PHONE),
            "person_email": _text(shapes.EMAIL),
            "ask_for_duty": {"type": "boolean"},
            "began": _text(shapes.DAY),
            "ceased": _text(shapes.DAY),
            "consent": {"type": "boolean"},
        },
        ("kind", "verb", "reference", "child_reference", "as_of"),
    )
    begins = {"properties": {"verb": {"const": InvolvementVerb.BEGIN.value}}}
    ceases = {"properties": {"verb": {"const": InvolvementVerb.CEASE.value}}}
    line["allOf"] = [
        {"if": begins, "then": {"required": ["service", "team_name", "team_phone", "began"]}},
        {"if": ceases, "then": {"required": ["ceased"]}},
    ]
    return line


def _object(properties: Schema, required: tuple[str, ...]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        # Null is the same as leaving out; what is required must be something.
        "properties": {
            name: schema if name in required else {"anyOf": [schema, {"type": "null"}]}
            for name, schema in properties.items()
        },
        "required": list(required),
    }


def _text(shape: Shape) -> Schema:
    return {
        "type": "string",
        "pattern": shape.pattern,
        "minLength": shape.length_min,
        "maxLength": shape.length_max,
        "examples": [shape.example],
    }


def _word(vocabulary: type[StrEnum]) -> Schema:
    return {"enum": [word.value for word in vocabulary]}


def _list(of: str, count_max: int) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{of}"}, "maxItems": count_max}
