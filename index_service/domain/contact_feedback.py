"""Whether a contact worked, as those say who used it; when it is in doubt.

Of whoever said so nothing is kept but a keyed mark that holds for one involvement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_FAILED_MIN = 2  # different people: one may have misdialled


class ContactOutcome(StrEnum):
    """What came of using a contact."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    NO_LONGER_THERE = "no_longer_there"
    NO_LONGER_INVOLVED = "no_longer_involved"


# Rows have room for a letter.
LETTERS = {
    ContactOutcome.REACHED: "r",
    ContactOutcome.NO_ANSWER: "a",
    ContactOutcome.WRONG_NUMBER: "w",
    ContactOutcome.NO_LONGER_THERE: "t",
    ContactOutcome.NO_LONGER_INVOLVED: "i",
}
OUTCOMES = {letter: outcome for outcome, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class ContactSaid:
    """What somebody said of a contact; `by` tells them apart, and nothing of who they are."""

    by: str
    outcome: ContactOutcome


Reports = tuple[ContactSaid, ...]


def reports_after(reports: Reports, said: ContactSaid) -> Reports:
    """Return what is kept of a contact once this is said: the last success, failures since."""
    if said.outcome is ContactOutcome.REACHED:
        return (said,)
    reached = tuple(each for each in reports if each.outcome is ContactOutcome.REACHED)
    others = [each for each in _failed(reports) if each.by != said.by]
    return (*reached, *others[-(_FAILED_MIN - 1) :], said)


def doubts(reports: Sequence[ContactSaid]) -> tuple[ContactOutcome, ...]:
    """Return how a contact failed, each way once; nothing unless several people say so."""
    failed = _failed(reports)
    if len(failed) < _FAILED_MIN:
        return ()
    said = {each.outcome for each in failed}
    return tuple(outcome for outcome in ContactOutcome if outcome in said)


def _failed(reports: Sequence[ContactSaid]) -> list[ContactSaid]:
    return [each for each in reports if each.outcome is not ContactOutcome.REACHED]
