"""A month as it is supervised, and what is counted of it."""

from datetime import UTC, datetime

import pytest

from index_service.domain.supervision import Span, Tally, Use, month_until

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def at(*moment: int) -> int:
    """Return a moment of UTC in seconds of the epoch."""
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]  # its parts


def test_a_month_is_londons_from_its_first_midnight_to_the_next() -> None:
    assert month_until("2026-10", NOW) == Span(at(2026, 9, 30, 23), at(2026, 11, 1))
    assert month_until("2025-12", NOW) == Span(at(2025, 12, 1), at(2026, 1, 1))


def test_a_month_in_hand_is_as_far_as_it_is_over() -> None:
    assert month_until("2026-11", NOW) == Span(at(2026, 11, 1), int(NOW.timestamp()))


@pytest.mark.parametrize("month", ["2026-12", "2027-01", "9999-12", "0000-01", "1999-12"])
def test_a_month_yet_to_begin_or_before_any_log_is_none(month: str) -> None:
    assert month_until(month, NOW) is None


def test_a_month_that_begins_this_second_is_none_yet() -> None:
    assert month_until("2026-11", datetime(2026, 11, 1, tzinfo=UTC)) is None


def test_a_share_is_of_everything_asked_and_of_nothing_none() -> None:
    tally = Tally()
    assert tally.shown()["out_of_hours_percent"] is None
    for use, late in zip(Use, (True, False, False, False), strict=True):
        tally.add(use, missed=late, out_of_hours=late)
    assert tally.shown() == {
        "lookups": 1,
        "reads": 1,
        "overrides": 1,
        "refusals": 1,
        "misses": 1,
        "out_of_hours_percent": 25,
    }
