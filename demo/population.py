"""A made-up authority's children, the same for the same seed and day, and what suppliers say.

Families with siblings and twins live at addresses, go to schools and have practices. NHS
numbers are of the 999 range, which is never issued; places, people and telephone numbers
do not exist. A few children are the same in every population: the demo's story is theirs.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, count
from typing import Final

from demo.names import ORIGINS, SCHOOL_NAMES, STREET_ENDS, STREETS, Origin

TOWN: Final = "Northmere"
SEED: Final = 20261121
DAYS_OF_CHILDHOOD: Final = 18 * 365
SCHOOL_DAYS: Final = (4 * 365 + 120, 16 * 365)  # ages in days between which a child has a school
CHILDREN_IN_A_FAMILY: Final = ((1, 45), (2, 35), (3, 14), (4, 6))
TWINS_IN_A_HUNDRED: Final = 3
UNNUMBERED_IN_A_HUNDRED: Final = 3
_BODIES: Final = range(900_000)
_BODIES_OF_NEWCOMERS: Final = range(900_000, 1_000_000)
_STRIDE: Final = 382_003  # has no divisor in common with either length, so none comes twice
_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"
_INWARD_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Place:
    """A school or a practice: its code (URN or ODS), name and telephone."""

    code: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where a family lives."""

    house: str
    street: str
    postcode: str
    town: str = TOWN


@dataclass(frozen=True, slots=True)
class Parent:
    """A mother or father with parental responsibility."""

    given: str
    family: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class Child:
    """One made-up child, as the child health service has it."""

    number: int
    given: str
    middle: str
    family: str
    gender: str
    born: date
    home: Home
    parents: tuple[Parent, ...]
    practice: Place
    school: Place | None = None
    nhs_number: str | None = None
    upn: str | None = None

    def age_days(self, today: date) -> int:
        """Return how many days old the child is."""
        return (today - self.born).days


@dataclass(frozen=True, slots=True)
class Cast:
    """The children the story is about, by their part in it."""

    asked_for: Child  # whom everybody works with
    twin: Child  # whom the police ask about
    other_twin: Child
    to_be_shielded: Child
    unknown: Child  # whom nobody has told this index of


@dataclass(frozen=True, slots=True)
class Population:
    """Every child of the authority on one day. `cast` are among `children`, but for one."""

    today: date
    children: tuple[Child, ...]
    cast: Cast


SCHOOLS: Final = tuple(
    Place(f"9001{number:02d}", f"{name} {kind}", f"+4416329602{number:02d}")
    for number, (kind, name) in enumerate(
        (
            (kind, name)
            for kind in ("Primary School", "Infant School", "Academy")
            for name in SCHOOL_NAMES
        ),
        1,
    )
)
HOME_SCHOOL: Final = Place("900100", "Northmere Primary School", "+441632960120")
PRACTICES: Final = tuple(
    Place(f"Z991{number:02d}", f"{street} Surgery", f"+4416329603{number:02d}")
    for number, street in enumerate(STREETS[:16], 1)
)


def made_population(children: int, today: date, seed: int = SEED) -> Population:
    """Return an authority of this many children, those of the story first."""
    chance = random.Random(seed)
    numbers = nhs_numbers(_BODIES)
    cast = _cast(today, numbers)
    planted = [cast.asked_for, cast.twin, cast.other_twin, cast.to_be_shielded]
    everyone = list(planted)
    while len(everyone) < children:
        for child in _family(chance, today, numbers):
            everyone.append(replace(child, number=len(everyone)))
    kept = (_schooled(chance, child, today) for child in everyone[len(planted) : children])
    return Population(today, (*planted, *kept), cast)


def nhs_numbers(bodies: range) -> Iterator[str | None]:
    """Yield numbers of the 999 range, jumbled, each once; None when these are used up."""
    for place in range(len(bodies)):
        digits = f"999{bodies[place * _STRIDE % len(bodies)]:06d}"
        check = -sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            yield f"{digits}{check}"
    while True:
        yield None


def upn_of(number: int, born: date) -> str:
    """Return the pupil number of a child: invented authority 999, year of the first school."""
    digits = f"999{number // 1000 % 10000:04d}{(born.year + 5) % 100:02d}{number % 1000:03d}"
    weighted = sum(int(digit) * weight for weight, digit in enumerate(digits, 2))
    return _UPN_LETTERS[weighted % 23] + digits


def _family(chance: random.Random, today: date, numbers: Iterator[str | None]) -> Iterator[Child]:
    """Yield the children of one family, eldest first."""
    origin = chance.choices(ORIGINS, [each.weight for each in ORIGINS])[0]
    family = _family_name(chance, origin)
    home, practice = _home(chance), chance.choice(PRACTICES)
    parents = _parents(chance, origin, family)
    sizes, weights = zip(*CHILDREN_IN_A_FAMILY, strict=True)
    born = today - timedelta(days=chance.randrange(DAYS_OF_CHILDHOOD))
    taken: set[str] = set()
    for _ in range(chance.choices(sizes, weights)[0]):
        girl = chance.random() < 0.488
        names = origin.girls if girl else origin.boys
        given = next(name for name in _drawn(chance, names) if name not in taken)
        taken.add(given)
        middle = _common_first(chance, names) if chance.random() < 0.4 else ""
        numbered = chance.randrange(100) >= UNNUMBERED_IN_A_HUNDRED
        yield Child(
            0,
            given,
            "" if middle == given else middle,
            origin.family_of(family, girl=girl),
            "not_specified" if chance.random() < 0.003 else "female" if girl else "male",
            born,
            home,
            parents,
            practice,
            nhs_number=next(numbers) if numbered else None,
        )
        if chance.randrange(100) >= TWINS_IN_A_HUNDRED:
            born += timedelta(days=chance.randrange(400, 1800))
        if born > today:
            return


def _common_first(chance: random.Random, names: tuple[str, ...]) -> str:
    """Draw a name; the first of a list is several times as common as its last."""
    return chance.choices(names, [1 / (place + 8) for place in range(len(names))])[0]


def _family_name(chance: random.Random, origin: Origin) -> str:
    if origin.rarer and chance.random() < 0.5:
        return chance.choice(origin.rarer)
    return _common_first(chance, origin.families)


def _drawn(chance: random.Random, names: tuple[str, ...]) -> Iterator[str]:
    while True:
        yield _common_first(chance, names)


def _home(chance: random.Random) -> Home:
    """Draw an address: a postcode is one side of one street."""
    side = chance.randrange(9 * 9 * 20 * 4)
    area, rest = divmod(side, 9 * 20 * 4)
    sector, unit = divmod(rest, 20 * 4)
    first, second = _INWARD_LETTERS[unit % 20], _INWARD_LETTERS[(unit // 20) * 5 + sector % 5]
    ends = len(STREET_ENDS)
    street = f"{STREETS[side // ends % len(STREETS)]} {STREET_ENDS[side % ends]}"
    return Home(str(chance.randrange(1, 120)), street, f"NM{area + 1} {sector + 1}{first}{second}")


def _parents(chance: random.Random, origin: Origin, family: str) -> tuple[Parent, ...]:
    drawn = []
    for relation, names in (("mother", origin.girls), ("father", origin.boys)):
        if relation == "mother" or chance.random() < 0.7:
            bears = family if chance.random() < 0.8 else _family_name(chance, origin)
            named = origin.family_of(bears, girl=relation == "mother")
            phone = f"+441632960{chance.randrange(1000):03d}"
            drawn.append(Parent(_common_first(chance, names), named, relation, phone))
    return tuple(drawn)


def _schooled(chance: random.Random, child: Child, today: date) -> Child:
    """Return the child with a school and a pupil number, where it is of that age."""
    if not SCHOOL_DAYS[0] <= child.age_days(today) < SCHOOL_DAYS[1]:
        return child
    return replace(child, school=chance.choice(SCHOOLS), upn=upn_of(child.number, child.born))


def _cast(today: date, numbers: Iterator[str | None]) -> Cast:
    """Return the children of the story; no list holds their family names."""

    def child(number: int, names: str, gender: str, age_days: int, home: Home) -> Child:
        given, family = names.split(" ")
        born = today - timedelta(days=age_days)
        mother = Parent("Philippa", family, "mother", f"+44163296070{number}")
        school = HOME_SCHOOL if age_days >= SCHOOL_DAYS[0] else None
        upn = upn_of(9_990_000 + number, born) if school else None
        return Child(
            number,
            given,
            "",
            family,
            gender,
            born,
            home,
            (mother,),
            PRACTICES[0],
            school,
            next(numbers),
            upn,
        )

    twins_home = Home("27", "Ropewalk Row", "NM3 4TQ")
    return Cast(
        asked_for=child(0, "Magdalena Brzezinska-Holt", "female", 1717, _OWN_HOME),
        twin=child(1, "Tobias Quennell-Adu", "male", 2401, twins_home),
        other_twin=child(2, "Matthias Quennell-Adu", "male", 2401, twins_home),
        to_be_shielded=child(
            3, "Rosamund Achterberg", "female", 2203, Home("8", "Saltmarsh Close", "NM7 2HD")
        ),
        unknown=child(4, "Peregrine Oakshott-Lam", "male", 3290, _OWN_HOME),
    )


_OWN_HOME: Final = Home("14", "Larkfield Rise", "NM1 4QT")


def newcomers(population: Population, children: int, seed: int = SEED + 7) -> tuple[Child, ...]:
    """Return further children, born or moved here since: nobody has told of them yet."""
    chance, numbers = random.Random(seed), nhs_numbers(_BODIES_OF_NEWCOMERS)
    families = (_family(chance, population.today, numbers) for _ in count())
    start = len(population.children)
    drawn = zip(range(start, start + children), chain.from_iterable(families), strict=False)
    return tuple(replace(child, number=number) for number, child in drawn)
