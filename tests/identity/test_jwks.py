"""The issuer's keys: taken over https only, checked, renewed, and kept while it is away."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from demo.certificates import ServerTls, make_server_tls
from index_service.identity import jwks as room
from index_service.identity.jwks import Jwks, NotHttps
from index_service.identity.jwks import key_set as read_key_set
from index_service.identity.parsing import encoded
from tests.identity.forge import (
    EC_KEY,
    RSA_KEY,
    Json,
    KeyServer,
    MovingClock,
    ec_jwk,
    key_server,
    key_set,
    number,
    rsa_jwk,
)

NEW_KEY = ec.generate_private_key(ec.SECP256R1())
NEW_SET = key_set(ec_jwk(NEW_KEY, "ec-2"))
WEAK_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505 (the weakness is the point)
OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
async def server(tls: ServerTls) -> AsyncIterator[KeyServer]:
    async with key_server(tls) as server:
        yield server


@pytest.fixture
async def jwks(server: KeyServer, tls: ServerTls, clock: MovingClock) -> AsyncIterator[Jwks]:
    jwks = Jwks(server.url, str(tls.ca_file), clock)
    yield jwks
    await jwks.close()


async def test_a_published_key_is_found_and_pinned_to_its_algorithm(jwks: Jwks) -> None:
    for kid, alg, length in (("ec-1", "ES256", 64), ("rsa-1", "RS256", 256)):
        key = await jwks.key(kid)
        assert key is not None
        assert (key.alg, key.signature_bytes) == (alg, length)


@pytest.mark.parametrize("alg", [..., "ES256"])
def test_a_key_that_names_no_algorithm_gets_the_one_of_its_kind(alg: object) -> None:
    named = {n: v for n, v in ec_jwk(EC_KEY, alg=alg).items() if v is not ...}
    assert read_key_set(key_set(named))["ec-1"].alg == "ES256"


def unusable() -> dict[str, Json]:
    x, y = EC_KEY.public_key().public_numbers().x, EC_KEY.public_key().public_numbers().y
    modulus = RSA_KEY.public_key().public_numbers().n
    p384 = OTHER_CURVE.public_key().public_numbers()
    secret = number(EC_KEY.private_numbers().private_value, 32)
    return {
        "for encryption": ec_jwk(EC_KEY, use="enc"),
        "without a use": {n: v for n, v in ec_jwk(EC_KEY).items() if n != "use"},
        "not for verifying": ec_jwk(EC_KEY, key_ops=["sign"]),
        "with odd key_ops": ec_jwk(EC_KEY, key_ops=7),
        "without an id": ec_jwk(EC_KEY, kid=None),
        "with an empty id": ec_jwk(EC_KEY, kid=""),
        "with an endless id": ec_jwk(EC_KEY, kid="k" * 257),
        "of another algorithm": ec_jwk(EC_KEY, alg="ES384"),
        "symmetric by name": ec_jwk(EC_KEY, alg="HS256"),
        "symmetric": {"kty": "oct", "k": encoded(b"x" * 32), "use": "sig", "kid": "oct"},
        "private": ec_jwk(EC_KEY, d=secret),
        "off its curve": ec_jwk(EC_KEY, y=number(y ^ 1, 32)),
        "without a coordinate": {n: v for n, v in ec_jwk(EC_KEY).items() if n != "y"},
        "of coordinates with a zero in front": ec_jwk(EC_KEY, x=number(x, 33), y=number(y, 33)),
        "of a short coordinate": ec_jwk(EC_KEY, x="AAAA"),
        "of a coordinate that is a number": ec_jwk(EC_KEY, x=5),
        "of another curve": ec_jwk(EC_KEY, crv="P-384", x=number(p384.x), y=number(p384.y)),
        "of another curve by name": ec_jwk(EC_KEY, crv="secp256k1"),
        "RSA of 1024 bits": rsa_jwk(WEAK_KEY),
        "RSA padded to 2048 bits": rsa_jwk(WEAK_KEY, n=encoded(b"\0" * 128 + b"\1" * 128)),
        "RSA with a zero in front": rsa_jwk(RSA_KEY, n=number(modulus, 257)),
        "RSA of no modulus": rsa_jwk(RSA_KEY, n=""),
        "RSA with exponent 3": rsa_jwk(RSA_KEY, e=number(3)),
        "RSA in the other base64": rsa_jwk(
            RSA_KEY, n=base64.b64encode(modulus.to_bytes(256)).decode()
        ),
        "RSA without a modulus": {n: v for n, v in rsa_jwk(RSA_KEY).items() if n != "n"},
        "RSA for PS256": rsa_jwk(RSA_KEY, alg="PS256"),
        "of an unknown kind": ec_jwk(EC_KEY, kty="OKP"),
    }


@pytest.mark.parametrize("entry", unusable().values(), ids=list(unusable()))
def test_an_unusable_key_is_passed_over(entry: Json) -> None:
    assert list(read_key_set(key_set(entry, ec_jwk(NEW_KEY, "good")))) == ["good"]
    with pytest.raises(ValueError, match="no usable key"):
        read_key_set(key_set(entry))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"keys":{}}',
        b'{"keys":[]}',
        b'{"keys":["ec-1",null]}',
        b"[" * 60_000,
        key_set(ec_jwk(EC_KEY), ec_jwk(NEW_KEY)),
        key_set(*[ec_jwk(EC_KEY, f"k{n}") for n in range(33)]),
        key_set()[:-1],
        key_set()[:-1] + b',"keys":[]}',
    ],
)
def test_a_set_not_to_be_trusted_is_refused_whole(document: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_key_set(document)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/jwks.json", "ftp://a/b", "https:///x", "https://u:p@h/", "https://h/#x"],
)
def test_an_address_without_https_is_refused_at_start(url: str, clock: MovingClock) -> None:
    with pytest.raises(NotHttps):
        Jwks(url, None, clock)


async def test_a_server_of_another_authority_is_not_believed(
    server: KeyServer, clock: MovingClock, tmp_path: Path
) -> None:
    stranger = make_server_tls(tmp_path / "stranger")
    for ca_file in (str(stranger.ca_file), None):
        jwks = Jwks(server.url, ca_file, clock)
        assert await jwks.key("ec-1") is None
    assert server.asked == 0


async def test_a_redirect_is_not_followed(
    server: KeyServer, tls: ServerTls, clock: MovingClock
) -> None:
    moved = Jwks(server.url.replace("jwks.json", "moved.json"), str(tls.ca_file), clock)
    assert await moved.key("ec-1") is None
    assert server.asked == 1


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (500, NEW_SET),
        (404, NEW_SET),
        (200, NEW_SET[:-1]),
        (200, NEW_SET + b" " * room.SET_BYTES_MAX),
    ],
)
async def test_a_bad_answer_leaves_the_last_good_set(
    jwks: Jwks, server: KeyServer, clock: MovingClock, status: int, document: bytes
) -> None:
    assert await jwks.key("ec-1") is not None
    server.status, server.document = status, document
    clock.forward(room.REFRESH_SECONDS)
    assert await jwks.key("ec-2") is None
    assert server.asked == 2
    assert await jwks.key("ec-1") is not None
    assert jwks.version == 1


async def test_a_slow_issuer_is_given_up(
    jwks: Jwks, server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "FETCH_SECONDS_MAX", 0.1)
    server.wait_s = 5
    async with asyncio.timeout(4):
        assert await jwks.key("ec-1") is None


async def test_a_turned_key_is_known_at_its_first_token_and_the_old_one_stays(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    assert await jwks.key("ec-1") is not None
    server.document = key_set(ec_jwk(NEW_KEY, "ec-2"), ec_jwk(EC_KEY))
    clock.forward(room.COOL_DOWN_SECONDS)
    assert await jwks.key("ec-2") is not None
    assert await jwks.key("ec-1") is not None
    assert (server.asked, jwks.version) == (2, 2)


async def test_a_withdrawn_key_is_gone_after_the_next_renewal(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    assert await jwks.key("ec-1") is not None
    server.document = key_set(ec_jwk(NEW_KEY, "ec-2"))
    clock.forward(room.REFRESH_SECONDS)
    # Nobody waits for the renewal, so the old set may answer once more.
    assert await jwks.key("ec-1") is not None
    assert jwks._fetch is not None
    await jwks._fetch
    assert await jwks.key("ec-1") is None
    assert (server.asked, jwks.version) == (2, 2)


async def test_a_key_put_in_anothers_place_under_its_id_is_a_new_version(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    first = await jwks.key("ec-1")
    server.document = key_set(ec_jwk(NEW_KEY))
    clock.forward(room.COOL_DOWN_SECONDS)
    assert await jwks.key("unknown") is None
    assert await jwks.key("ec-1") != first
    assert jwks.version == 2


async def test_the_same_set_again_is_no_new_version(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    assert await jwks.key("ec-1") is not None
    clock.forward(room.COOL_DOWN_SECONDS)
    assert await jwks.key("unknown") is None
    assert (server.asked, jwks.version) == (2, 1)


async def test_a_flood_of_unknown_ids_asks_the_issuer_once_per_cool_down(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    assert await jwks.key("ec-1") is not None
    for second in range(4 * room.COOL_DOWN_SECONDS):
        await asyncio.gather(*(jwks.key(f"made-up-{second}-{n}") for n in range(20)))
        clock.forward(1)
    assert server.asked == 4
    assert await jwks.key("ec-1") is not None


async def test_one_unknown_id_again_and_again_is_asked_for_once_a_minute(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    assert await jwks.key("made-up") is None
    for _ in range(room.UNKNOWN_SECONDS - 1):
        clock.forward(1)
        assert await jwks.key("made-up") is None
    assert server.asked == 1
    clock.forward(1)
    assert await jwks.key("made-up") is None
    assert server.asked == 2


async def test_an_unknown_id_is_found_when_another_asker_brought_it(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    assert await jwks.key("ec-2") is None
    server.document = key_set(ec_jwk(NEW_KEY, "ec-2"))
    clock.forward(room.COOL_DOWN_SECONDS)
    assert await jwks.key("something else") is None
    assert await jwks.key("ec-2") is not None


async def test_unknown_ids_remembered_are_bounded(
    jwks: Jwks, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "UNKNOWN_IDS_MAX", 3)
    for n in range(10):
        assert await jwks.key(f"made-up-{n}") is None
        clock.forward(room.COOL_DOWN_SECONDS)
    assert len(jwks._unknown) == 3


async def test_askers_at_one_time_share_one_fetch(jwks: Jwks, server: KeyServer) -> None:
    server.wait_s = 0.05
    found = await asyncio.gather(*(jwks.key("ec-1") for _ in range(50)))
    assert None not in found
    assert server.asked == 1


async def test_an_asker_who_goes_away_takes_nothing_from_the_others(
    jwks: Jwks, server: KeyServer
) -> None:
    server.wait_s = 0.1
    first = asyncio.create_task(jwks.key("ec-1"))
    second = asyncio.create_task(jwks.key("ec-1"))
    await asyncio.sleep(0.02)
    first.cancel()
    assert await second is not None
    assert server.asked == 1


async def test_the_last_good_set_serves_four_hours_without_the_issuer_and_no_longer(
    jwks: Jwks, server: KeyServer, clock: MovingClock
) -> None:
    assert await jwks.key("ec-1") is not None
    server.status = 503
    clock.forward(room.STALE_SECONDS_MAX - 1)
    assert await jwks.key("ec-1") is not None
    clock.forward(1)
    assert await jwks.key("ec-1") is None
    server.status = 200
    clock.forward(room.UNKNOWN_SECONDS)
    assert await jwks.key("ec-1") is not None


async def test_closing_ends_a_fetch_under_way(
    server: KeyServer, tls: ServerTls, clock: MovingClock
) -> None:
    jwks = Jwks(server.url, str(tls.ca_file), clock)
    server.wait_s = 30
    waiting = asyncio.create_task(jwks.key("ec-1"))
    await asyncio.sleep(0.05)
    await jwks.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
