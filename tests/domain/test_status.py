"""Status indicators: how old they are, and how long they are told."""

from datetime import date

import pytest

from index_service.domain.involvement import CafStatus, Contact, TeamContact
from index_service.domain.status import LookedAfter, Spell, Status, still_told

CONTACT = Contact(TeamContact("Northmere Plan Team", "+441632960110"))
BEGAN = date(2020, 1, 2)


def status(*ended: date | None) -> Status:
    """Return a status with a plan, and being looked after, that ended then."""
    plan, *after = [Spell(BEGAN, day) for day in ended]
    return Status("", CONTACT, plan, LookedAfter("camfield", after[0]) if after else None)


def test_what_goes_on_has_no_last_day_whatever_else_has_ended() -> None:
    early, late = date(2024, 5, 1), date(2025, 5, 1)
    assert status(None).last_day() is None
    assert status(early, None).last_day() is None
    assert status(None, late).last_day() is None
    assert status(early, late).last_day() == late
    assert status(late, early).last_day() == late
    assert Status("", CONTACT).last_day() == date.min


@pytest.mark.parametrize(
    ("last", "today", "told"),
    [
        (None, date(2026, 11, 21), True),
        (date(2025, 11, 21), date(2026, 11, 21), True),
        (date(2025, 11, 20), date(2026, 11, 21), False),
        (date(2023, 3, 1), date(2024, 2, 29), True),
        (date(2023, 2, 28), date(2024, 2, 29), False),
        (date.min, date(2026, 11, 21), False),
    ],
)
def test_what_has_ended_is_told_for_twelve_months(
    last: date | None, today: date, told: bool
) -> None:
    assert still_told(last, today) is told


def test_an_assessment_without_a_stated_day_is_reviewed_twelve_weeks_on() -> None:
    caf = CafStatus("", CONTACT, date(2026, 1, 5))
    assert caf.review_day() == date(2026, 3, 30)
    assert CafStatus("", CONTACT, BEGAN, review_due=BEGAN).review_day() == BEGAN
