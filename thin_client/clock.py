"""The one place where these pages read the time."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now_s() -> float:
    """Return the seconds of the epoch."""
    return time.time()


def now_here() -> datetime:
    """Return the moment as clocks in England show it."""
    return datetime.now(LONDON)


def today() -> date:
    """Return the day in England."""
    return now_here().date()
