"""What holds on every page: headers, forms of our own alone, nothing personal where it can stay."""

import gc
import logging
import re
from asyncio import AbstractEventLoop
from contextvars import Context
from ssl import SSLObject
from types import CodeType, FunctionType, ModuleType
from typing import Any

import httpx
import pytest

from demo.issuer import Issuer
from tests.stories.asking import Ask
from tests.stories.made import a_child
from tests.thin_client.browsing import ORIGIN, Forms, Somebody, somebody, text_of
from tests.thin_client.conftest import Line, Signing
from tests.thin_client.test_core import typed_of
from tests.thin_client.test_signing_in import house_of, session_of
from thin_client.pages import PAGES
from thin_client.security import Secured

HOSTILE = "<script>alert(1)</script>"
PAGE_BYTES_MAX = 250_000


def check_headers(headers: Any) -> None:
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'nonce-" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/sign-in/again", "/signed-in?code=x", "/signed-out", "/nowhere"]
)
async def test_every_answer_carries_what_a_browser_needs_to_know(
    stranger: Somebody, path: str
) -> None:
    answer = await stranger.http.get(path)
    check_headers(answer.headers)


async def test_pages_of_a_child_are_kept_nowhere_and_fetch_from_here_alone(
    sign_in: Signing, ask: Ask
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    teacher = await sign_in("teacher")
    for page in (
        await teacher.get("/"),
        await teacher.searches(**typed_of(child)),
        await teacher.get(f"/children/{child_id}"),
    ):
        check_headers(page.headers)
        fetched = Forms.of(page.text).fetched
        assert fetched
        assert all(each.startswith("/static/") for each in fetched)
        sizes = [len((await teacher.http.get(each)).content) for each in fetched]
        own = await teacher.http.get(fetched[0].rpartition("/")[0] + "/govuk-frontend.min.js")
        assert sum(sizes) + len(own.content) + len(page.content) < PAGE_BYTES_MAX
        assert "style=" not in page.text


async def test_static_files_are_kept_for_good_under_addresses_that_change(
    stranger: Somebody,
) -> None:
    page = await stranger.get("/")
    address = next(each for each in Forms.of(page.text).fetched if each.endswith("own.css"))
    answer = await stranger.http.get(address)
    assert "immutable" in answer.headers["cache-control"]
    other = address.replace(address.split("/")[2], "0" * 12)
    assert (await stranger.http.get(other)).headers["cache-control"] == "no-store"
    assert (await stranger.http.get(address.replace("own.css", "none.css"))).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://other.test"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_does_nothing(
    sign_in: Signing, line: Line, headers: dict[str, str]
) -> None:
    teacher = await sign_in("teacher")
    form = Forms.of((await teacher.get("/")).text).forms
    line.whole()
    for each in form:
        answer = await teacher.http.post(each.action, data=each.fields, headers=headers)
        assert answer.status_code == 403
    assert line.asked == []
    assert (await teacher.get("/")).status_code == 200  # still signed in


async def test_a_form_without_this_sessions_word_is_shown_again_and_not_taken(
    sign_in: Signing, line: Line
) -> None:
    teacher = await sign_in("teacher")
    page = await teacher.get("/")
    line.whole()
    fields = {"csrf": "0" * 64, "purpose": "safeguard", "reason": "review", "number": "NM1"}
    answer = await teacher.send(page, "/", **fields)
    assert "Nothing was sent" in text_of(answer)
    assert Forms.of(answer.text).forms[-1].fields["number"] == "NM1"
    assert not [each for each in line.asked if each.url.path == "/v1/lookups"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_only_reading_and_sending_forms_is_done(sign_in: Signing, method: str) -> None:
    teacher = await sign_in("teacher")
    answer = await teacher.http.request(method, "/", headers={"Origin": ORIGIN})
    assert answer.status_code == 405


@pytest.mark.parametrize("page", [each for each in PAGES if each.get], ids=lambda each: each.name)
async def test_no_page_is_shown_to_somebody_not_signed_in(
    stranger: Somebody, line: Line, page: Any
) -> None:
    line.whole()
    made = re.sub(r"\{\w+:int\}", "1", page.path)
    made = re.sub(r"\{\w+(:uuid)?\}", "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90", made)
    answer = await stranger.http.get(made)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in/again?back=/")
    assert line.asked == []


async def test_nothing_personal_is_in_an_address_a_header_a_cookie_or_the_log(
    sign_in: Signing, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    teacher = await sign_in("teacher")
    caplog.set_level(logging.DEBUG)
    page = await teacher.searches(**typed_of(child))
    record = await teacher.get(f"/children/{child_id}")
    secret = [*child["name"].values(), child["date_of_birth"], child["address"]["postcode"]]
    cookies = str([(each.name, each.value) for each in teacher.http.cookies.jar])
    seen = [str(page.url), str(record.url), str(page.headers), str(record.headers), cookies]
    seen += [link for each in (page, record) for link in Forms.of(each.text).links]
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("thin_client")]
    assert any("results 200" in each for each in ours)
    assert not [each for each in ours if child_id in each]
    for word in secret:
        assert not [each for each in (*seen, *ours) if word in each]


async def test_after_signing_out_the_process_holds_nothing_of_what_was_asked(
    app: Secured, issuer: Issuer, ask: Ask
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    house = house_of(app)
    held = [house.sessions, house.doors, house.drawing, house.provider]
    async with somebody(app, issuer, "health_visitor") as one:
        await one.searches(**typed_of(child))
        await one.get(f"/children/{child_id}")
        session = session_of(app, one)
        opened = [session.all(), session.key]
        secret = {child["date_of_birth"], *child["name"].values(), f"why:{child_id}"}
        assert secret <= words_in(opened)  # the scan finds what is there
        assert not secret & words_in(held)
        before = len(house.sessions)
        await one.send(await one.get("/"), "/sign-out", follow=False)
        assert len(house.sessions) == before - 1
        assert session.kept.parts == {}
    assert not (secret | {child_id, "northmere-health-visitor"}) & words_in(held)


# Code, and the loop all of this test runs in: it knows this function's own names.
NOT_HELD = (ModuleType, type, FunctionType, CodeType, AbstractEventLoop, Context, SSLObject)


def words_in(roots: list[Any]) -> set[str]:
    """Return every text reachable from some objects, through anything but code."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, NOT_HELD):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            found.add(one)
        elif isinstance(one, bytes):
            found.add(one.decode("latin-1"))
        waiting += [*one, *one.values()] if isinstance(one, dict) else gc.get_referents(one)
    return found


async def test_hostile_words_are_shown_as_words(sign_in: Signing) -> None:
    teacher = await sign_in("teacher")
    page = await teacher.searches(
        given_name=HOSTILE, family_name='"><img src=x onerror=y>', postcode="{{7*7}}", reference="x"
    )
    assert HOSTILE not in page.text
    assert "<img" not in page.text
    page = await teacher.searches(given_name=HOSTILE, born_day="'\"><b>")
    assert "&lt;script&gt;" in page.text
    assert "<b>" not in page.text


async def test_hostile_words_of_the_index_are_shown_as_words_and_never_linked(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("social_worker", child_id)
    told = (await ask.read("teacher", child_id)).json()
    told["child"]["name"]["family_name"] = HOSTILE
    contact = told["child"]["involvements"][0]["contact"]
    contact["team"] = {"name": "<img src=x onerror=y>", "phone": "javascript:1", "hours": []}
    contact["person"] = {"name": HOSTILE, "phone": None, "email": 'a@b"onclick="x'}
    teacher = await sign_in("teacher")
    line.whole()
    line.answer, line.only = httpx.Response(200, json=told), f"/v1/children/{child_id}"
    record = await teacher.states_why(await teacher.get(f"/children/{child_id}"))
    line.whole()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in record.text
    assert HOSTILE not in record.text
    assert "<img" not in record.text
    assert "onclick" not in record.text
    assert not [each for each in Forms.of(record.text).links if "javascript" in each]


@pytest.mark.parametrize(
    "back", ["//evil.test", "https://evil.test", "/\\evil.test", "/a?b", "javascript:x", "/x\nY: z"]
)
async def test_the_way_back_is_always_here(stranger: Somebody, back: str) -> None:
    answer = await stranger.http.get("/sign-in/again", params={"back": back})
    assert "evil" not in answer.text
    assert 'href="/sign-in?back=/"' in answer.text


def test_pages_are_spoken_over_http_alone(app: Secured) -> None:
    with pytest.raises(RuntimeError):
        app({"type": "websocket"}, None, None).send(None)  # type: ignore[arg-type]  # on purpose
