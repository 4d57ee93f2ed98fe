"""Tiles, single proofs, two heads, keys: each piece by itself."""

import json

import pytest

from index_verify.findings import Report
from index_verify.policy import Policy
from index_verify.proving import check_inclusion
from index_verify.spelling import Malformed
from index_verify.splitting import check_split
from index_verify.words import SENTENCES, VERDICTS, Verdict
from tests.verify.conftest import Judge
from tests.verify.made import MadeLog, Stored, compact


@pytest.fixture(scope="module")
def tiled() -> MadeLog:
    """A log of two full tiles and a little."""
    made = MadeLog(seed=2)
    made.append(520)
    return made


def test_stored_tiles_are_those_the_leaves_give(tiled: MadeLog, judge: Judge) -> None:
    first, second = tiled.tiles().splitlines(keepends=True)
    line = json.loads(first)

    def told(*lines: bytes) -> list[str]:
        return judge(policy=tiled.keys.policy(), exports=[tiled.export()], tiles=b"".join(lines))

    def changed(**other: object) -> bytes:
        return compact({**line, **other})

    assert told(first, second) == told(second, first) == []
    assert told(first) == ["tile_missing"]
    assert told(first, first, second) == ["tile_twice"]
    assert told(changed(hashes=json.loads(second)["hashes"]), second) == ["tile"]
    assert told(first, second, changed(tile=2)) == ["tile_beyond"]
    assert told(first, second, changed(shard=202700)) == ["tile_beyond"]
    for wrong in (changed(hashes="00"), changed(tile=-1), changed(level="0"), first[:-1], b"\n"):
        assert told(second, wrong) == ["tile_form"]


def test_a_proof_under_too_few_cosignatures_cannot_be_told(log: MadeLog) -> None:
    policy, leaf = Policy.of(log.keys.policy()), log.stored[4].leaf
    assert check_inclusion(log.inclusion(4), leaf, policy).verdict is Verdict.INTACT
    lacking = "\n".join([*log.inclusion(4).split("\n")[:-2], ""])
    report = check_inclusion(lacking, leaf, policy)
    assert (report.verdict, list(report.kinds)) == (Verdict.CANNOT_TELL, ["quorum"])


def test_two_heads_of_one_size_that_differ_convict_the_log(log: MadeLog) -> None:
    policy = Policy.of(log.keys.policy())
    stored = [Stored(bytes(32), b"", b"", None), *log.stored[1:]]
    other = MadeLog(log.keys, stored=stored)

    def told(one: str, two: str, proof: str | None = None) -> list[str]:
        sent = None if proof is None else proof.encode()
        return list(check_split((one, two), sent, policy).kinds)

    assert told(log.note(32), other.note(32)) == ["fork"]
    assert told(log.note(32), log.note(32)) == []
    assert told(log.note(32), other.note(48)) == ["two_sizes"]
    for made in (log, other):
        assert told(log.note(32), other.note(48), made.growth(32, 48)) == ["consistency"]
    assert told(log.note(48), log.note(32), log.growth(32, 48)) == []
    assert told(log.note(32), log.note(48), "{}") == ["consistency_form"]
    elsewhere = MadeLog(log.keys, shard=202700, stored=log.stored)
    assert told(log.note(32), elsewhere.note(32)) == ["two_logs"]
    assert told(log.note(32), log.note(32).replace("\n32\n", "\n33\n")) == ["head_signature"]


def test_a_member_that_stands_twice_is_refused(log: MadeLog, judge: Judge) -> None:
    export = log.export(20, opened=True)
    for name in (b'"i":3,', b'"case":"case-7"'):
        twice = name.rstrip(b",") + b"," + name
        codes = judge(exports=[export.replace(name, twice, 1)])
        assert codes[0] in ("export_line", "export_header")


def test_a_key_with_another_id_is_no_key(log: MadeLog) -> None:
    for line in log.keys.policy().splitlines():
        if "+" in line.split(" ")[1] and line.startswith(("log", "witness")):
            name, key_id, key = line.split("+", 2)
            other = f"{name}+{int(key_id, 16) ^ 1:08x}+{key}"
            with pytest.raises(Malformed, match="policy_form"):
                Policy.of(log.keys.policy().replace(line, other))


def test_nothing_found_and_nothing_verified_is_not_intact() -> None:
    report = Report()
    assert report.verdict is Verdict.CANNOT_TELL
    report.verified["leaves"] = 1
    assert report.verdict is Verdict.INTACT


def test_every_finding_has_a_sentence_and_many_of_one_are_counted() -> None:
    assert SENTENCES.keys() == VERDICTS.keys()
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
    report = Report()
    for number in range(30):
        report.found("tile", f"tile {number}")
    assert len(report.lines()) == 22
    assert "10 more of" in report.lines()[-2]
