"""Signing in and out against a real provider: new ids, a second factor, a log-out that is real."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser, claims_of, signed_in, told
from tests.thin_client.browsing import Somebody, nobody, somebody, text_of
from tests.thin_client.conftest import Line
from thin_client.app import create_app
from thin_client.asking import House, SignInNeeded, Visit
from thin_client.provider import Provider
from thin_client.security import Secured
from thin_client.sessions import IDLE_S_MAX, LIFE_S_MAX, WHO, Session
from thin_client.settings import Settings
from thin_client.signing_in import SigningIn

SESSION = "__Host-session"


async def test_signing_in_begins_a_session_of_a_new_id_that_only_this_host_sees(
    app: Secured, issuer: Issuer
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        one.http.cookies.set(SESSION, "A" * 64, domain="client.test", path="/")
        answer = await signed_in(one.http, browser)
        told = next(each for each in answer.headers.get_list("set-cookie") if SESSION in each)
        assert "HttpOnly" in told
        assert "Secure" in told
        assert "SameSite=lax" in told
        assert "Path=/" in told
        assert "Domain" not in told
        assert "A" * 64 not in told
        first = one.http.cookies.get(SESSION, domain="client.test") or ""
        again = await signed_in(one.http, browser)
        second = next(each for each in again.headers.get_list("set-cookie") if SESSION in each)
        assert first not in second
        stale = httpx.Cookies({SESSION: first})
    async with nobody(app) as thief:
        thief.http.cookies.update(stale)
        assert "Sign in" in text_of(await thief.get("/"))


async def test_what_is_asked_of_the_provider_is_bound_to_this_browser(stranger: Somebody) -> None:
    answer = await stranger.http.get("/sign-in")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge", "resource"} <= set(asked)
    begun = answer.headers["set-cookie"]
    for each in ("state", "nonce"):
        assert asked[each][0] not in begun


async def test_a_code_of_somebody_elses_sign_in_is_not_taken(
    app: Secured, issuer: Issuer, stranger: Somebody
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        begun = await one.http.get("/sign-in")
        back = await browser.through(begun.headers["location"])
        path = f"{urlsplit(back).path}?{urlsplit(back).query}"
        answer = await stranger.http.get(path)  # the victim's browser, led to an attacker's code
        assert answer.status_code == 400
        assert SESSION not in answer.headers.get("set-cookie", "")
        assert (await one.http.get(path)).status_code == 303
        assert (await one.http.get(path)).status_code == 400  # a code counts once


@pytest.mark.parametrize("query", ["", "?state=x", "?error=access_denied&state=x", "?code=&state="])
async def test_a_sign_in_that_was_never_begun_fails_plainly(stranger: Somebody, query: str) -> None:
    answer = await stranger.http.get(f"/signed-in{query}")
    assert answer.status_code == 400
    assert "Signing in did not work" in text_of(answer)


async def test_after_signing_out_nothing_opens_and_the_provider_knows(
    app: Secured, issuer: Issuer
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        cookie = one.http.cookies.get(SESSION) or ""
        out = await one.send(await one.get("/"), "/sign-out", follow=False)
        assert out.headers["clear-site-data"] == '"cache", "cookies", "storage"'
        assert out.headers["location"].startswith(f"{issuer.url}/end-session?")
        back = await browser.http.get(out.headers["location"])
        assert back.headers["location"].startswith("https://client.test/signed-out")
        said = text_of(await one.get("/signed-out"))
        assert "You are signed out" in said
        assert "A file you saved" in said  # an export that was handed over is out of our hands
        assert not one.http.cookies.get(SESSION)
        one.http.cookies.set(SESSION, cookie, domain="client.test", path="/")
        assert "Sign in" in text_of(await one.get("/"))
        begun = await one.http.get("/sign-in")
        page = await browser.http.get(begun.headers["location"], follow_redirects=True)
        assert "password" in page.text  # no way in without the factors


@pytest.mark.parametrize(("scope", "hinted"), [("openid", True), ("openid profile", False)])
async def test_no_address_of_signing_out_carries_a_name(
    client_settings: Settings, line: Line, issuer: Issuer, scope: str, hinted: bool
) -> None:
    """Addresses stay in histories and logs; an ID token with a name in it is kept out of them."""
    app = create_app(client_settings.model_copy(update={"scope": scope}), line)
    async with somebody(app, issuer, "teacher") as one:
        out = await one.send(await one.get("/"), "/sign-out", follow=False)
    asked = told(out.headers["location"])
    assert ("id_token_hint" in asked) is hinted
    assert asked["client_id"] == client_settings.client_id
    claims = claims_of(asked["id_token_hint"]) if hinted else {}
    assert "name" not in claims


async def test_signing_out_from_a_page_elsewhere_is_not_taken(app: Secured, issuer: Issuer) -> None:
    async with somebody(app, issuer, "health_visitor") as one:
        answer = await one.post("/sign-out", {"csrf": "0" * 64, "once": "A" * 22})
        assert answer.status_code == 400
        assert (await one.get("/")).status_code == 200


class Pace:
    """Seconds as a test says: the sessions' own clock, run ahead."""

    def __init__(self, ahead_s: float, now: Callable[[], float]) -> None:
        self._ahead_s, self._now = ahead_s, now

    def __call__(self) -> float:
        return self._now() + self._ahead_s


async def test_an_idle_session_is_locked_and_opens_again_for_the_same_person(
    app: Secured, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "police_desk") as browser:
        await signed_in(one.http, browser)
        page = await one.get("/")
        sessions = house_of(app).sessions
        monkeypatch.setattr(sessions, "_now", Pace(IDLE_S_MAX + 1, sessions._now))
        locked = await one.send(page, "/", number="NM00099", given_name="Ann")
        said = text_of(locked)
        assert "Locked" in said
        assert "What you typed is kept" in said
        begin = locked.text.partition('<a href="/sign-in?back=')[2].partition('"')[0]
        first = await one.http.get(f"/sign-in?back={begin}")
        back = await signed_in(one.http, browser, first=first)
        shown = await one.get(back.headers["location"])
        assert "Nothing was sent" in text_of(shown)
        assert 'value="NM00099"' in shown.text
        monkeypatch.setattr(sessions, "_now", Pace(LIFE_S_MAX, sessions._now))
        assert "Who works with this child?" in text_of(await one.get("/"))


async def test_a_stronger_sign_in_is_asked_for_and_counts_for_five_minutes(
    app: Secured, issuer: Issuer
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        said = text_of(await one.get("/sign-in/again?back=/agencies&stronger=yes"))
        assert "Confirm that it is you" in said
        first = await one.http.get("/sign-in?back=/agencies&stronger=yes")
        asked = parse_qs(urlsplit(first.headers["location"]).query)
        house = house_of(app)
        assert asked["acr_values"] == [house.settings.acr_stepped_up]
        answer = await signed_in(one.http, browser, first=first)
        assert answer.headers["location"] == "/agencies"
        session = session_of(app, one)
        Visit(house, None, session).signed_in_strongly()  # type: ignore[arg-type]  # no request
        known = session.get("who")
        session.put("who", {**known, "auth_time": known["auth_time"] - 301})
        with pytest.raises(SignInNeeded):
            Visit(house, None, session).signed_in_strongly()  # type: ignore[arg-type]  # likewise


async def test_a_sign_in_nobody_says_the_time_of_is_not_one_of_just_now(
    client_settings: Settings, line: Line, issuer: Issuer
) -> None:
    """OpenID Connect lets a provider leave auth_time out; a sign-on may be of hours ago."""
    app = create_app(client_settings.model_copy(update={"acr_stepped_up": "none"}), line)
    async with somebody(app, issuer, "teacher") as one:
        session, house = session_of(app, one), house_of(app)
        Visit(house, None, session).signed_in_strongly()  # type: ignore[arg-type]  # no request
        claims = {"iss": issuer.url, "sub": "teacher"}
        session.put(WHO, SigningIn(house, bytes(32))._who(claims))
        with pytest.raises(SignInNeeded):
            Visit(house, None, session).signed_in_strongly()  # type: ignore[arg-type]  # likewise


@pytest.mark.parametrize(("said", "lasts_s"), [({}, 300), ({"expires_in": 60}, 60)])
async def test_a_token_whose_end_is_not_said_is_taken_for_a_short_one(
    client_settings: Settings, issuer: Issuer, said: dict[str, int], lasts_s: int
) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", **said})
        place = {"issuer": issuer.url, "authorization_endpoint": issuer.url}
        return httpx.Response(
            200, json={**place, "token_endpoint": issuer.url, "jwks_uri": issuer.url}
        )

    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as http:
        provider = Provider(client_settings, http, lambda: 1000.0)
        assert (await provider.refreshed("r")).expires == 1000 + lasts_s


def house_of(app: Secured) -> House:
    """Return what the pages work with."""
    pages: Any = app._app
    house: House = pages.state.house
    return house


def session_of(app: Secured, one: Somebody) -> Session:
    """Return the session of a browser."""
    session = house_of(app).sessions.opened(one.http.cookies.get(SESSION) or "")
    assert session is not None
    return session
