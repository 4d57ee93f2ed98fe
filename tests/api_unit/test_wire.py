"""Shapes on the wire: closed, bounded, strict."""

import importlib
import inspect
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

from index_service.api.wire import Id, Wire, shaped
from index_service.api.wire_agreements import AgreementApproved, AgreementProposed
from index_service.api.wire_assessment import (
    AssessmentClosed,
    AssessmentReassigned,
    TransferOffered,
)
from index_service.api.wire_child import ChildAmended, ChildFacts
from index_service.api.wire_directory import (
    AccountAmended,
    AccountStated,
    AgencyStated,
)
from index_service.api.wire_involvement import (
    AssessmentStated,
    InvolvementAmended,
    InvolvementBegun,
    InvolvementCeased,
    LeadProfessionalStated,
)
from index_service.api.wire_lookup import BatchAsked, LookupAsked
from index_service.api.wire_practitioner import PractitionerStated
from index_service.api.wire_shield import ShieldGranted, ShieldLifted
from index_service.api.wire_status import StatusStated
from index_service.domain import shapes

TODAY = date(2026, 11, 21)
AN_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
MODULES = ["", "_child", "_directory", "_feed", "_involvement", "_lookup", "_shield", "_shown"]
MODULES += ["_agreements", "_assessment", "_status"]
REQUESTS: list[type[Wire]] = [
    AccountAmended,
    AccountStated,
    AgencyStated,
    AgreementApproved,
    AgreementProposed,
    AssessmentClosed,
    AssessmentReassigned,
    AssessmentStated,
    BatchAsked,
    ChildAmended,
    ChildFacts,
    InvolvementAmended,
    InvolvementBegun,
    InvolvementCeased,
    LeadProfessionalStated,
    LookupAsked,
    PractitionerStated,
    ShieldGranted,
    ShieldLifted,
    StatusStated,
    TransferOffered,
]


def all_models() -> list[type[Wire]]:
    found = []
    for name in MODULES:
        module = importlib.import_module(f"index_service.api.wire{name}")
        for _, model in inspect.getmembers(module, inspect.isclass):
            if issubclass(model, Wire) and model.__module__ == module.__name__:
                found.append(model)
    return found


def schemas_within(schema: object) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        return [schema] + [found for part in schema.values() for found in schemas_within(part)]
    if isinstance(schema, list):
        return [found for part in schema for found in schemas_within(part)]
    return []


@pytest.mark.parametrize("model", all_models())
def test_every_model_is_closed_and_every_text_bounded(model: type[Wire]) -> None:
    """No field holds a note: a text has a pattern or is a word, and each has a length."""
    for part in schemas_within(model.model_json_schema()):
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False
        if part.get("type") == "string" and "enum" not in part and "const" not in part:
            assert "maxLength" in part
            assert "pattern" in part or model.__name__ == "Problem"
    assert model.model_config["frozen"]


@pytest.mark.parametrize("model", REQUESTS)
def test_every_request_is_bounded_and_strict(model: type[Wire]) -> None:
    """Lists have a longest length, nothing is a number or has free keys, truth is truth."""
    for part in schemas_within(model.model_json_schema()):
        if part.get("type") == "array":
            assert "maxItems" in part
        assert part.get("type") not in ("number", "integer")
        assert not isinstance(part.get("additionalProperties"), dict)
    for field in schemas_within(model.__pydantic_core_schema__):
        if field.get("type") == "bool":
            assert field.get("strict") is True


def test_the_list_of_requests_forgets_none() -> None:
    """Whatever can be turned into the domain is a request, or part of one."""
    reached: set[type[BaseModel]] = set()

    def reach(model: type[BaseModel]) -> None:
        reached.add(model)
        for field in model.model_fields.values():
            for other in all_models():
                if other not in reached and other.__name__ in str(field.annotation):
                    reach(other)

    for model in REQUESTS:
        reach(model)
    turning = {model for model in all_models() if "to_domain" in vars(model)}
    assert turning <= reached


@pytest.mark.parametrize("model", all_models())
def test_no_model_prints_what_it_holds(model: type[Wire]) -> None:
    made = model.model_construct(name="Zephyrine", family_name="Zephyrine")
    assert "Zephyrine" not in f"{made!r}{made}"


@pytest.mark.parametrize("shape", [s for s in vars(shapes).values() if isinstance(s, shapes.Shape)])
def test_a_shapes_own_example_fits_and_a_line_end_never_does(shape: shapes.Shape) -> None:
    model = create_model("OfShape", text=(str, shaped(shape)))
    model.model_validate({"text": shape.example})
    for text in (shape.example + "\n", "", shape.example * 40):
        with pytest.raises(ValidationError):
            model.model_validate({"text": text})


@pytest.mark.parametrize(
    "value",
    [
        AN_ID.upper(),
        AN_ID.replace("-", ""),
        f"{{{AN_ID}}}",
        f"urn:uuid:{AN_ID}",
        f" {AN_ID}",
        7,
        None,
        b"x" * 16,
        AN_ID + "\n",
        AN_ID.replace("6f9d", "６f9d"),
    ],
)
def test_an_id_has_one_spelling(value: object) -> None:
    adapter: TypeAdapter[UUID] = TypeAdapter(Id)
    assert adapter.validate_python(AN_ID) == UUID(AN_ID)
    with pytest.raises(ValidationError):
        adapter.validate_python(value)


def test_words_are_taken_as_written_only() -> None:
    for gender in ("Female", "FEMALE", " female", 1, True, None, ["female"]):
        with pytest.raises(ValidationError):
            ChildFacts.model_validate(
                {"name": {"family_name": "Vale"}, "date_of_birth": "2016-05-14", "gender": gender}
            )


def test_every_word_on_the_wire_is_of_a_closed_vocabulary() -> None:
    """An enum in a model is one of the domain's own: the contract cannot grow words of its own."""
    for model in all_models():
        for field in model.model_fields.values():
            kind = field.annotation
            if inspect.isclass(kind) and issubclass(kind, Enum):
                assert kind.__module__.split(".")[0] in ("consent", "index_service")
                assert ".api." not in kind.__module__
