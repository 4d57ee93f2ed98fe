"""How likely a candidate is the child asked for, in bits (Fellegi and Sunter 1969).

Each field adds log2(m/u): how much oftener this level of agreement is seen between two
records of one child than between those of two children. What the asker may not see was
never opened: it adds exactly 0.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from consent.facts import DisclosureClass
from index_service.domain.child import IdentifierScheme, PersonName
from index_service.domain.matching import fold, frequent
from index_service.domain.matching.compare import (
    AskedName,
    Level,
    Spelling,
    asked_name,
    compare_address,
    compare_dob,
    compare_family,
    compare_gender,
    compare_given,
    compare_middle,
    compare_number,
    compare_turned,
    spelling,
)
from index_service.domain.matching.keys import Facts

PRIOR_BITS: Final = -20.0  # log2(1/1,000,000): any one child among those an index may hold


class Field(StrEnum):
    """What is compared; what is withheld from an asker is named in these words too."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    MIDDLE_NAME = "middle_name"
    DATE_OF_BIRTH = "date_of_birth"
    GENDER = "gender"
    ADDRESS = "address"
    NHS_NUMBER = "nhs_number"
    UPN = "upn"
    CASE_NUMBER = "case_number"


IDENTIFIER_FIELDS: Final = {
    Field.NHS_NUMBER: IdentifierScheme.NHS_NUMBER,
    Field.UPN: IdentifierScheme.UPN,
    Field.CASE_NUMBER: IdentifierScheme.CASE_NUMBER,
}
_SHOWN_BY: Final = {
    DisclosureClass.IDENTITY: (
        Field.GIVEN_NAME,
        Field.FAMILY_NAME,
        Field.MIDDLE_NAME,
        Field.DATE_OF_BIRTH,
        Field.GENDER,
    ),
    DisclosureClass.TRACING: (Field.ADDRESS,),
    DisclosureClass.NHS_NUMBER: (Field.NHS_NUMBER,),
    DisclosureClass.UPN: (Field.UPN,),
    DisclosureClass.CASE_NUMBER: (Field.CASE_NUMBER,),
}

# What an exact name is worth depends on how common it is.
_EXACT_GIVEN_BITS: Final = (7.0, 8.0, 11.0)  # very common, common, any other
_EXACT_FAMILY_BITS: Final = (7.2, 9.2, 12.5)

# Fitted on synthetic children, rounded, and drawn towards 0 where real records err more
# than made ones do (gender, middle name, date of birth). A level not named adds 0.
_BITS: Final[dict[Field, dict[Level, float]]] = {
    Field.GIVEN_NAME: {
        Level.NICKNAME: 5.5,
        Level.SWAPPED: 5.5,
        Level.CLOSE: 5.2,
        Level.PARTIAL: 3.5,
        Level.SOUNDS_ALIKE: 3.0,
        Level.DIFFERS: -5.5,
    },
    Field.FAMILY_NAME: {
        Level.CLOSE: 8.2,
        Level.PARTIAL: 6.8,
        Level.SWAPPED: 8.0,
        Level.SOUNDS_ALIKE: 4.5,
        Level.DIFFERS: -4.0,
    },
    Field.MIDDLE_NAME: {
        Level.EXACT: 7.0,
        Level.CLOSE: 3.0,
        Level.PARTIAL: 2.0,
        Level.DIFFERS: -3.0,
    },
    Field.DATE_OF_BIRTH: {
        Level.EXACT: 12.5,
        Level.DAY_MONTH_SWAPPED: 8.0,
        Level.CLOSE: 4.0,
        Level.PARTIAL: 2.2,
        Level.DIFFERS: -8.0,
    },
    Field.GENDER: {Level.EXACT: 1.0, Level.DIFFERS: -4.0},
    Field.ADDRESS: {
        Level.EXACT: 18.5,
        Level.CLOSE: 12.0,
        Level.PARTIAL: 4.0,
        Level.DIFFERS: -1.7,
    },
    Field.NHS_NUMBER: {Level.EXACT: 24.0, Level.DIFFERS: -12.0},
    Field.UPN: {Level.EXACT: 24.0, Level.DIFFERS: -6.0},
    Field.CASE_NUMBER: {Level.EXACT: 22.0, Level.DIFFERS: -4.0},
}


class FieldScore(NamedTuple):
    """How far one field agrees and what that adds, in bits."""

    field: Field
    level: Level
    bits: float


class Score(NamedTuple):
    """The whole, prior included, and every field in the order of Field."""

    bits: float
    fields: tuple[FieldScore, ...]

    def level(self, field: Field) -> Level:
        """Return how far one field agrees."""
        return self.fields[_PLACES[field]].level


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child found, as far as this asker may see it: withheld facts are left out."""

    facts: Facts
    withheld: frozenset[str] = frozenset()  # values of Field


class PreparedName(NamedTuple):
    """A name asked for, as stated and turned round, and what its being exact is worth."""

    stated: AskedName
    turned: AskedName
    given_exact: FieldScore
    family_exact: FieldScore


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A question folded once for all its candidates."""

    facts: Facts
    names: tuple[PreparedName, ...]
    address: tuple[str, str]


_PLACES: Final = {field: place for place, field in enumerate(Field)}
_SCORES: Final = {
    field: {level: FieldScore(field, level, _BITS[field].get(level, 0.0)) for level in Level}
    for field in Field
}
_GIVEN = _SCORES[Field.GIVEN_NAME]
_FAMILY = _SCORES[Field.FAMILY_NAME]
_MIDDLE = _SCORES[Field.MIDDLE_NAME]
_DOB = _SCORES[Field.DATE_OF_BIRTH]
_GENDER = _SCORES[Field.GENDER]
_ADDRESS = _SCORES[Field.ADDRESS]
_NUMBERS: Final = tuple((_SCORES[field], scheme) for field, scheme in IDENTIFIER_FIELDS.items())
_NO_NUMBERS: Final = tuple(levels[Level.MISSING] for levels, _ in _NUMBERS)
_NAME_FIELDS: Final = frozenset({Field.GIVEN_NAME, Field.FAMILY_NAME, Field.MIDDLE_NAME})
_NO_NAME: Final = (
    _GIVEN[Level.MISSING],
    _FAMILY[Level.MISSING],
    _MIDDLE[Level.MISSING],
)


def withheld_fields(permits: frozenset[DisclosureClass]) -> frozenset[str]:
    """Return the fields that may not be compared for one who is permitted these classes."""
    return frozenset(
        field.value
        for shown_by, fields in _SHOWN_BY.items()
        if shown_by not in permits
        for field in fields
    )


def prepare(query: Facts) -> PreparedQuery:
    """Fold a question once, to be scored against many candidates."""
    return PreparedQuery(
        facts=query,
        names=tuple(_prepare_name(name) for name in (*query.names, *query.former_names)),
        address=(fold.postcode(query.postcode), fold.house(query.house)),
    )


def _prepare_name(name: PersonName) -> PreparedName:
    stated = asked_name(name)
    given_band = frequent.band(
        stated.spelt.given, frequent.VERY_COMMON_GIVEN, frequent.COMMON_GIVEN
    )
    family_band = frequent.band(
        stated.spelt.family, frequent.VERY_COMMON_FAMILY, frequent.COMMON_FAMILY
    )
    return PreparedName(
        stated=stated,
        turned=asked_name(PersonName(family=name.given, given=name.family, middle=name.middle)),
        given_exact=FieldScore(Field.GIVEN_NAME, Level.EXACT, _EXACT_GIVEN_BITS[given_band]),
        family_exact=FieldScore(Field.FAMILY_NAME, Level.EXACT, _EXACT_FAMILY_BITS[family_band]),
    )


def score(query: Facts | PreparedQuery, candidate: Candidate) -> Score:
    """Score one candidate. Depends on the two alone, never on who else was found."""
    asked = query if isinstance(query, PreparedQuery) else prepare(query)
    facts, withheld = candidate.facts, candidate.withheld
    ours = asked.facts
    found_names = (*facts.names, *facts.former_names) if facts.former_names else facts.names
    if withheld and not _NAME_FIELDS.isdisjoint(withheld):
        found_names = tuple(_without(name, withheld) for name in found_names)
    postcode = fold.postcode(facts.postcode) if facts.postcode and asked.address[0] else ""
    address = (postcode, fold.house(facts.house) if postcode else "")
    given, family, middle = _best_name(asked.names, found_names)
    fields: tuple[FieldScore, ...] = (
        given,
        family,
        middle,
        _DOB[compare_dob(ours.date_of_birth, facts.date_of_birth)],
        _GENDER[compare_gender(ours.gender, facts.gender)],
        _ADDRESS[compare_address(asked.address, address)],
        *_compare_numbers(ours.identifiers, facts.identifiers),
    )
    if withheld:
        fields = tuple(
            _SCORES[one.field][Level.NOT_COMPARED] if one.field in withheld else one
            for one in fields
        )
    return Score(PRIOR_BITS + sum([one.bits for one in fields]), fields)


def _compare_numbers(
    ours: dict[IdentifierScheme, str], found: dict[IdentifierScheme, str]
) -> tuple[FieldScore, ...]:
    if not ours or not found:
        return _NO_NUMBERS
    return tuple(
        [levels[compare_number(ours.get(scheme), found.get(scheme))] for levels, scheme in _NUMBERS]
    )


def _without(name: PersonName, withheld: frozenset[str]) -> PersonName:
    """Return a name without its withheld parts, which could show as SWAPPED elsewhere."""
    return PersonName(
        family="" if Field.FAMILY_NAME in withheld else name.family,
        given="" if Field.GIVEN_NAME in withheld else name.given,
        middle="" if Field.MIDDLE_NAME in withheld else name.middle,
    )


def _best_name(
    asked: tuple[PreparedName, ...], found: tuple[PersonName, ...]
) -> tuple[FieldScore, FieldScore, FieldScore]:
    """Compare each name asked for with each the child has, and keep the likeliest pair."""
    best, best_bits = _NO_NAME, float("-inf")
    for name in found:
        spelt = spelling(name)
        for one in asked:
            compared = _compare_name(one, spelt)
            bits = compared[0].bits + compared[1].bits + compared[2].bits
            if bits > best_bits:
                best, best_bits = compared, bits
    return best


def _compare_name(
    asked: PreparedName, found: Spelling
) -> tuple[FieldScore, FieldScore, FieldScore]:
    given, family = compare_given(asked.stated, found), compare_family(asked.stated, found)
    if given is Level.DIFFERS and family is Level.DIFFERS:
        given, family = compare_turned(asked.turned, found) or (given, family)
    return (
        asked.given_exact if given is Level.EXACT else _GIVEN[given],
        asked.family_exact if family is Level.EXACT else _FAMILY[family],
        _MIDDLE[compare_middle(asked.stated, found)],
    )
