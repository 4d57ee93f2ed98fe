"""openapi/peer.yaml equals the code, is valid, and says what an index's peer port really reads."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from index_service.api.peer_contract import peer_contract
from index_service.domain.child import IdentifierScheme, PersonName
from index_service.domain.matching.keys import Facts
from index_service.domain.transfer import MoveStep
from index_service.federation import moves, routed, subscriptions
from index_service.federation.answer import FirstAnswer, PeerOutcome, SecondAnswer
from index_service.federation.question import (
    FIRST_PATH,
    SECOND_PATH,
    FirstQuestion,
    PeerAsker,
    SecondQuestion,
    Stated,
)
from index_service.federation.sizes import LOCATED_AT_ONCE
from index_service.services.peering.probe import PROBE_PATH
from index_service.services.peering.stories import peer_handlers
from index_service.services.peering.work_queue import (
    CLAIM_PATH,
    RESULT_PATH,
    Claimed,
    Result,
    Work,
)
from tests.contract.reading import PEER_FILE
from tests.contract.rewrite import written

CONTRACT = peer_contract()
DAY, ID = date(2025, 3, 1), uuid4()
ASKER = PeerAsker(ID, ID, Role.PRACTITIONER, AgencyKind.HEALTH_VISITING, DAY, DAY, None)
STATED = Stated(ASKER, None, Purpose.SAFEGUARD, AccessReason.REVIEW, "RPT/10442", 3, "first")
FACTS = Facts(
    names=(PersonName("Okonedo-Vale", "Tamsin", ""),),
    date_of_birth=DAY,
    postcode="NM1 4QT",
    house="12",
    identifiers={IdentifierScheme.NHS_NUMBER: "9990000018"},
)
FIRST = FirstQuestion(ID, STATED, (bytes(16),) * LOCATED_AT_ONCE)
SECOND = SecondQuestion(ID, STATED, bytes(87), FACTS)
SUPPLIER = routed.RoutedSupplier("schools", ID, AgencyKind.SCHOOL, DAY, DAY, None, True)
PARCEL = routed.Parcel(uuid4(), SUPPLIER, (routed.RoutedLine({"kind": "child"}, uuid4()),))
PLACED = subscriptions.Placed(ID, ID, ASKER, STATED.purpose, STATED.reason, DAY)
WORK = Claimed(ID, (Work(ID, FIRST_PATH, FIRST.encoded()),))
RESULT = Result(ID, ID, "v1.x", b"{}")
# One request and one answer of every route, as the code writes them.
SPOKEN: dict[str, tuple[bytes, bytes]] = {
    PROBE_PATH: (b"{}", b'{"directory":1,"epoch":0,"shields_checked":null}'),
    FIRST_PATH: (FIRST.encoded(), FirstAnswer(ID, True, bytes(87)).encoded()),
    SECOND_PATH: (SECOND.encoded(), SecondAnswer(ID, PeerOutcome.NOTHING).encoded()),
    CLAIM_PATH: (b"{}", WORK.encoded()),
    RESULT_PATH: (RESULT.encoded(), b'{"taken":false}'),
    routed.PATH: (PARCEL.body(), routed.ParcelAnswer(("accepted",)).body()),
    moves.PATH: (
        moves.MoveMessage(uuid4(), MoveStep.AGREED).body(),
        moves.answer_body(MoveStep.AGREED),
    ),
    subscriptions.PATH: (
        subscriptions.Exchange((PLACED,), (ID,), (subscriptions.Notice(ID, 1),)).body(),
        subscriptions.Told((subscriptions.Notice(ID, 1),)).body(),
    ),
}


def test_the_code_equals_its_contract() -> None:
    """Where the change is meant: python -m tests.contract.rewrite, and review the difference."""
    assert PEER_FILE.read_text("utf-8") == written(CONTRACT)
    assert yaml.safe_load(PEER_FILE.read_text("utf-8")) == CONTRACT


def test_the_contract_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(CONTRACT).validate()


def test_every_route_of_the_port_is_in_it_with_its_sizes() -> None:
    nothing: Any = _Nothing()
    handlers = peer_handlers(nothing)
    assert CONTRACT["paths"].keys() == handlers.keys() == SPOKEN.keys()
    for path, handler in handlers.items():
        text = CONTRACT["paths"][path]["post"]["description"]
        assert f"at most {handler.body_bytes_max} bytes" in text
        assert f"exactly {handler.answer_bytes}:" in text


class _Nothing:
    """Nothing is asked of what routes work with until a message comes."""

    def __getattr__(self, _: str) -> None:
        return None


@pytest.mark.parametrize("path", SPOKEN)
def test_what_the_code_writes_is_what_the_contract_says(path: str) -> None:
    operation = CONTRACT["paths"][path]["post"]
    parts = (operation["requestBody"], operation["responses"]["200"])
    for spoken, part in zip(SPOKEN[path], parts, strict=True):
        content = part["content"]["application/json"]
        checker = jsonschema.Draft202012Validator(content["schema"])
        body = json.loads(spoken)
        checker.validate(body)
        checker.validate(content["example"])
        assert not checker.is_valid({**body, "more": 1})
