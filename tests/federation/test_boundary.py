"""The peer port: what it hears, what it refuses, and that each message is one entry, one answer."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
import pytest_asyncio

from demo.authority import free_port
from demo.issuer import Issuer
from demo.postgres import Postgres
from index_service.api import peer_boundary
from index_service.crypto.peer_keys import make_peer_keys
from index_service.crypto.providers import FileKeyProvider
from index_service.federation.conformance import CUT_OFF, NO_CONNECTION, SERVED, Trier, conform
from index_service.federation.errors import (
    DirectoryFault,
    DirectoryRefused,
    Lost,
    MessageRefused,
    PeerCode,
    Unreachable,
)
from index_service.federation.message import Sent, verify_answer
from index_service.federation.naming import agency_of
from index_service.federation.sizes import PROBE_ANSWER_BYTES, PROBLEM_BYTES, RELEASE_STEP_S
from index_service.federation.subscriptions import PATH as SUBSCRIPTIONS_PATH
from index_service.federation.subscriptions import Exchange
from index_service.log.receipt import verify_receipt
from index_service.services.peering.heard import open_exchange
from index_service.services.peering.membership import load_directory
from index_service.services.peering.probe import PROBE_PATH
from tests.authority import Founded
from tests.federation.port import (
    CAMFIELD,
    EASTBROOK,
    NORTHMERE,
    NOTHING,
    Ports,
    message,
    ports_open,
    sent,
    signature_of,
)
from tests.federation.subscribing import placing
from tests.stories.asking import Ask

TRIES, SOME = 40, range(90)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ports(
    postgres: Postgres,
    database: str,
    founded: Founded,
    issuer: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Ports]:
    """Northmere's peer port, one worker of it running."""
    place = tmp_path_factory.mktemp("ports")
    async with ports_open(postgres, database, founded.settings, place) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(ports: Ports, issuer: Issuer) -> AsyncIterator[Ask]:
    """Ask Northmere's index as its people do."""
    served = ports.workers[0].served
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        yield Ask(client, issuer, served)


pytestmark = pytest.mark.asyncio(loop_scope="session")


async def heard(ports: Ports) -> dict[str, dict[str, Any]]:
    """Return every entry of a peer's message by its id."""
    entries = await ports.workers[0].served.entries()
    return {each["entry_id"]: each for each in entries if each["action"] == "peer_message"}


async def entry_of(ports: Ports, receipt: str) -> dict[str, Any]:
    """Return the entry an answer's receipt promises."""
    public = ports.workers[0].built.index.keyring.receipt_key.public_key()
    facts = verify_receipt(public, NORTHMERE, receipt)
    return (await heard(ports))[str(facts.entry_id)]


async def test_an_endpoint_does_as_it_must_with_good_messages_and_bad(ports: Ports) -> None:
    """What any vendor can run against its own; each message that arrived is one entry."""
    before = await heard(ports)
    signer = ports.signer()
    trier = Trier(ports.target, signer.key_id, signer.private, ports.tls(CAMFIELD), ports.clock)
    trials = await conform(trier)
    assert [each for each in trials if not each.is_met] == []
    told = Counter(each.told for each in trials)
    assert told.keys() == {
        SERVED,
        NO_CONNECTION,
        CUT_OFF,
        PeerCode.UNKNOWN_MEMBER,
        PeerCode.SIGNATURE_INVALID,
        PeerCode.CLOCK_SKEW,
        PeerCode.REPLAYED,
        PeerCode.VERSION_UNSUPPORTED,
        PeerCode.TOO_LARGE,
        PeerCode.MALFORMED,
    }
    entries = [each for key, each in (await heard(ports)).items() if key not in before]
    codes = Counter(each["code"] or SERVED for each in entries)
    told[PeerCode.MALFORMED] += 1  # the body that never ended; a head without end is none
    del told[NO_CONNECTION], told[CUT_OFF]
    assert codes == told
    assert {each["agency"] for each in entries} == {str(agency_of("vale", CAMFIELD))}


async def test_both_sides_hold_the_matching_halves(ports: Ports) -> None:
    sendings: list[Sent] = []

    async def before(head: Sent) -> None:
        sendings.append(head)

    async with ports.calling() as client:
        answer = await client.ask(ports.target, PROBE_PATH, NOTHING, 3.0, before)
    entry = await entry_of(ports, answer.receipt)
    (asked,) = sendings
    assert entry["query_commit"] == hashlib.sha256(asked.signature).hexdigest()
    assert entry["result_commit"] == hashlib.sha256(answer.body).hexdigest()
    assert len(answer.body) == PROBE_ANSWER_BYTES
    index, entry_id = ports.workers[0].built.index, UUID(entry["entry_id"])
    (row,) = await ports.workers[0].served.rows(
        "select sealed from exchange where entry_id = $1", entry_id
    )
    kept = orjson.loads(open_exchange(index.keyring.rows, entry_id, row["sealed"]))
    assert kept == [1, asked.head(), answer.answered.head(), ""]


async def test_what_two_said_has_one_size_in_the_store(ports: Ports) -> None:
    served = ports.workers[0].served
    assert (await sent(ports, message(ports))).status == 200
    rows = await served.rows("select distinct length(sealed) as n from exchange")
    assert len(rows) == 1


async def test_a_message_counts_once_in_all_workers_and_after_a_restart(ports: Ports) -> None:
    head = message(ports)
    other = free_port()
    async with ports.working(other):
        first = await sent(ports, head)
        assert first.status == 200
        again = [await sent(ports, head, port=at) for at in (ports.port, other)]
    async with ports.working(other):
        again.append(await sent(ports, head, port=other))
    assert [each.code for each in again] == [PeerCode.REPLAYED] * 3


async def test_of_one_message_sent_to_two_workers_at_once_one_is_heard(ports: Ports) -> None:
    other = free_port()
    async with ports.working(other):
        for _ in range(3):
            head = message(ports)
            both = [sent(ports, head, port=at) for at in (ports.port, other)]
            told = [each.code for each in await asyncio.gather(*both)]
            assert sorted(told) == ["", PeerCode.REPLAYED]


async def test_a_message_about_subscriptions_counts_once(ports: Ports) -> None:
    body = Exchange(placed=(placing(str(uuid4())),)).body()
    url = f"https://127.0.0.1:{ports.port}{SUBSCRIPTIONS_PATH}"
    head = ports.signer().signed_request("POST", url, body)
    kept = []
    for expected in ("", PeerCode.REPLAYED):
        said = await sent(ports, head, path=SUBSCRIPTIONS_PATH, body=body)
        assert said.code == expected
        (row,) = await ports.workers[0].served.rows("select count(*) as n from matter")
        kept.append(row["n"])
    assert kept[0] == kept[1] > 0


async def test_nonces_are_kept_until_their_messages_are_too_old(ports: Ports) -> None:
    served = ports.workers[0].served
    head = message(ports)
    assert (await sent(ports, head)).status == 200
    (before,) = await served.rows("select count(*) as n from peer_nonce")
    with ports.later(seconds=100):
        assert (await sent(ports, head)).code == PeerCode.CLOCK_SKEW
        assert (await sent(ports, message(ports))).status == 200
        (kept,) = await served.rows("select count(*) as n from peer_nonce")
        assert kept["n"] == before["n"] + 1
    with ports.later(seconds=300):
        assert (await sent(ports, message(ports))).status == 200
        (left,) = await served.rows("select count(*) as n from peer_nonce")
        assert left["n"] < kept["n"]


async def test_a_certificate_speaks_for_its_own_member_alone(ports: Ports) -> None:
    said = await sent(ports, message(ports, ports.signer(CAMFIELD)), by=EASTBROOK)
    assert (said.status, said.code) == (401, PeerCode.CERTIFICATE_MISMATCH)
    entry = await entry_of(ports, said.receipt)
    assert entry["agency"] == str(agency_of("vale", EASTBROOK))


async def test_a_certificate_the_directory_does_not_name_is_nobodys(ports: Ports) -> None:
    """The region's own authority issued it, and it is refused before its body is read."""
    stranger = (papers := ports.papers).authority.certified(
        papers.directory / "stranger", "stranger", calls=True
    )
    papers.members["stranger"] = replace(papers.members[CAMFIELD], name="stranger", tls=stranger)
    try:
        known = await sent(ports, message(ports), by="stranger")
        nobody = replace(ports.signer(), key_id="stranger/serve/1")
        unknown = await sent(ports, message(ports, nobody), by="stranger")
    finally:
        del papers.members["stranger"]
    assert known.code == PeerCode.CERTIFICATE_MISMATCH
    assert unknown.code == PeerCode.UNKNOWN_MEMBER
    for each in (known, unknown):
        assert (await entry_of(ports, each.receipt))["agency"] == ""


async def test_a_suspension_holds_from_the_next_message_in_every_worker(
    ports: Ports, ask: Ask
) -> None:
    other = free_port()
    async with ports.working(other):
        assert (await sent(ports, message(ports), port=other)).status == 200
        path = f"/v1/peers/{CAMFIELD}/suspension"
        assert (await ask("manager", "PUT", path)).status_code == 204
        assert (await ask("manager", "PUT", path)).status_code == 204
        told = [await sent(ports, message(ports), port=at) for at in (ports.port, other)]
        assert [each.code for each in told] == [PeerCode.SUSPENDED] * 2
        another = await sent(ports, message(ports, ports.signer(EASTBROOK)), by=EASTBROOK)
        assert another.status == 200
        assert (await ask("manager", "DELETE", path)).status_code == 204
        assert (await sent(ports, message(ports), port=other)).status == 200


async def test_the_team_sees_the_region_and_nobody_else_does(ports: Ports, ask: Ask) -> None:
    answer = (await ask("manager", "GET", "/v1/peers")).json()
    assert answer["directory"]["region"] == "vale"
    names = [each["name"] for each in answer["peers"]]
    assert names == [CAMFIELD, "deriver", EASTBROOK, "locator"]
    assert not any(each["suspended"] for each in answer["peers"])
    for who in ("social_worker", "auditor"):
        refused = await ask(who, "GET", "/v1/peers")
        assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    for nobody in ("nobodys", NORTHMERE):
        answer = await ask("manager", "PUT", f"/v1/peers/{nobody}/suspension")
        assert answer.status_code == 404


async def test_every_answer_leaves_at_a_step_and_is_as_long_as_all_others(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    signers = {
        "": ports.signer(),
        PeerCode.CLOCK_SKEW: ports.signer(by=timedelta(minutes=-10)),
    }
    until_step, held_s = peer_boundary._until_step, [0.0]

    async def watched(message: peer_boundary._Hearing) -> None:
        await until_step(message)
        held_s.append(peer_boundary._now_s() - message.arrived_s)

    monkeypatch.setattr(peer_boundary, "_until_step", watched)
    for code, signer in signers.items():
        held_s[:] = [2 * RELEASE_STEP_S]
        # Until one is quick: a busy machine is late, and never early.
        while min(held_s) >= 2 * RELEASE_STEP_S and len(held_s) <= TRIES:
            begun_s = time.monotonic()
            said = await sent(ports, message(ports, signer))
            assert time.monotonic() - begun_s >= RELEASE_STEP_S
            assert said.code == code
        assert RELEASE_STEP_S <= min(held_s) < 2 * RELEASE_STEP_S
        assert len(said.received.body) == (PROBLEM_BYTES if code else PROBE_ANSWER_BYTES)


async def test_a_key_rolled_in_mid_flight_loses_no_message(ports: Ports) -> None:
    """Both keys count while their days overlap; the former one not a second longer."""
    in_flight = message(ports, ports.signer(number=0))
    keys = ports.papers.members[CAMFIELD].keys
    make_peer_keys(FileKeyProvider(keys))
    ports.papers.joined(CAMFIELD, "index", keys)
    try:
        said = ports.document()
        camfield = next(each for each in said["members"] if each["name"] == CAMFIELD)
        ends = int(ports.clock.now().timestamp()) + 600
        former = next(each for each in camfield["keys"] if each["id"].endswith("serve/1"))
        former["until"] = ends
        await ports.load(said)
        assert (await sent(ports, in_flight)).status == 200
        for number in (0, 1):
            told = await sent(ports, message(ports, ports.signer(number=number)))
            assert told.status == 200
        with ports.later(seconds=700):
            late = await sent(ports, message(ports, ports.signer(number=1)))
            assert late.code == PeerCode.SIGNATURE_INVALID
            assert (await sent(ports, message(ports, ports.signer(number=0)))).status == 200
    finally:
        await ports.load()


async def test_a_member_one_version_behind_is_served_and_two_behind_refused(ports: Ports) -> None:
    worker = ports.workers[0]
    async with ports.speaking(worker, (2, 1)) as behind:
        assert (await sent(ports, message(ports), port=behind)).status == 200
    async with ports.speaking(worker, (3, 2)) as far:
        assert (await sent(ports, message(ports), port=far)).code == PeerCode.VERSION_UNSUPPORTED
    said = ports.document()
    camfield = next(each for each in said["members"] if each["name"] == CAMFIELD)
    camfield["versions"] = [2]
    await ports.load(said)
    try:
        assert (await sent(ports, message(ports))).code == PeerCode.VERSION_UNSUPPORTED
    finally:
        await ports.load()


async def test_a_member_asks_nobody_who_does_not_speak_its_version(ports: Ports) -> None:
    newer = replace(ports.target, versions=(2,))
    async with ports.calling() as client:
        with pytest.raises(MessageRefused) as refused:
            await client.ask(newer, PROBE_PATH, NOTHING, 3.0)
        assert refused.value.code is PeerCode.VERSION_UNSUPPORTED
        with pytest.raises(Unreachable) as lost:
            await client.ask(replace(ports.target, url=""), PROBE_PATH, NOTHING, 3.0)
        assert lost.value.code is Lost.NO_PORT


async def test_nothing_is_said_to_a_key_that_is_not_the_members(ports: Ports) -> None:
    """The pin is looked at in the handshake, before a byte of the message leaves."""
    before = len(await heard(ports))
    another = replace(ports.target, certificates=frozenset({"00" * 32}))
    async with ports.calling() as client:
        with pytest.raises(Unreachable) as lost:
            await client.ask(another, PROBE_PATH, NOTHING, 3.0)
    assert lost.value.code is Lost.NO_WAY
    assert len(await heard(ports)) == before


async def test_an_older_or_unsigned_directory_changes_nothing(ports: Ports) -> None:
    index = ports.workers[0].built.index
    with pytest.raises(DirectoryRefused) as refused:
        await load_directory(index, ports.signed(ports.said))
    assert refused.value.fault is DirectoryFault.OLDER
    said = ports.document()
    northmere = next(each for each in said["members"] if each["name"] == NORTHMERE)
    northmere["keys"] = northmere["keys"][1:]
    northmere["keys"][0]["until"] = int(ports.clock.now().timestamp()) - 1
    with pytest.raises(DirectoryRefused) as refused:
        await load_directory(index, ports.signed(said))
    assert refused.value.fault is DirectoryFault.SELF
    assert (await sent(ports, message(ports))).status == 200


async def test_past_its_last_day_a_directory_lets_nobody_in(ports: Ports) -> None:
    said = ports.document()
    said["valid_until"] = int(ports.clock.now().timestamp()) + 600
    await ports.load(said)
    assert (await sent(ports, message(ports))).status == 200
    with ports.later(seconds=700):
        assert (await sent(ports, message(ports))).code == PeerCode.UNKNOWN_MEMBER
    await ports.load()


async def test_answers_are_signed_by_the_member_whatever_they_say(ports: Ports) -> None:
    head = message(ports, ports.signer(by=timedelta(minutes=10)))
    said = await sent(ports, head)
    commit = hashlib.sha256(signature_of(head)).hexdigest()
    assert verify_answer(said.received, ports.target, commit, ports.clock.now())
    with pytest.raises(MessageRefused):
        verify_answer(said.received, ports.target, "0" * 64, ports.clock.now())


async def test_strangers_in_a_flood_are_counted_not_each_entered(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = ports.papers
    stranger = papers.authority.certified(papers.directory / "many", "many", calls=True)
    before = len(await heard(ports))
    many = replace(papers.members[CAMFIELD], name="many", tls=stranger)
    monkeypatch.setitem(papers.members, "many", many)
    told: list[Any] = []
    while len(told) < 450 and 503 not in {each.status for each in told}:
        told += await asyncio.gather(*(sent(ports, message(ports), by="many") for _ in SOME))
    assert {each.status for each in told} == {401, 503}
    assert not any(each.receipt for each in told if each.status == 503)
    assert 0 < len(await heard(ports)) - before < len(told)
