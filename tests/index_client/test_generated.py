"""What is generated is what the contract says, and every operation can be asked."""

import inspect
import re

import pytest

from index_client import AsyncIndex, Index
from index_client.line import Line
from tests.contract.client import PLACE, generated
from tests.contract.reading import operations, parameters, reviewed

DOCUMENT = reviewed()
WRITTEN = generated(DOCUMENT)
METHODS = {
    name: method
    for name, method in inspect.getmembers(Index, inspect.isfunction)
    if name not in dict(inspect.getmembers(Line, inspect.isfunction))
}


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_a_generated_file_is_as_the_contract_makes_it(name: str) -> None:
    """Where the contract was changed: python -m tests.contract.rewrite."""
    assert (PLACE / name).read_text("utf-8") == WRITTEN[name]


def test_nothing_else_lies_among_the_generated_files() -> None:
    assert {place.name for place in PLACE.glob("*.py")} == WRITTEN.keys()


def test_every_operation_is_a_method_and_every_method_an_operation() -> None:
    ids = {operation["operationId"] for _, _, operation in operations(DOCUMENT)}
    spelt = {re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in METHODS}
    assert spelt == ids
    assert len(METHODS) == len(ids) > 100


def test_both_clients_are_asked_alike() -> None:
    for name, method in METHODS.items():
        awaited = getattr(AsyncIndex, name)
        assert inspect.iscoroutinefunction(awaited)
        assert inspect.signature(awaited) == inspect.signature(method)


def test_every_method_takes_what_its_operation_demands() -> None:
    named = {
        "Access-Purpose": "access",
        "If-Match": "if_match",
        "Idempotency-Key": "idempotency_key",
    }
    for _, _, operation in operations(DOCUMENT):
        snake = re.sub(r"(?<!^)([A-Z])", r"_\1", operation["operationId"]).lower()
        taken = set(inspect.signature(METHODS[snake]).parameters)
        given = parameters(DOCUMENT, operation)
        wanted = {named[each["name"]] for each in given if each["name"] in named}
        wanted |= {
            each["name"].replace("from", "from_") for each in given if each["in"] != "header"
        }
        wanted |= {"body"} if "requestBody" in operation else set()
        assert wanted <= taken
