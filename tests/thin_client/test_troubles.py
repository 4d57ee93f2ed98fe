"""When the index is down, slow or says no: one plain page, nothing lost, nothing sent twice."""

import time
from collections.abc import Iterator

import httpx
import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser, signed_in
from tests.stories.asking import Ask
from tests.stories.made import a_child
from tests.thin_client.browsing import Forms, Somebody, nobody, text_of
from tests.thin_client.conftest import Line, Signing
from tests.thin_client.test_core import dialled, typed_of
from tests.thin_client.test_signing_in import house_of, session_of
from thin_client.clock import now_s
from thin_client.security import Secured
from thin_client.sessions import TOKENS

CUT = httpx.ConnectError("cut")
SLOW = httpx.ReadTimeout("slow")


@pytest.fixture(autouse=True)
def whole_again(line: Line) -> Iterator[None]:
    """Leave the line as it was."""
    line.whole()
    yield
    line.whole()


@pytest.mark.parametrize(
    ("fault", "answer", "heading"),
    [
        (CUT, None, "The index does not answer"),
        (SLOW, None, "The index did not answer in time"),
        (None, httpx.Response(503), "The index does not answer"),
        (None, httpx.Response(502, text="<h1>gateway"), "The index does not answer"),
        (None, httpx.Response(200, text="<h1>a login page"), "The index does not answer"),
        (None, httpx.Response(500), "The index does not answer"),
    ],
)
async def test_an_index_that_does_not_answer_is_said_plainly_with_whom_to_ring(
    sign_in: Signing, line: Line, fault: httpx.TransportError | None,
    answer: httpx.Response | None, heading: str,
) -> None:  # fmt: skip
    teacher = await sign_in("teacher")
    await teacher.get("/")
    line.fault, line.answer, line.only = fault, answer, "/v1/lookups"
    started = time.monotonic()
    page = await teacher.searches(**typed_of(a_child()))
    assert time.monotonic() - started < 11
    assert page.status_code == 503
    said = text_of(page)
    assert heading in said
    assert 'do not take this as "not known"' in page.text.replace("&quot;", '"')
    assert len(dialled(page)) > 5
    assert "gateway" not in said
    assert "login page" not in said
    line.whole()
    again = await teacher.get(str(page.url.path))  # what was typed is in the session still
    assert again.status_code == 200


async def test_a_request_whose_answer_was_lost_is_not_made_twice(
    sign_in: Signing, ask: Ask, line: Line
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    teacher = await sign_in("teacher")
    await teacher.searches(**typed_of(child))
    where = f"/children/{child_id}/contact"
    form = await teacher.get(where)
    line.whole()
    line.fault, line.after, line.only = SLOW, True, "/v1/contact-requests"
    typed = {"urgency": "same_day", "name": "Northmere Primary School", "phone": "01632 960121"}
    page = await teacher.send(form, where, **typed)
    assert page.status_code == 503
    assert "Nothing you typed is lost" in text_of(page)
    back = next(each for each in Forms.of(page.text).links if each.startswith("/kept/"))
    line.fault = None
    shown = await teacher.get(back)
    assert "Nothing was sent" in text_of(shown)
    told = await teacher.send(shown, where)
    assert "Waiting for the index team" in text_of(told)
    keys = {each.headers["idempotency-key"] for each in line.asked if each.method == "POST"}
    assert len(keys) == 1
    listed = await ask("teacher", "GET", "/v1/contact-requests")
    ours = [each for each in listed.json()["requests"] if each["child_id"] == child_id]
    assert len(ours) == 1


async def test_a_token_that_ran_out_in_the_middle_of_a_form_loses_nothing(
    app: Secured, issuer: Issuer, ask: Ask, line: Line
) -> None:
    child_id = await ask.create(a_child())
    where = f"/children/{child_id}/contact"
    async with nobody(app) as one, Browser.opened(issuer, "health_visitor") as browser:
        await signed_in(one.http, browser)
        form = await one.states_why(await one.get(where))
        session = session_of(app, one)
        session.put(TOKENS, {**session.get(TOKENS), "expires": 0, "refresh": "used-before"})
        line.whole()
        typed = {"urgency": "same_day", "name": "Northmere Clinic", "phone": "01632 960131"}
        told = await one.send(form, where, **typed)
        assert "What you typed is kept" in text_of(told)
        assert line.asked == []
        first = await one.http.get(Forms.of(told.text).links[-1])
        back = await signed_in(one.http, browser, first=first)
        shown = await one.get(back.headers["location"])
        assert "Nothing was sent" in text_of(shown)
        assert Forms.of(shown.text).forms[-1].fields["name"] == "Northmere Clinic"
        assert not [each for each in line.asked if each.method == "POST"]
        told = await one.send(shown, where)
        assert "Waiting for the index team" in text_of(told)
    assert len([each for each in line.asked if each.method == "POST"]) == 1


async def test_a_token_the_index_no_longer_takes_leads_to_signing_in_once(
    app: Secured, issuer: Issuer, line: Line
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "health_visitor") as browser:
        await signed_in(one.http, browser)
        line.whole()
        line.answer, line.only = httpx.Response(401, content=b""), "/v1/agencies"
        told = await one.get("/agencies")
        assert "Sign in" in text_of(told)
        assert not session_of(app, one).signed_in
        line.whole()
        first = await one.http.get(Forms.of(told.text).links[-1])
        back = await signed_in(one.http, browser, first=first)
        assert back.headers["location"] == "/agencies"
        assert "duty lines" in text_of(await one.get("/agencies"))
        assert (await one.http.get("/sign-in/again?back=/agencies")).status_code == 303


async def test_a_token_about_to_run_out_is_renewed_without_a_word(
    sign_in: Signing, app: Secured
) -> None:
    teacher = await sign_in("teacher")
    session = session_of(app, teacher)
    before = session.get(TOKENS)
    session.put(TOKENS, {**before, "expires": 0})
    page = await teacher.get("/agencies")
    assert page.status_code == 200
    after = session.get(TOKENS)
    assert after["access"] != before["access"]
    assert after["id_token"]


async def test_a_refusal_says_what_to_do_and_keeps_what_was_typed(sign_in: Signing) -> None:
    teacher = await sign_in("teacher")
    page = await teacher.searches(
        **typed_of(a_child()), purpose="enquire_significant_harm", reason="review"
    )
    assert page.status_code == 403
    assert "This is not a purpose your agency may ask for" in text_of(page)
    assert len(dialled(page)) > 5


async def test_an_address_of_no_page_of_ours_is_turned_away_and_not_asked(sign_in: Signing) -> None:
    teacher = await sign_in("teacher")
    page = await teacher.get("/notices?cursor=%22no%20cursor%22")
    assert page.status_code == 400
    assert "could not be read" in text_of(page)


def long_ago(app: Secured, one: Somebody, **tokens: object) -> None:
    """Let what is known of the account be old, and its tokens be so."""
    session = session_of(app, one)
    session.put("me", {**session.get("me"), "at": 0})
    session.put(TOKENS, {**session.get(TOKENS), **tokens})


async def test_an_index_that_hangs_is_waited_for_once(
    sign_in: Signing, app: Secured, line: Line
) -> None:
    teacher = await sign_in("teacher")
    await teacher.get("/")
    long_ago(app, teacher)
    line.whole()
    line.fault = SLOW
    page = await teacher.get("/agencies")
    assert page.status_code == 503
    assert {each.url.path for each in line.asked} == {"/v1/agencies"}
    assert "Contact asked for" in text_of(page)  # the ways to go are those last known


async def test_a_provider_that_is_gone_when_a_token_runs_out_is_said_plainly(
    app: Secured, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        await one.get("/")
        long_ago(app, one, expires=0)
        provider = house_of(app).provider
        found = await provider._document()
        gone = {**found, "token_endpoint": "https://127.0.0.1:9/token"}
        monkeypatch.setattr(provider, "_found", (now_s(), gone))
        page = await one.get("/agencies")
    assert page.status_code == 503
    assert "The index does not answer" in text_of(page)


async def test_what_cannot_be_read_is_said_though_the_token_has_run_out(
    app: Secured, issuer: Issuer
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        await one.get("/")
        long_ago(app, one, expires=0, refresh=None)
        page = await one.post("/", {"once": "too short"})
    assert page.status_code == 400
    assert "could not be read" in text_of(page)


async def test_a_defect_is_told_on_a_page_of_ours_and_quotes_nothing_anywhere(
    sign_in: Signing, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    teacher = await sign_in("teacher")
    await teacher.get("/")
    line.answer, line.only = httpx.Response(200, json={"Quillon": "Quillon"}), "/v1/agencies"
    with caplog.at_level("DEBUG", "thin_client"):
        page = await teacher.get("/agencies")
    assert page.status_code == 500
    assert "Something went wrong here" in text_of(page)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "defect KeyError at show_agencies" in caplog.text
    assert "Quillon" not in page.text + caplog.text
    assert "Traceback" not in caplog.text
