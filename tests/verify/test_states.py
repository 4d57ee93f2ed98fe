"""Row states: each row as the last entry left it, in a state export or a dump's text."""

import random
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index_service.log.entry import Outcome
from index_service.log.row_states import state_of as service_state_of
from index_service.store.tables import SEALED_COLUMNS as SERVICE_COLUMNS
from index_verify.dumps import SEALED_COLUMNS
from index_verify.findings import Report
from index_verify.spelling import parts
from index_verify.states import state_of
from index_verify.words import Verdict
from tests.verify.handed import by_index_verify
from tests.verify.made import AT_S, CSA, SHARD, MadeLog, compact, made_entry
from tests.verify.second import Case, sha

READ_MS = AT_S * 1000 + 30_000
LATER_MS = READ_MS + 60_000
REFS = [bytes([number]) * 16 for number in range(1, 5)]
Row = tuple[int, int]
"""A row and its version; a change is a row, the version found and the version left."""
Change = tuple[int, int | None, int]
Rows = Callable[..., bytes]


def columns(number: int, version: int = 0) -> list[bytes]:
    """Return a row's made-up sealed columns."""
    return [sha(f"{number}/{version}/{name}".encode()) for name in SEALED_COLUMNS]


def state(number: int, version: int = 0) -> bytes:
    return state_of(columns(number, version))


def told(*changes: Change, year: int = 0) -> str:
    """Return what an entry says of rows."""
    return b64encode(b"".join(_told(change, year) for change in changes)).decode()


def _told(change: Change, year: int) -> bytes:
    number, before, after = change
    found = bytes(16) if before is None else state(number, before)[:16]
    return ref(number, year) + found + state(number, after)


def ref(number: int, year: int = 0) -> bytes:
    return bytes(each ^ year for each in REFS[number])


def written(*changes: Change, log: MadeLog | None = None, year: int = 0) -> MadeLog:
    """Return a log in which rows were written in this order, and rows read between."""
    log, chance = log or MadeLog(seed=3), random.Random(5)
    for change in changes:
        take(log, chance, told(change, year=year))
        log.append(3, pad=False)
    ended(log)
    return log


def take(log: MadeLog, chance: random.Random, said: str, at_ms: int = 0) -> None:
    entry, refs = made_entry(chance, 0)
    at_ms = at_ms or entry.at_ms
    log.take(replace(entry, outcome=Outcome.RECORDED, row_state=said, at_ms=at_ms), refs)


def ended(log: MadeLog) -> None:
    """Let the log go on for long enough after the rows were read."""
    take(log, random.Random(6), "", LATER_MS)
    log.append(0)


def exported(*rows: Row, earlier: int = 0) -> bytes:
    """Return a state export; `earlier` years stand behind this year's reference."""
    first = compact({"format": "index-states/1", "csa": CSA, "at_ms": READ_MS})
    lines = [
        compact(
            {
                "child": ref(number, earlier).hex(),
                "earlier": [ref(number, year).hex() for year in reversed(range(earlier))],
                "state": state(number, version).hex(),
            }
        )
        for number, version in rows
    ]
    return b"".join([first, *lines, compact({"end": len(lines)})])


def dumped(*rows: Row, csa: str = CSA) -> bytes:
    """Return a dump's text around the rows, another table before them."""
    names = ", ".join(("csa", "child_id", "wrapped_key", *SEALED_COLUMNS))
    lines = ["SET client_encoding = 'UTF8';", "COPY public.agency (csa) FROM stdin;", CSA, "\\."]
    lines.append(f"COPY public.child ({names}) FROM stdin;")
    for number, version in rows:
        cells = ["\\\\x" + value.hex() for value in columns(number, version)]
        lines.append("\t".join([csa, f"id-{number}", "\\\\xab", *cells]))
    return "\n".join([*lines, "\\.", "", ""]).encode()


def found(log: MadeLog, rows: bytes, place: Path, *, opened: bool = True) -> Report:
    shown = log.export(opened=True) if opened else log.export()
    return by_index_verify(Case(log.keys.policy(), [shown]), place, rows)


HISTORY: tuple[Change, ...] = ((0, None, 0), (1, None, 0), (0, 0, 1))


def test_a_state_is_of_every_column_behind_its_length() -> None:
    assert state_of([b"a", b"bc"]) == sha(parts(b"isa/row-state/1", b"a", b"bc"))
    assert state_of([b"ab", b"c"]) != state_of([b"a", b"bc"])


def test_the_index_and_the_verifier_mean_the_same_state_of_the_same_columns() -> None:
    assert SEALED_COLUMNS == SERVICE_COLUMNS
    assert service_state_of(columns(0)) == state(0)


@pytest.mark.parametrize("rows", [exported, dumped])
def test_rows_as_the_last_entries_left_them_are_intact(rows: Rows, tmp_path: Path) -> None:
    report = found(written(*HISTORY), rows((0, 1), (1, 0)), tmp_path)
    assert report.verdict is Verdict.INTACT, report.kinds
    assert report.verified["row states"] == 2


@pytest.mark.parametrize("rows", [exported, dumped])
@pytest.mark.parametrize(
    ("there", "codes"),
    [
        (((0, 0), (1, 0)), {"state_older"}),
        (((0, 2), (1, 0)), {"state"}),
        (((0, 1), (1, 0), (2, 0)), {"state_unnamed"}),
        (((0, 1),), {"state_gone"}),
        (((0, 1), (1, 0), (1, 0)), {"state_twice"}),
        ((), {"state_nothing"}),
    ],
)
def test_rows_put_back_changed_added_or_gone_are_found(
    rows: Rows, there: tuple[Row, ...], codes: set[str], tmp_path: Path
) -> None:
    report = found(written(*HISTORY), rows(*there), tmp_path)
    assert codes <= set(report.kinds)
    tampering = {"state_older", "state", "state_twice"}
    assert (report.verdict is Verdict.TAMPERED) == bool(codes & tampering)
    assert report.verdict is not Verdict.INTACT


def test_two_rows_that_changed_places_are_found(tmp_path: Path) -> None:
    begin, *swapped, end = exported((0, 0), (1, 0)).splitlines(keepends=True)
    first, second = (line.rpartition(b'"state"') for line in swapped)
    rows = b"".join([begin, first[0], *second[1:], second[0], *first[1:], end])
    report = found(written((0, None, 0), (1, None, 0)), rows, tmp_path)
    assert report.kinds == {"state": 2}
    assert report.findings[0].where == f"row {REFS[0].hex()}"


def test_a_row_put_back_and_written_since_is_found_by_what_its_entry_found(tmp_path: Path) -> None:
    report = found(written(*HISTORY, (0, 0, 2)), exported((0, 2), (1, 0)), tmp_path)
    assert report.kinds == {"state_between": 1}
    assert report.verdict is Verdict.TAMPERED
    assert report.findings[0].where == f"row {REFS[0].hex()}"


def test_a_row_that_was_found_as_nobody_left_it_is_found(tmp_path: Path) -> None:
    report = found(written(*HISTORY, (0, 7, 2)), exported((0, 2), (1, 0)), tmp_path)
    assert report.kinds == {"state_between": 1}


def test_entries_of_two_processes_are_followed_in_any_order(tmp_path: Path) -> None:
    """Each process numbers its own: of two changes the later may be sealed first."""
    changes = [(0, None, 0), (0, 0, 1), (0, 1, 2), (0, 2, 3)]
    for number in range(6):
        log = written(*random.Random(number).sample(changes, len(changes)))
        report = found(log, exported((0, 3)), tmp_path)
        assert report.verdict is Verdict.INTACT, report.kinds
        assert found(log, exported((0, 2)), tmp_path).kinds == {"state_older": 1}


def test_an_entry_may_tell_of_many_rows(tmp_path: Path) -> None:
    log = MadeLog(seed=3)
    take(log, random.Random(1), told((0, None, 0), (1, None, 0), (2, None, 0)))
    take(log, random.Random(2), told((0, 0, 1), (2, 0, 4)))
    ended(log)
    rows = exported((0, 1), (1, 0), (2, 4))
    assert found(log, rows, tmp_path).verified["row states"] == 3
    assert found(log, exported((0, 1), (1, 0), (2, 0)), tmp_path).kinds == {"state_older": 1}


def test_a_row_is_followed_from_one_year_s_reference_to_the_next(tmp_path: Path) -> None:
    last = written(*HISTORY)
    this = written((0, 1, 2), log=MadeLog(last.keys, seed=4, shard=SHARD + 100), year=1)
    shown = [last.export(opened=True), this.export(opened=True)]
    case = Case(last.keys.policy(), shown)
    report = by_index_verify(case, tmp_path, exported((0, 2), (1, 0), earlier=1))
    assert report.verdict is Verdict.INTACT, report.kinds
    report = by_index_verify(case, tmp_path, exported((0, 1), (1, 0), earlier=1))
    assert report.kinds == {"state_older": 1}
    alone = Case(last.keys.policy(), shown[1:])
    report = by_index_verify(alone, tmp_path, exported((0, 2), earlier=1))
    assert report.kinds == {"state_begins": 1}
    assert report.verdict is Verdict.CANNOT_TELL


def test_rows_of_another_authority_are_not_this_logs(tmp_path: Path) -> None:
    report = found(written((0, None, 0)), dumped((0, 0), csa="camfield"), tmp_path)
    assert "state_nothing" in report.kinds


@pytest.mark.parametrize("rows", [exported, dumped])
def test_entries_that_are_not_opened_may_name_any_row(rows: Rows, tmp_path: Path) -> None:
    log = written((0, None, 0))
    report = found(log, rows((0, 0)), tmp_path, opened=False)
    assert report.verdict is Verdict.CANNOT_TELL
    partly = Case(log.keys.policy(), [log.export()], [log.export(opened={0}, sparse=True)])
    report = by_index_verify(partly, tmp_path, rows((0, 1)))
    assert "state_unopened" in report.kinds
    assert report.verdict is Verdict.CANNOT_TELL
    rest = set(range(len(log.stored)))
    whole = Case(log.keys.policy(), [log.export()], [log.export(opened=rest, sparse=True)])
    assert by_index_verify(whole, tmp_path, rows((0, 0))).verdict is Verdict.INTACT


def test_a_change_that_wrote_no_row_leaves_it_as_it_was(tmp_path: Path) -> None:
    log = written((0, None, 0))
    take(log, random.Random(1), "")
    ended(log)
    assert found(log, exported((0, 0)), tmp_path).verdict is Verdict.INTACT


def test_what_was_written_after_the_rows_were_read_does_not_count(tmp_path: Path) -> None:
    log = written((0, None, 0))
    take(log, random.Random(1), told((0, 0, 1)), READ_MS + 1)
    ended(log)
    assert found(log, exported((0, 0)), tmp_path).verdict is Verdict.INTACT
    assert found(log, exported((0, 1)), tmp_path).kinds == {"state": 1}


def test_a_log_that_ends_too_soon_after_the_rows_were_read_cannot_tell(tmp_path: Path) -> None:
    log = MadeLog(seed=3)
    take(log, random.Random(1), told((0, None, 0), (1, None, 0), (1, 0, 1)))
    take(log, random.Random(2), "", LATER_MS - 1)
    log.append(0)
    report = found(log, exported((0, 2), (1, 1)), tmp_path)
    assert report.kinds == {"state_early": 1}
    assert report.verdict is Verdict.CANNOT_TELL
    assert found(log, exported((0, 0), (1, 0)), tmp_path).kinds == {"state_older": 1}


@pytest.mark.parametrize("said", ["AAAA", "not base64", told((0, None, 0))[:-4], "=" * 88])
def test_an_entry_whose_row_states_are_of_no_known_form_is_refused(
    said: str, tmp_path: Path
) -> None:
    log = MadeLog(seed=3)
    take(log, random.Random(1), said)
    log.append(0)
    report = found(log, exported((0, 0)), tmp_path)
    assert "opening_form" in report.kinds


@pytest.mark.parametrize(
    "rows",
    [
        exported((0, 0))[:-1],
        exported((0, 0)) + b"\n",
        exported((0, 0)).replace(b'"end":1', b'"end":2'),
        exported((0, 0)).replace(b"states/1", b"states/2"),
        b"".join(exported((0, 0)).splitlines(keepends=True)[:-1]),
        exported((0, 0)).replace(b"child", b"ref", 1),
        exported((0, 0)).replace(b'"state":"', b'"state":"0'),
        exported((0, 0)).replace(b"[]", b"null"),
        exported((0, 0)).replace(b"[]", b'["00"]'),
        dumped((0, 0))[:-5],
        dumped((0, 0)).replace(b"policy, ", b""),
        dumped((0, 0)).replace(b"\\\\x", b"\\\\y"),
    ],
)
def test_rows_of_no_known_form_are_refused(rows: bytes, tmp_path: Path) -> None:
    report = found(written((0, None, 0)), rows, tmp_path)
    assert set(report.kinds) == {"state_form"}
    assert report.verdict is Verdict.TAMPERED


def test_a_state_export_of_another_authority_is_refused(tmp_path: Path) -> None:
    rows = exported((0, 0)).replace(CSA.encode(), b"camfield")
    assert set(found(written((0, None, 0)), rows, tmp_path).kinds) == {"export_csa"}
