"""The demo's identity provider and its personas: real tokens, for people who could exist."""

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest

from consent.facts import Role
from demo.issuer import Issuer
from demo.personas import AGENCIES, CHECKED_DAYS_AGO, LAPSED, personas
from demo.signing_in import Browser, CodeFlow, claims_of
from index_service.domain.clock import SystemClock
from index_service.domain.errors import Refused
from index_service.domain.fields import checked_org_name, checked_phone
from index_service.identity.jwks import COOL_DOWN_SECONDS, Jwks
from index_service.identity.verifier import Confirmation, ConfirmationMethod, StrictVerifier
from tests.demo.conftest import BYE, CALLBACK
from tests.identity.forge import MovingClock

AUDIENCE = "https://index.northmere.example"


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Issuer]:
    async with Issuer.running(tmp_path, AUDIENCE) as provider:
        yield provider


def verifier(provider: Issuer, clock: MovingClock | SystemClock) -> StrictVerifier:
    jwks = Jwks(provider.jwks_url, str(provider.ca_file), clock)
    return StrictVerifier(provider.url, AUDIENCE, jwks, clock)


async def asked(provider: Issuer, form: dict[str, str]) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as session:
        context = verifier(provider, SystemClock())._jwks._tls
        async with session.post(provider.token_url, data=form, ssl=context) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.json()


async def test_every_persona_gets_a_token_the_index_believes(provider: Issuer) -> None:
    strict = verifier(provider, SystemClock())
    assert len(provider.personas) == 14
    for persona in provider.personas.values():
        said = await strict.verify(provider.token_for(persona))
        assert said.subject == persona.subject
        assert said.expires_at - said.issued_at == timedelta(minutes=10)


async def test_a_bound_token_names_its_key(provider: Issuer) -> None:
    token = provider.token_for("teacher", cnf={"jkt": "A" * 43})
    said = await verifier(provider, SystemClock()).verify(token)
    assert said.confirmation == Confirmation(ConfirmationMethod.KEY, "A" * 43)


async def test_the_token_endpoint_gives_a_token_for_the_secret(provider: Issuer) -> None:
    form = {"grant_type": "client_credentials", "client_id": "teacher"}
    status, answer = await asked(provider, {**form, "client_secret": provider.secret})
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", 600)
    said = await verifier(provider, SystemClock()).verify(str(answer["access_token"]))
    assert said.subject == "northmere-teacher"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_the_token_endpoint_refuses(
    provider: Issuer, changed: dict[str, str], error: str
) -> None:
    form = {"grant_type": "client_credentials", "client_id": "teacher"}
    form["client_secret"] = provider.secret
    status, answer = await asked(provider, {**form, **changed})
    assert status in (400, 401)
    assert answer == {"error": error}


async def test_discovery_names_what_is_there(provider: Issuer) -> None:
    async with aiohttp.ClientSession() as session:
        context = verifier(provider, SystemClock())._jwks._tls
        url = provider.url + "/.well-known/openid-configuration"
        async with session.get(url, ssl=context) as answer:
            said = await answer.json()
    assert (said["issuer"], said["jwks_uri"]) == (provider.url, provider.jwks_url)


async def test_a_turned_key_is_followed_and_a_withdrawn_one_is_not_believed(
    tmp_path: Path,
) -> None:
    clock = MovingClock()
    async with Issuer.running(tmp_path, AUDIENCE, clock=clock) as provider:
        strict = verifier(provider, clock)
        old = provider.token_for("teacher")
        await strict.verify(old)
        provider.rotate()
        clock.forward(COOL_DOWN_SECONDS)
        await strict.verify(provider.token_for("teacher"))
        await strict.verify(old)
        provider.rotate(keep_old=False)
        clock.forward(COOL_DOWN_SECONDS)
        await strict.verify(provider.token_for("teacher"))
        with pytest.raises(Refused):
            await strict.verify(old)


def test_personas_could_be_accounts_of_this_index() -> None:
    today = SystemClock().today()
    everyone = personas(today)
    assert {persona.account.role for persona in everyone.values()} == set(Role)
    assert len({persona.subject for persona in everyone.values()}) == len(everyone)
    assert len({persona.account.id for persona in everyone.values()}) == len(everyone)
    for persona in everyone.values():
        assert persona.agency in AGENCIES
        assert persona.account.agency_id == persona.agency.id
        assert persona.account.id.version == 4
    for agency in AGENCIES:
        assert checked_org_name(agency.name) == agency.name
        for phone in (agency.duty_phone, agency.lead_phone, agency.out_of_hours or "111"):
            assert checked_phone(phone) == phone


def test_only_the_lapsed_nurses_check_is_older_than_three_years() -> None:
    today = SystemClock().today()
    for name, persona in personas(today).items():
        assert persona.account.checked_on is not None
        age = today - persona.account.checked_on
        assert (age > timedelta(days=3 * 366)) == (name == LAPSED)
        assert age >= timedelta(days=CHECKED_DAYS_AGO)


async def test_the_demos_pages_need_no_certificate_and_programs_still_do(tmp_path: Path) -> None:
    """A browser that has never heard of the run's authority logs in without a warning."""
    async with Issuer.running(tmp_path, AUDIENCE, plain_pages=True) as issuer:
        issuer.register("thin", [CALLBACK], [BYE])
        trusted = ssl.create_default_context(cafile=str(issuer.ca_file))
        async with httpx.AsyncClient(verify=trusted, trust_env=False) as http:
            told_of = (await http.get(issuer.discovery_url)).json()
        addresses = {
            name: urlsplit(each).scheme
            for name, each in told_of.items()
            if isinstance(each, str) and name != "issuer"
        }
        over_http = {name for name, scheme in addresses.items() if scheme == "http"}
        assert over_http == {"authorization_endpoint", "end_session_endpoint"}
        async with Browser.opened(issuer, "teacher") as browser:
            tokens = await CodeFlow(issuer, "thin", CALLBACK).tokens(browser)
        assert claims_of(tokens.access_token)["iss"] == issuer.url
        assert told_of["issuer"] == issuer.url
        assert issuer.url.startswith("https:")
