"""The code flow: what is asked for well is granted once, and what is not is answered by spec."""

from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from demo.issuer import Issuer
from demo.openid.sessions import TWO_FACTORS, TWO_FACTORS_NOW
from demo.signing_in import Browser, CodeFlow, NotSignedIn, claims_of, told
from index_service.domain.errors import Refused
from index_service.identity.jwks import Jwks
from index_service.identity.parsing import decoded
from index_service.identity.verifier import StrictVerifier
from tests.demo.conftest import AUDIENCE, CALLBACK
from tests.identity.forge import MovingClock

NONE = {"prompt": "none"}


async def exchanged(browser: Browser, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    answer = await browser.http.post(browser.issuer.token_url, data=form)
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def refreshing(token: str, **more: str) -> dict[str, str]:
    form = {"grant_type": "refresh_token", "client_id": "thin", "refresh_token": token}
    return {**form, **more}


async def signed_by_a_published_key(browser: Browser, token: str) -> bool:
    """Verify with what is on the wire and cryptography alone."""
    keys = (await browser.http.get(browser.issuer.jwks_url)).json()["keys"]
    text, _, signature = token.rpartition(".")
    (key,) = keys
    x, y = (int.from_bytes(decoded(key[name])) for name in ("x", "y"))
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    try:
        public.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


async def test_a_login_tells_the_application_who_when_and_how(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    tokens = await flow.tokens(browser)
    now = int(clock.now().timestamp())
    said = claims_of(tokens.id_token)
    assert len(said.pop("sid")) >= 16
    assert said == {
        "iss": browser.issuer.url,
        "aud": "thin",
        "sub": "northmere-teacher",
        "iat": now,
        "exp": now + 600,
        "auth_time": now,
        "acr": TWO_FACTORS_NOW,
        "amr": ["pwd", "otp", "mfa"],
        "nonce": flow.nonce,
    }
    assert await signed_by_a_published_key(browser, tokens.id_token)
    assert not await signed_by_a_published_key(browser, "e30." + tokens.id_token.partition(".")[2])


async def test_the_index_believes_the_access_token_of_a_login(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    tokens = await flow.tokens(browser)
    issuer = browser.issuer
    jwks = Jwks(issuer.jwks_url, str(issuer.ca_file), clock)
    strict = StrictVerifier(issuer.url, AUDIENCE, jwks, clock)
    assert (await strict.verify(tokens.access_token)).subject == "northmere-teacher"
    said = claims_of(tokens.access_token)
    assert (said["client_id"], said["scope"], said["acr"]) == ("thin", "openid", TWO_FACTORS_NOW)
    assert said["exp"] - said["iat"] == 600
    assert said["auth_time"] == int(clock.now().timestamp())
    with pytest.raises(Refused):
        await strict.verify(tokens.id_token)


async def test_the_name_is_told_to_whoever_asks_for_the_profile(
    browser: Browser, flow: CodeFlow
) -> None:
    tokens = await flow.tokens(browser, scope="profile openid")
    assert claims_of(tokens.id_token)["name"] == "Class teacher"
    assert tokens.answer["scope"] == "openid profile"


async def test_the_answer_brings_back_the_state_and_says_who_answers(
    browser: Browser, flow: CodeFlow
) -> None:
    back = told(await browser.through(flow.address()))
    assert back.pop("code")
    assert back == {"state": flow.state, "iss": browser.issuer.url}


async def test_a_request_may_be_posted(browser: Browser, flow: CodeFlow) -> None:
    address, _, query = flow.address().partition("?")
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await browser.http.post(address, content=query, headers=form)
    assert "/sign-in/" in answer.headers["location"]


async def test_a_code_is_good_for_a_minute(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    for seconds, status in ((59, 200), (60, 400)):
        back = await browser.through(flow.address())
        clock.forward(seconds)
        assert (await exchanged(browser, flow.form(back)))[0] == status


async def test_a_code_used_twice_takes_back_what_it_gave(browser: Browser, flow: CodeFlow) -> None:
    form = flow.form(await browser.through(flow.address()))
    _, given = await exchanged(browser, form)
    assert await exchanged(browser, form) == (400, {"error": "invalid_grant"})
    again = await exchanged(browser, refreshing(given["refresh_token"]))
    assert again == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code": "guess"}, "invalid_grant"),
        ({"code_verifier": "A" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/"}, "invalid_grant"),
        ({"redirect_uri": ""}, "invalid_request"),
        ({"client_id": "other"}, "invalid_grant"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "any"}, "invalid_client"),
        ({"resource": "https://index.camfield.example"}, "invalid_target"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
    ],
)
async def test_a_code_gives_nothing_to_what_did_not_ask_for_it(
    browser: Browser, flow: CodeFlow, changed: dict[str, str], error: str
) -> None:
    form = flow.form(await browser.through(flow.address()))
    status, answer = await exchanged(browser, {**form, **changed})
    assert (status, answer) == (401 if error == "invalid_client" else 400, {"error": error})
    assert (await exchanged(browser, {**form, "resource": AUDIENCE}))[0] == 200


async def test_what_cannot_be_read_in_one_way_is_refused(browser: Browser, flow: CodeFlow) -> None:
    form = flow.form(await browser.through(flow.address()))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for text in (urlencode(form) + "&client_id=thin", urlencode(form) + "&x=%ff"):
        answer = await browser.http.post(browser.issuer.token_url, content=text, headers=kind)
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    answer = await browser.http.post(browser.issuer.token_url, json=form)
    assert answer.json() == {"error": "invalid_request"}
    answer = await browser.http.get(flow.address() + "&nonce=another")
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": "line"},
        {"redirect_uri": ""},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?more=1"},
        {"redirect_uri": CALLBACK.replace("8090", "8091")},
        {"redirect_uri": CALLBACK.replace("http:", "https:")},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": "https://elsewhere.example/signed-in"},
    ],
)
async def test_an_address_not_registered_is_never_redirected_to(
    browser: Browser, flow: CodeFlow, changed: dict[str, str]
) -> None:
    answer = await browser.http.get(flow.address(**changed))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "cannot begin" in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "A" * 42}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"resource": "https://index.camfield.example"}, "invalid_target"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"id_token_hint": "a.b.c"}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://x.example/r"}, "request_uri_not_supported"),
        (NONE, "login_required"),
    ],
)
async def test_what_else_is_wrong_goes_back_to_the_application(
    browser: Browser, flow: CodeFlow, changed: dict[str, str], error: str
) -> None:
    back = await browser.through(flow.address(**changed))
    assert back.startswith(CALLBACK + "?")
    assert told(back) == {"error": error, "state": flow.state, "iss": browser.issuer.url}


async def test_a_refresh_token_is_used_once_and_a_copy_ends_them_all(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    first = await flow.tokens(browser)
    clock.forward(300)
    status, second = await exchanged(browser, refreshing(first.refresh_token))
    assert status == 200
    old, new = claims_of(first.id_token), claims_of(second["id_token"])
    assert "nonce" not in new
    for name in ("sub", "aud", "auth_time", "acr", "sid"):
        assert new[name] == old[name]
    assert claims_of(second["access_token"])["iat"] == old["iat"] + 300
    status, third = await exchanged(browser, refreshing(second["refresh_token"]))
    assert status == 200
    assert (await exchanged(browser, refreshing(first.refresh_token)))[0] == 400
    assert (await exchanged(browser, refreshing(third["refresh_token"])))[0] == 400


async def test_a_refresh_token_is_the_applications_own_and_ends(
    browser: Browser, flow: CodeFlow, clock: MovingClock
) -> None:
    token = (await flow.tokens(browser)).refresh_token
    for changed, error in (
        ({"client_id": "other"}, "invalid_grant"),
        ({"refresh_token": "guess"}, "invalid_grant"),
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"client_secret": "any"}, "invalid_client"),
    ):
        _, answer = await exchanged(browser, refreshing(token, **changed))
        assert answer == {"error": error}
    clock.forward(10 * 3600 - 1)
    status, answer = await exchanged(browser, refreshing(token, scope="openid"))
    assert status == 200
    clock.forward(1)
    assert (await exchanged(browser, refreshing(answer["refresh_token"])))[0] == 400


async def test_a_refresh_token_can_be_given_back(browser: Browser, flow: CodeFlow) -> None:
    tokens = await flow.tokens(browser)
    revoke = browser.issuer.url + "/revoke"

    async def given_back(client_id: str, token: str) -> int:
        form = {"client_id": client_id, "token": token}
        return (await browser.http.post(revoke, data=form)).status_code

    assert await given_back("thin", tokens.access_token) == 400  # it stands by itself
    assert await given_back("other", tokens.refresh_token) == 200
    status, answer = await exchanged(browser, refreshing(tokens.refresh_token))
    assert status == 200
    assert await given_back("thin", answer["refresh_token"]) == 200
    assert (await exchanged(browser, refreshing(answer["refresh_token"])))[0] == 400


async def test_discovery_names_endpoints_that_are_there_and_what_they_can(
    browser: Browser,
) -> None:
    said = (await browser.http.get(browser.issuer.discovery_url)).json()
    assert said["issuer"] == browser.issuer.url
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["acr_values_supported"] == [TWO_FACTORS, TWO_FACTORS_NOW]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["request_uri_parameter_supported"] is False
    endpoints = {name: url for name, url in said.items() if name.endswith("_endpoint")}
    assert len(endpoints) == 5
    for url in endpoints.values():
        assert url.startswith(browser.issuer.url + "/")
        assert (await browser.http.post(url, data={})).status_code in (200, 400, 401)


@pytest.mark.parametrize(
    "address",
    [
        "http://thin.example/signed-in",
        "https://thin.example/signed-in#part",
        "https://thin.example/signed-in#",
        "https://someone@thin.example/",
        "http://127.0.0.1.thin.example/",
        "ftp://127.0.0.1/",
        "/signed-in",
    ],
)
async def test_an_unsafe_address_is_not_registered(openid: Issuer, address: str) -> None:
    for asked in ([address], []), ([], [address]):
        with pytest.raises(ValueError, match="loopback"):
            openid.register("unsafe", *asked)
    openid.register("safe", ["https://thin.example/signed-in", "http://[::1]:80/x", CALLBACK])


async def test_a_login_given_up_is_told_to_the_application(
    browser: Browser, flow: CodeFlow
) -> None:
    first = await browser.http.get(flow.address())
    answer = await browser.http.post(first.headers["location"], data={"do": "cancel"})
    assert told(answer.headers["location"])["error"] == "access_denied"
    with pytest.raises(NotSignedIn):
        await browser.through(first.headers["location"])
