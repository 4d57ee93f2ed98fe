"""openapi/region.yaml equals the code, is valid, and says what deriver and locator really read."""

import json
import os
from uuid import uuid4

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from index_service.api.region_contract import region_contract
from index_service.federation import region_bodies as bodies
from index_service.federation import shield_bodies as shields
from index_service.federation.errors import MessageRefused
from index_service.federation.oblivious import blind, derive_key_pair, evaluate_batch
from index_service.federation.shield_note import NoteKeys, seal_note
from index_service.federation.sizes import (
    DERIVED_AT_ONCE,
    LOCATED_AT_ONCE,
    SHIELD_ASKED,
    SHIELD_ROWS,
)
from tests.contract.reading import REGION_FILE
from tests.contract.rewrite import written

CONTRACT = region_contract()
POINTS = blind([b"x"], DERIVED_AT_ONCE).points
SAID = evaluate_batch(derive_key_pair(b"\x07" * 32, b""), POINTS)
KEYS = NoteKeys.made()
NOTE = seal_note(KEYS.public, b"x")
ROW, DIGEST, STORED = uuid4(), os.urandom(16), bodies.Stored("0" * 64)
ROWS = tuple(shields.ShieldRow(os.urandom(16), os.urandom(32)) for _ in range(SHIELD_ROWS))
# One request and one answer of every route, made by the code itself.
SPOKEN = {
    bodies.EVALUATE_PATH: (
        bodies.EvaluateAsked("search", 3, POINTS),
        bodies.EvaluateSaid(SAID.points, SAID.proof),
    ),
    bodies.FILTERS_PATH: (bodies.FilterSent("wide", 3, b"\1" * 99), STORED),
    bodies.LOCATE_PATH: (
        bodies.LocateAsked("first", 3, (DIGEST,) * LOCATED_AT_ONCE),
        bodies.LocateSaid({"camfield": bodies.POSSIBLE, "northmere": bodies.NO_FILTER}),
    ),
    shields.UPLOAD_PATH: (shields.ShieldsSent(3, 0, ROWS), STORED),
    shields.ASK_PATH: (
        shields.ShieldsAsked(3, (DIGEST,) * SHIELD_ASKED),
        shields.ShieldsTold((shields.ShieldHit(1, ROW, KEYS.public),)),
    ),
    shields.NOTE_PATH: (shields.NoteSent(ROW, NOTE), STORED),
    shields.NOTES_PATH: (
        shields.NotesAsked((ROW,)),
        shields.NotesTold((shields.NoteKept(ROW, KEYS.public, NOTE),)),
    ),
}
READERS = {
    bodies.EVALUATE_PATH: bodies.EvaluateAsked.decoded,
    bodies.FILTERS_PATH: bodies.FilterSent.decoded,
    bodies.LOCATE_PATH: bodies.LocateAsked.decoded,
    shields.UPLOAD_PATH: shields.ShieldsSent.decoded,
    shields.ASK_PATH: shields.ShieldsAsked.decoded,
    shields.NOTE_PATH: shields.NoteSent.decoded,
    shields.NOTES_PATH: shields.NotesAsked.decoded,
}


def test_the_code_equals_its_contract() -> None:
    """Where the change is meant: python -m tests.contract.rewrite, and review the difference."""
    assert REGION_FILE.read_text("utf-8") == written(CONTRACT)
    assert yaml.safe_load(REGION_FILE.read_text("utf-8")) == CONTRACT


def test_the_contract_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(CONTRACT).validate()


def test_every_route_is_in_it() -> None:
    assert CONTRACT["paths"].keys() == SPOKEN.keys() == READERS.keys()


@pytest.mark.parametrize("path", SPOKEN)
def test_what_the_code_writes_is_what_the_contract_says(path: str) -> None:
    """Requests and answers as they leave are of the schemas."""
    operation = CONTRACT["paths"][path]["post"]
    asked, said = SPOKEN[path]
    for spoken, part in ((asked, operation["requestBody"]), (said, operation["responses"]["200"])):
        content = part["content"]["application/json"]
        body = json.loads(spoken.encoded())
        checker = jsonschema.Draft202012Validator(content["schema"])
        checker.validate(body)
        checker.validate(content["example"])
        assert not checker.is_valid({**body, "more": 1})


@pytest.mark.parametrize("path", SPOKEN)
def test_what_the_contract_shows_the_code_reads(path: str) -> None:
    """The example of every request is read; with a part missing, added or changed it is not."""
    operation = CONTRACT["paths"][path]["post"]
    read = READERS[path]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    read(json.dumps(example).encode())
    assert read(SPOKEN[path][0].encoded()) == SPOKEN[path][0]
    for name in example:
        without = {key: value for key, value in example.items() if key != name}
        for wrong in (without, {**example, name: True}, {**example, name: None, "more": 1}):
            with pytest.raises(MessageRefused):
                read(json.dumps(wrong).encode())
    for wrong in (b"", b"[]", b"{}", b"null", b"\xff", json.dumps([example]).encode()):
        with pytest.raises(MessageRefused):
            read(wrong)
