"""Each text a record may hold has one canonical form, and refuses what is not its kind."""

import time
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.domain import fields
from index_service.domain.dates import (
    checked_date,
    checked_near_date,
    checked_past_date,
    checked_time,
    years_before,
)
from index_service.domain.errors import Code, Invalid

TODAY = date(2026, 11, 21)
CHECKS: dict[str, Callable[[str, str], str]] = {
    "name": fields.checked_name,
    "phone": fields.checked_phone,
    "email": fields.checked_email,
    "postcode": fields.checked_postcode,
    "house": fields.checked_house,
    "street": fields.checked_street,
    "town": fields.checked_town,
    "team": fields.checked_team_name,
    "org": fields.checked_org_name,
    "urn": fields.checked_urn,
    "ods": fields.checked_ods,
}


def refused(check: Callable[..., object], *given_: object) -> Invalid:
    with pytest.raises(Invalid) as caught:
        check(*given_)
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "Okonedo-Vale",
        "D'Arvel",
        "D’Arvel",
        "’t Veld",
        "N'Dour Mbaye",
        "J. K. Harrowell",
        "Zoë",
        "Łucja",
        "Nguyễn Thị",
        "李小龙",
        "محمد",
        "त्रिशा",
        "ʻOkina",
        "Σοφία",
        "Ольга",
        "X",
        "Null",
        "Os'",
        "Van Der Van Der Veld",
    ],
)
def test_names_of_any_script_pass_as_they_are(name: str) -> None:
    assert fields.checked_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "nothing"),
        (" Ada", "space before"),
        ("Ada ", "space after"),
        ("Ada  Vale", "two spaces"),
        ("Ada\tVale", "a tab"),
        ("Ada\nVale", "a line end"),
        ("Ada\n", "a line end at the end"),
        ("Ada.", "a stop after a word"),
        ("Mt. Vale", "a stop after two letters"),
        ("A..", "two stops"),
        (".", "a stop alone"),
        ("Ada, Vale", "a comma"),
        ("Ada!", "an exclamation"),
        ("Ada5", "a digit"),
        ("Ada٣", "another script's digit"),
        ("=cmd", "a formula"),
        ("+Ada", "a formula"),
        ("-Ada", "a formula"),
        ("@Ada", "a formula"),
        ("＝cmd", "a full-width formula"),
        ("'", "an apostrophe alone"),
        ("''Ada", "two apostrophes"),
        ("Ada--Vale", "two hyphens"),
        ("Ada–Vale", "a dash"),
        ("a b c d e f", "six words"),
        ("A" * 36, "36 characters"),
        ("Аdam", "Cyrillic and Latin in one word"),
        ("Αda", "Greek and Latin in one word"),
        ("Ada\u202eelaV", "a direction override"),
        ("Ada\u2066Vale", "an isolate"),
        ("A\u200bda", "a zero-width space"),
        ("A\u200dda", "a joiner"),
        ("A\u00adda", "a soft hyphen"),
        ("A\ufe0fda", "a variation selector"),
        ("\u3164", "a filler that prints as nothing"),
        ("\u0301Ada", "a mark on nothing"),
        ("Ada\u0300\u0301\u0302\u0303\u0304", "a tower of marks"),
        ("Ada\u20dd", "an enclosing mark"),
        ("A\x00da", "a NUL"),
        ("Ada\ud800", "half a character"),
        ("½da", "a fraction"),
    ],
)
def test_what_is_no_name_is_refused(name: str, why: str) -> None:
    refusal = refused(fields.checked_name, name, "given_name")
    assert (refusal.code, refusal.field) == (Code.FIELD_INVALID, "given_name"), why


def test_a_decomposed_name_is_composed() -> None:
    assert fields.checked_name("Zoe\u0308") == "Zoë"


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("01632 960101", "+441632960101"),
        ("(01632) 960-101", "+441632960101"),
        ("+44 (0)1632 960101", "+441632960101"),
        ("0044 1632 960101", "+441632960101"),
        ("+441632960101", "+441632960101"),
        ("07700 900123", "+447700900123"),
        ("+353 1 555 0101", "+35315550101"),
        ("101", "101"),
        ("111", "111"),
    ],
)
def test_a_telephone_number_has_one_form(sent: str, canonical: str) -> None:
    assert fields.checked_phone(sent) == canonical


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "9990000018",
        "999",
        "0",
        "+44",
        "+440163296010",
        "0" * 30,
        "01632 960101 x2",
        "+1" * 9,
        "٠١٦٣٢ ٩٦٠١٠١",
        "01632\n960101",
        "+4401632960101",
        "ring mum",
    ],
)
def test_what_is_no_telephone_number_is_refused(sent: str) -> None:
    assert refused(fields.checked_phone, sent).code is Code.FIELD_INVALID


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("nm1 4qt", "NM1 4QT"),
        ("NM14QT", "NM1 4QT"),
        ("sw1a1aa", "SW1A 1AA"),
        ("BFPO12", "BFPO 12"),
        ("bfpo 5410", "BFPO 5410"),
        ("GIR0AA", "GIR 0AA"),
    ],
)
def test_a_postcode_has_one_form(sent: str, canonical: str) -> None:
    assert fields.checked_postcode(sent) == canonical


@pytest.mark.parametrize(
    "sent", ["ZZ99 3VZ", "ZZ993CZ", "", "NM1  4QT", " NM1 4QT", "NM1 4QT\n", "1AA NM1", "ＮM1 4QT"]
)
def test_pseudo_postcodes_and_others_are_no_address(sent: str) -> None:
    assert refused(fields.checked_postcode, sent).code is Code.FIELD_INVALID


def test_an_email_address_is_taken_in_lower_case() -> None:
    assert fields.checked_email("Duty.Desk@Northmere.example") == "duty.desk@northmere.example"


@pytest.mark.parametrize(
    "sent",
    [
        "a@b",
        "a b@c.example",
        "a..b@c.example",
        ".a@c.example",
        "a@-c.example",
        '"a"@c.example',
        "a@c.example\n",
        "=a@c.example",
        "9990000018@c.example",
        "zoë@c.example",
        "a" * 60 + "@b.cc",
    ],
)
def test_what_is_no_plain_email_address_is_refused(sent: str) -> None:
    assert refused(fields.checked_email, sent).code is Code.FIELD_INVALID


@pytest.mark.parametrize(
    "sent", ["12A", "12-14", "Flat 3 Rose Court", "St Mary's Road", "Ynys Môn"]
)
def test_places_pass(sent: str) -> None:
    assert fields.checked_street(sent) == sent


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "a, b",
        "one two three four five six seven",
        "x" * 41,
        "999 000 0018",
        "123456",
        "a\nb",
        "٣",
        "a\u200bb",
        "=a",
        "(a)",
        "a?",
        "1 2 3 4 5 6 7 8 9 0",
    ],
)
def test_what_is_no_place_is_refused(sent: str) -> None:
    assert refused(fields.checked_house, sent).code is Code.FIELD_INVALID


@pytest.mark.parametrize(
    "sent", ["Safe & Well", "MASH/Front Door", "Team (Duty Desk) A", "Northmere Ysgol Gymraeg"]
)
def test_titles_pass(sent: str) -> None:
    assert fields.checked_team_name(sent) == sent


@pytest.mark.parametrize(
    "sent", ["", "a " * 8 + "b", "x" * 61, "Team.", "a: b", "=SUM", "+Team", "@Team", "a\tb", "& a"]
)
def test_what_is_no_title_is_refused(sent: str) -> None:
    assert refused(fields.checked_org_name, sent).code is Code.FIELD_INVALID


@pytest.mark.parametrize("sent", ["", "90012", "9001234", "09001２", "012345", "a00123"])
def test_what_is_no_urn_is_refused(sent: str) -> None:
    assert fields.checked_urn("900123") == "900123"
    assert refused(fields.checked_urn, sent).code is Code.FIELD_INVALID


@pytest.mark.parametrize("sent", ["", "z99123", "Z9912", "Z991234", "ZZ9912", "Z99123\n"])
def test_what_is_no_ods_code_is_refused(sent: str) -> None:
    assert fields.checked_ods("Z99123") == "Z99123"
    assert refused(fields.checked_ods, sent).code is Code.FIELD_INVALID


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
@settings(max_examples=50)  # for each of the checks
@given(sent=st.text(max_size=70))
def test_a_canonical_form_is_its_own_and_a_refusal_tells_nothing(
    check: Callable[[str, str], str], sent: str
) -> None:
    """Checking twice changes nothing; a refusal carries the field's name and no value."""
    outcome = outcome_of(check, sent)
    if isinstance(outcome, Invalid):
        assert (outcome.code, outcome.field) == (Code.FIELD_INVALID, "field")
        assert outcome.args == (Code.FIELD_INVALID,)
        assert outcome.__cause__ is None
    else:
        assert check(outcome, "field") == outcome


def outcome_of(check: Callable[[str, str], str], sent: str) -> str | Invalid:
    try:
        return check(sent, "field")
    except Invalid as refusal:
        return refusal


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_no_text_makes_a_check_slow(check: Callable[[str, str], str]) -> None:
    """Patterns meet what makes backtracking explode; a second would be a stopped worker."""
    started = time.thread_time()
    for bad in (
        "a'" * 5000,
        "a-" * 5000,
        "1 " * 5000,
        "a.a" * 5000 + "@",
        "(0)" * 5000,
        "a@" * 5000,
    ):
        refused(check, bad + "!", "field")
        refused(check, bad[:34] + "!", "field")
    assert time.thread_time() - started < 0.2


@pytest.mark.parametrize(
    "sent",
    [
        "2016-5-14",
        "14/05/2016",
        "20160514",
        "2016-W20-6",
        "2016-05-14T00:00",
        "",
        " 2016-05-14",
        "1330473600",
        "２016-05-14",
        "2016-05-14\n",
        "+2016-05-14",
    ],
)
def test_a_day_has_one_spelling(sent: str) -> None:
    assert checked_date("2016-05-14", "as_of") == date(2016, 5, 14)
    assert refused(checked_date, sent, "as_of").code is Code.FIELD_INVALID


@pytest.mark.parametrize("sent", ["2015-02-29", "2016-13-01", "0000-01-01", "2016-00-10"])
def test_a_day_that_never_was_is_out_of_range(sent: str) -> None:
    assert refused(checked_date, sent, "as_of").code is Code.DATE_OUT_OF_RANGE


def test_a_date_of_birth_lies_within_25_years_to_today() -> None:
    assert fields.checked_date_of_birth(TODAY, TODAY) == TODAY
    earliest = date(2001, 11, 21)
    assert fields.checked_date_of_birth(earliest, TODAY) == earliest
    for day in (date(2026, 11, 22), date(2001, 11, 20)):
        refusal = refused(fields.checked_date_of_birth, day, TODAY)
        assert (refusal.code, refusal.field) == (Code.DATE_OUT_OF_RANGE, "date_of_birth")


def test_years_before_a_leap_day_fall_on_the_first_of_march() -> None:
    assert years_before(date(2024, 2, 29), 25) == date(1999, 3, 1)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("check", "sent", "passes"),
    [
        (checked_past_date, "2026-11-21", True),
        (checked_past_date, "2026-11-22", False),
        (checked_past_date, "1997-01-01", True),
        (checked_past_date, "1996-12-31", False),
        (checked_near_date, "2028-12-31", True),
        (checked_near_date, "2029-01-01", False),
        (checked_near_date, "1996-12-31", False),
    ],
)
def test_days_are_bounded(check: Callable[..., date], sent: str, passes: bool) -> None:
    if passes:
        assert check(sent, TODAY, "as_of").isoformat() == sent
    else:
        assert refused(check, sent, TODAY, "as_of").code is Code.DATE_OUT_OF_RANGE


@pytest.mark.parametrize("sent", ["9:00", "24:01", "12:60", "12.00", "", "12:00\n", "١٢:00"])
def test_a_time_of_day_has_one_spelling(sent: str) -> None:
    assert checked_time("08:30", "opens") == "08:30"
    assert checked_time("24:00", "closes") == "24:00"
    assert refused(checked_time, sent, "opens").code is Code.FIELD_INVALID


@pytest.mark.parametrize(
    ("check", "given", "kept"),
    [
        (fields.checked_name, "St. John", "St John"),
        (fields.checked_street, "St. Mary's Road", "St Mary's Road"),
        (fields.checked_street, "High St.", "High St"),
        (fields.checked_org_name, "Northmere St. Anne (Infants)", "Northmere St Anne (Infants)"),
    ],
)
def test_a_saint_is_kept_without_the_stop(
    check: Callable[[str], str], given: str, kept: str
) -> None:
    """Half the gazetteer writes it so: refusing it would lose the line, keeping it the match."""
    assert check(given) == kept


@pytest.mark.parametrize("text", ["Seen at home. St. John", "He went. Then left", "a. st.x"])
def test_a_stop_anywhere_else_is_still_refused(text: str) -> None:
    with pytest.raises(Invalid):
        fields.checked_name(text)
