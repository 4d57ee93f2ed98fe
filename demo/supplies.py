"""What two suppliers say of the made-up population: NDJSON lines, each in its own words.

Child health knows every child by its own reference and NHS number. The schools know the
pupils of a few schools by theirs and the UPN, and do not always spell a name alike.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import orjson

from demo.names import WORKERS
from demo.population import HOME_SCHOOL, SCHOOLS, SEED, Child, Place, Population

CHILD_HEALTH: Final = "child-health"
SCHOOLS_SOURCE: Final = "schools"
VISITED_DAYS: Final = 5 * 365  # a health visitor works with every child below this age
NURSED_IN_A_HUNDRED: Final = 45  # of older children, by a school nurse
SUPPLYING_SCHOOLS: Final = frozenset((HOME_SCHOOL, *SCHOOLS[:4]))
OTHERWISE_SPELT_IN_A_HUNDRED: Final = 8
WITH_NHS_NUMBER_IN_A_HUNDRED: Final = 25
IN_TOUCH_IN_A_HUNDRED: Final = 55  # pupils a school says it is involved with
Line = dict[str, Any]


def encoded(lines: Iterable[Line]) -> bytes:
    """Return lines as a feed's body."""
    return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)


def child_health_lines(population: Population, seed: int = SEED) -> Iterator[Line]:
    """Yield every child, and the health visitor or school nurse of most, as of yesterday."""
    chance = random.Random(seed + 1)
    as_of = population.today - timedelta(days=1)
    for child in population.children:
        yield health_child(child, as_of)
        visited = child.age_days(population.today) < VISITED_DAYS
        if visited or chance.randrange(100) < NURSED_IN_A_HUNDRED:
            yield _health_involvement(child, as_of, visited=visited)


def schools_lines(population: Population, seed: int = SEED) -> Iterator[Line]:
    """Yield the pupils of a few schools, and who is in touch with them, as of yesterday."""
    chance = random.Random(seed + 2)
    as_of = population.today - timedelta(days=1)
    for child in population.children:
        if child.school not in SUPPLYING_SCHOOLS or child is population.cast.to_be_shielded:
            continue
        planted = child.school is HOME_SCHOOL
        spelt = chance.randrange(100) < OTHERWISE_SPELT_IN_A_HUNDRED and not planted
        given = otherwise_spelt(chance, child.given) if spelt else child.given
        numbered = chance.randrange(100) < WITH_NHS_NUMBER_IN_A_HUNDRED
        yield school_child(child, as_of, given=given, numbered=numbered)
        if planted or chance.randrange(100) < IN_TOUCH_IN_A_HUNDRED:
            yield _school_involvement(child, as_of)


def health_child(child: Child, as_of: date, **changed: Any) -> Line:
    """Return a child as child health states it; `changed` takes the place of attributes."""
    stated: Line = {
        "name": _name(child.given, child.middle, child.family),
        "date_of_birth": child.born.isoformat(),
        "gender": child.gender,
        "address": _address(child),
        "carers": [
            {
                "name": _name(parent.given, "", parent.family),
                "relation": parent.relation,
                "parental_responsibility": True,
                "phone": parent.phone,
            }
            for parent in child.parents
        ],
        "practice": {
            "ods": child.practice.code,
            "name": child.practice.name,
            "phone": child.practice.phone,
            "since": child.born.isoformat(),
        },
    }
    if child.nhs_number:
        stated["nhs_number"] = child.nhs_number
    return _child_line(f"CH-{child.number:06d}", as_of, stated | changed)


def school_child(child: Child, as_of: date, *, given: str, numbered: bool = False) -> Line:
    """Return a child as its school states it, under the school's own reference."""
    assert child.school is not None
    stated: Line = {
        "name": _name(given, "", child.family),
        "date_of_birth": child.born.isoformat(),
        "gender": child.gender,
        "address": _address(child),
        "upn": child.upn,
        "education": "attending",
        "school": {
            "urn": child.school.code,
            "name": child.school.name,
            "phone": child.school.phone,
            "starts": _began_school(child, as_of).isoformat(),
        },
    }
    if numbered and child.nhs_number:
        stated["nhs_number"] = child.nhs_number
    return _child_line(_pupil(child), as_of, stated)


def otherwise_spelt(chance: random.Random, name: str) -> str:
    """Return a name as a hand might type it: two letters swapped, one doubled or left out."""
    place = chance.randrange(1, max(2, len(name) - 1))
    before, here, after = name[:place], name[place : place + 1], name[place + 1 :]
    ways = (before + here * 2 + after, before + after, before + after[:1] + here + after[1:])
    return chance.choice(ways) or name


def _name(given: str, middle: str, family: str) -> dict[str, str]:
    parts = {"given_name": given, "middle_names": middle, "family_name": family}
    return {part: text for part, text in parts.items() if text}


def _address(child: Child) -> dict[str, str]:
    home = child.home
    place = {"house": home.house, "street": home.street, "town": home.town}
    return {"kind": "current", **place, "postcode": home.postcode}


def _child_line(reference: str, as_of: date, stated: Line) -> Line:
    return {
        "kind": "child",
        "reference": reference,
        "as_of": as_of.isoformat(),
        "child": stated,
    }


def _pupil(child: Child) -> str:
    return f"{_school(child).code}/{child.number:06d}"


def _school(child: Child) -> Place:
    assert child.school is not None
    return child.school


def _began_school(child: Child, as_of: date) -> date:
    """The first day of September on or after the fourth birthday, if that has come."""
    first = date(child.born.year + 4, 9, 1)
    if first < child.born.replace(year=child.born.year + 4, day=min(child.born.day, 28)):
        first = first.replace(year=first.year + 1)
    return min(first, as_of)


def _health_involvement(child: Child, as_of: date, *, visited: bool) -> Line:
    area = child.home.postcode.split(" ")[0]
    team = f"{area} Health Visiting Team" if visited else f"{area} School Nursing Team"
    return {
        **_begun(f"HI-{child.number:06d}", f"CH-{child.number:06d}", as_of),
        "service": "health_visiting" if visited else "school_nursing",
        "team_name": team,
        "team_phone": f"+44163296014{area[-1]}",
        "team_days": "mon-fri",
        "team_hours": "08:30-17:30",
        "person_name": WORKERS[child.number % len(WORKERS)],
        "began": min(child.born + timedelta(days=14), as_of).isoformat(),
    }


def _school_involvement(child: Child, as_of: date) -> Line:
    school = _school(child)
    return {
        **_begun(f"{_pupil(child)}/1", _pupil(child), as_of),
        "service": "special_needs" if child.number % 9 == 4 else "school",
        "team_name": "Pastoral team",
        "team_phone": school.phone,
        "team_days": "mon-fri",
        "team_hours": "08:00-16:00",
        "person_name": WORKERS[(child.number + 3) % len(WORKERS)],
        "began": _began_school(child, as_of).isoformat(),
    }


def _begun(reference: str, child_reference: str, as_of: date) -> Line:
    return {
        "kind": "involvement",
        "verb": "begin",
        "reference": reference,
        "child_reference": child_reference,
        "as_of": as_of.isoformat(),
    }
