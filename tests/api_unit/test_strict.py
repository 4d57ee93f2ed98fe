"""A JSON body is read by our reader or not at all, on every kind of route."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, StrictBool

from index_service.api.problems import install_problems
from index_service.api.strict import BATCH_BODY_BYTES_MAX, BODY_BYTES_MAX, BatchRoute, StrictRoute
from index_service.api.wire import Id

CANARY = "Zephyrine"


class Asked(BaseModel):
    """The smallest body there is."""

    model_config = ConfigDict(extra="forbid")

    family_name: str | None = None
    sure: StrictBool = False


async def no_part() -> None:
    """A dependency, so that the framework's own solving of them takes part."""


def made() -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    router = APIRouter(route_class=StrictRoute, dependencies=[Depends(no_part)])

    @router.post("/asked")
    async def ask(asked: Asked) -> dict[str, object]:
        return asked.model_dump()

    @router.post("/perhaps")
    async def perhaps(asked: Annotated[Asked | None, Body()] = None) -> dict[str, object]:
        return {"asked": asked is not None}

    @router.post("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"bytes": sum([len(chunk) async for chunk in request.stream()])}

    @router.get("/children/{child_id}")
    async def read(child_id: Id, size: int = 1) -> str:
        return str(child_id)

    batch = APIRouter(route_class=BatchRoute)

    @batch.post("/batch")
    async def many(asked: list[Asked]) -> int:
        return len(asked)

    app.include_router(router, prefix="/v1")
    app.include_router(batch, prefix="/v1")
    install_problems(app)
    return app


APP = made()


async def send(method: str, path: str, **said: Any) -> httpx.Response:
    transport = httpx.ASGITransport(APP, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://index") as client:
        return await client.request(method, path, **said)


async def post(body: bytes, path: str = "/v1/asked", **headers: str) -> httpx.Response:
    sent = {"content-type": "application/json"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return await send("POST", path, content=body, headers=sent)


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    assert "input" not in answer.json()


async def test_a_plain_body_reaches_the_endpoint() -> None:
    answer = await post(b'{"family_name": "Vale", "sure": true}')
    assert (answer.status_code, answer.json()) == (200, {"family_name": "Vale", "sure": True})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "not_json"),
        (b'{"family_name": "Zephyrine"', 400, "not_json"),
        (b'\xef\xbb\xbf{"family_name": "Zephyrine"}', 400, "not_json"),
        ('{"family_name": "Zephyrine"}'.encode("utf-16"), 400, "not_json"),
        (b'{"family_name": NaN, "a": "Zephyrine"}', 400, "not_json"),
        (b'{"family_name": "Zephyrine", "family_name": "Zephyrine"}', 400, "duplicate_key"),
        (b'{"sure": true, "\\u0073ure": "Zephyrine"}', 400, "duplicate_key"),
        (b'{"family_name": "Zephyrine\\ud800"}', 400, "character_not_allowed"),
        (b'{"family_name": "Zephyrine\\u0000"}', 400, "character_not_allowed"),
        (b'{"Zephyrine\\u0000": 1}', 400, "character_not_allowed"),
        (b'{"family_name": 9223372036854775808}', 422, "field_invalid"),
        (b'{"family_name": 1e999}', 422, "field_invalid"),
        (b'{"family_name": 12}', 422, "field_invalid"),
        (b'{"family_name": ["Zephyrine"]}', 422, "field_invalid"),
        (b'{"sure": "Zephyrine"}', 422, "field_invalid"),
        (b'{"sure": 1}', 422, "field_invalid"),
        (b'{"Zephyrine": 1}', 422, "field_unknown"),
        (b'{"family_name": "a", "Zephyrine": {"Zephyrine": 1}}', 422, "field_unknown"),
        (b'"Zephyrine"', 422, "field_invalid"),
        (b'["Zephyrine"]', 422, "field_invalid"),
        (b"null", 422, "field_invalid"),
        (b"[" * 60_000, 400, "body_too_deep"),
        (b'{"family_name": "' + b"a" * BODY_BYTES_MAX + b'"}', 413, "body_too_large"),
    ],
)
async def test_bad_input_is_a_stable_code_and_no_echo(body: bytes, status: int, code: str) -> None:
    assert_problem(await post(body), status, code)


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "text/plain",
        "application/xml",
        "application/jsonp",
        "application/vnd.api+json",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "*/*",
        "application/json, application/json",
        "application/json; profile=Zephyrine",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ],
)
async def test_only_plain_json_in_utf8_is_taken(sent: str) -> None:
    assert_problem(await post(b"{}", content_type=sent), 415, "wrong_content_type")


@pytest.mark.parametrize(
    "sent", ["application/json", "Application/JSON", 'application/json;charset="UTF-8"']
)
async def test_the_spellings_of_plain_json_are_taken(sent: str) -> None:
    assert (await post(b"{}", content_type=sent)).status_code == 200


async def test_a_body_without_a_type_or_packed_is_refused() -> None:
    assert_problem(await send("POST", "/v1/asked", content=b"{}"), 415, "wrong_content_type")
    assert_problem(await post(b"{}", content_encoding="gzip"), 415, "wrong_content_type")


async def test_two_content_types_are_refused() -> None:
    twice = [("content-type", "application/json")] * 2
    answer = await send("POST", "/v1/asked", content=b"{}", headers=twice)
    assert_problem(answer, 415, "wrong_content_type")


@pytest.mark.parametrize("length", ["999999999", "1e9", "-1", "٣"])
async def test_an_announced_length_is_believed_before_it_is_read(length: str) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = [(b"content-type", b"application/json"), (b"content-length", length.encode())]
    answer = await send("POST", "/v1/asked", content=never(), headers=headers)
    assert_problem(answer, 413, "body_too_large")


async def test_a_body_that_goes_on_is_cut_off() -> None:
    taken = 0

    async def going_on() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield b'{"' + b"a" * 9998

    headers = {"content-type": "application/json"}
    answer = await send("POST", "/v1/asked", content=going_on(), headers=headers)
    assert_problem(answer, 413, "body_too_large")
    assert taken <= BODY_BYTES_MAX // 10_000 + 2


async def test_a_sender_that_hangs_up_sent_no_json() -> None:
    said: list[Any] = []
    messages = iter(
        [{"type": "http.request", "body": b'{"a', "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> Any:
        return next(messages)

    async def keep(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/asked",
        "raw_path": b"/v1/asked",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("index", 80),
        "headers": [(b"content-type", b"application/json")],
    }
    await APP(scope, receive, keep)
    assert said[0]["status"] == 400
    assert b"not_json" in said[1]["body"]


async def test_a_batch_may_be_larger() -> None:
    body = b"[" + b",".join([b'{"family_name": "' + b"a" * 1000 + b'"}'] * 100) + b"]"
    answer = await post(body, "/v1/batch")
    assert (answer.status_code, answer.json()) == (200, 100)
    assert_problem(
        await post(b" " * (BATCH_BODY_BYTES_MAX + 1), "/v1/batch"), 413, "body_too_large"
    )


async def test_an_optional_body_may_be_left_out_but_not_left_in_doubt() -> None:
    assert (await send("POST", "/v1/perhaps")).json() == {"asked": False}
    assert (await post(b"{}", "/v1/perhaps")).json() == {"asked": True}
    assert (await post(b"null", "/v1/perhaps")).json() == {"asked": False}
    assert_problem(await post(b"{", "/v1/perhaps"), 400, "not_json")
    assert_problem(await send("POST", "/v1/perhaps", content=b"{}"), 415, "wrong_content_type")


async def test_a_route_that_takes_no_body_reads_its_stream_itself() -> None:
    answer = await send("POST", "/v1/raw", content=b"\xff" * (2 * BODY_BYTES_MAX))
    assert answer.json() == {"bytes": 2 * BODY_BYTES_MAX}


@pytest.mark.parametrize(
    "spelling",
    [
        "6F9D2B1E-3C44-4A7E-9B57-0D2F8C5A1E90",
        "6f9d2b1e3c444a7e9b570d2f8c5a1e90",
        "{6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90}",
        "urn:uuid:6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90",
        "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e9０",
        "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e9",
        "Zephyrine",
    ],
)
async def test_an_id_has_one_spelling(spelling: str) -> None:
    path = "/v1/children/6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
    assert (await send("GET", path)).status_code == 200
    answer = await send("GET", f"/v1/children/{spelling}")
    assert_problem(answer, 400, "path_invalid")
    assert answer.json()["errors"] == [{"code": "path_invalid", "field": "child_id"}]
    assert "6f9d" not in answer.text.lower()


async def test_the_framework_never_reads_a_body_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own reading is made to fail: no route of ours may need it."""

    async def read(_: Request) -> object:
        raise AssertionError("the framework read the body")

    monkeypatch.setattr("starlette.requests.Request.json", read)
    assert (await post(b"{}")).status_code == 200
    assert (await post(b"[]", "/v1/batch")).status_code == 200
