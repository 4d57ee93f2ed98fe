"""Bad input on the live index: a 4xx with a stable code, never a 5xx, never an echo, logged."""

import gzip
import json
import logging
from typing import Any

import pytest

from index_service.api.app import contract_of_code
from index_service.domain.errors import Code
from tests.stories.asking import CSV, NO_WHY, SHIELDING, Answer, Ask, Why, refused
from tests.stories.made import Stated, a_child, by_name, key
from tests.stories.routes import SAMPLES, Route, asker_of, every_route, headers_of

CANARY = "Xyzzykoth"
BIG = 1024 * 1024 + 1
CODES = {code.value for code in Code}
ROUTES = pytest.mark.parametrize("route", SAMPLES, ids=lambda r: f"{r.method} {r.template}")


def as_json(body: object) -> bytes:
    """Return a body as it is sent in order."""
    return json.dumps(body).encode()


def with_first(body: Stated, said: str) -> bytes:
    """Return a body with its first field's value replaced by raw JSON text."""
    first = next(iter(body))
    return as_json(body).replace(as_json(body[first]), said.encode(), 1)


def broken(body: Stated) -> dict[str, bytes]:
    """Return the body spoilt in every way that is nonsense on any route, by what is wrong."""
    whole, first = as_json(body), next(iter(body))
    twice = b'{"%s":1,' % first.encode() + whole[1:]
    return {
        "empty": b"",
        "cut short": whole[:-1],
        "something after it": whole + b" x",
        "two values": whole + whole,
        "no JSON": f"given_name={CANARY}".encode(),
        "single quotes": whole.replace(b'"', b"'"),
        "a list": b"[" + whole + b"]",
        "a text": as_json(CANARY),
        "null": b"null",
        "huge": whole[:-1] + b" " * BIG + b"}",
        "huge text": as_json({**body, "extra": CANARY * 200_000}),
        "nested 100 deep": with_first(body, "[" * 100 + "]" * 100),
        "nested 30,000 deep": with_first(body, "[" * 30_000),
        "nested objects": with_first(body, '{"a":' * 500 + "1" + "}" * 500),
        "NaN": with_first(body, "NaN"),
        "infinity": with_first(body, "Infinity"),
        "less than infinity": with_first(body, "-Infinity"),
        "2^63": with_first(body, str(2**63)),
        "a thousand digits": with_first(body, "9" * 1000),
        "1e400": with_first(body, "1e400"),
        "a fraction": with_first(body, "1.5"),
        "a key twice": twice,
        "a key twice, disguised": twice.replace(first[:1].encode(), b"\\u%04x" % ord(first[0]), 1),
        "a lone surrogate": with_first(body, f'"{CANARY}\\ud800"'),
        "a lone surrogate as a key": b'{"\\udfff":1,' + whole[1:],
        "an escaped NUL": with_first(body, f'"{CANARY}\\u0000"'),
        "a NUL": with_first(body, f'"{CANARY}\x00"'),
        "a NUL after it": whole + b"\x00",
        "an unknown field": as_json({**body, CANARY: CANARY}),
        "an unknown field of null": as_json({**body, CANARY: None}),
        "UTF-16": json.dumps(body).encode("utf-16"),
        "a byte order mark": b"\xef\xbb\xbf" + whole,
        "not UTF-8": whole.replace(b'"', b'"\xff', 1),
    }


def wrongly_typed(body: Stated) -> dict[str, bytes]:
    """Return the body with each of its fields, at any depth, given another type's value."""
    wrongs: dict[str, object] = {
        "number": 20150302,
        "truth": True,
        "list": [CANARY],
        "long": "x" * 9999,
    }
    spoilt = {}
    for path in _leaves(body):
        for kind, wrong in wrongs.items():
            if kind == "truth" and isinstance(_at(body, path), bool):
                continue
            spoilt[f"{'.'.join(map(str, path))} is a {kind}"] = as_json(
                _replaced(body, path, wrong)
            )
    return spoilt


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, each in value.items() for leaf in _leaves(each, (*path, name))]
    if isinstance(value, list):  # of each shape that it holds, the first
        firsts = {_shape(each): place for place, each in reversed([*enumerate(value)])}
        return [leaf for at in firsts.values() for leaf in _leaves(value[at], (*path, at))]
    return [path]


def _shape(value: Any) -> tuple[str, ...]:
    return tuple(sorted(value)) if isinstance(value, dict) else (type(value).__name__,)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _replaced(value: Any, path: tuple[Any, ...], wrong: object) -> Any:
    if not path:
        return wrong
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], wrong)
    return copy


async def send(ask: Ask, route: Route, body: bytes, **headers: str) -> Answer:
    """Send a body on a route as somebody who may, all else being in order."""
    why = SHIELDING if "shield" in route.template else None
    sent = {**headers_of(route), **{name.replace("_", "-"): text for name, text in headers.items()}}
    return await ask(asker_of(route), route.method, route.path(), body, why=why, headers=sent)


def is_a_plain_refusal(answer: Answer, wrong: str) -> None:
    """Check a refusal: 4xx, a stable code, nothing of what was sent."""
    assert 400 <= answer.status_code < 500, wrong
    assert answer.headers["content-type"] == "application/problem+json", wrong
    problem = answer.json()
    assert problem["code"] in CODES, wrong
    assert problem["code"] not in ("not_disclosed", "defect"), wrong
    assert CANARY not in answer.text, wrong
    assert "9223372036854775808" not in answer.text, wrong
    assert "20150302" not in answer.text, wrong
    assert len(answer.content) < 4096, wrong


async def test_every_route_that_takes_a_body_is_tried() -> None:
    with_body = {
        Route(method.upper(), path)
        for path, methods in contract_of_code()["paths"].items()
        for method, told in methods.items()
        if "requestBody" in told
    }
    assert with_body - SAMPLES.keys() == {Route("PUT", "/v1/feeds/{source}/batches/{batch_id}")}


@ROUTES
async def test_the_samples_are_in_order(ask: Ask, route: Route) -> None:
    """Else what is refused below would be refused for another reason."""
    answer = await send(ask, route, as_json(SAMPLES[route]))
    # In order, and not here: an index that was not restored has nothing to release, one in
    # no region has nobody to propose a move to, and nobody's practitioner takes a caseload.
    elsewhere = {
        Route("POST", "/v1/log/releases"): 409,
        Route("POST", "/v1/transfers"): 422,
        Route("POST", "/v1/caseload/hand-overs"): 422,
    }
    due = (elsewhere[route],) if route in elsewhere else (200, 201, 204, 404)
    assert answer.status_code in due, answer.text


@ROUTES
async def test_a_body_of_nonsense_is_refused_and_entered_and_never_repeated(
    ask: Ask, route: Route, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spoilt = broken(SAMPLES[route])
    answers = {wrong: await send(ask, route, body) for wrong, body in spoilt.items()}
    entries = {each["request_id"]: each for each in await ask.served.entries()}
    for wrong, answer in answers.items():
        is_a_plain_refusal(answer, wrong)
        entry = entries[answer.headers["x-request-id"]]
        assert (entry["outcome"], entry["code"]) == ("invalid", answer.json()["code"]), wrong
        assert entry["route"] == route.template, wrong
    ours = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("http"))
    assert CANARY not in ours
    # That nobody seals this index's log is said every minute, and is no answer's doing.
    answering = [r for r in caplog.records if not r.name.endswith("sealing_log.lag")]
    assert not [r for r in answering if r.levelno >= logging.ERROR]


EXPECTED = {
    "cut short": "not_json",
    "huge": "body_too_large",
    "nested 30,000 deep": "body_too_deep",
    "NaN": "not_json",
    "2^63": "field_invalid",
    "a key twice": "duplicate_key",
    "a key twice, disguised": "duplicate_key",
    "a lone surrogate": "character_not_allowed",
    "an escaped NUL": "character_not_allowed",
    "a NUL": "character_not_allowed",
    "an unknown field": "field_unknown",
    "UTF-16": "not_json",
}


@pytest.mark.parametrize("wrong", EXPECTED)
async def test_each_kind_of_nonsense_has_its_code(ask: Ask, wrong: str) -> None:
    route = Route("POST", "/v1/lookups")
    answer = await send(ask, route, broken(SAMPLES[route])[wrong])
    assert answer.json()["code"] == EXPECTED[wrong]


@ROUTES
async def test_a_field_of_another_type_is_refused_by_its_name(ask: Ask, route: Route) -> None:
    """Dates as numbers among them; the field is named, its value never."""
    for wrong, body in wrongly_typed(SAMPLES[route]).items():
        answer = await send(ask, route, body)
        is_a_plain_refusal(answer, wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["field"].split("[")[0], wrong


@ROUTES
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/json, text/plain",
        "application/problem+json",
        "",
    ],
)
async def test_another_content_type_is_refused(ask: Ask, route: Route, kind: str) -> None:
    answer = await send(ask, route, as_json(SAMPLES[route]), Content_Type=kind)
    refused(answer, 415, "wrong_content_type")


async def test_a_packed_body_is_refused(ask: Ask) -> None:
    packed = gzip.compress(as_json(by_name(a_child())))
    route = Route("POST", "/v1/lookups")
    refused(await send(ask, route, packed, Content_Encoding="gzip"), 415, "wrong_content_type")


ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
ODD = {
    "in capitals": ID.upper(),
    "in braces": f"{{{ID}}}",
    "as a URN": f"urn:uuid:{ID}",
    "without hyphens": ID.replace("-", ""),
    "hyphens elsewhere": f"{ID[:9]}{ID[9:].replace('-', '')}----",
    "one digit short": ID[:-1],
    "one digit long": f"{ID}0",
    "with a space": f"{ID} ",
    "other digits": "\u0661" + ID[1:],
    "a number": "123",
    "a name": CANARY,
    "percent": "%25",
    "nul": "%00",
}


@pytest.mark.parametrize("odd", ODD)
async def test_an_id_has_one_spelling(ask: Ask, odd: str) -> None:
    for path in (f"/v1/children/{ODD[odd]}", f"/v1/involvements/{ODD[odd]}"):
        answer = await ask("social_worker", "GET", path)
        refused(answer, 400, "path_invalid")
        assert CANARY not in answer.text
        assert ID[:8] not in answer.text
    answer = await ask("manager", "GET", f"/v1/practitioners/{ODD[odd]}", why=NO_WHY)
    refused(answer, 400, "path_invalid")
    said = {"shield_id": ODD[odd]}
    answer = await ask("manager", "POST", f"/v1/children/{ID}/shield/lift", said, why=SHIELDING)
    refused(answer, 422, "field_invalid")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Access-Purpose", f"safeguard {CANARY}"),
        ("Access-Reason", "review\t"),
        ("Access-Reference", f"{CANARY}"),
        ("Access-Reference", "A" * 25),
        ("Idempotency-Key", CANARY + " and a space"),
        ("Idempotency-Key", "k" * 5000),
    ],
)
async def test_a_header_of_nonsense_is_refused_and_never_repeated(
    ask: Ask, header: str, value: str
) -> None:
    headers = {"Idempotency-Key": key(), header: value}
    why = Why("safeguard", "new_referral")
    answer = await ask("social_worker", "POST", "/v1/children", a_child(), why=why, headers=headers)
    is_a_plain_refusal(answer, header)
    assert answer.status_code == 400


@pytest.mark.parametrize("cursor", ["", "x", "x" * 201, "%00", "a b", CANARY * 3])
async def test_a_cursor_nobody_was_given_is_refused(ask: Ask, cursor: str) -> None:
    answer = await ask.supply("schools_feed", "schools/with-results", b"x\n")
    path = f"{answer.json()['results']}?cursor={cursor}"
    answer = await ask("schools_feed", "GET", path, why=NO_WHY)
    refused(answer, 400, "query_invalid")
    assert CANARY not in answer.text


LINES = {
    "broken": b"{",
    "nested": b"[" * 9000,
    "NaN": b'{"kind":NaN}',
    "a key twice": b'{"kind":"child","kind":"child"}',
    "surrogate": b'{"kind":"\\ud800"}',
    "NUL": b'{"kind":"\x00"}',
    "2^63": b'{"kind":%d}' % 2**63,
    "long": b'"' + b"x" * 20_000 + b'"',
    "not UTF-8": b"\xff\xfe\x00",
    "a list": b"[1]",
    "a number": b"7",
    "null": b"null",
    "unknown field": as_json({"kind": "child", CANARY: CANARY}),
    "date as a number": as_json(
        {"kind": "child", "reference": "R", "as_of": 20250101, "child": a_child()}
    ),
    "no child": as_json({"kind": "child", "reference": "R", "as_of": "2026-05-05", "child": 7}),
    "nested child": as_json(
        {"kind": "child", "reference": "R", "as_of": "2026-05-05", "child": {"name": {"name": {}}}}
    ),
}


async def test_lines_of_nonsense_are_invalid_each_by_its_code(ask: Ask) -> None:
    body = b"\n".join(LINES.values()) + b"\n"
    answer = await ask.supply("schools_feed", f"schools/{key()}", body)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["invalid"]) == (0, len(LINES))
    results = await ask("schools_feed", "GET", told["results"], why=NO_WHY)
    assert [each["line"] for each in results.json()["lines"]] == list(range(1, len(LINES) + 1))
    assert CANARY not in results.text


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00\xff", b'kind,reference,as_of\n"child', b"kind,kind,reference,as_of\n", b"a\n"],
)
async def test_rows_of_nonsense_are_refused_or_invalid(ask: Ask, body: bytes) -> None:
    answer = await ask.supply("schools_feed", f"schools/{key()}", body, CSV)
    if answer.status_code == 200:
        assert answer.json()["accepted"] == 0
    else:
        is_a_plain_refusal(answer, repr(body))


@pytest.mark.parametrize("path", ["Schools/x", "s/x", "schools/x%20y", f"schools/{'x' * 41}"])
async def test_a_batch_has_a_plain_name(ask: Ask, path: str) -> None:
    refused(await ask.supply("schools_feed", path, b"x\n"), 400, "path_invalid")


async def test_a_query_nobody_reads_is_refused_on_every_route_and_never_left_out(ask: Ask) -> None:
    """A misspelt `cursor` would show the first page again, and a `month` another one."""
    answers = {}
    for route in every_route():
        path = f"{route.path()}?{CANARY}={CANARY}"
        answers[route] = await ask("teacher", route.method, path)
    entries = {each["request_id"]: each for each in await ask.served.entries()}
    for route, answer in answers.items():
        is_a_plain_refusal(answer, route.template)
        assert (answer.status_code, answer.json()["code"]) == (400, "query_invalid"), route
        entry = entries[answer.headers["x-request-id"]]
        assert (entry["outcome"], entry["route"]) == ("invalid", route.template)
    once = await ask("auditor", "GET", "/v1/holds?cursor=a&cursor=a")
    refused(once, 400, "query_invalid")
