"""Rules on who the child is to whoever asks: kin, near, well known, shielded, or bait."""

from collections.abc import Callable

from index_service.domain.misuse.accesses import AccessFacts, Mark, Nearness, Touched
from index_service.domain.misuse.around import Around

_SHARES = ((0.0005, 60), (0.002, 50), (0.01, 40))  # a rarer name says more
_COMMON_NAME = 35


def canary_touched(access: AccessFacts, _around: Around) -> int:
    """A record nobody works with was shown: whoever it was shown to was not at work on it."""
    return _marked(access, Mark.CANARY, 100)


def own_household(access: AccessFacts, _around: Around) -> int:
    """A child who lives where the person at the keyboard lives."""
    return _near(access, Nearness.OWN_HOUSEHOLD, lambda _: 100)


def own_family_name(access: AccessFacts, _around: Around) -> int:
    """A child of the same family name, by how rare it is where the agency works."""
    return _near(access, Nearness.OWN_FAMILY_NAME, _of_name)


def neighbours_child(access: AccessFacts, _around: Around) -> int:
    """A child of the same postcode."""
    return _near(access, Nearness.NEIGHBOURS_CHILD, lambda _: 50)


def colleagues_child(access: AccessFacts, _around: Around) -> int:
    """A child who lives where a colleague of the same agency lives."""
    return _near(access, Nearness.COLLEAGUES_CHILD, lambda _: 60)


def well_known_child(access: AccessFacts, _around: Around) -> int:
    """A child of whom everybody has heard."""
    return _marked(access, Mark.WELL_KNOWN, 50)


def shielded_child(access: AccessFacts, _around: Around) -> int:
    """A child whose whereabouts somebody is looking for."""
    return _marked(access, Mark.SHIELDED, 45)


def _marked(access: AccessFacts, mark: Mark, points: int) -> int:
    return points if any(mark in touched.marks for touched in access.touched) else 0


def _near(access: AccessFacts, near: Nearness, of: Callable[[Touched], int]) -> int:
    """Return the points of the nearest child; of one among several candidates, half of them."""
    points = max((of(each) for each in access.touched if near in each.near), default=0)
    return points if len(access.touched) == 1 else points // 2


def _of_name(touched: Touched) -> int:
    return next((points for share, points in _SHARES if touched.name_share < share), _COMMON_NAME)
