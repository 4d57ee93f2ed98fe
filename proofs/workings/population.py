"""An invented population as uneven as a real one: a few names are common, most are rare.

The commonest surname is that of about 1.3 % of children, as in the census; brothers and
sisters share surname and address; days of birth are spread over eighteen years.
"""

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from index_service.domain.child import (
    Address,
    AddressKind,
    ChildRecord,
    Gender,
    IdentifierScheme,
    Identity,
    PersonName,
    Source,
    Tracing,
)
from index_service.domain.matching.keys import Facts, TokenKind, index_keys
from proofs.workings.crowd import INWARD, nhs_number, upn

BORN_FROM = date(2008, 9, 1)
BORN_DAYS = 18 * 365
SURNAMES, GIVEN = 20_000, 4_000
SIBLINGS = 1.7
FORMER_SHARE = 0.04
SYLLABLES = (
    "ab ac ad al an ar as bar bel ben bor bra cal can car cha con cor cra dal dan den der dor dun"
    " ed el ell er fal far fen fin for gal gar gil gra had hal ham har hol hud ing jar ken kin kir"
    " lan lar len lin lor mal mar mel mor nel nor oak or pal par pen per pol por quin ral ran rob"
    " ros sal sel shaw sin sor stan sul tal tam ten ter thor tol tor ul val ver wal war wel wil win"
    " wol yor"
).split()
ENDS = ("", "son", "ley", "ton", "er", "man", "by", "ham", "ford", "well")
AS_OF = date(2026, 9, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """One child of the population: what an attacker may know, and where the child lives."""

    given: str
    family: str
    born: date
    former: str
    postcode: str
    house: str
    serial: int

    def known(self) -> tuple[str, str, date]:
        """Return name and date of birth: a row of a list somebody else may hold."""
        return self.given, self.family, self.born


class Names:
    """Names with weights falling off as in a census: rank to the power of minus 0.8 or so."""

    def __init__(self, chance: random.Random, count: int, power: float, ends: bool) -> None:
        made: dict[str, None] = {}
        while len(made) < count:
            parts = [chance.choice(SYLLABLES) for _ in range(chance.choice((2, 2, 3)))]
            made["".join(parts).capitalize() + (chance.choice(ENDS) if ends else "")] = None
        self._names = list(made)
        self._up_to = list(accumulate((rank + 2.7) ** -power for rank in range(count)))

    def one(self, chance: random.Random) -> str:
        """Return a name by its weight."""
        return self._names[bisect(self._up_to, chance.random() * self._up_to[-1])]


def population(count: int, seed: int, first_serial: int = 0) -> list[Person]:
    """Return children in families. Names come from one vocabulary, whatever the seed."""
    vocabulary = random.Random("vocabulary")
    surnames = Names(vocabulary, SURNAMES, 0.86, ends=True)
    given = Names(vocabulary, GIVEN, 0.8, ends=False)
    chance = random.Random(seed)
    streets = [
        f"ZX{chance.randrange(1, 100)} {chance.randrange(10)}"
        f"{chance.choice(INWARD)}{chance.choice(INWARD)}"
        for _ in range(max(1, count // 12))
    ]
    people: list[Person] = []
    while len(people) < count:
        family, street = surnames.one(chance), chance.choice(streets)
        house = str(chance.randrange(1, 120))
        for _ in range(1 + int(chance.random() * 2 * (SIBLINGS - 0.5))):
            former = surnames.one(chance) if chance.random() < FORMER_SHARE else ""
            born = BORN_FROM + timedelta(days=chance.randrange(BORN_DAYS))
            serial = first_serial + len(people)
            people.append(Person(given.one(chance), family, born, former, street, house, serial))
    return people[:count]


def record_of(person: Person) -> ChildRecord:
    """Return the record a feed would make of a child."""
    numbers = {IdentifierScheme.UPN: upn(person.serial)}
    nhs = nhs_number(person.serial)
    if nhs is not None:
        numbers[IdentifierScheme.NHS_NUMBER] = nhs
    former = (PersonName(person.former, person.given),) if person.former else ()
    source = Source("0" * 32, AS_OF, 1_800_000_000)
    address = Address(AddressKind.CURRENT, person.house, "Mill Lane", "Northmere", person.postcode)
    return ChildRecord(
        identity=Identity(PersonName(person.family, person.given), person.born, Gender.FEMALE),
        tracing=Tracing(former, person.postcode, person.house),
        identifiers=numbers,
        address=address,
        provenance=dict.fromkeys(("name", "date_of_birth", "gender", "address"), source),
    )


Key = tuple[int, str]


def keys_of(known: tuple[str, str, date]) -> tuple[Key, ...]:
    """Return what a child of this name and date of birth is stored under: no secret."""
    given, family, born = known
    facts = Facts(names=(PersonName(family, given),), date_of_birth=born)
    return tuple((int(key.kind), key.text) for key in index_keys(facts))


WITH_DATE = frozenset(
    {TokenKind.FAMILY_DOB, TokenKind.GIVEN_DOB, TokenKind.INITIALS_DOB, TokenKind.DOB}
)
