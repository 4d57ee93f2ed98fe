"""Logging in: two pages, two factors, a session that is silent until more is asked for."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import Receive, Scope, Send

from demo.issuer import Issuer
from demo.openid.login import SHUT, WRONG, WRONG_CODE
from demo.openid.second_factor import SecondFactors, Tries, _Phone
from demo.openid.sessions import TWO_FACTORS, TWO_FACTORS_NOW
from demo.personas import personas
from demo.signing_in import Browser, CodeFlow, NotSignedIn, Page, claims_of, signed_in, told
from demo.towns import TOWNS, Town, people_of
from tests.demo.conftest import CALLBACK
from tests.identity.forge import MovingClock

TEACHER = "northmere-teacher"


async def begun(browser: Browser, flow: CodeFlow, **more: str) -> str:
    """Begin a login; return the address of its pages."""
    answer = await browser.http.get(flow.address(**more))
    return str(answer.headers["location"])


async def posted(browser: Browser, address: str, **form: str) -> httpx.Response:
    """Post a page; return the page, or the redirect that leaves the provider."""
    answer = await browser.http.post(address, data=form)
    while answer.is_redirect and answer.headers["location"].startswith(("/", address)):
        answer = await browser.http.get(answer.url.join(answer.headers["location"]))
    return answer


async def with_password(browser: Browser, address: str) -> Page:
    password = browser.issuer.second_factors.password(TEACHER)
    return Page.read((await posted(browser, address, name="teacher", password=password)).text)


def session_cookie(browser: Browser) -> str | None:
    found = [each for each in browser.http.cookies.jar if "-login-" in each.name]
    return found[0].value if found else None


async def test_one_click_fills_in_a_personas_password(browser: Browser, flow: CodeFlow) -> None:
    address = await begun(browser, flow)
    empty = Page.read((await browser.http.get(address)).text)
    assert empty.fields == {"name": "", "password": ""}
    filled = Page.read((await posted(browser, address, fill="teacher")).text)
    password = browser.issuer.second_factors.password(TEACHER)
    assert filled.fields == {"name": "teacher", "password": password}
    other = Page.read((await posted(browser, address, fill="manager")).text)
    assert other.fields["password"] not in ("", password)
    hinted = await browser.http.get(await begun(browser, flow, login_hint="teacher"))
    assert Page.read(hinted.text).fields == {"name": "teacher", "password": ""}


async def test_the_second_page_shows_the_code_and_only_after_the_password(
    browser: Browser, flow: CodeFlow
) -> None:
    address = await begun(browser, flow)
    for name, password in (("teacher", "guess"), ("nobody", "guess"), ("", "")):
        answer = await posted(browser, address, name=name, password=password)
        assert WRONG in answer.text
        assert Page.read(answer.text).code is None
    page = await with_password(browser, address)
    assert page.code == browser.issuer.second_factors.code_to_type(TEACHER)
    assert session_cookie(browser) is None
    answer = await posted(browser, address, code=f" {page.code[:3]} {page.code[3:]} ")
    assert told(answer.headers["location"])["code"]
    assert session_cookie(browser) is not None


async def test_a_code_is_not_accepted_twice(browser: Browser, flow: CodeFlow) -> None:
    address = await begun(browser, flow)
    code = (await with_password(browser, address)).code or ""
    assert (await posted(browser, address, code=code)).is_redirect
    address = await begun(browser, flow, prompt="login")
    again = await with_password(browser, address)
    assert again.code not in (None, code)
    answer = await posted(browser, address, code=code)
    assert WRONG_CODE in answer.text


def test_codes_are_those_of_rfc_6238() -> None:
    clock = MovingClock()
    clock.at = clock.at.fromtimestamp(59, clock.at.tzinfo)
    factors = SecondFactors(clock)
    key = b"12345678901234567890"
    sha1 = hashes.SHA1()  # noqa: S303 (the standard's own vectors)
    factors._phones["x"] = _Phone(TOTP(key, 6, sha1, 30))
    assert factors.code_to_type("x") == "287082"  # appendix B, the last six of eight digits


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (2, False)])
def test_a_code_drifts_by_one_step(steps: int, taken: bool) -> None:
    clock = MovingClock()
    factors = SecondFactors(clock)
    clock.forward(steps * 30)
    code = factors.code_to_type("x") or ""
    clock.forward(-steps * 30)
    assert factors.takes("x", code) is taken
    assert factors.takes("x", code) is False


def test_used_up_codes_come_again_with_the_next_step_or_a_new_phone() -> None:
    clock = MovingClock()
    factors = SecondFactors(clock)
    for _ in range(2):
        assert factors.takes("x", factors.code_to_type("x") or "")
    assert factors.code_to_type("x") is None
    clock.forward(30)
    assert factors.takes("x", factors.code_to_type("x") or "")
    factors.enrol("x")
    assert factors.takes("x", factors.code_to_type("x") or "")


async def test_five_wrong_tries_shut_the_login_for_a_minute(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    address = await begun(browser, flow)
    for _ in range(3):
        await posted(browser, address, name="teacher", password="guess")
    page = await with_password(browser, address)
    for _ in range(2):
        answer = await posted(browser, address, code="12345")
        assert WRONG_CODE in answer.text
    assert SHUT in (await posted(browser, address, code=page.code or "")).text
    fresh = await begun(browser, flow)
    password = browser.issuer.second_factors.password(TEACHER)
    clock.forward(59)
    assert SHUT in (await posted(browser, fresh, name="teacher", password=password)).text
    clock.forward(1)
    page = await with_password(browser, fresh)
    assert (await posted(browser, fresh, code=page.code or "")).is_redirect


def test_a_right_answer_forgets_the_wrong_ones_before_it() -> None:
    tries = Tries(MovingClock())
    for _ in range(4):
        tries.wrong("x")
    tries.right("x")
    tries.wrong("x")
    assert not tries.shut("x")


async def test_a_login_that_stands_is_silent(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    first = claims_of((await flow.tokens(browser)).id_token)
    clock.forward(300)
    back = (await browser.http.get(flow.address(prompt="none"))).headers["location"]
    answer = await browser.http.post(browser.issuer.token_url, data=flow.form(back))
    second = claims_of(answer.json()["id_token"])
    assert (second["sid"], second["auth_time"]) == (first["sid"], first["auth_time"])
    assert (first["acr"], second["acr"]) == (TWO_FACTORS_NOW, TWO_FACTORS)
    clock.forward(10 * 3600 - 300)
    assert told(await browser.through(flow.address(prompt="none")))["error"] == "login_required"


async def test_more_than_a_silent_login_is_asked_for_and_got(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    first = claims_of((await flow.tokens(browser)).id_token)
    clock.forward(100)
    silent = {"max_age": "101"}, {"acr_values": TWO_FACTORS}, {"acr_values": "urn:other"}
    for asked in silent:
        assert told(await browser.through(flow.address(prompt="none", **asked)))["code"]
    louder = {"max_age": "100"}, {"max_age": "0"}, {"acr_values": TWO_FACTORS_NOW}
    for asked in louder:
        back = told(await browser.through(flow.address(prompt="none", **asked)))
        assert back["error"] == "login_required"
    for asked in (*louder, {"prompt": "login"}):
        clock.forward(100)
        said = claims_of((await flow.tokens(browser, **asked)).id_token)
        assert (said["sid"], said["acr"]) == (first["sid"], TWO_FACTORS_NOW)
        assert said["auth_time"] == int(clock.now().timestamp())


async def test_a_step_up_asks_for_the_code_alone_and_of_the_same_persona(
    browser: Browser, flow: CodeFlow
) -> None:
    await flow.tokens(browser)
    address = await begun(browser, flow, acr_values=TWO_FACTORS_NOW)
    page = Page.read((await browser.http.get(address)).text)
    assert set(page.fields) == {"code"}
    await posted(browser, address, do="restart")
    assert set(Page.read((await browser.http.get(address)).text).fields) == {"code"}
    again = await begun(browser, flow, prompt="login")
    assert set(Page.read((await browser.http.get(again)).text).fields) == {"name", "password"}


async def test_a_code_alone_makes_no_login_once_the_session_is_gone(
    browser: Browser, flow: CodeFlow
) -> None:
    tokens = await flow.tokens(browser)
    address = await begun(browser, flow, acr_values=TWO_FACTORS_NOW)
    page = Page.read((await browser.http.get(address)).text)
    await browser.http.get(f"{browser.issuer.url}/end-session?id_token_hint={tokens.id_token}")
    answer = await posted(browser, address, code=page.code or "")
    assert answer.status_code == 400
    assert told(await browser.through(flow.address(prompt="none")))["error"] == "login_required"


async def test_silence_is_for_the_persona_the_application_means(
    browser: Browser, flow: CodeFlow
) -> None:
    tokens = await flow.tokens(browser)
    asked = {"prompt": "none", "id_token_hint": tokens.id_token}
    assert told(await browser.through(flow.address(**asked)))["code"]
    browser.persona = "manager"
    await flow.tokens(browser, prompt="login")
    assert told(await browser.through(flow.address(**asked)))["error"] == "login_required"


async def test_another_persona_in_the_same_browser_ends_the_first_ones_grants(
    browser: Browser, flow: CodeFlow
) -> None:
    first = await flow.tokens(browser)
    browser.persona = "manager"
    second = await flow.tokens(browser, prompt="login")
    assert claims_of(first.id_token)["sid"] != claims_of(second.id_token)["sid"]
    for tokens, status in ((first, 400), (second, 200)):
        form = {"grant_type": "refresh_token", "client_id": "thin"}
        form["refresh_token"] = tokens.refresh_token
        answer = await browser.http.post(browser.issuer.token_url, data=form)
        assert answer.status_code == status


async def test_a_login_is_finished_in_the_browser_it_began_in(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    address = await begun(browser, flow)
    async with Browser.opened(browser.issuer, "teacher") as other:
        await begun(other, flow)
        assert (await other.http.get(address)).status_code == 400
        assert (await other.http.post(address, data={"fill": "teacher"})).status_code == 400
    clock.forward(599)
    assert (await browser.http.get(address)).status_code == 200
    clock.forward(1)
    assert (await browser.http.get(address)).status_code == 400


async def test_two_tabs_log_in_side_by_side(browser: Browser, flow: CodeFlow) -> None:
    first, second = await begun(browser, flow), await begun(browser, flow)
    assert told(await browser.through(first))["code"]
    assert told(await browser.through(second))["code"]
    with pytest.raises(NotSignedIn):
        await browser.through(first)


async def test_every_login_has_a_session_of_its_own(browser: Browser, flow: CodeFlow) -> None:
    await flow.tokens(browser)
    before = session_cookie(browser) or ""
    await flow.tokens(browser, prompt="login")
    assert session_cookie(browser) not in ("", before)
    name = next(each.name for each in browser.http.cookies.jar if "-login-" in each.name)
    async with Browser.opened(browser.issuer, "teacher") as thief:
        thief.http.cookies.set(name, before)
        assert told(await thief.through(flow.address(prompt="none")))["error"] == "login_required"


async def test_cookies_are_for_this_host_over_tls_and_no_script(
    browser: Browser, flow: CodeFlow
) -> None:
    address = await begun(browser, flow)
    page = await with_password(browser, address)
    answers = [
        await browser.http.get(flow.address()),
        await posted(browser, address, code=page.code or ""),
    ]
    set_cookies = [each for answer in answers for each in answer.headers.get_list("set-cookie")]
    assert len(set_cookies) == 2
    for cookie in set_cookies:
        assert cookie.startswith("__Host-openid-")
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} == attributes


class Labels(HTMLParser):
    """What the pages' inputs, labels, ids and links are."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: set[str] = set()
        self.labels: set[str] = set()
        self.ids: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [said["id"]] if "id" in said else []
        if tag == "input" and said.get("type") != "hidden":
            self.inputs.add(said["id"])
        if tag == "label":
            self.labels.add(said["for"])
        assert not [name for name in said if name.startswith("on") or name == "style"]


async def test_pages_need_no_script_and_label_what_they_ask(
    browser: Browser, flow: CodeFlow
) -> None:
    address = await begun(browser, flow)
    answers = [await browser.http.get(address), await posted(browser, address, name="x")]
    await with_password(browser, address)
    answers += [await browser.http.get(address), await posted(browser, address, code="1")]
    answers += [await browser.http.get(f"{browser.issuer.url}/device")]
    for answer in answers:
        page = Labels()
        page.feed(answer.text)
        assert page.inputs
        assert page.inputs == page.labels
        assert len(page.ids) == len(set(page.ids))
        assert "script" not in page.tags
        assert page.tags.count("h1") == page.tags.count("main") == 1
        assert "Demo only" in answer.text or "device" in str(answer.url)
        assert answer.headers["Cache-Control"] == "no-store"
    policy = answers[0].headers["Content-Security-Policy"]
    assert "script" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8090;" in policy
    assert re.search("^<title>Error: ", answers[1].text, re.MULTILINE)
    styles = await browser.http.get(f"{browser.issuer.url}/sign-in.css")
    assert styles.headers["content-type"].startswith("text/css")
    assert "@import" not in styles.text
    assert "url(" not in styles.text


async def test_hostile_names_are_shown_as_text(browser: Browser, flow: CodeFlow) -> None:
    hostile = '"><script>alert(1)</script>'
    teacher = browser.issuer.personas["teacher"]
    browser.issuer.personas = {"teacher": replace(teacher, title=hostile)}
    address = await begun(browser, flow, login_hint=hostile)
    for _ in range(2):
        text = (await browser.http.get(address)).text
        assert "<script" not in text
        assert "&lt;script&gt;" in text
        await with_password(browser, address)


@pytest.mark.parametrize("town", TOWNS.values(), ids=TOWNS)
async def test_all_personas_of_a_town_log_in(
    tmp_path: Path, clock: MovingClock, town: Town
) -> None:
    async with Issuer.running(tmp_path, town.audience, clock=clock) as issuer:
        issuer.personas = people_of(town, personas(clock.today()))
        issuer.register("thin", [CALLBACK])
        flow = CodeFlow(issuer, "thin", CALLBACK)
        async with Browser.opened(issuer, "teacher") as browser:
            for name, persona in issuer.personas.items():
                browser.persona = name
                tokens = await flow.tokens(browser, prompt="login")
                assert claims_of(tokens.access_token)["sub"] == persona.subject


async def test_an_application_is_logged_in_to_as_a_browser_would(
    browser: Browser, flow: CodeFlow
) -> None:
    async def thin(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        begins = RedirectResponse(flow.address(), 303)
        ends = PlainTextResponse(request.url.query)
        await (begins if request.url.path == "/sign-in" else ends)(scope, receive, send)

    transport = httpx.ASGITransport(thin)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8090") as http:
        answer = await signed_in(http, browser)
        assert "code=" in answer.text
        with pytest.raises(NotSignedIn):
            await signed_in(http, browser, httpx.Response(200))
