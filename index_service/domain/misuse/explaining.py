"""Why an access was made, if work explains it: the first explanation that fits, versioned.

An explanation is no absolution: rules look at explained accesses too, and ask for more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from index_service.domain.misuse.accesses import AccessFacts, WorkTie

EXPLANATIONS_VERSION = 1
CHILDREN_A_REFERENCE = 6  # a household, and the other party's
ACCOUNTS_A_REFERENCE = 4  # who takes a report, who screens it, and their relief
SECONDS_A_REFERENCE = 28 * 86_400
SECONDS_TO_ASK_AGAIN = 1_800


class AtOnce(StrEnum):
    """Explanations that rest on the access itself, not on what is known of a child."""

    REPORT_REFERENCE = "report_reference"
    ROTA = "rota"
    ASKED_AGAIN = "asked_again"  # nobody found; then, typed anew, somebody work leads to


Explanation = WorkTie | AtOnce

# The order they are tried in. What the index knows itself comes before what was only stated.
ORDER: tuple[Explanation, ...] = (*WorkTie, *AtOnce)


class Strength(StrEnum):
    """How much an explanation carries."""

    NONE = "none"
    STATED = "stated"  # rests on what whoever asked has said
    KNOWN = "known"  # rests on what the index was told by others, or over time


@dataclass(frozen=True, slots=True)
class Explained:
    """Why one access was made; `by` is None where nothing explains it."""

    by: Explanation | None
    version: int = EXPLANATIONS_VERSION

    @property
    def strength(self) -> Strength:
        """How much it carries."""
        if self.by is None:
            return Strength.NONE
        return Strength.STATED if isinstance(self.by, AtOnce) else Strength.KNOWN


@dataclass(slots=True)
class _Use:
    children: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    first_s: int = 0
    last_s: int = 0


class References:
    """How the references stated in a month were used: one report leads to one family."""

    def __init__(self, accesses: Iterable[AccessFacts]) -> None:
        """Count every use of each agency's references."""
        self._uses: dict[tuple[str, str], _Use] = {}
        for access in accesses:
            if access.reference:
                key = (access.who.agency, access.reference)
                use = self._uses.setdefault(key, _Use(first_s=access.at_s, last_s=access.at_s))
                # Of several candidates one was meant.
                use.children.update(touched.child for touched in access.touched[:1])
                use.accounts.add(access.who.account)
                use.first_s = min(use.first_s, access.at_s)
                use.last_s = max(use.last_s, access.at_s)

    def explains(self, access: AccessFacts) -> bool:
        """Whether the access states a reference that is used as a report's is."""
        use = self._uses.get((access.who.agency, access.reference))
        return (
            use is not None
            and len(use.children) <= CHILDREN_A_REFERENCE
            and len(use.accounts) <= ACCOUNTS_A_REFERENCE
            and use.last_s - use.first_s <= SECONDS_A_REFERENCE
        )

    def overused(self, access: AccessFacts) -> bool:
        """Whether the access states a reference that led to more children than a report does."""
        use = self._uses.get((access.who.agency, access.reference))
        return use is not None and len(use.children) > CHILDREN_A_REFERENCE


def explained(accesses: Sequence[AccessFacts]) -> tuple[dict[str, Explained], References]:
    """Return why each access was made, by entry, and how the references were used."""
    references = References(accesses)
    why = {access.entry: Explained(_first(access, references)) for access in accesses}
    followed: dict[str, int] = {}  # when each account next made an access work explains
    for access in sorted(accesses, key=lambda each: (each.at_s, each.entry), reverse=True):
        account, unexplained = access.who.account, why[access.entry].by is None
        if access.touched and not unexplained:
            followed[account] = access.at_s
        elif access.missed and unexplained and account in followed:
            why[access.entry] = _asked_again(followed[account] - access.at_s)
    return why, references


def _asked_again(after_s: int) -> Explained:
    return Explained(AtOnce.ASKED_AGAIN if after_s <= SECONDS_TO_ASK_AGAIN else None)


def _first(access: AccessFacts, references: References) -> Explanation | None:
    """Return the first explanation that fits. Of several children shown one is enough."""
    ties: set[Explanation] = {tie for touched in access.touched for tie in touched.work}
    if references.explains(access):
        ties.add(AtOnce.REPORT_REFERENCE)
    if access.on_rota:
        ties.add(AtOnce.ROTA)
    return next((each for each in ORDER if each in ties), None)
