"""What visible candidates come to: found, several, too many, none."""

from typing import Any

import pytest

from consent.facts import Role
from index_service.domain.matching.grade import Grade, Graded
from index_service.domain.matching.score import Score
from index_service.services.lookup import SHOWN_MAX, concluded


def found(*grades: Grade) -> list[Graded[Any]]:
    """Candidates of these grades, best first."""
    return [Graded(place, grade, Score(20.0 - place, ())) for place, grade in enumerate(grades)]


CERTAIN, PROBABLE, POSSIBLE = Grade.CERTAIN, Grade.PROBABLE, Grade.POSSIBLE


@pytest.mark.parametrize(
    ("graded", "outcome", "shown"),
    [
        (found(), "none", 0),
        (found(CERTAIN), "found", 1),
        (found(CERTAIN, PROBABLE, POSSIBLE), "found", 1),
        (found(PROBABLE), "found", 1),
        (found(PROBABLE, POSSIBLE), "found", 1),
        (found(POSSIBLE, POSSIBLE), "several", 2),
        (found(CERTAIN, CERTAIN), "several", 2),
        (found(*[POSSIBLE] * SHOWN_MAX), "several", SHOWN_MAX),
        (found(*[POSSIBLE] * (SHOWN_MAX + 1)), "too_many", 0),
        (found(CERTAIN, *[POSSIBLE] * 25), "found", 1),
        (found(PROBABLE, *[POSSIBLE] * 25), "found", 1),
    ],
)
def test_what_a_practitioner_is_shown(graded: list[Graded[Any]], outcome: str, shown: int) -> None:
    answer = concluded(graded, Role.PRACTITIONER)
    assert (answer.outcome, len(answer.shown)) == (outcome, shown)


@pytest.mark.parametrize(
    ("graded", "outcome", "shown"),
    [
        (found(), "none", 0),
        (found(CERTAIN), "found", 1),
        (found(CERTAIN, POSSIBLE), "found", 1),
        (found(PROBABLE), "several", 0),
        (found(CERTAIN, CERTAIN), "several", 0),
    ],
)
def test_a_system_without_a_person_gets_one_certain_child_or_none(
    graded: list[Graded[Any]], outcome: str, shown: int
) -> None:
    answer = concluded(graded, Role.CASE_SYSTEM)
    assert (answer.outcome, len(answer.shown)) == (outcome, shown)
