"""How alike two names, dates, addresses and numbers are, in a closed list of words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from index_service.domain.child import Gender, PersonName
from index_service.domain.matching import fold, names

CLOSE_GIVEN_MIN: Final = 0.84
CLOSE_FAMILY_MIN: Final = 0.88
# Codes are short: Jane and John share one. Alike in sound must be a little alike in letters.
SOUNDS_ALIKE_MIN: Final = 0.70


class Level(StrEnum):
    """How far one field agrees. Closed: these words are shown to askers as the reason why."""

    EXACT = "exact"
    NICKNAME = "nickname"
    SOUNDS_ALIKE = "sounds_alike"
    CLOSE = "close"
    SWAPPED = "swapped"  # found in another field of the name
    DAY_MONTH_SWAPPED = "day_month_swapped"
    PARTIAL = "partial"
    DIFFERS = "differs"
    MISSING = "missing"
    NOT_COMPARED = "not_compared"


_FAMILY_TURNED: Final = frozenset({Level.EXACT, Level.CLOSE, Level.SOUNDS_ALIKE, Level.PARTIAL})


class Spelling(NamedTuple):
    """One name folded: each part as one word, and in words."""

    family: str
    family_words: tuple[str, ...]
    given: str
    given_words: tuple[str, ...]
    middle: str
    middle_words: tuple[str, ...]


def spelling(name: PersonName) -> Spelling:
    """Fold a name for comparison."""
    family = names.family_words(name.family)
    given = names.given_words(name.given) if name.given else ()
    middle = names.given_words(name.middle) if name.middle else ()
    return Spelling("".join(family), family, "".join(given), given, "".join(middle), middle)


@dataclass(frozen=True, slots=True)
class AskedName:
    """A name asked for, with what is worked out once for all candidates."""

    spelt: Spelling
    family_cores: tuple[str, ...]
    family_core: str
    family_is_plain: bool  # one word, no particle
    short_forms: frozenset[str]
    given_codes: frozenset[str]
    family_codes: frozenset[str]


def asked_name(name: PersonName) -> AskedName:
    """Prepare a name for comparison with many."""
    spelt = spelling(name)
    cores = names.family_cores(spelt.family_words)
    core = names.without_run_in_particle("".join(cores))
    short_forms = names.nicknames(spelt.given)
    if spelt.given_words:
        short_forms |= names.nicknames(spelt.given_words[0])
    return AskedName(
        spelt=spelt,
        family_cores=cores,
        family_core=core,
        family_is_plain=spelt.family_words == (core,),
        short_forms=short_forms,
        given_codes=frozenset(fold.sounds(spelt.given)) if spelt.given else frozenset(),
        family_codes=frozenset(fold.sounds(spelt.family)) if spelt.family else frozenset(),
    )


def compare_given(asked: AskedName, found: Spelling) -> Level:
    """Compare given names; SWAPPED is one that stands as the middle or family name."""
    ours = asked.spelt
    if not ours.given or not found.given:
        # One name is all some people have: it may stand on the other side.
        if ours.given and ours.given == found.family:
            return Level.SWAPPED
        if found.given and found.given == ours.family:
            return Level.SWAPPED
        return Level.MISSING
    if ours.given == found.given:
        return Level.EXACT
    if found.given in asked.short_forms or found.given_words[0] in asked.short_forms:
        return Level.NICKNAME
    level = _compare_given_words(ours, found)
    if level is not None:
        return level
    likeness = JaroWinkler.similarity(ours.given, found.given, score_cutoff=SOUNDS_ALIKE_MIN)
    if likeness >= CLOSE_GIVEN_MIN or _letters_slipped(ours.given, found.given):
        return Level.CLOSE
    if likeness and not asked.given_codes.isdisjoint(fold.sounds(found.given)):
        return Level.SOUNDS_ALIKE
    if len(ours.given_words) > 1 or len(found.given_words) > 1:
        first = JaroWinkler.similarity(ours.given_words[0], found.given_words[0])
        return Level.CLOSE if first >= CLOSE_GIVEN_MIN else Level.DIFFERS
    return Level.DIFFERS


def _compare_given_words(ours: Spelling, found: Spelling) -> Level | None:
    """Compare names of several words, and given names with middle names."""
    if ours.given + ours.middle == found.given + found.middle:
        return Level.EXACT
    if ours.given in found.middle_words or found.given in ours.middle_words:
        return Level.SWAPPED
    first, stored = ours.given_words[0], found.given_words[0]
    if (len(first) == 1 or len(stored) == 1) and first[0] == stored[0]:
        return Level.PARTIAL
    if len(ours.given_words) == len(found.given_words) == 1:
        return None
    all_ours, all_found = set(ours.given_words), set(found.given_words)
    if all_ours <= all_found or all_found <= all_ours:
        return Level.CLOSE
    if len(all_ours) > 1 and len(all_found) > 1 and _alike(first, stored):
        # Brothers can share the first of two names: the second tells them apart.
        rests = "".join(ours.given_words[1:]), "".join(found.given_words[1:])
        return Level.CLOSE if _alike(*rests) else Level.PARTIAL
    return None


def _alike(ours: str, found: str) -> bool:
    likeness = JaroWinkler.similarity(ours, found)
    return likeness >= CLOSE_GIVEN_MIN or (
        likeness >= SOUNDS_ALIKE_MIN and fold.sound(ours) == fold.sound(found)
    )


def _letters_slipped(ours: str, found: str) -> bool:
    """Whether two neighbouring letters changed places, which early in a name hides it most."""
    return (
        len(ours) == len(found) > 2
        and OSA.distance(ours, found, score_cutoff=1) == 1
        and sorted(ours) == sorted(found)
    )


def compare_family(asked: AskedName, found: Spelling) -> Level:
    """Compare family names; PARTIAL is one half of a double name, or half likeness."""
    ours = asked.spelt
    if not ours.family or not found.family:
        return Level.MISSING
    if ours.family == found.family:
        return Level.EXACT
    likeness = JaroWinkler.similarity(ours.family, found.family, score_cutoff=SOUNDS_ALIKE_MIN)
    if likeness >= CLOSE_FAMILY_MIN:
        return Level.CLOSE
    if likeness and not asked.family_codes.isdisjoint(fold.sounds(found.family)):
        return Level.SOUNDS_ALIKE
    if asked.family_is_plain and len(found.family_words) == 1 and found.family[0] != "m":
        return Level.DIFFERS  # neither has parts or a particle: nearly always so
    return _compare_family_parts(asked, found)


def _compare_family_parts(asked: AskedName, found: Spelling) -> Level:
    cores = names.family_cores(found.family_words)
    core = names.without_run_in_particle("".join(cores))
    if core == asked.family_core:
        return Level.CLOSE
    if len(cores) > 1 or len(asked.family_cores) > 1:
        for ours in asked.family_cores:
            for theirs in cores:
                if JaroWinkler.similarity(ours, theirs) >= CLOSE_FAMILY_MIN:
                    return Level.PARTIAL
    if JaroWinkler.similarity(asked.family_core, core) >= CLOSE_FAMILY_MIN:
        return Level.PARTIAL
    return Level.DIFFERS


def compare_turned(turned: AskedName, found: Spelling) -> tuple[Level, Level] | None:
    """Compare a name asked for with given and family name exchanged: given, then family.

    None unless both agree that way: many a family name is someone's given name.
    """
    family = compare_family(turned, found)
    if family not in _FAMILY_TURNED:
        return None
    given = compare_given(turned, found)
    if given is Level.PARTIAL:
        return Level.PARTIAL, Level.SWAPPED
    return None if given in (Level.DIFFERS, Level.MISSING) else (Level.SWAPPED, Level.SWAPPED)


def compare_middle(asked: AskedName, found: Spelling) -> Level:
    """Compare middle names, an initial being PARTIAL."""
    ours, theirs = asked.spelt.middle, found.middle
    if not ours or not theirs:
        return Level.MISSING
    if ours == theirs:
        return Level.EXACT
    if (len(ours) == 1 or len(theirs) == 1) and ours[0] == theirs[0]:
        return Level.PARTIAL
    if JaroWinkler.similarity(ours, theirs) >= CLOSE_GIVEN_MIN:
        return Level.CLOSE
    return Level.DIFFERS


def compare_dob(ours: date | None, found: date | None) -> Level:
    """Compare dates of birth; CLOSE is one sign off, PARTIAL two of day, month and year."""
    if ours is None or found is None:
        return Level.MISSING
    if ours == found:
        return Level.EXACT
    same_year = ours.year == found.year
    if same_year and ours.day == found.month and ours.month == found.day:
        return Level.DAY_MONTH_SWAPPED
    same = same_year + (ours.month == found.month) + (ours.day == found.day)
    if same == 2 and OSA.distance(ours.isoformat(), found.isoformat(), score_cutoff=1) == 1:
        return Level.CLOSE
    if same == 2 or (same_year and 1 == found.day == found.month):
        return Level.PARTIAL
    if same_year and 1 == ours.day == ours.month:  # known to the year only
        return Level.PARTIAL
    return Level.DIFFERS


def compare_gender(ours: Gender | None, found: Gender | None) -> Level:
    """Compare gender; a statement that it is not specified compares with nothing."""
    if ours is found and ours is not None and ours is not Gender.NOT_SPECIFIED:
        return Level.EXACT
    said = ours is not None and found is not None
    specified = ours is not Gender.NOT_SPECIFIED and found is not Gender.NOT_SPECIFIED
    return Level.DIFFERS if said and specified else Level.MISSING


def compare_address(ours: tuple[str, str], found: tuple[str, str]) -> Level:
    """Compare (postcode, house), both folded; CLOSE is a slip in either, PARTIAL the postcode."""
    if not ours[0] or not found[0]:
        return Level.MISSING
    same_house = bool(ours[1]) and ours[1] == found[1]
    if ours[0] == found[0]:
        if same_house:
            return Level.EXACT
        return Level.PARTIAL if ours[1] and found[1] else Level.CLOSE
    if same_house and OSA.distance(ours[0], found[0], score_cutoff=1) == 1:
        return Level.CLOSE
    return Level.DIFFERS


def compare_number(ours: str | None, found: str | None) -> Level:
    """Compare identifiers of one scheme: they are the same or they are not."""
    if not ours or not found:
        return Level.MISSING
    return Level.EXACT if ours == found else Level.DIFFERS
