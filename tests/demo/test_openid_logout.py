"""Log-out ends the session and what was granted in it, and goes back to known addresses only."""

from urllib.parse import urlencode

import pytest

from demo.signing_in import Browser, CodeFlow, Page, Tokens, told
from tests.demo.conftest import BYE
from tests.identity.forge import MovingClock


def leaving(browser: Browser, **fields: str) -> str:
    return f"{browser.issuer.url}/end-session?{urlencode(fields)}"


async def is_signed_in(browser: Browser, flow: CodeFlow) -> bool:
    return "code" in told(await browser.through(flow.address(prompt="none")))


async def refreshes(browser: Browser, tokens: Tokens) -> bool:
    form = {"grant_type": "refresh_token", "client_id": "thin"}
    form["refresh_token"] = tokens.refresh_token
    return (await browser.http.post(browser.issuer.token_url, data=form)).status_code == 200


async def test_log_out_ends_everything_and_goes_back(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    tokens = await flow.tokens(browser)
    unused = flow.form(await browser.through(flow.address()))
    clock.forward(3600)  # the ID token has run out; it says who is meant all the same
    hint = {"id_token_hint": tokens.id_token, "post_logout_redirect_uri": BYE, "state": "s&1"}
    back = await browser.through(leaving(browser, **hint))
    assert back.startswith(BYE)
    assert told(back) == {"state": "s&1"}
    assert not await is_signed_in(browser, flow)
    assert not await refreshes(browser, tokens)
    answer = await browser.http.post(browser.issuer.token_url, data=unused)
    assert answer.json() == {"error": "invalid_grant"}
    assert await browser.through(leaving(browser, **hint)) == back


@pytest.mark.parametrize(
    "changed",
    [
        {"post_logout_redirect_uri": "https://elsewhere.example/"},
        {"post_logout_redirect_uri": BYE + "/"},
        {"client_id": "other"},
        {"id_token_hint": "a.b.c"},
        {"id_token_hint": "e30.e30.e30"},
        {"id_token_hint": "", "client_id": "nobody"},
        {"id_token_hint": "", "client_id": ""},
    ],
)
async def test_a_log_out_that_is_not_in_order_changes_nothing(
    browser: Browser, flow: CodeFlow, changed: dict[str, str]
) -> None:
    tokens = await flow.tokens(browser)
    hint = {"id_token_hint": tokens.id_token, "post_logout_redirect_uri": BYE}
    answer = await browser.http.get(leaving(browser, **{**hint, **changed}))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert await is_signed_in(browser, flow)


async def test_an_altered_id_token_logs_nobody_out(browser: Browser, flow: CodeFlow) -> None:
    tokens = await flow.tokens(browser)
    head, claims, signature = tokens.id_token.split(".")
    altered = "A" if signature[5] != "A" else "B"
    for hint in (
        f"{head}.{claims}.{signature[:5]}{altered}{signature[6:]}",
        f"{head}.{claims}.",
        tokens.access_token,
    ):
        answer = await browser.http.get(leaving(browser, id_token_hint=hint))
        assert answer.status_code == 400
    assert await refreshes(browser, tokens)


async def test_only_an_id_token_says_who_logged_in(browser: Browser, flow: CodeFlow) -> None:
    tokens = await flow.tokens(browser)
    assert browser.issuer.mint.said(tokens.id_token)["sub"] == "northmere-teacher"
    with pytest.raises(ValueError, match="no ID token"):
        browser.issuer.mint.said(tokens.access_token)


@pytest.mark.parametrize("knows_client", [True, False])
async def test_without_an_id_token_one_is_asked_first(
    browser: Browser, flow: CodeFlow, knows_client: bool
) -> None:
    tokens = await flow.tokens(browser)
    named = {"client_id": "thin", "post_logout_redirect_uri": BYE} if knows_client else {}
    page = await browser.http.get(leaving(browser, **named))
    assert page.status_code == 200
    fields = Page.read(page.text).fields
    assert fields == named
    stays = await browser.http.post(leaving(browser), data={**fields, "do": "no"})
    assert "still signed in" in stays.text
    assert await is_signed_in(browser, flow)
    goes = await browser.http.post(leaving(browser), data={**fields, "do": "yes"})
    assert goes.headers.get("location") == (BYE if knows_client else None)
    assert not await is_signed_in(browser, flow)
    assert not await refreshes(browser, tokens)


async def test_another_site_cannot_log_anybody_out(browser: Browser, flow: CodeFlow) -> None:
    tokens = await flow.tokens(browser)
    await browser.http.get(leaving(browser, do="yes"))
    async with Browser.opened(browser.issuer, "teacher") as without_cookies:
        await without_cookies.http.post(leaving(browser), data={"do": "yes"})
    assert await is_signed_in(browser, flow)
    assert await refreshes(browser, tokens)


async def test_anothers_id_token_does_not_log_this_browser_out_unasked(
    browser: Browser, flow: CodeFlow
) -> None:
    await flow.tokens(browser)
    async with Browser.opened(browser.issuer, "manager") as other:
        theirs = await flow.tokens(other)
    page = await browser.http.get(leaving(browser, id_token_hint=theirs.id_token))
    assert "Sign out?" in page.text
    assert await is_signed_in(browser, flow)
