"""Days, moments, telephone numbers and hours as they are read, and as links take them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from thin_client import clock, codes
from thin_client.clock import LONDON

_WEEK: Final = tuple(codes.DAYS)
_MAIL: Final = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+")


def day(iso: str | None) -> str:
    """Return a day as it is read: 14 May 2016."""
    if not iso:
        return ""
    found = date.fromisoformat(iso)
    return f"{found.day} {found:%B %Y}"


def month(iso: str | None) -> str:
    """Return a month as it is read: October 2026."""
    return f"{date.fromisoformat(f'{iso}-01'):%B %Y}" if iso else ""


def moment(seconds: int | None) -> str:
    """Return a moment as it is read, in local time."""
    if seconds is None:
        return ""
    found = datetime.fromtimestamp(seconds, LONDON)
    return f"{found.day} {found:%B %Y} at {found:%H:%M}"


def age(iso: str, today: date | None = None) -> str:
    """Return how old a child born on a day is; months below two years."""
    born, now = date.fromisoformat(iso), today or clock.today()
    months = (now.year - born.year) * 12 + now.month - born.month - (now.day < born.day)
    if months < 0:
        return "not born yet"
    if months < 24:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{months // 12} years"


def years_around(years: int, today: date) -> tuple[date, date]:
    """Return the first and last day somebody of an age can be born on."""
    last = _back(today, years)
    return _back(today, years + 1) + timedelta(days=1), last


def _back(today: date, years: int) -> date:
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return date(today.year - years, 3, 1)


def phone(number: str) -> str:
    """Return a telephone number as it is read: 01632 960111."""
    found = re.sub(r"^\+44\s*", "0", number)
    return f"{found[:5]} {found[5:]}" if re.fullmatch(r"0\d{10}", found) else found


def tel(number: str) -> str:
    """Return a telephone number as a link dials it (RFC 3966)."""
    return "tel:" + re.sub(r"[^0-9+]", "", number)


def mail(address: str) -> str:
    """Return an address as a link writes to it; nothing but an address is ever linked."""
    return f"mailto:{address}" if _MAIL.fullmatch(address) else ""


def hours(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return when a line is answered: Monday to Friday, 08:30 to 17:30."""
    if not lines:
        return "Hours not given"
    days = {each for line in lines for each in line["days"]}
    if days == set(_WEEK) and all(_whole_day(line) for line in lines):
        return "Day and night"
    return "; ".join(f"{_days(line['days'])}, {_span(line)}" for line in lines)


def open_now(lines: Sequence[Mapping[str, Any]], now: datetime | None = None) -> bool:
    """Return whether a line is answered at this moment, local time."""
    here = (now or clock.now_here()).astimezone(LONDON)
    return any(_answered(line, here) for line in lines)


def _answered(line: Mapping[str, Any], here: datetime) -> bool:
    """Return whether a moment lies within a line's hours; closing first means after midnight."""
    minute, opens, closes = here.hour * 60 + here.minute, *_minutes(line)
    today, yesterday = _WEEK[here.weekday()] in line["days"], _WEEK[here.weekday() - 1]
    if opens < closes:
        return today and opens <= minute <= closes
    return (today and minute >= opens) or (yesterday in line["days"] and minute <= closes)


def _minutes(line: Mapping[str, Any]) -> tuple[int, int]:
    opens, closes = (int(line[end][:2]) * 60 + int(line[end][3:]) for end in ("opens", "closes"))
    return opens, closes


def _span(line: Mapping[str, Any]) -> str:
    return f"{line['opens']} to {line['closes']}"


def _whole_day(line: Mapping[str, Any]) -> bool:
    return line["opens"] == "00:00" and line["closes"] in ("23:59", "24:00")


def _days(named: Sequence[str]) -> str:
    """Return days as a run, where they are one."""
    places = sorted(_WEEK.index(each) for each in named if each in _WEEK)
    said = [codes.DAYS[_WEEK[place]] for place in places]
    run = len(places) > 2 and places == list(range(places[0], places[-1] + 1))
    if run:
        return f"{said[0]} to {said[-1]}"
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
