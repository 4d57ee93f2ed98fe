"""Heads: both signatures and the quorum, or it is no head; forks and rollbacks of several."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_verify.heads import read_head
from index_verify.policy import Policy
from index_verify.spelling import Malformed
from tests.verify.conftest import Judge
from tests.verify.made import COSIGNATURE, SEEN_S, SHARD, Keys, MadeLog, Stored, key_line
from tests.verify.second import Case


def told(note: str, keys: Keys) -> str:
    """Return the code read_head refuses a note with."""
    with pytest.raises(Malformed) as refused:
        read_head(note, Policy.of(keys.policy()))
    return refused.value.code


def test_a_good_note_is_read(log: MadeLog) -> None:
    head = read_head(log.note(20), Policy.of(log.keys.policy()))
    assert (head.shard, head.size) == (SHARD, 20)
    assert (head.signed_s, head.cosigned_s) == (SEEN_S, (SEEN_S, SEEN_S))


def test_a_head_needs_both_of_the_logs_signatures(log: MadeLog) -> None:
    lines = log.note(20).splitlines(keepends=True)
    assert told("".join([*lines[:4], *lines[5:]]), log.keys) == "head_unsigned"
    assert told("".join([*lines[:5], *lines[6:]]), log.keys) == "head_unsigned"
    assert told("".join(lines[:4]), log.keys) == "head_form"


@pytest.mark.parametrize("line", [4, 5])
def test_either_signature_failing_refuses_the_head(log: MadeLog, line: int) -> None:
    for at in (0, 3, 4, 11, 40, -1):
        lines = log.note(20).splitlines(keepends=True)
        dash, name, signature = lines[line].split(" ")
        raw = bytearray(b64decode(signature))
        raw[at] ^= 1
        lines[line] = f"{dash} {name} {b64encode(raw).decode()}\n"
        assert told("".join(lines), log.keys) == "head_signature"


def test_a_changed_cosignature_or_time_is_found(log: MadeLog) -> None:
    for at in (0, 4, 11, 12, -1):
        lines = log.note(20).splitlines(keepends=True)
        dash, name, signature = lines[6].split(" ")
        raw = bytearray(b64decode(signature))
        raw[at] ^= 1
        lines[6] = f"{dash} {name} {b64encode(raw).decode()}\n"
        assert told("".join(lines), log.keys) == "head_cosignature"


def test_a_key_signs_once(log: MadeLog) -> None:
    lines = log.note(20).splitlines(keepends=True)
    assert told("".join([*lines, lines[6]]), log.keys) == "head_repeated"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (0, f"northmere.example/log/{SHARD + 1}\n"),
        (1, "21\n"),
        (1, "020\n"),
        (1, "-20\n"),
        (1, "٢٠\n"),
        (2, b64encode(bytes(32)).decode() + "\n"),
        (2, b64encode(bytes(31)).decode() + "\n"),
        (2, "+++\n"),
        (2, "extension\n\n"),
    ],
)
def test_no_other_text_is_what_was_signed(log: MadeLog, line: int, text: str) -> None:
    lines = log.note(20).splitlines(keepends=True)
    lines[line] = text
    assert told("".join(lines), log.keys).startswith("head_")


@pytest.mark.parametrize("note", ["", "\n", "\n\n", "a\nb\nc\n\n— x y\n", "— " * 70_000])
def test_what_is_no_note_is_refused(log: MadeLog, note: str) -> None:
    assert told(note, log.keys) in ("head_form", "head_origin")


def test_signatures_of_names_nobody_knows_are_passed_over(log: MadeLog) -> None:
    stranger = f"— stranger.example {b64encode(bytes(68)).decode()}\n"
    assert read_head(log.note(20) + stranger, Policy.of(log.keys.policy())).size == 20


def test_fewer_cosignatures_than_the_quorum_cannot_be_told(log: MadeLog, judge: Judge) -> None:
    lines = log.note(20).splitlines(keepends=True)
    assert judge(exports=[log.export()], heads=["".join(lines[:-1])]) == ["quorum"]
    assert judge(exports=[log.export()], heads=["".join(lines[:-1])], policy=one(log)) == []


def one(log: MadeLog) -> str:
    return log.keys.policy(quorum=1)


def forked(log: MadeLog, size: int) -> MadeLog:
    """Return a log of the same keys in which one leaf is another."""
    stored = list(log.stored[:size])
    stored[size // 2] = Stored(bytes(32), bytes(32), b"", None)
    return MadeLog(log.keys, stored=stored)


def test_two_heads_of_one_size_that_differ_are_a_fork(log: MadeLog, judge: Judge) -> None:
    other = forked(log, 32)
    found = judge(exports=[log.export()], heads=[log.note(32), other.note(32)])
    assert found == ["fork", "head_not_in_log"]


def test_a_head_the_log_does_not_begin_with_is_found(log: MadeLog, judge: Judge) -> None:
    assert judge(exports=[log.export()], heads=[forked(log, 32).note()]) == ["head_not_in_log"]


def test_an_export_older_than_a_head_given_is_a_rollback(log: MadeLog, judge: Judge) -> None:
    assert judge(exports=[log.export(32)], heads=[log.note(48)]) == ["rollback"]


def test_two_exports_of_a_forked_log_are_found(log: MadeLog, judge: Judge) -> None:
    found = judge(exports=[log.export(48), forked(log, 32).export()])
    assert found == ["head_not_in_log"]


def test_a_newer_head_that_is_proven_to_grow_from_the_log_is_no_rollback(
    log: MadeLog, judge: Judge
) -> None:
    """The second does not tell the two apart: both are not intact."""
    grown = {"exports": [log.export(32)], "heads": [log.note(48)]}
    assert judge(**grown, growths=[log.growth(32, 48)]) == ["head_ahead"]
    assert "rollback" in judge(**grown, growths=[log.growth(16, 48)])


def test_a_consistency_proof_holds_between_the_heads_it_names(log: MadeLog, judge: Judge) -> None:
    shown = {"exports": [log.export(48)], "heads": [log.note(32)]}
    proof = log.growth(32, 48)
    assert judge(**shown, growths=[proof]) == []
    assert judge(**shown, growths=[log.growth(31, 48)]) == ["consistency_apart"]
    first = b64encode(log.growth_path(32, 48)[0]).decode()
    other = b64encode(bytes(32)).decode()
    assert judge(**shown, growths=[proof.replace(first, other)]) == ["consistency"]
    assert judge(**shown, growths=[proof.replace('"from":32', '"from":48')]) != []
    assert judge(**shown, growths=[proof[:-1]]) == ["consistency_form"]


def test_shards_are_logs_of_their_own(log: MadeLog, judge: Judge) -> None:
    next_year = MadeLog(log.keys, seed=9, shard=202700)
    next_year.append(20)
    assert judge(exports=[log.export(32), next_year.export()]) == []
    assert judge(exports=[log.export(32)], heads=[next_year.note()]) == []
    swapped = next_year.note().replace("/202700", "/202600")
    assert "head_signature" in judge(exports=[log.export(32)], heads=[swapped])


def test_what_stands_behind_a_witness_is_not_the_verifiers(log: MadeLog, judge: Judge) -> None:
    told = log.keys.policy().replace("\nquorum", " independent https://witness.example\nquorum")
    assert judge(Case(told, [log.export(32)])) == []


def test_one_key_under_two_names_counts_once(log: MadeLog) -> None:
    key = Ed25519PrivateKey.generate()
    names = ("camfield.example/witness", "eastbrook.example/witness")
    with pytest.raises(Malformed, match="policy_form"):
        Policy.of(Keys(witnesses=dict.fromkeys(names, key)).policy())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("csa northmere", "csa northmere x"),
        ("quorum 2", "quorum 3"),
        ("quorum 2", "quorum -1"),
        ("quorum 2", ""),
        ("quorum 2", "quorum 2\nquorum 1"),
        ("csa northmere", ""),
        ("csa northmere", "csa northmere\ncsa camfield"),
        ("receipt ", "receipts "),
        ("receipt ", "receipt A"),
        ("log ", "witness "),
        ("+", "+0"),
        ("camfield.example", "eastbrook.example"),
    ],
)
def test_a_policy_that_is_not_whole_is_refused(log: MadeLog, old: str, new: str) -> None:
    with pytest.raises(Malformed):
        Policy.of(log.keys.policy().replace(old, new, 1))


def test_a_witness_counts_by_its_own_key_only(log: MadeLog, judge: Judge) -> None:
    raw = COSIGNATURE + Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    policy = log.keys.policy().splitlines()
    place = next(at for at, line in enumerate(policy) if line.startswith("witness camfield"))
    policy[place] = key_line("witness", "camfield.example/witness", raw)
    changed = "\n".join(policy)
    assert judge(Case(changed, [log.export(32)])) == ["head_cosignature"]
