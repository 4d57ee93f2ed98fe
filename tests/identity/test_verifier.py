"""Only real tokens are believed, and every other is refused in the same way."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jose import jwt as jose_jwt
from jose.exceptions import JOSEError
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey, RSAKey

from demo.certificates import ServerTls
from index_service.domain.errors import Code, Refused
from index_service.identity import verifier as room
from index_service.identity.jwks import Jwks, NotHttps, VerificationKey
from index_service.identity.parsing import encoded
from index_service.identity.verifier import Confirmation, ConfirmationMethod, StrictVerifier
from tests.identity.battery import attacks
from tests.identity.forge import (
    AUDIENCE,
    EC_KEY,
    ISSUER,
    NOW,
    RSA_KEY,
    KeyServer,
    MovingClock,
    claims,
    ec_jwk,
    es256,
    header,
    key_server,
    key_set,
    rs256,
    rsa_jwk,
    signed_text,
    token,
)

ROOT = Path(__file__).resolve().parents[2]


class CountingJwks(Jwks):
    """Counts how often a key was wanted, which a token believed before does not."""

    wanted = 0

    async def key(self, kid: str) -> VerificationKey | None:
        self.wanted += 1
        return await super().key(kid)


class Room:
    """A verifier with its key server and clock."""

    def __init__(self, server: KeyServer, tls: ServerTls) -> None:
        self.server = server
        self.clock = MovingClock()
        self.jwks = CountingJwks(server.url, str(tls.ca_file), self.clock)
        self.verifier = StrictVerifier(ISSUER, AUDIENCE, self.jwks, self.clock)

    async def refuses(self, text: str) -> bool:
        try:
            await self.verifier.verify(text)
        except Refused as refused:
            return refused.code is Code.NOT_AUTHENTICATED
        return False


@pytest.fixture
async def here(tls: ServerTls) -> AsyncIterator[Room]:
    async with key_server(tls) as server:
        made = Room(server, tls)
        yield made
        await made.jwks.close()


async def test_a_good_token_is_believed_and_read(here: Room) -> None:
    said = await here.verifier.verify(token())
    assert (said.issuer, said.subject, said.token_id) == (
        ISSUER,
        "northmere-social-worker",
        "0b9f4a3e",
    )
    assert said.issued_at == NOW
    assert said.expires_at == NOW + timedelta(seconds=600)
    assert said.confirmation is None


async def test_a_good_rs256_token_is_believed(here: Room) -> None:
    text = signed_text(header(alg="RS256", kid="rsa-1"), claims())
    said = await here.verifier.verify(f"{text}.{encoded(rs256(text.encode()))}")
    assert said.subject == "northmere-social-worker"


@pytest.mark.parametrize("method", list(ConfirmationMethod))
async def test_a_bound_token_says_to_what(here: Room, method: ConfirmationMethod) -> None:
    thumbprint = encoded(b"\x07" * 32)
    said = await here.verifier.verify(token(body=claims(cnf={method.value: thumbprint})))
    assert said.confirmation == Confirmation(method, thumbprint)


async def test_claims_we_do_not_know_are_passed_over(here: Room) -> None:
    await here.verifier.verify(token(body=claims(scope="index", groups=["a", "b"], act={"x": {}})))


async def test_no_attack_token_is_believed_and_all_are_refused_alike(here: Room) -> None:
    battery = attacks()
    assert len(battery) >= 95
    believed, seen = [], set()
    for name, text in battery.items():
        await here.verifier.verify(token())  # the good one still passes, between any two
        try:
            await here.verifier.verify(text)
        except Refused as refused:
            seen.add((repr(refused), refused.code, refused.also, refused.__cause__))
            here.clock.forward(0.001)
        else:
            believed.append(name)
    assert believed == []
    assert seen == {(repr(Refused(Code.NOT_AUTHENTICATED)), Code.NOT_AUTHENTICATED, (), None)}


def test_the_battery_bites_where_jose_is_used_plainly() -> None:
    """The control: the same tokens, and the call everybody writes."""
    believed = []
    # Its own clock goes on, the tokens' stood still when the run began.
    since_s = (datetime.now(UTC) - NOW).total_seconds()
    for name, text in attacks().items():
        if len(text) > 100_000:
            continue
        try:
            jose_jwt.decode(
                text,
                {"keys": [ec_jwk(EC_KEY), rsa_jwk(RSA_KEY)]},
                algorithms=["ES256", "RS256"],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"leeway": since_s},
            )
            believed.append(name)
        except (JOSEError, RecursionError, OverflowError, TypeError, ValueError):
            continue
    assert len(believed) >= 20, believed


@pytest.mark.parametrize("plain", ["http://127.0.0.1/issuer", "127.0.0.1", "https://a:b@c/", ""])
async def test_an_issuer_without_https_is_no_issuer(here: Room, plain: str) -> None:
    with pytest.raises(NotHttps):
        StrictVerifier(plain, AUDIENCE, here.jwks, here.clock)


async def test_a_token_ends_on_the_second_even_when_believed_before(here: Room) -> None:
    text = token()
    here.clock.forward(599)
    await here.verifier.verify(text)
    here.clock.forward(0.9)
    await here.verifier.verify(text)
    here.clock.forward(0.1)
    assert await here.refuses(text)


async def test_an_issuer_whose_clock_runs_ahead_is_borne_with_for_30_seconds(here: Room) -> None:
    begun = int(NOW.timestamp())
    await here.verifier.verify(token(body=claims(iat=begun + 30, nbf=begun + 30)))
    assert await here.refuses(token(body=claims(iat=begun + 31)))


async def test_a_token_believed_before_costs_no_second_check(here: Room) -> None:
    text = token()
    await here.verifier.verify(text)
    await here.verifier.verify(text)
    assert here.jwks.wanted == 1
    here.clock.forward(room.CACHE_SECONDS_MAX)
    await here.verifier.verify(text)
    assert here.jwks.wanted == 2


async def test_a_token_is_not_believed_once_its_key_is_withdrawn(here: Room) -> None:
    text = token()
    await here.verifier.verify(text)
    here.server.document = key_set(rsa_jwk(RSA_KEY))
    here.clock.forward(30)
    await here.refuses(token(header(kid="other")))  # an unknown id makes it look at the keys
    assert await here.refuses(text)


async def test_what_is_believed_is_bounded(here: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CACHE_TOKENS_MAX", 3)
    texts = [token(body=claims(jti=f"t{number}")) for number in range(5)]
    for text in texts:
        await here.verifier.verify(text)
    assert len(here.verifier._believed) == 3
    await here.verifier.verify(texts[4])
    assert here.jwks.wanted == 5
    await here.verifier.verify(texts[0])  # the oldest gave way
    assert here.jwks.wanted == 6


async def test_refusals_are_not_kept(here: Room) -> None:
    """A token refused while the issuer was away is believed when it is back."""
    here.server.status = 503
    assert await here.refuses(token())
    here.server.status = 200
    here.clock.forward(61)
    await here.verifier.verify(token())


def test_jose_and_joserfc_agree_on_every_good_token(tls: ServerTls) -> None:
    """Two verifiers written apart read the same from whatever a good issuer may say."""
    words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
    second: dict[str, ECKey | RSAKey] = {
        "ES256": ECKey.import_key(EC_KEY),
        "RS256": RSAKey.import_key(RSA_KEY),
    }

    with asyncio.Runner() as runner:
        serving = key_server(tls)
        server = runner.run(serving.__aenter__())
        here = Room(server, tls)

        @settings(max_examples=100, deadline=None)
        @given(
            st.booleans(),
            words,
            words,
            st.integers(-30, 30),
            st.integers(31, 600),
            st.dictionaries(words, words | st.integers(0, 9), max_size=3),
        )
        def agree(
            rsa: bool, subject: str, token_id: str, skew: int, life: int, more: dict[str, object]
        ) -> None:
            begun = int(NOW.timestamp()) + skew
            said = claims(sub=subject, jti=token_id, iat=begun, exp=begun + life)
            said = {**{f"x_{name}": value for name, value in more.items()}, **said}
            head = header(alg="RS256", kid="rsa-1") if rsa else header()
            text = signed_text(head, said)
            signature = (rs256 if rsa else es256)(text.encode())
            whole = f"{text}.{encoded(signature)}"
            first = runner.run(here.verifier.verify(whole))
            alg = "RS256" if rsa else "ES256"
            other = joserfc_jwt.decode(whole, second[alg], algorithms=[alg])
            assert other.claims == said
            assert (first.subject, first.token_id) == (other.claims["sub"], other.claims["jti"])
            assert first.expires_at.timestamp() == other.claims["exp"]

        try:
            agree()
        finally:
            runner.run(serving.__aexit__(None, None, None))


def test_no_text_is_believed_or_breaks_the_verifier(tls: ServerTls) -> None:
    good = token()

    with asyncio.Runner() as runner:
        serving = key_server(tls)
        here = Room(runner.run(serving.__aenter__()), tls)
        runner.run(here.verifier.verify(good))

        @settings(max_examples=200, deadline=None)
        @given(
            st.text(max_size=200) | st.binary(max_size=300).map(encoded),
            st.integers(0, len(good)),
            st.integers(0, 3),
        )
        def refused(text: str, at: int, cut: int) -> None:
            for attempt in (text, good[:at] + text + good[at + cut :]):
                assert attempt == good or runner.run(here.refuses(attempt))

        try:
            refused()
        finally:
            runner.run(serving.__aexit__(None, None, None))


def test_nothing_starts_without_joses_cryptography_backend() -> None:
    """Without it jose falls back, in silence, to signatures in pure Python."""
    program = (
        "import sys; sys.modules['jose.backends.cryptography_backend'] = None\n"
        "import index_service.identity.jwks"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode != 0
    assert "ImportError: python-jose runs without its cryptography backend" in said.stderr
