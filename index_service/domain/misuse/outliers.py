"""Patterns over many accesses: an account or agency far from its peers, and what needs no peers.

Peers are accounts of the same kind of agency and role. Only what work does not explain is
counted, so that a busy desk is not an outlier for being busy.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index_service.domain.misuse.accesses import AccessFacts
from index_service.domain.misuse.explaining import References

PATTERNS_VERSION = 1
PEERS_MIN = 8  # fewer are compared with everybody
_MAD = 1.4826  # makes the median distance comparable to a standard deviation
_CHILDREN_EACH = 3
_DAYS_USUAL = 5  # a week's work, of which a short period has seen a part
_DAYS_STEP_MAX = 2  # from one date of birth to the next, in a sequence


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a pattern is told of; chosen as rules.Thresholds are."""

    distance: float = 4.0  # from the peers' median, in robust standard deviations
    children_a_day: int = 8
    children_in_all: int = 20
    misses_a_day: int = 10
    by_night: int = 3
    sequence: int = 5
    children_an_agency: int = 20


@dataclass(frozen=True, slots=True)
class Pattern:
    """What was seen of one account, or one agency where `account` is "", in which accesses."""

    rule: str
    account: str
    agency: str
    accesses: tuple[AccessFacts, ...]
    version: int = PATTERNS_VERSION


Group = tuple[str, str]
Key = tuple[str, ...]


def patterns(
    accesses: Sequence[AccessFacts],
    unexplained: Sequence[AccessFacts],
    references: References,
    limits: Limits,
) -> list[Pattern]:
    """Return every pattern of a period; `unexplained` are what nothing explains of it."""
    accounts = {access.who.account: access for access in accesses}
    shown = [access for access in unexplained if access.touched]
    found = _beside_peers(accounts, shown, limits)
    missed = [access for access in unexplained if access.missed]
    found += _in_a_day("many_misses", accounts, missed, limits.misses_a_day, limits)
    nightly = [access for access in shown if access.out_of_hours]
    found += _in_a_day("out_of_hours_browsing", accounts, nightly, limits.by_night, limits)
    found += _sequences(shown, limits)
    found += _overused([access for access in accesses if references.overused(access)])
    return found + _agencies(shown, limits)


def distance(value: float, peers: Sequence[float]) -> float:
    """Return how far above its peers' median a count is, in robust standard deviations.

    Never less than the spread a count of that size has by chance, nor less than 1.
    """
    middle = median(peers)
    spread = _MAD * median(abs(each - middle) for each in peers)
    by_chance: float = middle**0.5
    return (value - middle) / max(spread, by_chance, 1.0)


def _children(accesses: Iterable[AccessFacts]) -> int:
    return len({touched.child for access in accesses for touched in access.touched})


def _by(accesses: Iterable[AccessFacts], *, daily: bool) -> dict[Key, list[AccessFacts]]:
    found: dict[Key, list[AccessFacts]] = defaultdict(list)
    for access in accesses:
        found[(access.who.account, str(access.day) if daily else "")].append(access)
    return found


def _group(access: AccessFacts) -> Group:
    return (access.who.kind, access.who.role)


def _peers(
    accounts: Mapping[str, AccessFacts], counts: Mapping[str, float]
) -> dict[Group, list[float]]:
    """Return the counts of each group of peers, those who did nothing of the kind included."""
    groups: dict[Group, list[float]] = defaultdict(list)
    for account, access in accounts.items():
        groups[_group(access)].append(counts.get(account, 0))
    everybody = [each for group in groups.values() for each in group]
    return {
        group: members if len(members) >= PEERS_MIN else everybody
        for group, members in groups.items()
    }


def _beside_peers(
    accounts: Mapping[str, AccessFacts], shown: Sequence[AccessFacts], limits: Limits
) -> list[Pattern]:
    found = []
    for daily, floor, rule in (
        (True, limits.children_a_day, "volume_in_a_day"),
        (False, limits.children_in_all, "volume_over_time"),
    ):
        held = _by(shown, daily=daily)
        most: dict[str, float] = defaultdict(float)
        for (account, _), of_account in held.items():
            most[account] = max(most[account], _children(of_account))
        peers = _peers(accounts, most)
        for (account, _), of_account in held.items():
            count, group = _children(of_account), _group(of_account[0])
            if count >= floor and distance(count, peers[group]) >= limits.distance:
                found.append(_pattern(rule, account, of_account))
    return found


def _in_a_day(
    rule: str,
    accounts: Mapping[str, AccessFacts],
    accesses: Sequence[AccessFacts],
    floor: int,
    limits: Limits,
) -> list[Pattern]:
    """Return the days on which an account has more of these accesses than its peers ever do."""
    held = _by(accesses, daily=True)
    most: dict[str, float] = defaultdict(float)
    for (account, _), of_account in held.items():
        most[account] = max(most[account], len(of_account))
    peers = _peers(accounts, most)
    return [
        _pattern(rule, account, of_account)
        for (account, _), of_account in held.items()
        if len(of_account) >= floor
        and distance(len(of_account), peers[_group(of_account[0])]) >= limits.distance
    ]


def _sequences(shown: Sequence[AccessFacts], limits: Limits) -> list[Pattern]:
    """Return runs of children asked for in order of their dates of birth."""
    found = []
    for (account, _), of_account in _by(shown, daily=True).items():
        dated = [each for each in of_account if len(each.touched) == 1 and each.touched[0].born]
        dated.sort(key=lambda each: (each.at_s, each.entry))
        run = dated[:1]
        for before, after in pairwise(dated):
            step = after.touched[0].born - before.touched[0].born
            other = after.touched[0].child != before.touched[0].child
            if other and 0 <= step <= _DAYS_STEP_MAX:
                run.append(after)
                continue
            if len(run) >= limits.sequence:
                found.append(_pattern("sequential_births", account, run))
            run = [after]
        if len(run) >= limits.sequence:
            found.append(_pattern("sequential_births", account, run))
    return found


def _overused(overused: Sequence[AccessFacts]) -> list[Pattern]:
    """Return what was asked under references that led to more children than a report does."""
    held: dict[tuple[str, str], list[AccessFacts]] = defaultdict(list)
    for access in overused:
        known = any(touched.work for touched in access.touched)
        if not known and not access.on_rota:
            held[access.who.account, access.reference].append(access)
    return [
        _pattern("reference_reused", account, of_account)
        for (account, _), of_account in held.items()
    ]


def _agencies(shown: Sequence[AccessFacts], limits: Limits) -> list[Pattern]:
    """Return the days on which an agency's accounts together were shown far more than on others.

    An agency is compared with itself: what is usual differs more between agencies than days.
    """
    held: dict[str, dict[int, list[AccessFacts]]] = defaultdict(lambda: defaultdict(list))
    for of_account in _by(shown, daily=True).values():
        # Everybody once is a busy day; a trawl shared out is several each.
        if _children(of_account) >= _CHILDREN_EACH:
            held[of_account[0].who.agency][of_account[0].day] += of_account
    found = []
    for agency, days in held.items():
        counts = {day: _children(of_day) for day, of_day in days.items()}
        usual = list(counts.values()) + [0] * max(0, _DAYS_USUAL - len(counts))
        for day, count in counts.items():
            enough = count >= limits.children_an_agency
            if enough and distance(count, usual) >= limits.distance:
                found.append(Pattern("agency_volume", "", agency, tuple(days[day])))
    return found


def _pattern(rule: str, account: str, accesses: Sequence[AccessFacts]) -> Pattern:
    return Pattern(rule, account, accesses[0].who.agency, tuple(accesses))
