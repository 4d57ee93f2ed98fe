"""A made-up authority for the misuse bench: who works where, who lives where, who is involved.

Nobody in it exists. Names are made from rough pools by origin (bench.parts.origins), areas
have their own mix, and names within an area are as unequally common as names are.
"""

from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Final

from bench.parts.origins import LOOKS, OTHER, origin_of

CHILDREN: Final = 60_000
AREAS: Final = 40
HOMES_A_POSTCODE: Final = 8
POSTCODES_AN_AREA: Final = 90
YEAR_DAYS: Final = 365
TODAY: Final = 740_000  # an ordinal; only differences count
_BEGINNINGS = (
    "Ash Brad Hart Whit Lang Mor Pen Thorn Wood Hal Cald Marl Ben Crom Dun East Fair Gar Hol "
    "Kirk Lind Mans New Old Pres Rad Sut Tarl Up Ward Wen Yar Blen Cor Den Fen Grim Hath"
).split()
_ENDINGS = "ley worth ton field by ham wick ford stone shaw croft dale brook wright man".split()
_MIX: Final = {
    OTHER: 70,
    "south asian muslim": 9,
    "south asian other": 6,
    "african": 6,
    "east asian": 2,
    "iberian and latin": 2,
    "arabic and turkish": 2,
    "eastern european": 3,
}
# Kind of agency: agencies, accounts each, how many areas each serves (0: all).
AGENCIES: Final = {
    "school": (28, 3, 1),
    "general_practice": (14, 2, 2),
    "health_visiting": (5, 10, 8),
    "hospital": (3, 22, 0),
    "police": (3, 20, 0),
    "social_care": (5, 18, 0),
    "early_help": (4, 10, 10),
    "mental_health": (2, 12, 0),
    "youth_justice": (1, 15, 0),
    "housing": (2, 8, 0),
    "voluntary": (3, 5, 4),
}
PRACTITIONERS: Final = 500


@dataclass(slots=True)
class Child:
    """A child: a number, a family name, a home, and the agencies involved."""

    number: int
    family: str
    home: int
    born: int
    agencies: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)

    @property
    def postcode(self) -> int:
        """The home's postcode."""
        return self.home // HOMES_A_POSTCODE


@dataclass(slots=True)
class Person:
    """Somebody with an account. `home` is -1 for a home without children."""

    account: str
    agency: str
    kind: str
    family: str
    origin: str
    home: int = -1
    postcode: int = -1
    careless: float = 0.03
    lapses_soon: bool = False
    role: str = "practitioner"


@dataclass(slots=True)
class World:
    """Everybody, and who is within reach of whose work."""

    children: list[Child]
    people: list[Person]
    of_home: dict[int, list[Child]] = field(default_factory=dict)
    involved: dict[str, list[Child]] = field(default_factory=dict)
    reach: dict[str, list[Child]] = field(default_factory=dict)
    colleagues: dict[str, list[Person]] = field(default_factory=dict)


class _Names:
    """Family names by origin, drawn as unequally as they are borne."""

    def __init__(self) -> None:
        made = [beginning + ending for beginning in _BEGINNINGS for ending in _ENDINGS]
        pools = {OTHER: [name for name in made if origin_of(name.lower()) == OTHER]}
        for origin, look in LOOKS.items():
            rarer = [f"{word}{end}" for word in look.words.split() for end in ("", "pur", "iwe")]
            pools[origin] = [name for name in rarer if origin_of(name) == origin]
        # As published counts of family names do: the commonest borne by 1 in 80 to 1 in 10.
        self._pools = {
            origin: (pool, list(accumulate(1 / (place + 12) for place in range(len(pool)))))
            for origin, pool in pools.items()
        }

    def draw(self, chance: Random, origin: str) -> str:
        """Return a family name of an origin."""
        pool, weights = self._pools[origin]
        return pool[bisect(weights, chance.random() * weights[-1])]


def made_world(chance: Random) -> World:
    """Return an authority of 60,000 children and 500 practitioners."""
    names = _Names()
    mixes = [_area_mix(chance) for _ in range(AREAS)]
    children = _made_children(chance, names, mixes)
    of_home: dict[int, list[Child]] = {}
    for child in children:
        of_home.setdefault(child.home, []).append(child)
    world = World(children, [], of_home)
    by_area: list[list[Child]] = [[] for _ in range(AREAS)]
    for child in children:
        by_area[area_of(child.postcode)].append(child)
    serves = _agencies(chance)
    for agency, areas in serves.items():
        world.reach[agency] = [child for area in areas for child in by_area[area]]
    _involve(chance, world)
    _staff(chance, world, names, mixes, serves)
    for child in chance.sample(children, CHILDREN // 300):
        child.marks.add("shielded")
    for child in chance.sample(children, 12):
        child.marks.add("well_known")
    for child in chance.sample(children, 5):
        child.marks = {"canary"}
        child.agencies = set()
        of_home[child.home].remove(child)
    for agency, involved in world.involved.items():
        world.involved[agency] = [child for child in involved if "canary" not in child.marks]
    for agency, reach in world.reach.items():
        world.reach[agency] = [child for child in reach if "canary" not in child.marks]
    return world


def area_of(postcode: int) -> int:
    """Return the area a postcode is in."""
    return postcode // POSTCODES_AN_AREA % AREAS


def _area_mix(chance: Random) -> list[float]:
    """Return an area's mix of origins: the authority's, leaning to one or two of them."""
    leaning = chance.choices(list(_MIX), k=2)
    return [
        share * (6 if origin in leaning and origin != OTHER else 1)
        for origin, share in _MIX.items()
    ]


def _made_children(chance: Random, names: _Names, mixes: list[list[float]]) -> list[Child]:
    children: list[Child] = []
    homes = list(range(AREAS * POSTCODES_AN_AREA * HOMES_A_POSTCODE))
    chance.shuffle(homes)
    for home in homes:
        mix = mixes[area_of(home // HOMES_A_POSTCODE)]
        family = names.draw(chance, chance.choices(list(_MIX), mix)[0])
        for _ in range(chance.choices((1, 2, 3, 4), (45, 38, 13, 4))[0] + 1):
            born = TODAY - chance.randrange(18 * YEAR_DAYS)
            own = family if chance.random() < 0.92 else names.draw(chance, OTHER)
            children.append(Child(len(children), own, home, born))
            if len(children) == CHILDREN:
                return children
    return children


def _agencies(chance: Random) -> dict[str, list[int]]:
    serves = {}
    for kind, (count, _, areas) in AGENCIES.items():
        for number in range(count):
            first = number * areas + chance.randrange(AREAS)
            served = [(first + step) % AREAS for step in range(areas or AREAS)]
            serves[f"{kind}-{number}"] = served
    return serves


def kind_of(agency: str) -> str:
    """Return the kind of an agency, which its name begins with."""
    return agency.rpartition("-")[0]


_INVOLVED_SHARE: Final = {
    "school": 0.45,
    "general_practice": 0.5,
    "health_visiting": 0.3,
    "hospital": 0.04,
    "police": 0.01,
    "social_care": 0.012,
    "early_help": 0.04,
    "mental_health": 0.01,
    "youth_justice": 0.006,
    "housing": 0.02,
    "voluntary": 0.02,
}


def _involve(chance: Random, world: World) -> None:
    for agency, reach in world.reach.items():
        share = _INVOLVED_SHARE[kind_of(agency)]
        involved = [child for child in reach if chance.random() < share]
        for child in involved:
            child.agencies.add(agency)
        world.involved[agency] = involved


def _staff(
    chance: Random,
    world: World,
    names: _Names,
    mixes: list[list[float]],
    serves: dict[str, list[int]],
) -> None:
    places = [agency for agency in serves for _ in range(AGENCIES[kind_of(agency)][1])]
    while len(places) < PRACTITIONERS:
        places.append(chance.choice(list(serves)))
    for number, agency in enumerate(places[:PRACTITIONERS]):
        area = chance.choice(serves[agency]) if chance.random() < 0.4 else chance.randrange(AREAS)
        origin = chance.choices(list(_MIX), mixes[area])[0]
        person = Person(
            f"account-{number}", agency, kind_of(agency), names.draw(chance, origin), origin
        )
        _house(chance, world, person, area)
        person.careless = min(0.16, chance.gammavariate(2, 0.018))
        person.lapses_soon = chance.random() < 0.02
        world.people.append(person)
        world.colleagues.setdefault(agency, []).append(person)


def _house(chance: Random, world: World, person: Person, area: int) -> None:
    """Give somebody a home: a third have children here, a third none, a third live elsewhere."""
    draw = chance.random()
    first = area * POSTCODES_AN_AREA
    if draw < 0.35:
        homes = [
            home
            for home in range(first * HOMES_A_POSTCODE, (first + 90) * HOMES_A_POSTCODE)
            if home in world.of_home
        ]
        person.home = chance.choice(homes)
        person.postcode = person.home // HOMES_A_POSTCODE
        if chance.random() < 0.75:
            person.family = world.of_home[person.home][0].family
            person.origin = origin_of(person.family.lower())
    elif draw < 0.68:
        person.postcode = first + chance.randrange(POSTCODES_AN_AREA)
