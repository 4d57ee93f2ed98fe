"""The clock of whoever types: how old a login is, and what "the last days" are."""

import time

DAY_S = 24 * 60 * 60


def now_s() -> int:
    """Return the seconds of the epoch."""
    return int(time.time())
