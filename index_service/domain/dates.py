"""Days and times of day as senders write them: one spelling each, within bounds."""

import re
from datetime import date

from index_service.domain.errors import Code, Invalid

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_YEARS_BACK_MAX = 30  # longer than any record is kept live
_YEARS_AHEAD_MAX = 2  # a school place or a review is known that far ahead


def checked_date(text: str, field: str) -> date:
    """Return a calendar day written YYYY-MM-DD; no other spelling, no time, no number."""
    if not _DAY.fullmatch(text):
        raise Invalid(Code.FIELD_INVALID, field)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(Code.DATE_OUT_OF_RANGE, field) from None


def checked_past_date(text: str, today: date, field: str) -> date:
    """Return a day no later than today and less than 30 calendar years back."""
    day = checked_date(text, field)
    if day > today or today.year - day.year >= _YEARS_BACK_MAX:
        raise Invalid(Code.DATE_OUT_OF_RANGE, field)
    return day


def checked_near_date(text: str, today: date, field: str) -> date:
    """Return a day less than 30 calendar years back and at most 2 ahead."""
    day = checked_date(text, field)
    if not -_YEARS_AHEAD_MAX <= today.year - day.year < _YEARS_BACK_MAX:
        raise Invalid(Code.DATE_OUT_OF_RANGE, field)
    return day


def checked_time(text: str, field: str) -> str:
    """Return a local time of day as HH:MM; 24:00 is the end of the day."""
    if not _TIME.fullmatch(text):
        raise Invalid(Code.FIELD_INVALID, field)
    return text


def years_before(day: date, years: int) -> date:
    """Return the same day that many years earlier; 29 February falls to 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)
