"""Exports: what an intact one comes to, and everything by which one is not."""

import json
import re
from pathlib import Path

import pytest

from index_verify.checking import Given, check
from index_verify.policy import Policy
from index_verify.words import Verdict
from tests.verify.conftest import Judge
from tests.verify.handed import by_index_verify
from tests.verify.made import CSA, ORIGIN, SHARD, Keys, MadeLog, compact
from tests.verify.second import Case


def test_an_intact_log_is_intact_with_everything_beside_it(log: MadeLog, judge: Judge) -> None:
    everything = Case(
        log.keys.policy(),
        exports=[log.export(), log.export(160)],
        openings=[log.export(opened=True), log.export(opened={3, 5, 9}, sparse=True)],
        heads=[log.note(16), log.note(304)],
        receipts=[log.receipt(2), log.receipt(7)],
        tiles=log.tiles(),
        inclusions=[(log.stored[4].leaf, log.inclusion(4))],
        growths=[log.growth(16, 304), log.growth(160, 304)],
    )
    assert judge(everything) == []


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 304])
def test_an_intact_log_of_any_size_is_intact(log: MadeLog, judge: Judge, size: int) -> None:
    assert judge(exports=[log.export(size)], heads=[log.note(1)]) == []


def test_openings_alone_are_a_log_when_none_is_left_out(log: MadeLog, judge: Judge) -> None:
    assert judge(exports=[log.export(opened=True)]) == []
    assert judge(exports=[log.export(opened={1, 2})]) == ["unopened"]
    assert judge(exports=[log.export(opened={1, 2}, sparse=True)]) == ["openings_alone"]


def test_what_was_verified_is_counted(log: MadeLog, tmp_path: Path) -> None:
    case = Case(log.keys.policy(), [log.export()], [log.export(opened=True)], tiles=log.tiles())
    report = by_index_verify(case, tmp_path)
    assert report.verdict is Verdict.INTACT
    verified = {"leaves": 304, "openings": 290, "paddings": 14, "heads": 2, "tiles": 1}
    assert report.verified == verified


def test_no_leaf_is_never_verified(judge: Judge) -> None:
    empty = MadeLog()
    assert judge(Case(empty.keys.policy(), [empty.export()])) == ["nothing"]
    assert judge(Case(empty.keys.policy())) == ["nothing"]


def test_an_empty_file_was_cut(judge: Judge) -> None:
    assert judge(exports=[b""]) == ["export_empty"]


def test_every_cut_is_found(log: MadeLog, judge: Judge) -> None:
    export = log.export(20)
    lines = export.splitlines(keepends=True)
    for cut in (export[:-1], export[:-2], export[:40], b"".join(lines[:-1]), b"".join(lines[:7])):
        assert "export_cut" in judge(exports=[cut])
    assert "export_count" in judge(exports=[b"".join([*lines[:-2], lines[-1]])])


def test_every_disorder_of_lines_is_found(log: MadeLog, judge: Judge) -> None:
    lines = log.export(20).splitlines(keepends=True)

    def found(*changed: bytes) -> list[str]:
        return judge(exports=[b"".join(changed)])

    assert "export_order" in found(*lines[:4], lines[5], lines[4], *lines[6:])
    assert "export_order" in found(*lines[:4], lines[4], lines[4], *lines[5:])
    assert "export_order" in found(*lines[:4], *lines[5:])
    assert "export_after_end" in found(*lines, lines[-1])
    assert "export_cut" in found(*lines, lines[1])
    assert "export_cut" in found(*lines, b"\n")
    assert "export_line" in found(*lines[:4], b"\n", *lines[4:])
    end = compact({"end": 18, "head": json.loads(lines[-1])["head"]})
    assert "export_size" in found(*lines[:-3], end)
    assert "export_header" in found(*lines[1:])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"index-log/1"', b'"index-log/2"', "export_header"),
        (b'"kind":"hashes"', b'"kind":"openings"', "export_header"),
        (b'"case":null', b'"case":"7"', "export_header"),
        (b'{"format"', b'{"kind":"hashes","format"', "export_header"),
        (CSA.encode() + b'"', b'camfield"', "export_csa"),
        (b'"origin":"' + ORIGIN.encode(), b'"origin":"elsewhere.example/log', "export_origin"),
        (f'{ORIGIN}/{SHARD}",'.encode(), f'{ORIGIN}/{SHARD + 1}",'.encode(), "head_origin"),
        (f'{ORIGIN}/{SHARD}",'.encode(), f'{ORIGIN}/0{SHARD}",'.encode(), "export_origin"),
        (b'"i":3,', b'"i":03,', "export_line"),
        (b'"i":3,', b'"i":3.0,', "export_line"),
        (b'"i":3,', b'"i":true,', "export_line"),
        (b'"i":3,', b'"i":3,"i":3,', "export_line"),
        (b'"i":3,', b'"n":0,"i":3,', "export_line"),
        (b'"end":', b'"end":1', "export_count"),
    ],
)
def test_every_change_of_form_is_found(
    log: MadeLog, judge: Judge, old: bytes, new: bytes, code: str
) -> None:
    assert code in judge(exports=[log.export(20).replace(old, new, 1)])


def test_an_upper_case_or_shorter_leaf_is_no_leaf(log: MadeLog, judge: Judge) -> None:
    lines = log.export(20).splitlines(keepends=True)
    for pattern in (rb'"leaf":"\w\w', rb"[a-f]"):
        shape = lines[4].replace(b"leaf", b"LEAF") if pattern == rb"[a-f]" else lines[4]
        changed = re.sub(pattern, lambda found: found[0].upper()[:-2] or b"A", shape, count=3)
        assert "export_line" in judge(exports=[b"".join([*lines[:4], changed, *lines[5:]])])


def test_a_changed_leaf_does_not_give_the_root(log: MadeLog, judge: Judge) -> None:
    export = log.export(20)
    other = export.replace(log.stored[7].leaf.hex().encode(), log.stored[9].leaf.hex().encode(), 1)
    assert "root" in judge(exports=[other])


def test_an_opening_among_hashes_is_refused(log: MadeLog, judge: Judge) -> None:
    lines = log.export(20).splitlines(keepends=True)
    opened = log.export(20, opened={3}).splitlines(keepends=True)
    assert "export_line" in judge(exports=[b"".join([*lines[:4], opened[4], *lines[5:]])])


def test_another_logs_export_is_refused(log: MadeLog, judge: Judge) -> None:
    other = MadeLog(Keys(), seed=1)
    other.append(20)
    assert "head_signature" in judge(exports=[other.export()])
    elsewhere = MadeLog(Keys(origin="camfield.example/log"), seed=1)
    elsewhere.append(20)
    assert "export_origin" in judge(exports=[elsewhere.export()])


def test_a_file_that_is_not_there_cannot_be_told(log: MadeLog, tmp_path: Path) -> None:
    missing = Given((tmp_path / "missing",))
    report = check(missing, Policy.of(log.keys.policy()))
    assert sorted(report.kinds) == ["unreadable"]
    assert report.verdict is Verdict.CANNOT_TELL


def test_a_line_without_end_is_not_read_into_memory(log: MadeLog, judge: Judge) -> None:
    lines = log.export(20).splitlines(keepends=True)
    endless = b'{"i":3,"leaf":"' + b"0" * 3_000_000 + b'"}\n'
    found = judge(exports=[b"".join([*lines[:4], endless, *lines[5:]])])
    assert {"export_cut", "export_line"} & set(found)


def test_json_nested_without_end_is_a_finding(log: MadeLog, judge: Judge) -> None:
    nested = b"[" * 100_000 + b"\n"
    lines = log.export(20, opened=True).splitlines(keepends=True)
    assert "export_line" in judge(exports=[b"".join([lines[0], nested, *lines[1:]])])
