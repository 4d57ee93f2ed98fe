"""The same made-up children shared among three authorities, and those known in more than one."""

from dataclasses import dataclass, replace
from typing import Final

from demo.population import Child, Home, Population
from demo.towns import CAMFIELD, EASTBROOK, NORTHMERE, TOWNS

SHARES: Final = {NORTHMERE: 80, CAMFIELD: 12, EASTBROOK: 8}  # of a hundred children
PLANTED: Final = (900_001, 900_002, 900_003)  # numbers no other child has, however many come
_CAMFIELD_HOME: Final = Home("41", "Weir Lane", "CF3 2DT", "Camfield")
_MOVING_HOME: Final = Home("33", "Beacon Road", "NM5 3FA")
_EASTBROOK_HOME: Final = Home("6", "Priory Row", "EB1 7LN", "Eastbrook")


@dataclass(frozen=True, slots=True)
class Boroughs:
    """Who lives where. The story's own children stay in Northmere, whatever their number.

    `elsewhere` is the story's first child as Camfield has her: another spelling, another home.
    `over_there` is the child Northmere was never told of, whom Eastbrook knows. `moving` is
    a child of Northmere whose family goes to Camfield.
    """

    towns: dict[str, Population]
    elsewhere: Child
    over_there: Child
    moving: Child


def shared(everyone: Population) -> Boroughs:
    """Share children among the authorities, families of one address mostly staying together."""
    children, start, ends = everyone.children, 0, 0
    towns = {}
    for name, share in SHARES.items():
        ends += share
        end = len(children) * ends // 100
        towns[name] = replace(everyone, children=_moved(name, children[start:end]))
        start = end
    known = Boroughs(towns, _elsewhere(everyone), _over_there(everyone), _moving(everyone))
    planted = ((CAMFIELD, known.elsewhere), (EASTBROOK, known.over_there))
    for name, child in (*planted, (NORTHMERE, known.moving)):
        towns[name] = replace(towns[name], children=(*towns[name].children, child))
    return known


def _moved(town: str, children: tuple[Child, ...]) -> tuple[Child, ...]:
    """Return children with homes in a town: the same streets, its own postcodes."""
    if town == NORTHMERE:
        return children
    moved_to, area = TOWNS[town], TOWNS[NORTHMERE].area
    return tuple(
        replace(
            child,
            home=replace(
                child.home,
                postcode=child.home.postcode.replace(area, moved_to.area, 1),
                town=moved_to.title,
            ),
        )
        for child in children
    )


def _elsewhere(everyone: Population) -> Child:
    """Return the first child of the story as the borough of her father's home writes her down."""
    child = everyone.cast.asked_for
    return replace(
        child,
        number=PLANTED[0],
        given="Magda",
        family="Brzezińska Holt",
        home=_CAMFIELD_HOME,
        nhs_number=None,
        school=None,
        upn=None,
    )


def _over_there(everyone: Population) -> Child:
    """Return the child nobody told Northmere of, as Eastbrook has him."""
    child = everyone.cast.unknown
    return replace(child, number=PLANTED[1], home=_EASTBROOK_HOME)


def _moving(everyone: Population) -> Child:
    """Return a child with no number that any authority could know him by."""
    child = everyone.cast.to_be_shielded
    return replace(
        child,
        number=PLANTED[2],
        given="Leopold",
        family="Winterbourne-Asare",
        gender="male",
        parents=(replace(child.parents[0], family="Winterbourne-Asare"),),
        home=_MOVING_HOME,
        nhs_number=None,
        school=None,
        upn=None,
    )
