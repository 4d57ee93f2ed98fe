"""Sharing agreements on the wire: a document as it is, and how one differs from another."""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, WithJsonSchema

from consent.agreement import default_document
from consent.agreement_difference import WideningKind
from consent.agreement_terms import CoverageMode
from index_service.api.wire import DayText, Id, Wire

_KEYS = list(default_document())
WIDENINGS_MAX = 20_000
WAITING_MAX = 5_000
Document = Annotated[
    dict[str, Any],
    # What stands in it is consent's to judge, so that a fault is told by its own path.
    WithJsonSchema(
        {
            "type": "object",
            "description": "An agreement in the form consent/README.md describes.",
            "propertyNames": {"enum": _KEYS},
            "required": _KEYS,
            "maxProperties": len(_KEYS),
        }
    ),
]
DifferenceText = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        min_length=64,
        max_length=64,
        examples=["5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"],
        description="SHA-256 of the document and all that it widens.",
    ),
]
_Line = Annotated[
    str,
    Field(
        pattern=r"^[^\u0000-\u001f\u007f]{1,240}$",
        min_length=1,
        max_length=240,
        examples=["Children Act 2004, section 10"],
    ),
]


class AgreementProposed(Wire):
    """An agreement to bring into force."""

    document: Document


class AgreementApproved(Wire):
    """The difference a second person has seen, by its digest."""

    difference: DifferenceText


class Widened(Wire):
    """One thing an agreement gives that the one in force does not; `where` in known words."""

    kind: WideningKind
    where: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9_:.\-]{1,40}$", max_length=40)]],
        Field(max_length=8),
    ]


class AgreementKept(Wire):
    """What became of an agreement: in force under a number, or waiting for a second person."""

    id: Id
    state: Literal["in_force", "waiting"]
    version: Annotated[StrictInt, Field(ge=1)] | None
    widens: Annotated[list[Widened], Field(max_length=WIDENINGS_MAX)]
    difference: DifferenceText | None


class Instrument(Wire):
    """The law or decision an agreement rests on, and its date."""

    title: _Line
    dated: DayText


class _Described(Wire):
    """What an agreement says of itself."""

    name: _Line
    label: Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z.\-]{0,15}$", max_length=16)]
    instrument: Instrument
    in_force_from: DayText
    in_force_until: DayText | None
    coverage: CoverageMode


class AgreementInForce(_Described):
    """The agreement every request is decided by."""

    version: Annotated[StrictInt, Field(ge=1)]


class AgreementWaiting(AgreementKept, _Described):
    """An agreement that waits, and all it would widen; `proposed_at` in seconds of the epoch."""

    proposed_by: Id
    proposed_at: StrictInt


class AgreementList(Wire):
    """Which agreement is in force, and which wait."""

    in_force: AgreementInForce
    waiting: Annotated[list[AgreementWaiting], Field(max_length=WAITING_MAX)]


class AgreementShown(Wire):
    """One version of the agreement, as it was sent."""

    version: Annotated[StrictInt, Field(ge=1)]
    document: Document
