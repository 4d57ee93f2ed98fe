"""Every family of errors has its one outward form: constant, coded, and never an echo."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header, HTTPException, Query
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.types import Receive, Scope, Send

from index_service.api.meanings import MEANINGS
from index_service.api.problems import (
    Fault,
    faults_of,
    install_problems,
    problem,
    render_catalogue,
)
from index_service.api.strict import StrictRoute
from index_service.api.wire import Problem
from index_service.api.wire_child import ChildFacts
from index_service.domain.errors import (
    Code,
    Invalid,
    NotDisclosed,
    Refused,
    Unavailable,
    Unrecorded,
)
from index_service.services.attempt import SCOPE_KEY, Attempt

ROOT = Path(__file__).parents[2]
SILENT = {Code.UNRECORDED, Code.UNAVAILABLE, Code.DEFECT}
CANARY = "Zephyrine"


async def ask(app: FastAPI, method: str = "GET", path: str = "/", **said: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://index") as client:
        return await client.request(method, path, **said)


def app_raising(error: Callable[[], Exception]) -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    app.router.route_class = StrictRoute

    @app.get("/")
    async def fail() -> None:
        raise error()

    @app.post("/children")
    async def create(facts: ChildFacts) -> None: ...

    @app.get("/words")
    async def words(
        size: Annotated[int, Query(ge=1)], word: Annotated[str, Header(max_length=3)]
    ) -> None: ...

    install_problems(app)
    return app


PLAIN = app_raising(lambda: HTTPException(418, CANARY))


def test_every_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Code)
    assert len({meaning.title for meaning in MEANINGS.values()}) == len(Code)


def test_the_catalogue_page_is_the_code() -> None:
    """Print it again with `index-service contract errors`."""
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == render_catalogue()


@pytest.mark.parametrize("code", sorted(set(Code) - SILENT))
def test_a_code_without_fields_has_one_constant_answer(code: Code) -> None:
    first, second = problem(code), problem(code)
    assert bytes(first.body) == bytes(second.body)
    assert first.raw_headers == second.raw_headers
    said = Problem.model_validate_json(bytes(first.body))
    assert (said.code, said.status, said.type) == (
        code,
        MEANINGS[code].status,
        f"/problems/{code}",
    )
    assert "instance" not in json.loads(bytes(first.body))


@pytest.mark.parametrize("code", sorted(SILENT))
def test_what_is_ours_is_said_without_a_body(code: Code) -> None:
    answer = problem(code)
    assert (answer.body, "content-type" in answer.headers) == (b"", False)


async def test_every_cause_of_not_disclosed_is_the_same_bytes() -> None:
    answers = [
        await ask(app_raising(lambda codes=codes: NotDisclosed(*codes)))
        for codes in ((), ("absent",), ("shielded", CANARY))
    ]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert {tuple(answer.headers.raw) for answer in answers} == {tuple(answers[0].headers.raw)}
    assert answers[0].status_code == 404


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.NOT_AUTHENTICATED, 401),
        (Code.TOKEN_NOT_BOUND, 401),
        (Code.ACCOUNT_SUSPENDED, 403),
        (Code.CHECK_LAPSED, 403),
        (Code.PURPOSE_MISSING, 400),
        (Code.REASON_MISSING, 400),
        (Code.REASON_NOT_ALLOWED, 403),
        (Code.TOO_MANY_REQUESTS, 429),
    ],
)
async def test_what_is_wrong_with_the_asker_is_told_plainly(code: Code, status: int) -> None:
    answer = await ask(app_raising(lambda: Refused(code)))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)


async def test_several_defects_of_an_asker_are_told_at_once() -> None:
    answer = await ask(app_raising(lambda: Refused(Code.CHECK_LAPSED, Code.TRAINING_MISSING)))
    assert (answer.json()["code"], answer.json()["also"]) == ("check_lapsed", ["training_missing"])
    Problem.model_validate_json(answer.content)


async def test_a_field_at_fault_is_named() -> None:
    error = Invalid(Code.IDENTIFIER_INVALID, "lookup.nhs_number")
    answer = await ask(app_raising(lambda: error))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"code": "identifier_invalid", "field": "lookup.nhs_number"}]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.NOT_JSON, 400),
        (Code.BODY_TOO_LARGE, 413),
        (Code.WRONG_CONTENT_TYPE, 415),
        (Code.NOT_ACCEPTABLE, 406),
        (Code.PRECONDITION_FAILED, 412),
        (Code.PRECONDITION_MISSING, 428),
        (Code.STATE_CONFLICT, 409),
        (Code.TOO_FEW_FACTS, 422),
    ],
)
async def test_nonsense_has_a_status_of_its_kind(code: Code, status: int) -> None:
    answer = await ask(app_raising(lambda: Invalid(code)))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "errors" not in answer.json()


@pytest.mark.parametrize("error", [Unrecorded, Unavailable])
async def test_what_cannot_be_recorded_or_asked_is_an_empty_503(error: type[Exception]) -> None:
    answer = await ask(app_raising(error))
    assert (answer.status_code, answer.content) == (503, b"")


async def test_an_unknown_route_and_method_have_codes() -> None:
    answer = await ask(PLAIN, "GET", f"/{CANARY}?name={CANARY}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_route")
    assert CANARY not in answer.text
    assert (await ask(PLAIN, "GET", "/words/")).status_code == 404
    answer = await ask(PLAIN, "DELETE", "/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


async def test_a_status_nobody_foresaw_is_a_defect() -> None:
    with pytest.raises(HTTPException):
        await ask(PLAIN)


async def test_a_bad_query_or_header_is_named_and_not_repeated() -> None:
    answer = await ask(PLAIN, "GET", f"/words?size={CANARY}", headers={"word": CANARY})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"code": "query_invalid", "field": "size"},
        {"code": "header_invalid", "field": "word"},
    ]
    assert CANARY not in answer.text


STATED: dict[str, Any] = {
    "name": {"family_name": "Vale"},
    "date_of_birth": "2016-05-14",
    "gender": "female",
}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({CANARY: 1}, [("field_unknown", "")]),
        ({"name": {"family_name": "Vale", CANARY: 1}}, [("field_unknown", "name")]),
        ({"name": {}}, [("field_missing", "name.family_name")]),
        ({"name": CANARY}, [("field_invalid", "name")]),
        ({"address": {"kind": "current", CANARY: 1}}, [("field_unknown", "address")]),
        ({"address": {"kind": CANARY}}, [("field_invalid", "address")]),
        ({"address": {"house": CANARY}}, [("field_missing", "address")]),
        (
            {"address": {"kind": "current", "postcode": f"{CANARY}!"}},
            [("field_invalid", "address.postcode")],
        ),
        ({"carers": [{}, CANARY]}, [("field_missing", "carers[0].name")]),
        (
            {"gender": CANARY, "upn": CANARY},
            [("field_invalid", "upn"), ("field_invalid", "gender")],
        ),
        ({"date_of_birth": 1330473600}, [("field_invalid", "date_of_birth")]),
        ({"date_of_birth": "2016-05-14T00:00:00Z"}, [("field_invalid", "date_of_birth")]),
        ({"nhs_number": 9990000018}, [("field_invalid", "nhs_number")]),
    ],
)
async def test_a_wrong_body_is_told_in_names_of_the_contract_only(
    change: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    answer = await ask(PLAIN, "POST", "/children", json={**STATED, **change})
    told = [(error["code"], error["field"]) for error in answer.json()["errors"]]
    assert answer.status_code == 422
    assert told[: len(errors)] == errors
    assert answer.json()["code"] == errors[0][0]
    assert CANARY not in answer.text
    Problem.model_validate_json(answer.content)


words = st.sampled_from(["name", "carers", "address", "kind", "current", "phone", CANARY, "x" * 90])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(sent=anything)
def test_nothing_sent_is_ever_told(sent: object) -> None:
    """Whatever is sent as a child, faults name fields of ours and are few."""
    try:
        ChildFacts.model_validate(sent)
    except ValidationError as refusal:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in refusal.errors()]
        faults = faults_of(errors)
        assert 0 < len(faults) <= 20
        assert not any(CANARY in fault.field or "x" * 90 in fault.field for fault in faults)
        Problem.model_validate_json(bytes(problem(faults[0].code, faults).body))


def test_a_model_with_free_keys_would_be_told_apart() -> None:
    """What the invariant of faults_of guards against: here a key of the sender's comes out."""

    class Free(BaseModel):
        model_config = ConfigDict(extra="forbid")
        counts: dict[str, int]

    with pytest.raises(ValidationError) as caught:
        Free.model_validate({"counts": {CANARY: "x"}})
    errors = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    assert faults_of(errors) == (Fault(Code.FIELD_INVALID, f"counts.{CANARY}"),)


@pytest.mark.parametrize(
    ("error", "code", "rules"),
    [
        (NotDisclosed("absent"), "not_disclosed", ("absent",)),
        (
            Refused(Code.CHECK_LAPSED, Code.TRAINING_MISSING),
            "check_lapsed",
            ("check_lapsed", "training_missing"),
        ),
        (Invalid(Code.NOT_JSON), "not_json", ("kept",)),
        (Unavailable(), "unavailable", ("kept",)),
        (Unrecorded(), "unrecorded", ("kept",)),
    ],
)
async def test_the_entry_learns_exactly_why(
    error: Exception, code: str, rules: tuple[str, ...]
) -> None:
    """What the answer may not say, the log must: the attempt is told the code and the rules."""
    attempt = Attempt("request", rules=("kept",))
    app = app_raising(lambda: error)

    async def with_attempt(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, SCOPE_KEY: attempt}, receive, send)

    transport = httpx.ASGITransport(with_attempt)
    async with httpx.AsyncClient(transport=transport, base_url="http://index") as client:
        await client.get("/")
    assert (attempt.code, attempt.rules) == (code, rules)
