"""A caseload: what is to be confirmed by when, and what becomes of a line handed over."""

from datetime import date, timedelta
from enum import StrEnum

from index_service.domain.involvement import Involvement

CONFIRM_AFTER = timedelta(weeks=26)
DUE_WITHIN = timedelta(days=28)


class Due(StrEnum):
    """Which of a caseload is asked for."""

    OVERDUE = "overdue"  # was to be confirmed by now
    SOON = "soon"  # or is within four weeks


class HandedOver(StrEnum):
    """What became of one involvement of a hand-over."""

    HANDED_OVER = "handed_over"
    CEASED = "ceased"
    NOT_THERE = "not_there"  # not this practitioner's, not there, or not to be told of


def last_said(involvement: Involvement) -> date:
    """Return the day an involvement was last confirmed, or began."""
    return involvement.confirmed or involvement.began


def confirm_by(involvement: Involvement) -> date:
    """Return the day an involvement is to be confirmed by."""
    return last_said(involvement) + CONFIRM_AFTER


def is_due(involvement: Involvement, due: Due | None, today: date) -> bool:
    """Say whether an involvement is among those asked for; without a word, all are."""
    day = confirm_by(involvement)
    if due is None:
        return True
    return day < today if due is Due.OVERDUE else day <= today + DUE_WITHIN
