"""The app equals its reviewed contract, and the contract keeps our rules."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from index_service.api.app import contract_of_code
from index_service.domain.stated import ATTRIBUTES
from tests.contract import lint
from tests.contract.reading import FILE, reviewed
from tests.contract.rewrite import written

DOCUMENT = reviewed()
LOOKUP = ("paths", "/v1/lookups", "post")
REFUSED = ("components", "responses", "Refused")


def test_the_app_equals_its_contract() -> None:
    """Where the change is meant: python -m tests.contract.rewrite, and review the difference."""
    assert contract_of_code() == DOCUMENT


def test_the_file_is_as_the_script_writes_it() -> None:
    assert FILE.read_text("utf-8") == written(contract_of_code())


def test_asking_twice_gives_the_same_document() -> None:
    """Finishing one document leaves nothing behind for the next."""
    assert contract_of_code() == contract_of_code()


def test_the_contract_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_provenance_is_shown_for_the_attributes_it_is_kept_for() -> None:
    shown = DOCUMENT["components"]["schemas"]["ChildShown"]["properties"]["provenance"]
    assert set(shown["anyOf"][0]["propertyNames"]["enum"]) == set(ATTRIBUTES.values())


@pytest.mark.parametrize("rule", lint.RULES)
def test_the_contract_keeps_the_rule(rule: lint.Rule) -> None:
    assert list(rule(DOCUMENT)) == []


def at(document: Any, *steps: str) -> Any:
    for step in steps:
        document = document[step]
    return document


Spoil = Callable[[Any], object]

SPOILT: list[tuple[lint.Rule, Spoil]] = [
    (lint.every_operation_says_what_it_is, lambda d: at(d, *LOOKUP).pop("summary")),
    (lint.every_operation_says_what_it_is, lambda d: at(d, *LOOKUP).update(tags=["other"])),
    (
        lint.every_operation_says_what_it_is,
        lambda d: at(d, *LOOKUP).update(operationId="readChild"),
    ),
    (lint.every_operation_needs_a_bearer_token, lambda d: at(d, *LOOKUP).update(security=[])),
    (
        lint.every_operation_needs_a_bearer_token,
        lambda d: at(d, "components", "securitySchemes").clear(),
    ),
    (lint.every_part_is_described, lambda d: at(d, *REFUSED).update(description="")),
    (
        lint.every_part_is_described,
        lambda d: at(d, "components", "parameters", "IfMatch").pop("description"),
    ),
    (
        lint.every_refusal_is_a_problem,
        lambda d: at(d, *REFUSED, "content").update({"application/json": {}}),
    ),
    (
        lint.every_refusal_is_a_problem,
        lambda d: at(d, *REFUSED, "content", lint.PROBLEM, "example").update(code="not_disclosed"),
    ),
    (
        lint.every_refusal_is_a_problem,
        lambda d: at(d, *REFUSED, "content", lint.PROBLEM).pop("example"),
    ),
    (
        lint.every_refusal_is_a_problem,
        lambda d: at(d, "components", "responses", "Defect").update(content={}),
    ),
    (
        lint.every_body_has_an_example_that_fits,
        lambda d: at(d, *LOOKUP, "requestBody", "content", lint.JSON, "example").update(x="y"),
    ),
    (
        lint.every_body_has_an_example_that_fits,
        lambda d: at(d, *LOOKUP, "responses", "200", "content", lint.JSON).pop("example"),
    ),
    (
        lint.every_creation_leads_to_what_was_made,
        lambda d: at(d, "paths", "/v1/children", "post", "responses", "201").pop("links"),
    ),
    (
        lint.every_creation_leads_to_what_was_made,
        lambda d: at(
            d, "paths", "/v1/children", "post", "responses", "201", "links", "read", "parameters"
        ).update(other="$response.body#/id"),
    ),
    (
        lint.no_request_holds_free_text,
        lambda d: at(d, "components", "schemas", "NameText").pop("pattern"),
    ),
    (
        lint.no_request_holds_free_text,
        lambda d: at(d, "components", "schemas", "TitleText").update(pattern="[a-z]"),
    ),
    (
        lint.no_request_holds_free_text,
        lambda d: at(d, "components", "parameters", "IdempotencyKey", "schema").pop("maxLength"),
    ),
    (
        lint.every_list_is_bounded,
        lambda d: at(d, "components", "schemas", "Holds", "properties", "holds").pop("maxItems"),
    ),
    (
        lint.every_object_is_closed,
        lambda d: at(d, "components", "schemas", "Name").pop("additionalProperties"),
    ),
    (
        lint.every_object_is_closed,
        lambda d: at(d, "components", "schemas", "Me", "properties", "may").pop("propertyNames"),
    ),
    (
        lint.every_question_about_a_child_states_why,
        lambda d: at(d, "paths", "/v1/children/{child_id}", "get").update(
            parameters=[{"name": "child_id", "in": "path", "required": True}]
        ),
    ),
    (lint.every_question_about_a_child_states_why, lambda d: at(d, *LOOKUP).pop("parameters")),
    (
        lint.every_answer_carries_its_receipt,
        lambda d: at(d, *REFUSED, "headers").pop("Audit-Receipt"),
    ),
    (
        lint.nothing_personal_stands_in_a_url,
        lambda d: at(d, *LOOKUP)["parameters"].append(
            {"name": "family_name", "in": "query", "required": False}
        ),
    ),
]


@pytest.mark.parametrize(
    ("rule", "spoil"), SPOILT, ids=[f"{r.__name__}-{n}" for n, (r, _) in enumerate(SPOILT)]
)
def test_the_rule_bites(rule: lint.Rule, spoil: Spoil) -> None:
    document = copy.deepcopy(DOCUMENT)
    spoil(document)
    assert list(rule(document))


def test_no_rule_goes_untried() -> None:
    assert {rule for rule, _ in SPOILT} == set(lint.RULES)
