"""Years of a log that are dropped: their heads stay, and none goes before its time."""

from datetime import UTC, datetime

from index_verify.asking import LiveLog, YearDropped

YEARS_KEPT = 6  # whole years after its own, for which a year must be there


def dropped_in_time(year: int, now_s: int) -> bool:
    """Return whether a year may be gone by a moment."""
    return year + YEARS_KEPT < datetime.fromtimestamp(now_s, UTC).year


def is_dropped(log: LiveLog, year: int, now_s: int) -> bool:
    """Return whether a log says that a year is dropped that may be gone by now."""
    if not dropped_in_time(year, now_s):
        return False
    try:
        log.get("leaves", shard=year * 100, **{"from": 0, "to": 1})
    except YearDropped:
        return True
    return False
