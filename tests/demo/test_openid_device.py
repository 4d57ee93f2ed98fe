"""The device grant: a command line waits until somebody has logged in and said yes, once."""

from typing import Any

import pytest

from demo.openid.devices import NOT_KNOWN, SHUT
from demo.openid.tokens import DEVICE_CODE
from demo.signing_in import Browser, CodeFlow, Page, claims_of
from tests.identity.forge import MovingClock


async def asked(browser: Browser, **changed: str) -> tuple[int, dict[str, Any]]:
    form = {"client_id": "line", "scope": "openid", **changed}
    answer = await browser.http.post(f"{browser.issuer.url}/device_authorization", data=form)
    return answer.status_code, answer.json()


async def polled(browser: Browser, device_code: str, client_id: str = "line") -> dict[str, Any]:
    form = {"grant_type": DEVICE_CODE, "client_id": client_id, "device_code": device_code}
    answer = await browser.http.post(browser.issuer.token_url, data=form)
    assert (answer.status_code == 200) == ("access_token" in answer.json())
    told: dict[str, Any] = answer.json()
    return told


async def test_a_command_line_gets_tokens_once_somebody_said_yes(
    browser: Browser, clock: MovingClock
) -> None:
    status, begun = await asked(browser)
    assert status == 200
    assert (begun["expires_in"], begun["interval"]) == (600, 5)
    assert begun["verification_uri"] == f"{browser.issuer.url}/device"
    code = begun["device_code"]
    assert await polled(browser, code) == {"error": "authorization_pending"}
    assert (await browser.connects(begun["verification_uri_complete"])).startswith("Connected")
    clock.forward(5)
    given = await polled(browser, code)
    assert claims_of(given["access_token"])["sub"] == "northmere-teacher"
    assert claims_of(given["access_token"])["client_id"] == "line"
    assert given["refresh_token"]
    clock.forward(5)
    assert await polled(browser, code) == {"error": "invalid_grant"}


async def test_whoever_asks_too_often_is_told_to_slow_down(
    browser: Browser, clock: MovingClock
) -> None:
    code = (await asked(browser))[1]["device_code"]
    pending, slower = {"error": "authorization_pending"}, {"error": "slow_down"}
    waits = ((0, pending), (4, slower), (9, slower), (15, pending), (15, pending), (14, slower))
    for seconds, expected in waits:
        clock.forward(seconds)
        assert await polled(browser, code) == expected


async def test_a_device_code_runs_out(browser: Browser, clock: MovingClock) -> None:
    begun = (await asked(browser))[1]
    clock.forward(600)
    assert await polled(browser, begun["device_code"]) == {"error": "expired_token"}
    answer = await browser.http.post(begun["verification_uri"], data=begun)
    assert NOT_KNOWN in answer.text


async def test_a_device_code_is_the_asking_applications_own(browser: Browser) -> None:
    code = (await asked(browser))[1]["device_code"]
    assert await polled(browser, code, "thin") == {"error": "invalid_grant"}
    assert await polled(browser, "guess") == {"error": "invalid_grant"}
    assert await polled(browser, code) == {"error": "authorization_pending"}


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "thin"}, 400, "unauthorized_client"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"resource": "https://index.camfield.example"}, 400, "invalid_target"),
    ],
)
async def test_a_device_code_is_refused(
    browser: Browser, changed: dict[str, str], status: int, error: str
) -> None:
    assert await asked(browser, **changed) == (status, {"error": error})


async def test_who_says_no_lets_nobody_in(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    await flow.tokens(browser)
    begun = (await asked(browser))[1]
    form = {"user_code": begun["user_code"].lower().replace("-", " ")}
    confirm = (await browser.http.post(begun["verification_uri"], data=form)).headers["location"]
    page = await browser.http.get(confirm)
    assert begun["user_code"] in page.text
    assert "Class teacher" in page.text
    async with Browser.opened(browser.issuer, "manager") as other:
        answer = await other.http.post(confirm, data={"do": "yes"})
        assert answer.status_code == 400
    confirm = (await browser.http.post(begun["verification_uri"], data=form)).headers["location"]
    answer = await browser.http.post(confirm, data={"do": "no"})
    assert Page.read(answer.text).title.startswith("Not connected")
    assert (await browser.http.post(confirm, data={"do": "yes"})).status_code == 400
    assert await polled(browser, begun["device_code"]) == {"error": "access_denied"}


async def test_a_login_that_stands_does_not_say_yes_by_itself(
    browser: Browser, flow: CodeFlow
) -> None:
    await flow.tokens(browser)
    begun = (await asked(browser))[1]
    assert (await browser.http.get(begun["verification_uri_complete"])).status_code == 200
    form = {"user_code": begun["user_code"]}
    confirm = (await browser.http.post(begun["verification_uri"], data=form)).headers["location"]
    await browser.http.get(confirm)
    assert await polled(browser, begun["device_code"]) == {"error": "authorization_pending"}


async def test_typed_codes_cannot_be_tried_out(browser: Browser, clock: MovingClock) -> None:
    begun = (await asked(browser))[1]
    page = begun["verification_uri"]
    for _ in range(5):
        answer = await browser.http.post(page, data={"user_code": "BBBB-BBBB"})
        assert NOT_KNOWN in answer.text
    right = {"user_code": begun["user_code"]}
    assert SHUT in (await browser.http.post(page, data=right)).text
    clock.forward(60)
    assert (await browser.http.post(page, data=right)).is_redirect


async def test_log_out_before_the_first_token_leaves_none(browser: Browser, flow: CodeFlow) -> None:
    hint = (await flow.tokens(browser)).id_token
    begun = (await asked(browser))[1]
    await browser.connects(begun["verification_uri_complete"])
    await browser.http.get(f"{browser.issuer.url}/end-session?id_token_hint={hint}")
    assert await polled(browser, begun["device_code"]) == {"error": "invalid_grant"}
