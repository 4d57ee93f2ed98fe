"""The base and the small types of everything that crosses the wire.

Shapes only: every text has a pattern and a length or is a word of a closed vocabulary.
What a pattern cannot say is checked by to_domain(), which raises Invalid.
"""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.fields import FieldInfo

from index_service.domain import shapes
from index_service.domain.errors import Code
from index_service.domain.shapes import Shape


class Wire(BaseModel):
    """Closed, unchanging, and silent about its values wherever it is printed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        """Name the model only: it is printed in logs and tracebacks."""
        return f"{type(self).__name__}(...)"

    __str__ = __repr__


def shaped(shape: Shape) -> FieldInfo:
    """Return what a schema says of a text of this shape."""
    field: FieldInfo = Field(
        pattern=shape.pattern,
        min_length=shape.length_min,
        max_length=shape.length_max,
        examples=[shape.example],
    )
    return field


def _canonical(value: object) -> object:
    """Take the one spelling of an id: others would slip past what is keyed on the text."""
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and len(value) == shapes.UUID_TEXT.length_max:
        try:
            read = UUID(value)
        except ValueError:
            read = None
        if read is not None and str(read) == value:
            return read
    # The text is never shown: problems.py tells the field and a code.
    raise ValueError("not an id in canonical form")


Id = Annotated[
    UUID,
    BeforeValidator(_canonical),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uuid",
            "pattern": shapes.UUID_TEXT.pattern,
            "minLength": 36,
            "maxLength": 36,
            "examples": [shapes.UUID_TEXT.example],
        }
    ),
]
NameText = Annotated[str, shaped(shapes.NAME)]
PlaceText = Annotated[str, shaped(shapes.PLACE)]
TitleText = Annotated[str, shaped(shapes.TITLE)]
PhoneText = Annotated[str, shaped(shapes.PHONE)]
EmailText = Annotated[str, shaped(shapes.EMAIL)]
PostcodeText = Annotated[str, shaped(shapes.POSTCODE)]
DayText = Annotated[str, shaped(shapes.DAY)]


class Fault(Wire):
    """One field at fault, by its path in the request and a code."""

    code: Code
    field: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-\[\]]{0,120}$", max_length=120)]


class Problem(Wire):
    """RFC 9457 problem. Texts are constants of the code; nothing sent is repeated."""

    type: Annotated[
        str,
        Field(
            pattern=r"^/problems/[a-z0-9_]{3,40}$",
            max_length=60,
            examples=["/problems/field_invalid"],
        ),
    ]
    title: Annotated[str, Field(max_length=60, examples=["Field not valid"])]
    status: Annotated[int, Field(ge=400, le=599, examples=[422])]
    code: Code
    detail: Annotated[
        str,
        Field(max_length=200, examples=["Correct the field named; the contract gives its form."]),
    ]
    errors: Annotated[list[Fault] | None, Field(max_length=20)] = None
    also: Annotated[list[Code] | None, Field(max_length=20)] = None
