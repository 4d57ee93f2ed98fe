"""What time it is, what day it is in London, and how old a child is on a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Read from the machine's own zone files, or from the tzdata package where it has none.
LONDON = ZoneInfo("Europe/London")
ADULT_AGE_YEARS = 18
_SATURDAY = 5


class Clock(Protocol):
    """Tells the time; every rule that depends on it is given one."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """Return the present day in London."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the present day in London."""
        return london_day(self.now())


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for rehearsals and proofs."""

    at: datetime

    def __post_init__(self) -> None:
        """Refuse a moment without a zone: it could be either of two days in London."""
        if self.at.tzinfo is None:
            raise ValueError("a fixed clock needs an aware moment")

    def now(self) -> datetime:
        """Return the fixed moment in UTC."""
        return self.at.astimezone(UTC)

    def today(self) -> date:
        """Return the day the fixed moment falls on in London."""
        return london_day(self.at)


def london_day(moment: datetime) -> date:
    """Return the day a moment falls on in London."""
    return moment.astimezone(LONDON).date()


def start_of(day: date) -> datetime:
    """Return the moment, in UTC, at which a day begins in London.

    In summer that is 23:00 UTC of the day before.
    """
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def next_working_day(moment: datetime) -> datetime:
    """Return the moment, in UTC, at the same time of the next day from Monday to Friday.

    A bank holiday counts as a working day: a clock may run out early, never late.
    """
    local = moment.astimezone(LONDON)
    day = local.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, local.time(), LONDON).astimezone(UTC)


def attains(date_of_birth: date, age_years: int) -> date:
    """Return the day at whose start an age is attained.

    Family Law Reform Act 1969 section 9: at the commencement of the anniversary. Those
    born on 29 February attain an age on 1 March of a year without one.
    """
    year = date_of_birth.year + age_years
    try:
        return date_of_birth.replace(year=year)
    except ValueError:  # only 29 February can be missing from a year
        return date(year, 3, 1)


def eighteenth_birthday(date_of_birth: date) -> date:
    """Return the day at whose start a child becomes an adult."""
    return attains(date_of_birth, ADULT_AGE_YEARS)


def age_on(date_of_birth: date, day: date) -> int:
    """Return the age in whole years on a day; negative before birth."""
    age_years = day.year - date_of_birth.year
    return age_years if attains(date_of_birth, age_years) <= day else age_years - 1
