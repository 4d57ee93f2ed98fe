"""What of a child is searched by: the tokens stored and the tokens asked for.

The index is narrow and the question wide: a child is stored under the names it has,
and asked for under the ways they get written. Names are never a token by themselves
(how often a token occurs would name it), nor is an address (it would link siblings).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from itertools import islice
from typing import Final, NamedTuple

from consent.facts import DisclosureClass
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.matching import fold, names

INDEX_KEYS_MAX: Final = 24
GUARD_KEYS_MAX: Final = 8
QUERY_KEYS_MAX: Final = 64  # a tier; a few names with many short forms would take more


class TokenKind(IntEnum):
    """What a token is made of. Values stand in digests and sealed pointers: never reuse."""

    NHS_NUMBER = 1
    UPN = 2
    CASE_NUMBER = 3
    FAMILY_DOB = 4
    GIVEN_DOB = 5
    FAMILY_GIVEN_YEAR = 6
    POSTCODE_YEAR = 7
    INITIALS_DOB = 8
    DOB = 9
    FAMILY_GIVEN = 10


BROAD_KINDS: Final = frozenset({TokenKind.DOB, TokenKind.FAMILY_GIVEN})  # tier 2
_IDENTIFIER_KINDS: Final = {
    IdentifierScheme.NHS_NUMBER: (TokenKind.NHS_NUMBER, DisclosureClass.NHS_NUMBER),
    IdentifierScheme.UPN: (TokenKind.UPN, DisclosureClass.UPN),
    IdentifierScheme.CASE_NUMBER: (TokenKind.CASE_NUMBER, DisclosureClass.CASE_NUMBER),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The searchable facts of a child, or of a question about one. All may be missing."""

    names: tuple[PersonName, ...] = ()
    former_names: tuple[PersonName, ...] = ()
    date_of_birth: date | None = None
    postcode: str = ""
    house: str = ""
    identifiers: dict[IdentifierScheme, str] = field(default_factory=dict)
    gender: Gender | None = None

    @property
    def is_named_enough(self) -> bool:
        """Whether a name leads somewhere: with a date of birth, or family and given name."""
        return any(
            (name.family and name.given) or (self.date_of_birth and (name.family or name.given))
            for name in self.names
        )


class IndexKey(NamedTuple):
    """One thing a child is found by, and the disclosure class that finding by it shows."""

    kind: TokenKind
    text: str
    shown_by: DisclosureClass


class _Sounds(NamedTuple):
    """The phonetic codes of one name, most telling first, and its sorted initials."""

    family: tuple[str, ...]
    given: tuple[str, ...]
    initials: str


def index_keys(facts: Facts) -> tuple[IndexKey, ...]:
    """Return what a child is stored under, most useful first, at most INDEX_KEYS_MAX.

    A key that both a current and a former name give is shown by identity alone.
    """
    kept: dict[tuple[TokenKind, str], DisclosureClass] = {}
    for kind, text, shown_by in _stored(facts):
        kept.setdefault((kind, text), shown_by)
    return tuple(
        IndexKey(kind, text, shown_by)
        for (kind, text), shown_by in islice(kept.items(), INDEX_KEYS_MAX)
    )


def _stored(facts: Facts) -> Iterator[tuple[TokenKind, str, DisclosureClass]]:
    for scheme, number in facts.identifiers.items():
        kind, shown_by = _IDENTIFIER_KINDS[scheme]
        yield kind, number, shown_by
    born = facts.date_of_birth
    if born is not None:
        yield TokenKind.DOB, born.isoformat(), DisclosureClass.IDENTITY
        if place := fold.postcode(facts.postcode):
            yield TokenKind.POSTCODE_YEAR, f"{place}.{born.year}", DisclosureClass.TRACING
    named = [(_stored_sounds(name), DisclosureClass.IDENTITY) for name in facts.names]
    named += [(_stored_sounds(name), DisclosureClass.TRACING) for name in facts.former_names]
    for sounds, shown_by in named:
        for kind, text in _of_name(sounds, born):
            yield kind, text, shown_by
    for sounds, shown_by in named:
        for kind, text in _pairs(sounds.family[1:], sounds.given[:1], born):
            yield kind, text, shown_by
        for kind, text in _pairs(sounds.family[:1], sounds.given[1:], born):
            yield kind, text, shown_by


def _stored_sounds(name: PersonName) -> _Sounds:
    family = names.family_words(name.family)
    given = names.given_words(name.given)
    middle = names.given_words(name.middle)
    return _Sounds(
        _distinct(fold.sound(word) for word in _family_forms(family)),
        _distinct(fold.sound(word) for word in (*_given_forms(given), *middle[:1])),
        _initials(family, given),
    )


def _of_name(sounds: _Sounds, born: date | None) -> Iterator[tuple[TokenKind, str]]:
    """Yield the keys of one name, with only the first family and given name as a pair."""
    family, given, initials = sounds
    if born is not None:
        day = born.isoformat()
        for sound in family:
            yield TokenKind.FAMILY_DOB, f"{sound}.{day}"
        if initials:
            yield TokenKind.INITIALS_DOB, f"{initials}.{day}"
        for sound in given:
            yield TokenKind.GIVEN_DOB, f"{sound}.{day}"
    yield from _pairs(family[:1], given[:1], born)


def _pairs(
    family: tuple[str, ...], given: tuple[str, ...], born: date | None
) -> Iterator[tuple[TokenKind, str]]:
    """Yield each family name with each given name, with and without the year of birth."""
    for one in given:
        for other in family:
            if born is not None:
                yield TokenKind.FAMILY_GIVEN_YEAR, f"{other}.{one}.{born.year}"
            yield TokenKind.FAMILY_GIVEN, f"{other}.{one}"


def _family_forms(family: tuple[str, ...]) -> tuple[str, ...]:
    """Return the whole family name as one word, then each half of a double one."""
    if len(family) < 2:
        return family
    return ("".join(family), *names.family_cores(family)[:2])


def _given_forms(given: tuple[str, ...]) -> tuple[str, ...]:
    if len(given) < 2:
        return given
    return (given[0], given[1], "".join(given))


def _initials(family: tuple[str, ...], given: tuple[str, ...]) -> str:
    """Return both initials in alphabetical order, so that swapped names share them."""
    if not family or not given:
        return ""
    first, second = names.family_cores(family)[0][0], given[0][0]
    return first + second if first <= second else second + first


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def query_keys(facts: Facts, tier: int) -> tuple[tuple[TokenKind, str], ...]:
    """Return what to ask for in a tier (1 or 2), likeliest first, at most QUERY_KEYS_MAX.

    The tiers share no key. Tier 2 is broad: ask it only where tier 1 shows little.
    """
    chosen = (key for key in dict.fromkeys(_asked(facts)) if (key[0] in BROAD_KINDS) == (tier == 2))
    return tuple(islice(chosen, QUERY_KEYS_MAX))


def _asked(facts: Facts) -> Iterator[tuple[TokenKind, str]]:
    for scheme, number in facts.identifiers.items():
        yield _IDENTIFIER_KINDS[scheme][0], number
    days = _days(facts.date_of_birth)
    for day in days:
        yield TokenKind.DOB, day.isoformat()
    if days and (place := fold.postcode(facts.postcode)):
        yield TokenKind.POSTCODE_YEAR, f"{place}.{days[0].year}"
    asked = [_asked_sounds(name) for name in (*facts.names, *facts.former_names)]
    stated, turned = days[0] if days else None, days[1:]
    # What was stated comes first for every name, so that the limit costs guesses only.
    for sounds in asked:
        yield from _of_name(sounds, stated)
    for sounds in asked:
        yield from _pairs(sounds.family, sounds.given, stated)
    for sounds in asked:
        swapped = _Sounds(sounds.given[:2], sounds.family[:2], "")
        yield from _of_name(swapped, stated)
        yield from _pairs(swapped.family, swapped.given, stated)
    for day in turned:
        for sounds in asked:
            yield from _of_name(sounds, day)


def _asked_sounds(name: PersonName) -> _Sounds:
    """Return the codes of a name as it may have been written, likeliest first."""
    family = names.family_words(name.family)
    given = names.given_words(name.given)
    middle = names.given_words(name.middle)
    family_forms = list(_family_forms(family))
    family_forms += [names.without_run_in_particle(word) for word in names.family_cores(family)]
    given_forms = [*_given_forms(given), *middle[:1]]
    given_forms += [other for word in given[:1] for other in sorted(names.nicknames(word))]
    return _Sounds(
        _distinct(code for word in family_forms for code in fold.sounds(word)),
        _distinct(code for word in given_forms for code in fold.sounds(word)),
        _initials(family, given),
    )


def _days(born: date | None) -> tuple[date, ...]:
    """Return the date of birth and, where that is a date too, with day and month swapped."""
    if born is None:
        return ()
    if born.day > 12 or born.day == born.month:
        return (born,)
    return born, born.replace(month=born.day, day=born.month)


def guard_keys(facts: Facts) -> tuple[str, ...]:
    """Return what a shielded child is recognised by when a feed names it again.

    Exact identifiers, and each name with the date of birth; never an address. At most
    GUARD_KEYS_MAX, identifiers first.
    """
    keys = [f"{scheme.value}:{number}" for scheme, number in sorted(facts.identifiers.items())]
    if facts.date_of_birth is not None:
        day = facts.date_of_birth.isoformat()
        for name in (*facts.names, *facts.former_names):
            family, given = fold.fold(name.family), fold.fold(name.given)
            if family or given:
                keys.append(f"name:{family}.{given}.{day}")
    return tuple(islice(dict.fromkeys(keys), GUARD_KEYS_MAX))
