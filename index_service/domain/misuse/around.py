"""What the other accesses of a period say of one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from index_service.domain.misuse.accesses import AccessFacts
from index_service.domain.misuse.explaining import Explained, Strength


class Returns:
    """On how many days an account went to a child without work that explains it."""

    def __init__(self, unexplained: Iterable[AccessFacts]) -> None:
        """Count the days."""
        self._days: dict[tuple[str, str], set[int]] = defaultdict(set)
        for access in unexplained:
            for touched in access.touched:
                self._days[access.who.account, touched.child].add(access.day)

    def days(self, access: AccessFacts) -> int:
        """Return the most days of any child of this access."""
        keys = ((access.who.account, touched.child) for touched in access.touched)
        return max((len(self._days.get(key, ())) for key in keys), default=0)


@dataclass(frozen=True, slots=True)
class Around:
    """What the other accesses say of one: how work explains it, and how often it was repeated."""

    explained: Explained
    returns: Returns

    @property
    def unexplained(self) -> bool:
        """Whether nothing explains it."""
        return self.explained.strength is Strength.NONE
