"""A message counts as its sender signed it, for whom and when: nothing less, nothing twice."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.federation.conformance import CASES, SERVED, Trier
from index_service.federation.directory import RegionDirectory
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.message import (
    NO_COMMIT,
    Received,
    Sender,
    Signer,
    commit_of,
    exchange_hash,
    verify_answer,
    verify_request,
)
from index_service.federation.tls import TlsFiles
from tests.federation.papers import NOW, Papers, later

PAPERS = Papers()
DIRECTORY = PAPERS.directory()
URL = "https://camfield.example:8443/peer/v1/probe"
BODY = b'{"question":"of nobody"}'


def message(signer: Signer | None = None, url: str = URL, body: bytes = BODY) -> Received:
    """Return a message as it arrives at Camfield."""
    headers = (signer or PAPERS.signer()).signed_request("POST", url, body)
    return Received(f"POST {URL}", list(headers.items()), body)


def heard(received: Received, at: datetime = NOW, directory: RegionDirectory = DIRECTORY) -> Sender:
    """Return who sent it."""
    return verify_request(received, directory, at)[0]


def refused(
    received: Received, at: datetime = NOW, directory: RegionDirectory = DIRECTORY
) -> PeerCode:
    """Return why it does not count."""
    with pytest.raises(MessageRefused) as caught:
        heard(received, at, directory)
    return caught.value.code


def changed(received: Received, **lines: str | None) -> Received:
    """Return a message with some header lines otherwise, or left out."""
    named = {name.replace("_", "-"): value for name, value in lines.items()}
    kept = [(n, v) for n, v in received.headers if n.lower() not in named]
    return replace(received, headers=[*kept, *((n, v) for n, v in named.items() if v is not None)])


def line(received: Received, name: str) -> str:
    """Return one header line."""
    return next(value for each, value in received.headers if each.lower() == name)


def test_a_message_tells_its_sender_and_its_key() -> None:
    sender = heard(message())
    assert (sender.member.name, sender.key, sender.use) == (
        "northmere",
        "northmere/serve/1",
        "serve",
    )
    assert heard(message(PAPERS.signer("northmere/manage/1"))).use == "manage"


def test_two_messages_of_one_moment_are_two() -> None:
    first, second = (heard(message()) for _ in range(2))
    assert first.nonce != second.nonce
    assert first.signature != second.signature


@pytest.mark.parametrize("apart_s", [-60, -1, 0, 59, 60])
def test_a_minute_apart_still_counts(apart_s: int) -> None:
    assert heard(message(), later(seconds=apart_s))


@pytest.mark.parametrize("apart_s", [-600, -61, 61, 600])
def test_clocks_further_apart_do_not(apart_s: int) -> None:
    assert refused(message(), later(seconds=apart_s)) is PeerCode.CLOCK_SKEW


def test_a_signature_that_fails_says_nothing_of_clocks() -> None:
    altered = replace(message(), body=BODY + b" ")
    assert refused(altered, later(hours=1)) is PeerCode.SIGNATURE_INVALID


def test_what_is_signed_for_another_authority_is_nothing_here() -> None:
    elsewhere = message(url="https://northmere.example:8443/peer/v1/probe")
    assert refused(elsewhere) is PeerCode.SIGNATURE_INVALID


def test_a_key_outside_its_days_does_not_sign() -> None:
    expired = PAPERS.directory(
        lambda said: said["members"][0]["keys"][0].update(until=int(NOW.timestamp()))
    )
    assert refused(message(), directory=expired) is PeerCode.SIGNATURE_INVALID
    assert heard(message(PAPERS.signer("northmere/manage/1")), directory=expired)


def test_a_key_nobody_has_is_nobodys() -> None:
    stranger = Signer("northmere/serve/9", Ed25519PrivateKey.generate(), PAPERS.signer().clock)
    assert refused(message(stranger)) is PeerCode.UNKNOWN_MEMBER


def test_a_members_name_over_anothers_key_does_not_count() -> None:
    forged = replace(PAPERS.signer("camfield/serve/1"), key_id="northmere/serve/1")
    assert refused(message(forged)) is PeerCode.SIGNATURE_INVALID


GOOD = message()
INPUT, SIGNATURE = line(GOOD, "signature-input"), line(GOOD, "signature")
DIGEST = line(GOOD, "content-digest")
OTHER = "sha-256=:" + b64encode(hashlib.sha256(b"other").digest()).decode() + ":"
SPOILT: list[Mapping[str, str | None]] = [
    {"signature": None},
    {"signature_input": None},
    {"content_digest": None},
    {"content_digest": OTHER},
    {"content_digest": DIGEST + ", " + OTHER},
    {"content_digest": DIGEST.replace("sha-256", "sha-512")},
    {"signature": SIGNATURE.replace("isa=", "other=")},
    {"signature": SIGNATURE + ", b=:AAAA:"},
    {"signature": "isa=:AAAA:"},
    {"signature": "isa=1"},
    {"signature": ""},
    {"signature_input": INPUT.replace("isa-peer", "isa-peer-answer")},
    {"signature_input": INPUT.replace(";created=", ";created=1")},
    {"signature_input": INPUT.replace('"content-digest"', '"content-digest";sf')},
    {"signature_input": INPUT + ", b=()"},
    {"signature_input": INPUT + ";expires=9999999999"},
    {"signature_input": INPUT.replace('"@method" ', "")},
    {"signature_input": INPUT.replace('"@method" ', '"@method" "@method" ')},
    {"signature_input": INPUT.replace(";alg=", ";algo=")},
    {"signature_input": INPUT.replace("ed25519", "hmac-sha256")},
    {"signature_input": INPUT.replace("northmere/serve/1", "camfield/serve/1")},
    {"signature_input": INPUT + ';keyid="northmere/serve/1"'},
    {"signature_input": "isa=("},
    {"signature_input": "x" * 100_000},
    {"signature_input": INPUT + "\u00e9"},
]


@pytest.mark.parametrize("lines", SPOILT)
def test_an_altered_head_is_refused(lines: Mapping[str, str | None]) -> None:
    assert heard(GOOD)
    assert refused(changed(GOOD, **lines)) is PeerCode.SIGNATURE_INVALID


@pytest.mark.parametrize("name", ["signature", "signature-input", "content-digest"])
def test_a_line_that_comes_twice_is_refused(name: str) -> None:
    twice = replace(GOOD, headers=[*GOOD.headers, (name.title(), line(GOOD, name))])
    assert refused(twice) is PeerCode.SIGNATURE_INVALID


def test_another_content_type_is_malformed() -> None:
    assert refused(changed(GOOD, content_type="text/plain")) is PeerCode.MALFORMED


def test_other_header_lines_are_as_they_may_be() -> None:
    assert heard(changed(GOOD, user_agent="x", accept="y"))


@given(st.binary(max_size=64), st.integers(0, 3), st.integers(0, 400))
@settings(max_examples=150)
def test_no_byte_of_a_head_may_change(noise: bytes, which: int, place: int) -> None:
    """Whatever is put in a signed line, the message is refused by a code, and nothing breaks."""
    name = ("signature", "signature-input", "content-digest", "content-type")[which]
    before = line(GOOD, name)
    at = place % (len(before) + 1)
    after = before[:at] + noise.decode("latin-1") + before[at + len(noise) :]
    if after == before or after.strip(" \t") == before:
        return  # space around a field's value is no part of it
    with pytest.raises(MessageRefused):
        heard(changed(GOOD, **{name.replace("-", "_"): after}))


@dataclass(frozen=True)
class _Case:
    name: str
    expected: str
    message: Any


def _cases() -> Sequence[_Case]:
    target = DIRECTORY.members["camfield"]
    files: Any = TlsFiles
    signer = PAPERS.signer()
    tester = Trier(target, signer.key_id, signer.private, files, signer.clock)
    return [_Case(name, expected, made(tester)) for name, expected, made in CASES]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_what_the_conformance_run_sends_is_what_it_says(case: _Case) -> None:
    """Messages that hang on the signature are refused for just what is wrong with them."""
    received = Received(
        f"POST {case.message.url}", list(case.message.headers.items()), case.message.body
    )
    by_signature = (
        PeerCode.SIGNATURE_INVALID,
        PeerCode.UNKNOWN_MEMBER,
        PeerCode.CLOCK_SKEW,
    )
    if case.expected in by_signature:
        assert refused(received) == case.expected
    else:
        assert heard(received) or case.expected == SERVED


def answered(status: int = 200, body: bytes = b"{}", to: str | None = None) -> Received:
    """Return Camfield's answer to a message of ours."""
    signer = PAPERS.signer("camfield/serve/1")
    headers = signer.signed_answer(status, body, commit_of(GOOD.headers) if to is None else to)
    return Received(str(status), list(headers.items()), body)


def answer_refused(received: Received, member: str = "camfield", at: datetime = NOW) -> PeerCode:
    """Return why an answer does not count."""
    with pytest.raises(MessageRefused) as caught:
        verify_answer(received, DIRECTORY.members[member], commit_of(GOOD.headers), at)
    return caught.value.code


def test_an_answer_is_bound_to_the_very_request() -> None:
    commit = commit_of(GOOD.headers)
    sent = verify_answer(answered(), DIRECTORY.members["camfield"], commit, NOW)
    assert len(sent.signature) == 64
    other = commit_of(message().headers)
    assert answer_refused(answered(to=other)) is PeerCode.SIGNATURE_INVALID
    assert answer_refused(answered(to=NO_COMMIT)) is PeerCode.SIGNATURE_INVALID


def test_an_answer_is_its_members_alone() -> None:
    assert answer_refused(answered(), "northmere") is PeerCode.UNKNOWN_MEMBER


def test_an_answer_altered_on_its_way_does_not_count() -> None:
    good = answered()
    assert answer_refused(replace(good, body=b"[]")) is PeerCode.SIGNATURE_INVALID
    assert answer_refused(replace(good, target="409")) is PeerCode.SIGNATURE_INVALID
    assert answer_refused(good, at=later(minutes=10)) is PeerCode.CLOCK_SKEW
    for name in ("content-digest", "signature", "isa-in-reply-to"):
        without = replace(good, headers=[each for each in good.headers if each[0] != name])
        assert answer_refused(without) is PeerCode.SIGNATURE_INVALID


def test_a_request_is_no_answer_and_an_answer_no_request() -> None:
    """Each has a tag of its own: neither can be shown for the other."""
    as_answer = replace(GOOD, target="200", headers=[*GOOD.headers, ("isa-in-reply-to", "0" * 64)])
    assert answer_refused(as_answer) is PeerCode.SIGNATURE_INVALID
    as_request = Received(f"POST {URL}", answered().headers, b"{}")
    assert refused(as_request) in (PeerCode.SIGNATURE_INVALID, PeerCode.MALFORMED)


def test_the_commitment_is_of_the_signatures_bytes() -> None:
    sender, sent = verify_request(GOOD, DIRECTORY, NOW)
    assert sent.commit == hashlib.sha256(sender.signature).hexdigest() == commit_of(GOOD.headers)
    assert commit_of([]) == commit_of([("signature", "isa=:AAAA:")]) == ""


def test_an_exchange_is_named_by_both_signatures() -> None:
    both = {exchange_hash(b"a", b"b"), exchange_hash(b"ab", b""), exchange_hash(b"a"), b""}
    assert len(both) == 4
