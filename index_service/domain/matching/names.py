"""What is known of names in general: short forms, particles, and words that name nobody."""

from collections import defaultdict
from typing import Final

from nicknames import name_triplets

from index_service.domain.matching.fold import fold, words

# Written forms of one name that neither sound nor look alike once shortened.
_WRITTEN_SHORT: Final = {
    "mohammed": ("md", "mohd", "mohmd", "muhd", "mhd"),
    "muhammad": ("md", "mohd", "mohmd", "muhd", "mhd"),
    "mohammad": ("md", "mohd", "mohmd", "muhd", "mhd"),
    "abdul": ("abd",),
    "syed": ("sd",),
    "maria": ("ma",),
}
# First names that, by custom, brothers or sisters may share: alone they tell no two apart.
SHARED_BY_SIBLINGS: Final = frozenset({
    "abdel", "abdul", "maria", "md", "mohamed", "mohammad", "mohammed", "mohamud", "muhammad",
    "muhammed", "sayed", "sheikh", "syed",
})  # fmt: skip
PARTICLES: Final = frozenset({
    "a", "abu", "af", "al", "ap", "ben", "bin", "bint", "bte", "da", "das", "de", "del", "della",
    "den", "der", "di", "do", "dos", "du", "e", "el", "ibn", "la", "las", "le", "les", "los",
    "mac", "mc", "o", "of", "san", "st", "ter", "the", "um", "van", "von", "y", "zu",
})  # fmt: skip
_RUN_IN_PARTICLES: Final = ("mac", "mc")
_SUFFIXES: Final = frozenset({
    "ii", "iii", "iv", "jnr", "jr", "junior", "senior", "snr", "sr",
})  # fmt: skip
_NO_GIVEN_NAME: Final = frozenset({
    "baby", "babyboy", "babygirl", "boy", "child", "daughter", "female", "fetus", "fnu", "foetus",
    "girl", "infant", "infantboy", "infantgirl", "male", "neonate", "newborn", "nfn", "nk",
    "notgiven", "notknown", "notstated", "tba", "tbc", "triplet", "twin", "twin1", "twin2",
    "twina", "twinb", "twinone", "twintwo", "unk", "unknown", "unnamed",
})  # fmt: skip
_NO_FAMILY_NAME: Final = frozenset({
    "lnu", "nfn", "nk", "notgiven", "notknown", "notstated", "unk", "unknown",
})  # fmt: skip
_COUNTS: Final = frozenset({
    "1", "2", "3", "a", "b", "c", "given", "i", "ii", "iii", "known", "no", "not", "of", "one",
    "three", "two",
})  # fmt: skip


def given_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a given or middle name, without those that name nobody.

    "Baby", "Twin 1" or "Unknown" is what a form was given for want of a name: it says
    nothing of who the child is. "Null" and "True" are names.
    """
    found = words(text)
    if not found or not _names_nobody(found, _NO_GIVEN_NAME):
        return found[1:] if len(found) > 1 and found[0] in _NO_GIVEN_NAME else found
    return ()


def family_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a family name, without generation suffixes."""
    found = words(text)
    if _names_nobody(found, _NO_FAMILY_NAME):
        return ()
    if len(found) > 1 and found[-1] in _SUFFIXES:
        return found[:-1]
    return found


def _names_nobody(found: tuple[str, ...], for_want: frozenset[str]) -> bool:
    if len(found) == 1:
        return found[0] in for_want
    return "".join(found) in for_want or (
        bool(found)
        and found[0] in for_want
        and all(word in for_want or word in _COUNTS for word in found)
    )


def family_cores(family: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of a family name that carry it: no particles, unless all are."""
    cores = tuple(word for word in family if word not in PARTICLES)
    return cores or family


def without_run_in_particle(word: str) -> str:
    """Return a family name without a particle written into it: mccarthy, carthy."""
    for particle in _RUN_IN_PARTICLES:
        if word.startswith(particle) and len(word) >= len(particle) + 3:
            return word[len(particle) :]
    return word


def _load() -> dict[str, frozenset[str]]:
    related: defaultdict[str, set[str]] = defaultdict(set)
    for triplet in name_triplets():
        formal, short = fold(triplet.name1), fold(triplet.name2)
        related[formal].add(short)
        related[short].add(formal)
    for formal, shorts in _WRITTEN_SHORT.items():
        related[formal].update(shorts)
        for short in shorts:
            related[short].add(formal)
    return {name: frozenset(others - {name}) for name, others in related.items()}


_RELATED: Final = _load()
_NONE: Final[frozenset[str]] = frozenset()


def nicknames(given: str) -> frozenset[str]:
    """Return the short and long forms of a folded given name."""
    return _RELATED.get(given, _NONE)
