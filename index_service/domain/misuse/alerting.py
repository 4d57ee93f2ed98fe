"""What becomes an alert: one for an account and child, or an account and pattern.

An alert is a reference to be looked into. It never suspends anybody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from index_service.domain.misuse.accesses import AccessFacts
from index_service.domain.misuse.around import Around, Returns
from index_service.domain.misuse.explaining import Explained, explained
from index_service.domain.misuse.outliers import Limits, Pattern, patterns
from index_service.domain.misuse.rules import Scored, Thresholds, scored


@dataclass(frozen=True, slots=True)
class Misgiving:
    """One alert before it is written: whom it is about, on which accesses, by which rules.

    `account` is "" where all of an agency's accounts stand out together. `explained` are
    the explanations of those accesses, None for those without.
    """

    account: str
    agency: str
    entries: tuple[str, ...]
    rules: tuple[Scored, ...]
    explained: tuple[Explained, ...]
    pattern: bool = False  # of many accesses, not of one child


@dataclass(frozen=True, slots=True)
class Found:
    """What a period's accesses come to."""

    explained: dict[str, Explained]
    misgivings: tuple[Misgiving, ...]

    @property
    def flagged(self) -> frozenset[str]:
        """Every access that some alert names."""
        return frozenset(entry for each in self.misgivings for entry in each.entries)

    def counted(self) -> Counter[str]:
        """Return how many accesses each explanation holds for; "" for none."""
        return Counter(str(each.by or "") for each in self.explained.values())


@dataclass(frozen=True, slots=True)
class Settings:
    """What is told of, in numbers. One set is in force at a time: the default."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    limits: Limits = field(default_factory=Limits)


def judge(accesses: Sequence[AccessFacts], settings: Settings | None = None) -> Found:
    """Return how each access is explained, and what is to be looked into."""
    numbers = settings or Settings()
    why, references = explained(accesses)
    unexplained = [access for access in accesses if why[access.entry].by is None]
    returns = Returns(unexplained)
    found = _single(accesses, why, returns, numbers.thresholds)
    seen = patterns(accesses, unexplained, references, numbers.limits)
    found += [_of_pattern(pattern, why) for pattern in seen]
    return Found(why, tuple(found))


def _single(
    accesses: Sequence[AccessFacts],
    why: dict[str, Explained],
    returns: Returns,
    thresholds: Thresholds,
) -> list[Misgiving]:
    """Return the misgivings single accesses give, those about one child together."""
    held: dict[tuple[str, str], list[tuple[AccessFacts, tuple[Scored, ...]]]] = defaultdict(list)
    for access in accesses:
        said = scored(access, Around(why[access.entry], returns))
        if sum(each.points for each in said) >= thresholds.of(access, why[access.entry]):
            first = access.touched[0].child if access.touched else ""
            held[access.who.account, first].append((access, said))
    return [
        Misgiving(
            account,
            told[0][0].who.agency,
            tuple([access.entry for access, _ in told]),
            _loudest(each for _, said in told for each in said),
            tuple(dict.fromkeys(why[access.entry] for access, _ in told)),
        )
        for (account, _), told in held.items()
    ]


def _loudest(said: Iterable[Scored]) -> tuple[Scored, ...]:
    """Return each rule once, as loudly as it spoke of any access, the loudest first."""
    loudest: dict[str, Scored] = {}
    for each in said:
        if each.rule not in loudest or loudest[each.rule].points < each.points:
            loudest[each.rule] = each
    return tuple(sorted(loudest.values(), key=lambda each: (-each.points, each.rule)))


def _of_pattern(pattern: Pattern, why: dict[str, Explained]) -> Misgiving:
    return Misgiving(
        pattern.account,
        pattern.agency,
        tuple([access.entry for access in pattern.accesses]),
        (Scored(pattern.rule, 100, pattern.version),),
        tuple(dict.fromkeys(why[access.entry] for access in pattern.accesses)),
        pattern=True,
    )
