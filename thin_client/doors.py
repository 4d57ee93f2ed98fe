"""Front doors in the order in which they help: social care first, and of many of a kind a few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

FIRST: Final = "social_care"
ALL_MAX: Final = 40  # an authority may have hundreds: all of them outweigh the page they stand on
OF_A_KIND_MAX: Final = 4
REACHING_MAX: Final = 3
Door = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """The front doors of one kind of agency, and how many more there are than are drawn."""

    kind: str
    doors: Sequence[Door]
    more: int


def ordered(listed: Sequence[Door]) -> list[Door]:
    """Return front doors, those of social care before all others."""
    return sorted(listed, key=lambda door: door["agency_kind"] != FIRST)


def by_kind(listed: Sequence[Door]) -> list[Group]:
    """Return front doors by kind, social care's first; a few of each where there are many."""
    kinds: dict[str, list[Door]] = {}
    for door in ordered(listed):
        kinds.setdefault(door["agency_kind"], []).append(door)
    drawn = OF_A_KIND_MAX if len(listed) > ALL_MAX else ALL_MAX
    return [
        Group(kind, doors[:drawn], len(doors) - len(doors[:drawn])) for kind, doors in kinds.items()
    ]


def reaching(listed: Sequence[Door], involvement: Mapping[str, Any]) -> list[Door]:
    """Return the doors behind which a service is that gave nobody to ring; none of too many."""
    kind = [door for door in listed if door["agency_kind"] == involvement["agency_kind"]]
    own = [door for door in kind if door["agency"] == involvement["agency"]]
    found = own or kind
    return found if len(found) <= REACHING_MAX else []
