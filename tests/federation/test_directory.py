"""A directory counts with enough registrars' signatures, inside its days, read one way only."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_service.federation.directory import RegionDirectory, RegionPolicy, sign_directory
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from tests.federation.papers import NOW, Papers, later, public

PAPERS = Papers()
POLICY = PAPERS.policy()


def refused(document: bytes, policy: RegionPolicy = POLICY, at: Any = NOW) -> DirectoryFault:
    """Return why a document does not count."""
    with pytest.raises(DirectoryRefused) as caught:
        RegionDirectory.verified(document, policy, at)
    return caught.value.fault


def test_a_directory_that_enough_registrars_signed_counts() -> None:
    found = PAPERS.directory()
    assert found.version == 3
    assert found.own.name == "camfield"
    assert [each.name for each in found.others] == ["northmere"]
    assert (found.deriver.kind, found.locator.kind) == ("deriver", "locator")
    assert found.epochs.at(NOW) == 0
    assert found.epochs.at(later(days=27)) == 1
    assert found.epochs.begins(1) == later(days=27)
    assert found.deriver_key("search", 0)
    with pytest.raises(LookupError):
        found.deriver_key("shield", 0)


@pytest.mark.parametrize("by", [(), ("registrar-1",), ("registrar-3",)])
def test_one_registrar_too_few_is_not_enough(by: tuple[str, ...]) -> None:
    assert refused(PAPERS.signed(by=by)) is DirectoryFault.QUORUM


def test_strangers_signatures_are_passed_over() -> None:
    document = PAPERS.signed(by=("registrar-2",))
    stranger = sign_directory(document, "stranger-1", Ed25519PrivateKey.generate())
    assert refused(stranger) is DirectoryFault.QUORUM
    whole = sign_directory(stranger, "registrar-1", PAPERS.registrars["registrar-1"])
    assert RegionDirectory.verified(whole, POLICY, NOW).version == 3


def test_a_registrars_name_over_anothers_key_does_not_count() -> None:
    document = sign_directory(
        PAPERS.signed(by=("registrar-1",)), "registrar-2", PAPERS.registrars["registrar-1"]
    )
    assert refused(document) is DirectoryFault.QUORUM


def test_signing_again_does_not_make_two_of_one() -> None:
    document = PAPERS.signed(by=("registrar-1", "registrar-1"))
    assert len(json.loads(document)["signatures"]) == 1
    assert refused(document) is DirectoryFault.QUORUM


def test_a_word_changed_after_signing_is_noticed() -> None:
    document = PAPERS.signed().replace(b'"capacity":1000', b'"capacity":1001', 1)
    assert refused(document) is DirectoryFault.QUORUM


@pytest.mark.parametrize("at", [later(days=-2), later(days=89), later(days=400)])
def test_outside_its_days_it_does_not_count(at: Any) -> None:
    assert refused(PAPERS.signed(), at=at) is DirectoryFault.OUTSIDE_ITS_DAYS


def test_its_last_second_counts_and_the_next_does_not() -> None:
    document = PAPERS.signed()
    assert RegionDirectory.verified(document, POLICY, later(days=89, seconds=-1))
    assert refused(document, at=later(days=89)) is DirectoryFault.OUTSIDE_ITS_DAYS


SPELLINGS: list[Callable[[bytes], bytes]] = [
    lambda document: document + b"\n",
    lambda document: b" " + document,
    lambda document: json.dumps(json.loads(document)).encode(),
    lambda document: document.replace(b'{"directory"', b'{"a":1,"directory"'),
    lambda document: document.replace(b'"capacity"', b'"capacity":1,"capacity"', 1),
    lambda document: document.replace(b'"version":3', b'"version":3.0'),
    lambda document: b"\xef\xbb\xbf" + document,
    lambda document: document[:-1],
    lambda _: b"[]",
    lambda _: b"",
]


@pytest.mark.parametrize("spoil", SPELLINGS)
def test_a_document_has_one_spelling(spoil: Callable[[bytes], bytes]) -> None:
    assert refused(spoil(PAPERS.signed())) is DirectoryFault.FORM


def member(said: dict[str, Any], name: str = "northmere") -> dict[str, Any]:
    """Return a member's lines."""
    return next(each for each in said["members"] if each["name"] == name)


def same_key(said: dict[str, Any]) -> None:
    """Give two members one key under two names."""
    member(said)["keys"][0]["public"] = member(said, "camfield")["keys"][0]["public"]


def same_id(said: dict[str, Any]) -> None:
    """Give two members' keys one name."""
    member(said)["keys"][0]["id"] = member(said, "camfield")["keys"][0]["id"]


def same_pin(said: dict[str, Any]) -> None:
    """Give two members one certificate."""
    member(said)["certificates"] = member(said, "camfield")["certificates"]


CHANGES: list[tuple[Callable[[dict[str, Any]], object], DirectoryFault]] = [
    (lambda said: said.update(region="downs"), DirectoryFault.REGION),
    (lambda said: said.update(format=2), DirectoryFault.FORM),
    (lambda said: said.update(version=0), DirectoryFault.FORM),
    (lambda said: said.update(version=True), DirectoryFault.FORM),
    (lambda said: said.update(note="x"), DirectoryFault.FORM),
    (lambda said: said.pop("epochs"), DirectoryFault.FORM),
    (lambda said: said.update(valid_until=said["valid_from"]), DirectoryFault.FORM),
    (lambda said: said["epochs"].update(zero=said["valid_from"] + 1), DirectoryFault.FORM),
    (lambda said: said["epochs"].update(seconds=0), DirectoryFault.FORM),
    (lambda said: said["deriver_keys"]["search"].update({"01": "x"}), DirectoryFault.FORM),
    (lambda said: said["deriver_keys"]["search"].update({"1": "x"}), DirectoryFault.FORM),
    (lambda said: said["members"].remove(member(said, "camfield")), DirectoryFault.SELF),
    (lambda said: said["members"].remove(member(said, "deriver")), DirectoryFault.MEMBERS),
    (lambda said: member(said, "deriver").update(kind="locator"), DirectoryFault.MEMBERS),
    (lambda said: said["members"].append(member(said)), DirectoryFault.MEMBERS),
    (same_key, DirectoryFault.KEYS),
    (same_id, DirectoryFault.KEYS),
    (same_pin, DirectoryFault.KEYS),
    (
        lambda said: member(said).update(url=member(said, "camfield")["url"]),
        DirectoryFault.KEYS,
    ),
    (lambda said: member(said).update(url="http://northmere.example"), DirectoryFault.FORM),
    (lambda said: member(said).update(url="https://northmere.example/x"), DirectoryFault.FORM),
    (lambda said: member(said).update(url="https://a@northmere.example"), DirectoryFault.FORM),
    (lambda said: member(said).update(url=""), DirectoryFault.FORM),
    (lambda said: member(said).update(certificates=[]), DirectoryFault.FORM),
    (lambda said: member(said).update(certificates=["AB" * 32]), DirectoryFault.FORM),
    (lambda said: member(said).update(keys=[]), DirectoryFault.FORM),
    (lambda said: member(said)["keys"][0].update(use="sign"), DirectoryFault.FORM),
    (lambda said: member(said)["keys"][0].update(until=0), DirectoryFault.FORM),
    (lambda said: member(said)["keys"][0].update(public="A" * 44), DirectoryFault.FORM),
    (lambda said: member(said).update(versions=[]), DirectoryFault.FORM),
    (lambda said: member(said).update(capacity=0), DirectoryFault.FORM),
    (lambda said: member(said).update(capacity=True), DirectoryFault.FORM),
    (lambda said: member(said).update(front_door=None), DirectoryFault.FORM),
    (lambda said: member(said).update(state="gone"), DirectoryFault.FORM),
    (lambda said: member(said).update(title="<b>"), DirectoryFault.FORM),
    (lambda said: member(said).update(name="../x"), DirectoryFault.FORM),
]


@pytest.mark.parametrize(("change", "fault"), CHANGES)
def test_what_could_be_read_two_ways_is_refused_however_well_signed(
    change: Callable[[dict[str, Any]], object], fault: DirectoryFault
) -> None:
    assert refused(PAPERS.signed(change)) is fault


def test_a_member_that_polls_needs_no_address() -> None:
    found = PAPERS.directory(lambda said: member(said).update(reached="poll", url=""))
    assert found.members["northmere"].url == ""


def test_a_key_counts_from_its_first_second_to_before_its_last() -> None:
    northmere = PAPERS.directory().members["northmere"]
    assert northmere.key("northmere/serve/1", later(days=-1)) is not None
    assert northmere.key("northmere/serve/1", later(days=-1, seconds=-1)) is None
    assert northmere.key("northmere/serve/1", later(days=399)) is None
    assert northmere.key("camfield/serve/1", NOW) is None


POLICIES = [
    "",
    PAPERS.policy_text() + "region vale\n",
    PAPERS.policy_text().replace("quorum 2", "quorum 0"),
    PAPERS.policy_text().replace("quorum 2", "quorum 4"),
    PAPERS.policy_text().replace("quorum 2", "quorum two"),
    PAPERS.policy_text().replace("self camfield", "self "),
    PAPERS.policy_text().replace("region vale", "region Vale"),
    PAPERS.policy_text() + "witness x\n",
    PAPERS.policy_text() + f"registrar registrar-1 {public(Ed25519PrivateKey.generate())}\n",
    PAPERS.policy_text() + f"registrar registrar-9 {public(PAPERS.registrars['registrar-1'])}\n",
    PAPERS.policy_text() + "registrar registrar-9 AAAA\n",
]


@pytest.mark.parametrize("text", POLICIES)
def test_a_policy_that_leaves_anything_open_is_refused(text: str) -> None:
    with pytest.raises(DirectoryRefused) as caught:
        RegionPolicy.read(text)
    assert caught.value.fault is DirectoryFault.POLICY


def test_a_policys_comments_and_empty_lines_say_nothing() -> None:
    read = RegionPolicy.read("# our region\n\n" + PAPERS.policy_text())
    assert (read.region, read.quorum, read.self_name) == ("vale", 2, "camfield")


def test_a_document_beyond_its_bound_is_not_read() -> None:
    assert refused(b" " * (1024 * 1024 + 1)) is DirectoryFault.FORM


def test_what_is_signed_is_bound_to_what_it_is() -> None:
    """A registrar's signature over the same bytes for another use is none."""
    said = orjson.dumps(PAPERS.said(), option=orjson.OPT_SORT_KEYS)
    plain = json.loads(PAPERS.signed())
    for each in plain["signatures"]:
        private = PAPERS.registrars[each["key"]]
        from_bare = private.sign(said)
        each["signature"] = b64encode(from_bare).decode()
    document = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    assert refused(document) is DirectoryFault.QUORUM
