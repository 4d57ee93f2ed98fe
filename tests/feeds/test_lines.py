"""A line becomes a child or an involvement, or one stable code with the field it fails by."""

import copy
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.domain.child import ChildRecord
from index_service.domain.errors import Code
from index_service.domain.feed import (
    ChildLine,
    InvolvementLine,
    InvolvementVerb,
    LineCode,
    LineInvalid,
    LineOutcome,
    RawLine,
)
from index_service.domain.involvement import (
    Contact,
    Day,
    Hours,
    PersonContact,
    Service,
    TeamContact,
)
from index_service.feeds.csv import read_csv
from index_service.feeds.lines import parse_line
from index_service.feeds.ndjson import read_ndjson
from index_service.feeds.schema import line_schema
from tests.feeds.reading import TODAY, all_of, cut

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
CHILD: dict[str, Any] = json.loads((EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines()[0])
BEGIN: dict[str, Any] = json.loads((EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines()[2])
SCHEMA = jsonschema.Draft202012Validator(line_schema())


def parsed(content: object) -> ChildLine | InvolvementLine | LineInvalid:
    return parse_line(RawLine(1, b"", content), TODAY)


def changed(line: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {**copy.deepcopy(line), **changes}


async def test_both_examples_say_the_same() -> None:
    ndjson = await all_of(read_ndjson(cut((EXAMPLES / "feed.ndjson").read_bytes(), 100)))
    csv = await all_of(read_csv(cut((EXAMPLES / "feed.csv").read_bytes(), 100)))
    lines = [parse_line(raw, TODAY) for raw in ndjson]
    assert [parse_line(raw, TODAY) for raw in csv] == lines
    assert [type(line) for line in lines] == [ChildLine] * 2 + [InvolvementLine] * 4


def test_a_child_line_states_a_record() -> None:
    line = parsed(CHILD)
    assert isinstance(line, ChildLine)
    assert (line.reference, line.as_of) == ("NM/C-0001", date(2026, 11, 20))
    assert isinstance(line.child, ChildRecord)
    assert line.child.provenance == {}, "where it came from is the index's to say"


def test_a_beginning_states_service_contact_and_first_day() -> None:
    assert parsed(BEGIN) == InvolvementLine(
        InvolvementVerb.BEGIN,
        "NM/I-0001",
        "NM/C-0001",
        date(2026, 11, 20),
        Service.HEALTH_VISITING,
        Contact(
            TeamContact(
                "Northmere Health Visiting North",
                "+441632960400",
                (Hours((Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI), "09:00", "17:00"),),
            ),
            PersonContact("J. Harrowell", "", "j.harrowell@northmere.example"),
            True,
        ),
        date(2026, 10, 1),
    )


def test_an_end_needs_its_last_day_and_nothing_more() -> None:
    cease = {
        "kind": "involvement",
        "verb": "cease",
        "reference": "I1",
        "child_reference": "C1",
        "as_of": "2026-11-20",
    }
    assert parsed(cease) == LineInvalid(LineCode.FIELD_MISSING, "ceased")
    line = parsed({**cease, "ceased": "2026-11-19"})
    assert isinstance(line, InvolvementLine)
    assert (line.ceased, line.contact, line.service) == (date(2026, 11, 19), None, None)


@pytest.mark.parametrize("service", ["mental_health", "sexual_health", "substance_misuse"])
@pytest.mark.parametrize("consent", [None, False])
def test_a_sensitive_service_does_not_begin_without_consent(
    service: str, consent: bool | None
) -> None:
    """Regulation 11(3): it is supplied with consent, or not by a feed."""
    line = changed(BEGIN, service=service, consent=consent)
    assert parsed(line) == LineInvalid(LineCode.CONSENT_MISSING, "consent")
    given_ = parsed(changed(BEGIN, service=service, consent=True))
    assert isinstance(given_, InvolvementLine)
    assert given_.consent is True


def test_consent_can_be_withdrawn_by_a_change() -> None:
    line = parsed(changed(BEGIN, verb="change", service="mental_health", consent=False))
    assert isinstance(line, InvolvementLine)
    assert line.consent is False


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("mon-fri", "mon tue wed thu fri"),
        ("sat-sun", "sat sun"),
        ("mon wed fri", "mon wed fri"),
        ("sun", "sun"),
        ("mon-mon", "mon"),
    ],
)
def test_days_are_read_as_a_span_or_a_list(days: str, expected: str) -> None:
    line = parsed(changed(BEGIN, team_days=days))
    assert isinstance(line, InvolvementLine)
    assert line.contact is not None
    assert " ".join(line.contact.team.hours[0].days) == expected


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "note"}, LineCode.FIELD_INVALID, "kind"),
        ({"kind": None}, LineCode.FIELD_MISSING, "kind"),
        ({"kind": "child"}, LineCode.FIELD_UNKNOWN, ""),
        ({"verb": "delete"}, LineCode.FIELD_INVALID, "verb"),
        ({"note": "x"}, LineCode.FIELD_UNKNOWN, ""),
        ({"service": "magic"}, LineCode.FIELD_INVALID, "service"),
        ({"service": None}, LineCode.FIELD_MISSING, "service"),
        ({"team_name": None}, LineCode.FIELD_MISSING, "team_name"),
        ({"team_name": "Ring Ada, she knows."}, LineCode.FIELD_INVALID, "team_name"),
        ({"team_phone": "x"}, LineCode.FIELD_INVALID, "team_phone"),
        ({"team_days": "fri-mon"}, LineCode.FIELD_INVALID, "team_days"),
        ({"team_days": "fri mon"}, LineCode.FIELD_INVALID, "team_days"),
        ({"team_days": "mon mon"}, LineCode.FIELD_INVALID, "team_days"),
        ({"team_days": "mon  tue"}, LineCode.FIELD_INVALID, "team_days"),
        ({"team_days": "Monday"}, LineCode.FIELD_INVALID, "team_days"),
        ({"team_days": None}, LineCode.FIELD_MISSING, "team_days"),
        ({"team_hours": None}, LineCode.FIELD_MISSING, "team_hours"),
        ({"team_hours": "9-5"}, LineCode.FIELD_INVALID, "team_hours"),
        ({"team_hours": "09:00-09:00"}, LineCode.FIELD_INVALID, "team_hours"),
        ({"team_hours": "09:00-25:00"}, LineCode.FIELD_INVALID, "team_hours"),
        ({"person_name": None}, LineCode.FIELD_MISSING, "person_name"),
        ({"person_email": "x"}, LineCode.FIELD_INVALID, "person_email"),
        ({"ask_for_duty": "yes"}, LineCode.FIELD_INVALID, "ask_for_duty"),
        ({"ask_for_duty": 1}, LineCode.FIELD_INVALID, "ask_for_duty"),
        ({"began": 20261001}, LineCode.FIELD_INVALID, "began"),
        ({"began": "2026-02-30"}, LineCode.DATE_OUT_OF_RANGE, "began"),
        ({"ceased": "2026-11-01"}, LineCode.FIELD_INVALID, "ceased"),
        ({"verb": "cease", "ceased": "2026-09-01"}, LineCode.DATE_OUT_OF_RANGE, "ceased"),
        ({"verb": "cease", "ceased": "2026-12-01"}, LineCode.DATE_OUT_OF_RANGE, "ceased"),
        ({"as_of": "2026-11-22"}, LineCode.DATE_OUT_OF_RANGE, "as_of"),
        ({"reference": ""}, LineCode.FIELD_INVALID, "reference"),
        ({"reference": "a b"}, LineCode.FIELD_INVALID, "reference"),
        ({"reference": "a" * 41}, LineCode.FIELD_INVALID, "reference"),
        ({"child_reference": 7}, LineCode.FIELD_INVALID, "child_reference"),
        ({"consent": "true"}, LineCode.FIELD_INVALID, "consent"),
    ],
)
def test_a_wrong_involvement_line_is_told_by_code_and_field(
    changes: dict[str, object], code: LineCode, field: str
) -> None:
    assert parsed(changed(BEGIN, **changes)) == LineInvalid(code, field)


@pytest.mark.parametrize("content", [None, 1, "child", [], [CHILD], {}, True])
def test_a_line_that_is_no_statement_is_refused(content: object) -> None:
    assert isinstance(parsed(content), LineInvalid)


def test_a_line_that_could_not_be_read_keeps_its_code() -> None:
    assert parsed(LineCode.NOT_CSV) == LineInvalid(LineCode.NOT_CSV)


def test_every_code_a_check_may_raise_is_a_line_code() -> None:
    raised = {Code.FIELD_UNKNOWN, Code.FIELD_MISSING, Code.FIELD_INVALID}
    raised |= {Code.IDENTIFIER_INVALID, Code.DATE_OUT_OF_RANGE}
    assert {code.value for code in raised} <= {code.value for code in LineCode}


def test_the_supplier_hears_accepted_unless_its_own_line_was_invalid() -> None:
    told = {outcome: outcome.told for outcome in LineOutcome}
    assert told.pop(LineOutcome.INVALID) == "invalid"
    assert set(told.values()) == {"accepted"}


def test_lines_say_nothing_of_themselves_when_printed() -> None:
    """A traceback or a log line that holds one holds no child."""
    shown = repr(parsed(CHILD)) + repr(parsed(BEGIN)) + repr(RawLine(1, b"Okonedo", CHILD))
    assert not any(word in shown for word in ("Okonedo", "Harrowell", "9990000018", "NM/"))


def test_the_published_schema_is_the_code() -> None:
    assert json.loads((ROOT / "openapi" / "feed-line.json").read_text("utf-8")) == line_schema()


def test_every_example_fits_the_schema() -> None:
    for line in (EXAMPLES / "feed.ndjson").read_text("utf-8").splitlines():
        SCHEMA.validate(json.loads(line))


values = st.sampled_from(
    [
        None,
        True,
        7,
        "x",
        "",
        "female",
        "2016-05-14",
        "2016-02-30",
        "NM1 4QT",
        "01632 960101",
        "mon-fri",
        "09:00-17:00",
        "begin",
        "cease",
        "change",
        "child",
        "D’Arvel",
        "a b",
        "current",
        [],
        {},
        "Zoë",
        "9990000018",
        "left_england_may_return",
        {"family_name": "Vale"},
        {"kind": "none_known"},
        "a.b",
    ]
)


@settings(max_examples=100)
@given(data=st.data(), line=st.sampled_from([CHILD, BEGIN, CHILD["child"]]))
def test_the_schema_refuses_nothing_the_checks_accept(
    data: st.DataObject, line: dict[str, Any]
) -> None:
    """A supplier that validates before sending loses no line."""
    mutant = copy.deepcopy(line)
    for key in data.draw(st.lists(st.sampled_from(sorted(line)), max_size=3)):
        mutant[key] = data.draw(values)
    if "kind" not in line:
        mutant = {**CHILD, "child": mutant}
    if not isinstance(parsed(mutant), LineInvalid):
        SCHEMA.validate(mutant)


def test_parsing_a_full_line_takes_tens_of_microseconds() -> None:
    """About 40 on a quiet core; the bound catches a check gone ten times slower."""
    raw = RawLine(1, b"", CHILD)
    best = min(_seconds_for(raw, 200) for _ in range(5)) / 200
    assert best < 400e-6


def _seconds_for(raw: RawLine, times: int) -> float:
    started = time.thread_time()
    for _ in range(times):
        parse_line(raw, TODAY)
    return time.thread_time() - started
