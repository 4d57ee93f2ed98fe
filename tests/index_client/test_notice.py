"""A run's file is read whole or refused by line numbers; its result is whole or not there."""

import csv
import stat
from pathlib import Path
from typing import Any

import pytest

from index_client.cli.faults import Wrong
from index_client.cli.notice_lines import LINES_MAX, read_lines
from index_client.cli.notice_result import HEADING, ResultFile, row_of

HEAD = "given_name,family_name,date_of_birth,postcode,nhs_number,reference\n"
GOOD = "Tamsin,Okonedo-Vale,14/05/2016,NM1 4QT,999 000 0018,RPT/10442\n"


def put(tmp_path: Path, text: str | bytes) -> Path:
    place = tmp_path / "run.csv"
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return place


def told(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(Wrong) as caught:
        read_lines(put(tmp_path, text))
    return " ".join(caught.value.sentences)


def test_a_line_is_read_as_the_contract_spells_it(tmp_path: Path) -> None:
    (line,) = read_lines(put(tmp_path, "\ufeff" + HEAD + GOOD))
    asked: Any = line.subject("safeguard", "coming_to_notice")
    assert (line.number, asked["reference"]) == (2, "RPT/10442")
    assert asked["lookup"]["date_of_birth"] == "2016-05-14"
    assert (asked["purpose"], asked["reason"]) == ("safeguard", "coming_to_notice")
    assert "reference" not in asked["lookup"]
    assert "Tamsin" not in repr(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Qeltamar1,Vex,2016-05-14,,,", "Line 2: given_name is to be a name"),
        ("Qeltamar,Vex,2016-02-30,,,", "Line 2: date_of_birth is to be a day"),
        ("Qeltamar,Vex,20160514,,,", "Line 2: date_of_birth is to be a day"),
        ("Qeltamar,Vex,5/14/2016,,,", "Line 2: date_of_birth is to be a day"),
        ("Qeltamar,Vex,2016-05-14,,9990000019,", "Line 2: nhs_number is to be ten figures"),
        ("Qeltamar,Vex,2016-05-14,,,rpt 1", "Line 2: reference is to be capital letters"),
        ("Qeltamar,Vex,,,,", "Line 2: needs a number, or a name with a date of birth"),
        ("Qeltamar,Vex", "Line 2: has 2 fields, the heading 6"),
        ('Qeltamar,"Vex', "Line 2: this is not CSV"),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_not_repeated(
    tmp_path: Path, line: str, said: str
) -> None:
    text = told(tmp_path, HEAD + line + "\n")
    assert said in text
    assert "Qeltamar" not in text


def test_every_bad_line_is_told_at_once(tmp_path: Path) -> None:
    text = told(tmp_path, HEAD + GOOD + "A,,,,,\n\n" + GOOD + "B,,,,,\n")
    assert "Line 3:" in text
    assert "Line 6:" in text
    assert "Line 2:" not in text


def test_a_heading_that_is_none_is_not_repeated(tmp_path: Path) -> None:
    text = told(tmp_path, GOOD)
    assert "Column 1 of the heading is not known" in text
    assert "Tamsin" not in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no heading"),
        (HEAD, "no lines"),
        (HEAD + GOOD * (LINES_MAX + 1), f"at most {LINES_MAX}"),
        (HEAD.encode() + b"\xe9,,,,,\n", "not UTF-8"),
        (b"x" * 1_100_000, "larger than"),
    ],
)
def test_a_file_that_cannot_be_a_run_is_refused(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in told(tmp_path, text)


def test_a_full_run_is_read(tmp_path: Path) -> None:
    assert len(read_lines(put(tmp_path, HEAD + GOOD * LINES_MAX))) == LINES_MAX


def test_a_wider_search_needs_a_reference_for_each(tmp_path: Path) -> None:
    place = put(tmp_path, HEAD + "Tamsin,Okonedo-Vale,2016-05-14,,,\n")
    assert len(read_lines(place)) == 1
    with pytest.raises(Wrong):
        read_lines(place, referenced=True)


def test_a_result_is_its_makers_alone_and_whole(tmp_path: Path) -> None:
    place = tmp_path / "result.csv"
    with ResultFile(place) as result:
        assert not place.exists()
        (hidden,) = tmp_path.iterdir()
        assert stat.S_IMODE(hidden.stat().st_mode) == 0o600
        result.put([[1, "=cmd()", "@x\x1b[2J\n"] + [""] * (len(HEADING) - 3)])
    assert [each.name for each in tmp_path.iterdir()] == ["result.csv"]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    heading, row = csv.reader(place.open(newline=""))
    assert tuple(heading) == HEADING
    assert row[:3] == ["1", "'=cmd()", "'@x [2J "]


def test_a_run_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), ResultFile(tmp_path / "result.csv"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_result_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    place = tmp_path / "result.csv"
    place.write_text("before")
    with pytest.raises(Wrong):
        ResultFile(place)
    place.unlink()
    with ResultFile(place) as result:
        place.write_text("meanwhile")
        with pytest.raises(Wrong):
            result.put([])
    assert place.read_text() == "meanwhile"


OFFICE = [{"days": ["mon", "tue", "wed", "fri"], "opens": "08:30", "closes": "17:30"}]
ALWAYS = [{"days": "mon tue wed thu fri sat sun".split(), "opens": "00:00", "closes": "23:59"}]
TEAM = {"name": "Assessment team", "phone": "+441632960112", "hours": []}
DOOR = {
    "agency": "Social Care",
    "agency_kind": "social_care",
    "duty_phone": "+441632960110",
    "hours": ALWAYS,
}
BROKER = {
    "agency": "Team",
    "agency_kind": "authority",
    "duty_phone": "+441632960100",
    "hours": OFFICE,
}


def answer(**differs: Any) -> dict[str, Any]:
    """Return an answer of a batch to one question."""
    said = {
        "coverage": [{"agency_kind": "school", "feeds": False}],
        "front_doors": [{**BROKER, "agency_kind": "school"}, DOOR],
        "broker": BROKER,
        "outcome": "none",
        "matches": [],
        **differs,
    }
    return {"position": 0, "code": None, "answer": said, "receipt": "v1.x"}


def match(grade: str = "certain", **child: Any) -> dict[str, Any]:
    return {"grade": grade, "child": child}


def begun(agency: str, ceased: str | None = None) -> dict[str, Any]:
    contact = {"team": TEAM, "person": None, "ask_for_duty": True}
    told = {"agency": agency, "agency_kind": "school", "service": "school", "contact": contact}
    return {**told, "ceased": ceased, "began": "2026-01-01", "last_confirmed": None}


def result_of(told: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    (line,) = read_lines(put(tmp_path, HEAD + GOOD))
    return dict(zip(HEADING, row_of(line, told, "own"), strict=True))


def test_whom_to_ring_is_who_leads_then_who_is_involved(tmp_path: Path) -> None:
    contact = {"team": TEAM, "person": None}
    lead = {"agency": "Health", "contact": contact}
    child = {"involvements": [begun("School")], "assessment": {**lead, "closed": None}}
    row = result_of(
        answer(outcome="found", matches=[match(**child, lead_professional=lead)]), tmp_path
    )
    assert (row["result"], row["common_assessment"]) == ("known", "yes")
    assert (row["ring"], row["agency"], row["phone"]) == (
        "lead professional",
        "Health",
        "01632960112",
    )
    assert "School" in row["also_involved"]
    row = result_of(
        answer(outcome="found", matches=[match(involvements=[begun("School")])]), tmp_path
    )
    assert (row["agency"], row["phone"]) == ("School", "01632960112 (ask for duty)")
    assert row["common_assessment"] == "none_told"


def test_where_nobody_can_be_rung_it_is_the_broker_or_a_front_door(tmp_path: Path) -> None:
    row = result_of(
        answer(outcome="found", matches=[match(contact_can_be_brokered=True)]), tmp_path
    )
    assert (row["ring"], row["phone"]) == ("broker line", "01632960100")
    assert row["hours"] == "mon-wed, fri 08:30-17:30"
    ceased = [begun("School", "2026-02-01")]
    row = result_of(answer(outcome="found", matches=[match(involvements=ceased)]), tmp_path)
    assert (row["ring"], row["agency"]) == ("front door", "Social Care")
    assert row["hours"] == "mon-sun 00:00-23:59"


def test_nothing_found_still_says_whom_to_ring_and_how_complete_it_is(tmp_path: Path) -> None:
    row = result_of(answer(), tmp_path)
    assert (row["result"], row["phone"]) == ("nothing_found", "01632960110")
    assert row["not_telling"] == "school"
    row = result_of(answer(front_doors=[]), tmp_path)
    assert row["ring"] == "broker line"


def test_who_of_several_it_is_a_person_must_say(tmp_path: Path) -> None:
    two = [match("possible", involvements=[begun("School")])] * 2
    for told in (answer(outcome="several", matches=two), answer(outcome="found", matches=two[:1])):
        row = result_of(told, tmp_path)
        assert (row["result"], row["agency"]) == ("possible", "Social Care")
    assert result_of(answer(outcome="too_many"), tmp_path)["result"] == "too_many"


def test_another_authority_that_knows_the_child_is_rung(tmp_path: Path) -> None:
    door = {"name": "Camfield duty desk", "phone": "+441632961100"}
    known = {"title": "Camfield", "state": "answered", "front_door": door, "outcome": "known"}
    silent = {"title": "Eastbrook", "state": "unreachable", "front_door": None, "outcome": None}
    told = [{**known, "matches": []}, {**silent, "matches": []}]
    row = result_of(answer(region={"authorities": told}), tmp_path)
    assert (row["result"], row["agency"], row["team"]) == (
        "known_elsewhere",
        "Camfield",
        "Camfield duty desk",
    )
    assert row["no_answer_from"] == "Eastbrook"


def test_a_question_that_was_refused_says_so(tmp_path: Path) -> None:
    told = {"position": 0, "code": "too_few_facts", "answer": None, "receipt": "v1.x"}
    row = result_of(told, tmp_path)
    assert (row["result"], row["code"]) == ("not_answered", "too_few_facts")
    assert row["phone"] == ""
