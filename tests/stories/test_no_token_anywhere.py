"""Every governed route refuses whoever does not prove who they are, with one identical answer."""

import asyncio
from base64 import b64encode
from dataclasses import replace

import pytest

from demo.issuer import Issuer, Mint
from index_service.api.app import contract_of_code
from index_service.domain.clock import FixedClock, SystemClock
from tests.stories.asking import Answer, Ask
from tests.stories.routes import Route, every_route

PASSED = 1 / 50  # so many anonymous entries a second are written singly; the rest is shed


async def plain(ask: Ask, route: Route, headers: dict[str, str], body: object = None) -> Answer:
    """Ask without a token of ours, no faster than the log takes single entries."""
    await asyncio.sleep(PASSED)
    return await ask(None, route.method, route.path(), body, headers=headers)


def outward(answer: Answer) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """Return all of an answer but what is new in each: its receipt and request id."""
    own = ("audit-receipt", "x-request-id")
    headers = tuple((name, value) for name, value in answer.headers.items() if name not in own)
    return answer.status_code, answer.content, headers


async def test_every_route_refuses_alike_without_a_token(ask: Ask) -> None:
    """Whatever the route, its path, its body: the token is looked at first."""
    seen = set()
    for route in every_route():
        seen.add(outward(await plain(ask, route, {})))
        seen.add(outward(await plain(ask, route, {"Content-Type": "text/plain"}, b"{broken")))
    ((status, body, headers),) = seen
    assert status == 401
    assert b'"code":"not_authenticated"' in body
    assert dict(headers)["www-authenticate"] == "Bearer"


async def test_an_impossible_id_is_not_looked_at_without_a_token(ask: Ask) -> None:
    good = await ask(None, "GET", "/v1/me")
    bad = await ask(None, "GET", "/v1/children/not-an-id?cursor=%00")
    assert outward(bad) == outward(good)


def tokens(issuer: Issuer) -> dict[str, str]:
    """Return credentials that are no good, each for a reason of its own."""
    good = issuer.token_for("teacher")
    header, claims, signature = good.split(".")
    long_ago = FixedClock(SystemClock().now().replace(year=2025))
    other_issuer = Mint("https://127.0.0.1:1", issuer.audience, SystemClock())
    other_audience = Mint(issuer.url, "https://index.camfield.example", SystemClock())
    other_key = Mint(issuer.url, issuer.audience, SystemClock())
    teacher = issuer.personas["teacher"]
    return {
        "empty": "Bearer ",
        "no token": "Bearer x",
        "another scheme": f"Basic {b64encode(b'teacher:x').decode()}",
        "two in one": f"Bearer {good} {good}",
        "no signature": f"Bearer {header}.{claims}.",
        "another's signature": f"Bearer {header}.{claims}.{signature[::-1]}",
        "expired": f"Bearer {Mint(issuer.url, issuer.audience, long_ago).token_for(teacher)}",
        "another key": f"Bearer {other_key.token_for(teacher)}",
        "another issuer": f"Bearer {other_issuer.token_for(teacher)}",
        "another audience": f"Bearer {other_audience.token_for(teacher)}",
        "bound, key not shown": f"Bearer {issuer.token_for('teacher', cnf={'x5t#S256': 'A' * 43})}",
    }


async def test_every_cause_is_one_answer(ask: Ask, issuer: Issuer) -> None:
    nothing = outward(await ask(None, "GET", "/v1/me"))
    for cause, credential in tokens(issuer).items():
        answer = await ask(None, "GET", "/v1/me", headers={"Authorization": credential})
        assert outward(answer) == nothing, cause


async def test_two_tokens_are_none(ask: Ask, issuer: Issuer) -> None:
    bearer = f"Bearer {issuer.token_for('teacher')}"
    answer = await ask.client.get("/v1/me", headers=[("authorization", bearer)] * 2)
    assert outward(answer) == outward(await ask(None, "GET", "/v1/me"))


async def test_a_login_without_an_account_is_told_so(ask: Ask, issuer: Issuer) -> None:
    """A token that holds says who asks; only then is there anybody to tell plainly."""
    stranger = replace(issuer.personas["teacher"], subject="somebody-else")
    headers = {"Authorization": f"Bearer {issuer.mint.token_for(stranger)}"}
    answer = await ask(None, "GET", "/v1/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "account_unknown")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nope", "/docs", "/openapi.json", "/v1/me/"])
async def test_there_is_nothing_beside_the_routes(ask: Ask, path: str) -> None:
    answer = await ask(None, "GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_route")


async def test_a_wrong_method_is_told_which_are_right(ask: Ask) -> None:
    answer = await ask(None, "DELETE", "/v1/lookups")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_the_routes_are_those_of_the_contract() -> None:
    """Nothing is mounted that the reviewed contract does not name."""
    paths = contract_of_code()["paths"]
    told = {Route(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert set(every_route()) == told
