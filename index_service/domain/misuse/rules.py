"""The versioned rules an access is scored by, whether work explains it or not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from index_service.domain.misuse.accesses import AccessFacts
from index_service.domain.misuse.around import Around
from index_service.domain.misuse.explaining import Explained, Strength
from index_service.domain.misuse.how_rules import (
    account_about_to_lapse,
    kept_returning,
    mediated_without_a_request,
    no_later_involvement,
    out_of_hours,
)
from index_service.domain.misuse.whom_rules import (
    canary_touched,
    colleagues_child,
    neighbours_child,
    own_family_name,
    own_household,
    shielded_child,
    well_known_child,
)

RULES_VERSION = 1
Rule = Callable[[AccessFacts, Around], int]


@dataclass(frozen=True, slots=True)
class Scored:
    """A rule that spoke of an access, and how loudly. `version` is of all the rules."""

    rule: str
    points: int
    version: int = RULES_VERSION


RULES: tuple[Rule, ...] = (
    canary_touched,
    own_household,
    own_family_name,
    neighbours_child,
    colleagues_child,
    well_known_child,
    shielded_child,
    out_of_hours,
    account_about_to_lapse,
    no_later_involvement,
    kept_returning,
    mediated_without_a_request,
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Points from which an access is told of, by how well work explains it.

    Chosen by the bench on kinds of misuse that do not include those held out. What may
    still be explained in the days to come is asked as much as what was only stated.
    """

    unexplained: int = 50
    stated: int = 50
    known: int = 90

    def of(self, access: AccessFacts, explained: Explained) -> int:
        """Return the points this access must reach."""
        by_strength: Mapping[Strength, int] = {
            Strength.NONE: self.unexplained if access.settled else self.stated,
            Strength.STATED: self.stated,
            Strength.KNOWN: self.known,
        }
        return by_strength[explained.strength]


def scored(access: AccessFacts, around: Around) -> tuple[Scored, ...]:
    """Return the rules that spoke of an access."""
    said = ((rule.__name__, rule(access, around)) for rule in RULES)
    return tuple([Scored(name, points) for name, points in said if points])
