"""What a score is worth: certain, probable, possible or nothing, and in what order."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Generic, NamedTuple, TypeVar

from index_service.domain.child import PersonName
from index_service.domain.matching import names
from index_service.domain.matching.compare import Level
from index_service.domain.matching.keys import Facts
from index_service.domain.matching.score import (
    IDENTIFIER_FIELDS,
    Candidate,
    Field,
    PreparedQuery,
    Score,
)

PROBABLE_BITS_MIN: Final = 6.0
POSSIBLE_BITS_MIN: Final = -5.0
MARGIN_BITS_MIN: Final = 3.0
TIER_1_SUFFICES_BITS: Final = 8.0


class Grade(StrEnum):
    """How far a candidate may be taken for the child asked for."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    NONE = "none"


Key = TypeVar("Key")


class Graded(NamedTuple, Generic[Key]):
    """A candidate worth showing, by whatever key the caller knows it."""

    key: Key
    grade: Grade
    score: Score


_ORDER: Final = {grade: place for place, grade in enumerate(Grade)}
_GIVEN_AGREES: Final = frozenset(
    {Level.EXACT, Level.NICKNAME, Level.CLOSE, Level.SOUNDS_ALIKE, Level.SWAPPED}
)
_FAMILY_AGREES: Final = _GIVEN_AGREES | {Level.PARTIAL}
_BORN_AGREES: Final = frozenset({Level.EXACT, Level.DAY_MONTH_SWAPPED, Level.CLOSE})
_EXACT_FOR_CERTAIN: Final = (
    Field.GIVEN_NAME,
    Field.FAMILY_NAME,
    Field.DATE_OF_BIRTH,
    Field.ADDRESS,
)


def grade(query: Facts | PreparedQuery, candidate: Candidate, score: Score) -> Grade:
    """Grade a pair by itself; whether PROBABLE stands among others is for rank to say.

    CERTAIN rests on this pair alone, so that a hidden twin changes nothing.
    """
    if score.level(Field.NHS_NUMBER) is Level.DIFFERS:
        return Grade.NONE  # one child has one number
    agrees = _given_name_agrees(query, candidate, score)
    identified = any(score.level(field) is Level.EXACT for field in IDENTIFIER_FIELDS)
    if agrees and _is_certain(query, candidate, score, identified):
        return Grade.CERTAIN
    if score.bits >= PROBABLE_BITS_MIN and (agrees or identified):
        return Grade.PROBABLE
    return Grade.POSSIBLE if score.bits >= POSSIBLE_BITS_MIN else Grade.NONE


def _is_certain(
    query: Facts | PreparedQuery, candidate: Candidate, score: Score, identified: bool
) -> bool:
    """Whether an exact number or exact particulars settle it, nothing contradicting."""
    if score.level(Field.UPN) is Level.DIFFERS:
        return False  # case numbers may differ: a child can have had several
    family_agrees = score.level(Field.FAMILY_NAME) in _FAMILY_AGREES
    if identified and (family_agrees or score.level(Field.DATE_OF_BIRTH) in _BORN_AGREES):
        return True
    return (
        all(score.level(field) is Level.EXACT for field in _EXACT_FOR_CERTAIN)
        and score.level(Field.GENDER) is not Level.DIFFERS
        and score.level(Field.MIDDLE_NAME) is not Level.DIFFERS
        and not _siblings_may_share(query, candidate, score)
    )


def _given_name_agrees(query: Facts | PreparedQuery, candidate: Candidate, score: Score) -> bool:
    """Whether the given name tells this child from a twin, which nothing else does."""
    level = score.level(Field.GIVEN_NAME)
    if level is Level.MISSING:
        # Someone of one name has it as the family name, on both sides.
        single = not any(name.given for name in (*_names(query), *candidate.facts.names))
        return single and score.level(Field.FAMILY_NAME) is Level.EXACT
    if level is Level.EXACT:
        return True
    # Samir and Samira are close, and twins.
    return level in _GIVEN_AGREES and score.level(Field.GENDER) is not Level.DIFFERS


def _siblings_may_share(query: Facts | PreparedQuery, candidate: Candidate, score: Score) -> bool:
    """Whether an equal given name could be a twin's too, for want of the second name."""
    if score.level(Field.MIDDLE_NAME) is Level.EXACT:
        return False
    both = (*_names(query), *candidate.facts.names, *candidate.facts.former_names)
    return any(name.middle for name in both) and any(
        names.given_words(name.given)[:1] in _SHARED for name in both
    )


_SHARED: Final = frozenset((name,) for name in names.SHARED_BY_SIBLINGS)


def _names(query: Facts | PreparedQuery) -> tuple[PersonName, ...]:
    facts = query.facts if isinstance(query, PreparedQuery) else query
    return (*facts.names, *facts.former_names)


def rank(
    found: Iterable[tuple[Key, Facts | PreparedQuery, Candidate, Score]],
) -> list[Graded[Key]]:
    """Grade all candidates visible to one asker and order them, best first.

    Those graded NONE are left out. PROBABLE needs to be MARGIN_BITS_MIN ahead of every
    other; CERTAIN does not look at the others. Equals keep the order they came in.
    """
    graded = [
        Graded(key, given, score)
        for key, query, candidate, score in found
        if (given := grade(query, candidate, score)) is not Grade.NONE
    ]
    graded.sort(key=lambda one: -one.score.bits)
    clear = len(graded) < 2 or graded[0].score.bits - graded[1].score.bits >= MARGIN_BITS_MIN
    ranked = [
        one._replace(grade=Grade.POSSIBLE)
        if one.grade is Grade.PROBABLE and (place or not clear)
        else one
        for place, one in enumerate(graded)
    ]
    ranked.sort(key=lambda one: _ORDER[one.grade])
    return ranked


def tier_2_needed(ranked: Iterable[Graded[Key]]) -> bool:
    """Whether tier 1 showed this asker too little, so that the broad keys are worth asking."""
    return all(one.score.bits < TIER_1_SUFFICES_BITS for one in ranked)
