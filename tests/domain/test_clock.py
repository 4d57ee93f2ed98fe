"""Days in London, and the day a child attains an age."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_service.domain.clock import (
    FixedClock,
    SystemClock,
    age_on,
    attains,
    eighteenth_birthday,
    start_of,
)

born = st.dates(date(1990, 1, 1), date(2030, 12, 31))


def test_the_eighteenth_birthday_begins_in_london_an_hour_early_by_utc_in_summer():
    birthday = eighteenth_birthday(date(2008, 7, 1))
    assert start_of(birthday) == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    assert start_of(eighteenth_birthday(date(2008, 1, 1))) == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_day_in_london_is_not_the_day_in_utc_late_on_a_summer_evening():
    clock = FixedClock(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert clock.today() == date(2026, 7, 1)
    assert clock.now() == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "age_years"),
    [
        (date(2026, 2, 28), 17),
        (date(2026, 3, 1), 18),
        (date(2028, 2, 28), 19),
        (date(2028, 2, 29), 20),
    ],
)
def test_one_born_on_29_february_attains_an_age_on_1_march(day, age_years):
    assert age_on(date(2008, 2, 29), day) == age_years
    assert eighteenth_birthday(date(2008, 2, 29)) == date(2026, 3, 1)


@given(born, st.integers(0, 30))
def test_an_age_is_attained_at_the_start_of_the_anniversary(day_of_birth, age_years):
    day = attains(day_of_birth, age_years)
    assert age_on(day_of_birth, day) == age_years
    assert age_on(day_of_birth, day - timedelta(days=1)) == age_years - 1


@given(born, st.integers(0, 9_000))
def test_age_never_falls_from_one_day_to_the_next(day_of_birth, days):
    day = day_of_birth + timedelta(days=days)
    assert age_on(day_of_birth, day) <= age_on(day_of_birth, day + timedelta(days=1))


@given(st.integers(946_684_800, 2_208_988_800))
def test_every_moment_lies_within_its_day_in_london(seconds):
    clock = FixedClock(datetime.fromtimestamp(seconds, UTC))
    assert start_of(clock.today()) <= clock.now() < start_of(clock.today() + timedelta(days=1))


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001 (the mistake under test)


def test_the_system_clock_is_aware_and_in_utc():
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert abs((SystemClock().today() - now.date()).days) <= 1
