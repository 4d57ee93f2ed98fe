"""Openings: each gives its leaf, in its canonical form, of its authority, at its place."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from index_service.log.leaf import leaf_hash
from index_verify.entries import Entry, read_entry
from index_verify.spelling import Malformed
from index_verify.words import Verdict
from tests.verify.conftest import Judge
from tests.verify.handed import by_index_verify
from tests.verify.made import SHARD, MadeLog, Stored, compact, made_entry
from tests.verify.second import Case


def changed(log: MadeLog, index: int, change: Callable[[dict[str, object]], None]) -> bytes:
    """Return an export of openings in which one line was changed."""
    lines = log.export(32, opened=True).splitlines(keepends=True)
    line = json.loads(lines[index + 1])
    change(line)
    lines[index + 1] = compact(line)
    return b"".join(lines)


def test_a_changed_entry_blind_or_leaf_is_found(log: MadeLog, judge: Judge) -> None:
    def other_entry(line: dict[str, object]) -> None:
        line["entry"] = str(line["entry"]).replace("safeguarding", "assessment")

    def other_blind(line: dict[str, object]) -> None:
        line["blind"] = "00" * 32

    def other_leaf(line: dict[str, object]) -> None:
        line["leaf"] = log.stored[2].leaf.hex()

    for change in (other_entry, other_blind, other_leaf):
        assert "opening_leaf" in judge(exports=[changed(log, 4, change)])


def test_two_openings_exchanged_are_found(log: MadeLog, judge: Judge) -> None:
    def exchange(line: dict[str, object]) -> None:
        other = log.stored[9]
        line |= {"blind": other.blind.hex(), "entry": other.text.decode()}

    assert "opening_leaf" in judge(exports=[changed(log, 4, exchange)])


def resealed(log: MadeLog, text: bytes, index: int = 4) -> MadeLog:
    """Return a log whose sealer put this text at a place: signatures and root all hold."""
    blind = b"\x07" * 32
    stored = list(log.stored[:32])
    stored[index] = Stored(leaf_hash(blind, text), blind, text, UUID(int=1))
    return MadeLog(log.keys, stored=stored)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"account":', b'"account": '),
        (b'"v":1', b'"v":2'),
        (b'"v":1', b'"v":1.0'),
        (b',"v":1', b',"v":1,"w":1'),
        (b'"rules":["role_permits"', b'"rules":["role\\u005fpermits"'),
        (b'"shown":true', b'"shown":1'),
        (b'"count":', b'"count":-'),
        (b'"at_ms":', b'"at_ms":0'),
        (b'"code":"",', b""),
        (b'"code":"",', b'"code":"","code":"",'),
        (b'"purpose":"safeguarding"', b'"purpose":"safe\x00guarding"'),
        (b'"purpose":"safeguarding"', b'"purpose":"safe\\ud800guarding"'),
        (b'"purpose":"safeguarding"', b'"purpose":7'),
        (b'"ref":"', b'"ref":"z'),
    ],
)
def test_a_spelling_that_is_not_canonical_is_found(
    log: MadeLog, judge: Judge, old: bytes, new: bytes
) -> None:
    index = next(at for at in range(32) if b'"ref"' in log.stored[at].text)
    text = log.stored[index].text.replace(old, new, 1)
    assert text != log.stored[index].text
    other = resealed(log, text, index)
    with pytest.raises(Malformed):
        read_entry(text)
    assert judge(exports=[other.export(opened=True)]) == ["opening_form"]


def test_the_usual_and_the_long_way_read_alike(log: MadeLog) -> None:
    for each in log.stored:
        if each.entry_id is not None:
            plain = json.loads(each.text)
            wide = each.text.replace(b'"role":""', '"role":"ü"'.encode())
            said = Entry(*(str(plain[name]).encode() for name in Entry._fields))
            assert read_entry(each.text) == read_entry(wide) == said


def test_escaped_texts_are_read_as_they_are(log: MadeLog, judge: Judge) -> None:
    text = log.stored[4].text.replace(b'"role":""', '"role":"ü\\\\\\" \\u0001"'.encode())
    assert judge(exports=[resealed(log, text).export(opened=True)]) == []


def test_an_entry_of_another_authority_is_found(log: MadeLog, judge: Judge) -> None:
    text = log.stored[4].text.replace(b'"csa":"northmere"', b'"csa":"camfield"')
    assert judge(exports=[resealed(log, text).export(opened=True)]) == ["opening_csa"]


def test_padding_stands_where_it_says(log: MadeLog, judge: Judge) -> None:
    assert judge(exports=[resealed(log, b'{"pad":4,"v":1}').export(opened=True)]) == []
    for wrong in (b'{"pad":5,"v":1}', b'{"pad":4,"v":2}', b'{"pad": 4,"v":1}'):
        found = judge(exports=[resealed(log, wrong).export(opened=True)])
        assert found == ["opening_padding"]


def test_an_opening_beside_hashes_stands_at_its_place(log: MadeLog, judge: Judge) -> None:
    openings = log.export(32, opened={5, 9}, sparse=True)
    assert judge(exports=[log.export(32)], openings=[openings]) == []
    moved = openings.replace(b'{"i":9,', b'{"i":10,')
    assert judge(exports=[log.export(32)], openings=[moved]) == ["opening_elsewhere"]
    beyond = openings.replace(b'{"i":9,', b'{"i":99,')
    assert judge(exports=[log.export(32)], openings=[beyond]) == ["opening_elsewhere"]
    lines = openings.splitlines(keepends=True)
    disorder = b"".join([lines[0], lines[2], lines[1], lines[3]])
    assert "export_order" in judge(exports=[log.export(32)], openings=[disorder])


def stripped(log: MadeLog, said: dict[str, object]) -> bytes:
    """Return a whole export of openings in which leaves 4 and 9 are told of otherwise."""
    lines = log.export(32, opened=True).splitlines(keepends=True)
    for index in (4, 9):
        lines[index + 1] = compact({"i": index, "leaf": log.stored[index].leaf.hex(), **said})
    return b"".join(lines)


def test_entries_erased_after_sealing_are_never_plainly_intact(
    log: MadeLog, judge: Judge, tmp_path: Path
) -> None:
    """Alone and beside the hashes: the tree holds, and what it holds is not shown."""
    less = stripped(log, {})
    assert judge(exports=[less]) == judge(exports=[log.export(32), less]) == ["unopened"]
    assert judge(exports=[log.export(32)], openings=[less]) == ["unopened"]
    report = by_index_verify(Case(log.keys.policy(), [less]), tmp_path)
    assert report.verdict is Verdict.CANNOT_TELL
    assert [each.where for each in report.findings] == ["export 1, 2 of 32 lines"]


@pytest.mark.parametrize(
    ("why", "verdict"),
    [
        ("missing", Verdict.CANNOT_TELL),
        ("year", Verdict.CANNOT_TELL),
        ("broken", Verdict.TAMPERED),
    ],
)
def test_what_the_log_says_of_what_it_cannot_open_is_told(
    log: MadeLog, judge: Judge, tmp_path: Path, why: str, verdict: Verdict
) -> None:
    less = stripped(log, {"gone": why})
    assert judge(exports=[less]) == [f"gone_{why}"]
    assert judge(exports=[log.export(32)], openings=[less]) == [f"gone_{why}"]
    report = by_index_verify(Case(log.keys.policy(), [less]), tmp_path)
    assert (report.verdict, report.kinds[f"gone_{why}"]) == (verdict, 2)
    assert [each.where for each in report.findings] == ["export 1, leaf 4", "export 1, leaf 9"]


def test_no_other_word_stands_for_what_is_gone(log: MadeLog, judge: Judge) -> None:
    others: tuple[dict[str, object], ...] = (
        {"gone": "lost"}, {"gone": None}, {"gone": ["year"]}, {"left": "year"},
    )  # fmt: skip
    for said in others:
        assert "export_line" in judge(exports=[stripped(log, said)])
    hashes = log.export(32).replace(b'"}\n{"i":5,', b'","gone":"year"}\n{"i":5,', 1)
    assert "export_line" in judge(exports=[hashes])


def test_openings_of_a_case_open_its_entries_alone(
    log: MadeLog, judge: Judge, tmp_path: Path
) -> None:
    case = Case(log.keys.policy(), [log.export(32)], [log.export(32, opened={5, 9}, sparse=True)])
    assert judge(case) == []
    assert by_index_verify(case, tmp_path).verified["openings"] == 2


def begun(log: MadeLog, action: str = "release_log", code: str = "approved") -> MadeLog:
    """Return the tree begun anew in the log's year, its first entry saying this."""
    made = MadeLog(log.keys, seed=9, shard=SHARD + 1)
    entry, refs = made_entry(random.Random(9), 0)
    made.take(replace(entry, action=action, code=code), refs)
    made.append(20)
    return made


def test_a_tree_begun_anew_begins_with_its_approval(log: MadeLog, judge: Judge) -> None:
    anew = begun(log)
    assert judge(exports=[log.export(), anew.export(opened=True)]) == []
    first = anew.export(opened={0}, sparse=True)
    assert judge(exports=[log.export(), anew.export()], openings=[first]) == []
    assert judge(exports=[log.export(), anew.export()]) == ["begun_anew"]
    other = anew.export(opened={1, 2}, sparse=True)
    assert judge(exports=[anew.export()], openings=[other]) == ["begun_anew"]
    assert judge(exports=[log.export(), anew.export()], openings=[first, other]) == []


@pytest.mark.parametrize("said", [{"code": "asked"}, {"code": ""}, {"action": "read_child"}])
def test_a_tree_begun_anew_with_anything_else_is_told(
    log: MadeLog, judge: Judge, said: dict[str, str]
) -> None:
    assert judge(exports=[begun(log, **said).export(opened=True)]) == ["begun_unapproved"]


def test_nothing_of_an_entry_is_echoed(log: MadeLog, judge: Judge) -> None:
    """The codes are all that is found, and their sentences hold nothing that was read."""
    found = judge(exports=[changed(log, 4, lambda line: line.update(entry="Ada Example"))])
    assert found == ["opening_leaf"]
