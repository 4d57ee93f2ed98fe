"""What is left open is put away, by a page that keeps no session from it and asks nothing."""

import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser, signed_in
from tests.thin_client.browsing import Forms, Somebody, nobody, text_of
from tests.thin_client.conftest import Line
from tests.thin_client.test_signing_in import Pace, house_of, session_of
from thin_client.security import Secured
from thin_client.sessions import IDLE_S_MAX

AWAY = "This page was put away"


def passes(monkeypatch: pytest.MonkeyPatch, app: Secured, seconds: float) -> None:
    """Let so much time go by for the sessions."""
    sessions = house_of(app).sessions
    monkeypatch.setattr(sessions, "_now", Pace(seconds, sessions._now))


async def test_two_forgotten_tabs_do_not_keep_one_another_open(
    app: Secured, issuer: Issuer, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        await one.get("/agencies")
        for _ in range(3):  # each tab in its turn, minutes after the other
            line.whole()
            passes(monkeypatch, app, IDLE_S_MAX / 2 + 1)
            page = await one.http.get("/put-away?back=/agencies")
            assert page.status_code == 200  # it leads nowhere by itself
            assert AWAY in text_of(page)
            assert line.asked == []
        assert "You are signed out" in text_of(page)
        assert "Locked" in text_of(await one.get("/agencies"))


async def test_while_somebody_works_in_another_tab_one_goes_back_by_a_click(
    app: Secured, issuer: Issuer
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        page = await one.http.get("/put-away?back=/agencies")
        assert "signed out" not in text_of(page)
        assert "/agencies" in Forms.of(page.text).links
        assert "Agencies and their duty lines" in text_of(await one.get("/agencies"))


async def test_what_was_being_typed_is_kept_and_shown_to_the_same_person_again(
    app: Secured, issuer: Issuer, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with nobody(app) as one, Browser.opened(issuer, "teacher") as browser:
        await signed_in(one.http, browser)
        form = Forms.of((await one.get("/")).text).forms[-1]
        line.whole()
        passes(monkeypatch, app, IDLE_S_MAX + 1)
        typed = {**form.fields, "given_name": "Ann"}
        page = await one.post("/put-away?back=/&to=/", typed)
        assert page.status_code == 200
        said = text_of(page)
        assert "What you typed is kept. Nothing was sent." in said
        assert "Ann" not in said
        assert line.asked == []
        assert session_of(app, one).locked
        (back,) = [each for each in Forms.of(page.text).links if each.startswith("/kept/")]
        first = await one.http.get("/sign-in", params={"back": back})
        answer = await signed_in(one.http, browser, first=first)
        shown = await one.get(answer.headers["location"])
        assert "Nothing was sent" in text_of(shown)
        assert Forms.of(shown.text).forms[-1].fields["given_name"] == "Ann"


async def test_without_a_session_nothing_is_kept_and_no_page_elsewhere_is_led_to(
    stranger: Somebody,
) -> None:
    typed = {"csrf": "", "once": "A" * 22, "given_name": "Ann"}
    page = await stranger.post("/put-away?back=//elsewhere.test/&to=/", typed)
    assert AWAY in text_of(page)
    assert "is kept" not in text_of(page)
    assert "elsewhere" not in page.text


async def test_what_one_person_typed_is_not_kept_for_the_next_one_at_this_browser(
    app: Secured, issuer: Issuer
) -> None:
    async with nobody(app) as one:
        async with Browser.opened(issuer, "teacher") as first:
            await signed_in(one.http, first)
            left_open = Forms.of((await one.get("/")).text)
            (out,) = (each for each in left_open.forms if each.action == "/sign-out")
            await one.post("/sign-out", out.fields)  # in another tab; the first stays open
        async with Browser.opened(issuer, "social_worker") as second:
            await signed_in(one.http, second)
            typed = {**left_open.forms[-1].fields, "given_name": "Thessaly"}
            page = await one.post("/put-away?back=/&to=/", typed)  # the forgotten tab's script
            assert "What was typed is not kept" in text_of(page)
            assert not [each for each in Forms.of(page.text).links if each.startswith("/kept/")]
