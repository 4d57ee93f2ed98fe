"""Words: every code of the contract has one, and hours, days and numbers read as they are said."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from index_client import Refused
from index_client.errors import Problem
from thin_client import codes, spoken, words
from thin_client.clock import LONDON

ROOT = Path(__file__).resolve().parents[2]
LISTS = {
    "PURPOSES": "Purpose",
    "REASONS": "AccessReason",
    "AGENCY_KINDS": "AgencyKind",
    "SERVICES": "Service",
    "GENDERS": "Gender",
    "ACROSS": "Across",
    "GRADES": "Grade",
    "FIELDS": "Field",
    "LEVELS": "Level",
    "CARERS": "CarerRelation",
    "ADDRESSES": "AddressKind",
    "EDUCATION": "Education",
    "URGENCIES": "Urgency",
    "BROKERING_ANSWERS": "BrokeringAnswer",
    "CAF_CLOSURES": "CafClosure",
    "DAYS": "Day",
    "STATES": "State",
    "ROLES": "Role",
}
OFFICE = [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:30", "closes": "17:30"}]
NIGHTS = [{"days": ["fri"], "opens": "22:00", "closes": "06:00"}]


@cache
def schemas() -> dict[str, Any]:
    text = (ROOT / "openapi" / "index.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)["components"]["schemas"]
    return found


@pytest.mark.parametrize(("name", "schema"), LISTS.items())
def test_every_code_of_the_contract_has_words(name: str, schema: str) -> None:
    assert set(words.listed(name)) == set(schemas()[schema]["enum"])


def test_a_code_that_is_new_to_us_is_said_without_its_dashes() -> None:
    assert words.word(codes.SERVICES, "speech_therapy") == "Speech therapy"
    assert words.refused("not_known_yet").title == "Not known yet"


def test_a_refusal_without_words_of_ours_keeps_those_of_the_index() -> None:
    refused = Refused(Problem(409, "new_code", "A title", "What to do."))
    assert (words.refusal(refused).title, words.refusal(refused).detail) == (
        "A title",
        "What to do.",
    )


def test_why_is_told_with_what_tells_most_first() -> None:
    why = [
        {"field": "gender", "level": "differs"},
        {"field": "given_name", "level": "nickname"},
        {"field": "family_name", "level": "exact"},
        {"field": "address", "level": "not_compared"},
        {"field": "upn", "level": "missing"},
    ]
    agreeing = ["family name: the same", "first name: a short or pet form"]
    assert words.agreeing(why) == agreeing
    assert words.differing(why) == ["gender"]
    assert words.uncompared(why, {"address", "given_name"}) == ["address"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (OFFICE, "Monday to Friday, 08:30 to 17:30"),
        ([{"days": list(codes.DAYS), "opens": "00:00", "closes": "23:59"}], "Day and night"),
        ([{"days": ["sat", "mon"], "opens": "09:00", "closes": "12:00"}],
         "Monday and Saturday, 09:00 to 12:00"),
        ([], "Hours not given"),
    ],
)  # fmt: skip
def test_hours_are_said_as_people_say_them(lines: list[dict[str, Any]], said: str) -> None:
    assert spoken.hours(lines) == said


@pytest.mark.parametrize(
    ("lines", "day", "time", "answered"),
    [
        (OFFICE, 23, "08:29", False),
        (OFFICE, 23, "08:30", True),
        (OFFICE, 22, "12:00", False),  # a Sunday
        (NIGHTS, 20, "23:00", True),  # a Friday
        (NIGHTS, 21, "05:59", True),
        (NIGHTS, 21, "22:30", False),
    ],
)
def test_a_line_is_open_when_it_is_answered(
    lines: list[dict[str, Any]], day: int, time: str, answered: bool
) -> None:
    moment = datetime.fromisoformat(f"2026-11-{day}T{time}").replace(tzinfo=LONDON)
    assert spoken.open_now(lines, moment) is answered


def test_numbers_are_read_and_dialled() -> None:
    assert spoken.phone("+441632960111") == "01632 960111"
    assert spoken.tel("+44 (1632) 960-111") == "tel:+441632960111"
    assert spoken.mail("j.harrowell@northmere.example") == "mailto:j.harrowell@northmere.example"
    assert spoken.mail("a@b?subject=x") == ""


def test_ages_change_on_the_birthday() -> None:
    today = datetime(2026, 11, 22, tzinfo=LONDON).date()
    assert spoken.age("2016-11-22", today) == "10 years"
    assert spoken.age("2016-11-23", today) == "9 years"
    assert spoken.age("2026-10-23", today) == "0 months"
    first, last = spoken.years_around(10, today)
    assert (first.isoformat(), last.isoformat()) == ("2015-11-23", "2016-11-22")
