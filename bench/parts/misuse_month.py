"""A month of normal work in the made-up authority, as AccessFacts, its busy desks included.

What normal work looks like rests on published figures where there are any: explanations hold
for 94 % of accesses in hospitals (SECURITY 1); the rest is forgotten references, referrals
that led nowhere and slips, unequally spread over people.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from bench.parts.misuse_world import Child, Person, World
from index_service.domain.misuse.accesses import (
    AccessFacts,
    AccountFacts,
    Mark,
    Nearness,
    Touched,
    WorkTie,
)

WORKDAYS: Final = tuple(day for day in range(28) if day % 7 < 5)
SATURDAY: Final = 12
BUSY_PEER: Final = "account-peer"
DAY_S: Final = 86_400
SOON_S: Final = 14 * DAY_S  # accounts that end do so after the month
HOUR_S: Final = 3_600
ROUND_THE_CLOCK: Final = frozenset({"hospital", "police"})
# Accesses a working day, and why they are made, by kind of agency.
_RATES: Final = {
    "school": 2.2,
    "general_practice": 3,
    "health_visiting": 6,
    "hospital": 7,
    "police": 6,
    "social_care": 8,
    "early_help": 5,
    "mental_health": 4,
    "youth_justice": 5,
    "housing": 3,
    "voluntary": 2,
}
_OWN, _LATER, _REPORT, _ROTA = "involvement", "later_involvement", "report", "rota"
_WHY: Final = {
    "school": {_OWN: 70, _LATER: 6, "feed": 12, "review": 4, "recording": 6, "contact_request": 2},
    "hospital": {_OWN: 20, _ROTA: 62, _LATER: 6, "recording": 6, "mediation": 2, "shared_case": 4},
    "police": {_OWN: 8, _REPORT: 80, _LATER: 4, "shared_case": 6, "mediation": 2},
    "social_care": {
        _OWN: 42,
        _REPORT: 26,
        _LATER: 16,
        "shared_case": 8,
        "review": 6,
        "mediation": 2,
    },
}
# How often a report's, attendance's or case's reference is stated.
_REFERENCED: Final = {
    _REPORT: 1.0,
    _ROTA: 0.9,
    "shared_case": 1.0,
    _LATER: 0.7,
    "recording": 0.7,
    "contact_request": 0.7,
}
_OTHERS: Final = {_OWN: 72, _LATER: 10, "review": 6, "recording": 5, "shared_case": 5, "feed": 2}


@dataclass(frozen=True, slots=True)
class Shown:
    """One access before it is looked at from around: who asked when, and who was shown."""

    who: Person
    at_s: int
    children: tuple[Child, ...] = ()
    work: str = ""  # the tie work leads to the first child by
    reference: str = ""
    on_rota: bool = False
    mediated: bool = False
    out_of_hours: bool = False
    busy: bool = False  # the work one of the four busy desks is busy with
    incident: int = -1  # the number of the planted misuse it belongs to


@dataclass(slots=True)
class Month:
    """All accesses of a month, and the next number of a report."""

    world: World
    chance: Random
    accesses: list[Shown] = field(default_factory=list)
    reports: int = 0

    def reference(self) -> str:
        """Return the next report's reference."""
        self.reports += 1
        return f"R/{self.reports}"

    def add(self, shown: Shown) -> None:
        """Add one access."""
        self.accesses.append(shown)


def normal_month(world: World, chance: Random) -> Month:
    """Return four weeks of everybody's work, and the four busy desks."""
    month = Month(world, chance)
    for person in world.people:
        for day in range(28):
            works = day in WORKDAYS or (person.kind in ROUND_THE_CLOCK and chance.random() < 0.4)
            if works and chance.random() < 0.88:
                _day(month, person, day)
    _police_desk(month)
    _saturday_department(month)
    _september_intake(month)
    _busy_peer(month)
    return month


def _day(month: Month, person: Person, day: int) -> None:
    chance = month.chance
    rate = _RATES[person.kind] * chance.uniform(0.4, 1.6)
    mix = _WHY.get(person.kind, _OTHERS)
    for _ in range(_poisson(chance, rate)):
        at_s, late = _moment(chance, person, day)
        if chance.random() < person.careless:
            _unexplained(month, person, at_s, late)
        else:
            work(
                month,
                Shown(person, at_s, out_of_hours=late),
                chance.choices([*mix], [*mix.values()])[0],
            )


def _moment(chance: Random, person: Person, day: int) -> tuple[int, bool]:
    """Return when in the day, and whether nobody of the agency is on duty then."""
    if person.kind in ROUND_THE_CLOCK:
        return day * DAY_S + chance.randrange(DAY_S), False
    late = chance.random() < 0.02
    hour = chance.choice((6, 19, 20, 21, 22)) if late else chance.randrange(8, 18)
    return day * DAY_S + hour * HOUR_S + chance.randrange(HOUR_S), late


def work(month: Month, base: Shown, why: str) -> None:
    """Add what one piece of work asks: sometimes mistyped first, sometimes several shown."""
    chance, person = month.chance, base.who
    stated = chance.random() < _REFERENCED.get(why, 0)
    if stated and not base.reference:
        base = replace(base, reference=month.reference())
    base = replace(base, on_rota=why == _ROTA)
    if chance.random() < 0.08:
        month.add(replace(base, at_s=base.at_s - chance.randrange(20, 600)))
        if chance.random() < 0.12:
            return  # nobody by that name is here, and that is all there is to say
    child = _child_of(month, person, why)
    tie = why if why not in (_REPORT, _ROTA) else ""
    shown = (child,) if chance.random() < 0.88 else (child, *_alike(month, child))
    month.add(replace(base, children=shown, work=tie, mediated=why == "mediation"))
    if why in (_REPORT, "recording") and chance.random() < 0.5:
        for other in month.world.of_home[child.home][:3]:
            if other is not child:
                month.add(replace(base, at_s=base.at_s + 90, children=(other,), work=tie))


def _child_of(month: Month, person: Person, why: str) -> Child:
    agency, chance = person.agency, month.chance
    if why == _OWN and month.world.involved[agency]:
        return chance.choice(month.world.involved[agency])
    return chance.choice(month.world.reach[agency])


def _alike(month: Month, child: Child) -> list[Child]:
    """Return one to three other children a question could have meant."""
    reach, chance = month.world.children, month.chance
    tried = (chance.choice(reach) for _ in range(400))
    alike = [other for other in tried if other.family == child.family and not other.marks]
    return alike[: chance.randrange(1, 4)]


def _unexplained(month: Month, person: Person, at_s: int, late: bool) -> None:
    """Add what nothing on the index explains: a slip, a reference left out, a dead end."""
    chance = month.chance
    draw = chance.random()
    base = Shown(person, at_s, out_of_hours=late)
    if draw < 0.1:
        month.add(base)
        return
    child = chance.choice(month.world.reach[person.agency])
    month.add(replace(base, children=(child,)))
    if draw > 0.85:  # taken up again on another day, and again left unrecorded
        month.add(replace(base, children=(child,), at_s=at_s + DAY_S * chance.randrange(1, 4)))


# The busy desks


def _police_desk(month: Month) -> None:
    """Four hundred reports in a week, screened at one desk."""
    officer = next(each for each in month.world.people if each.kind == "police")
    for number in range(400):
        at_s = (7 + number // 80) * DAY_S + 8 * HOUR_S + number % 80 * 420
        work(month, Shown(officer, at_s, busy=True), _REPORT)


def _saturday_department(month: Month) -> None:
    """An emergency department's Saturday: everybody on shift, every attendance with its number."""
    shift = [each for each in month.world.people if each.agency == "hospital-0"]
    for _ in range(300):
        at_s = SATURDAY * DAY_S + month.chance.randrange(8 * HOUR_S, 24 * HOUR_S)
        who = month.chance.choice(shift)
        seen = Shown(who, at_s, reference=month.reference(), busy=True)
        work(month, seen, _ROTA)


def _september_intake(month: Month) -> None:
    """Every school looks up sixty new pupils in a week; its feed names them."""
    for agency, staff in month.world.colleagues.items():
        if agency.startswith("school"):
            for number in range(60):
                at_s = (number // 12) * DAY_S + 9 * HOUR_S + number % 12 * 300
                work(month, Shown(staff[0], at_s, busy=True), "feed")


def _busy_peer(month: Month) -> None:
    """A neighbouring authority's system asks for its requesters, a reference each time."""
    peer = Person(BUSY_PEER, "social_care-0", "authority", "", "", role="case_system")
    for _ in range(1_500):
        day = month.chance.choice(WORKDAYS)
        at_s = day * DAY_S + month.chance.randrange(8 * HOUR_S, 18 * HOUR_S)
        work(month, Shown(peer, at_s, busy=True), _REPORT)


# From what happened to what is known around it


def facts_of(month: Month) -> list[AccessFacts]:
    """Return the month's accesses with what is known around each, in order of time."""
    shares = Shares(month)
    month.accesses.sort(key=lambda each: each.at_s)
    return [
        AccessFacts(
            entry=str(number),
            who=AccountFacts(
                shown.who.account,
                shown.who.agency,
                shown.who.kind,
                shown.who.role,
                shown.who.lapses_soon and shown.at_s >= SOON_S,
            ),
            at_s=shown.at_s,
            touched=tuple(
                _touched(month.world, shown, place, shares) for place in range(len(shown.children))
            ),
            reference=shown.reference,
            on_rota=shown.on_rota,
            mediated=shown.mediated,
            out_of_hours=shown.out_of_hours,
        )
        for number, shown in enumerate(month.accesses)
    ]


class Shares:
    """How common each family name is among the children anybody, or an agency, was shown."""

    def __init__(self, month: Month) -> None:
        """Count each child once."""
        pairs = {
            (shown.who.agency, child.number, child.family)
            for shown in month.accesses
            for child in shown.children
        }
        self._all = Counter(family for _, family in {pair[1:] for pair in pairs})
        self._agency = Counter((agency, family) for agency, _, family in pairs)
        self._shown = Counter(agency for agency, _, _ in pairs)

    def share(self, agency: str, family: str) -> float:
        """Return the share of a name, smoothed, this one child left out."""
        everywhere = self._all[family] / (self._all.total() + 1_000)
        here = self._agency[agency, family] - 1
        return max(everywhere, here / self._shown[agency] if here >= 2 else 0.0)


def _touched(world: World, shown: Shown, place: int, shares: Shares) -> Touched:
    child, who = shown.children[place], shown.who
    ties = {WorkTie(shown.work)} if shown.work and place == 0 else set()
    if who.agency in child.agencies:
        ties.add(WorkTie.INVOLVEMENT)
    near = frozenset(_near(world, who, child))
    named = Nearness.OWN_FAMILY_NAME in near
    return Touched(
        child=str(child.number),
        work=frozenset(ties),
        near=near,
        marks=frozenset(Mark(mark) for mark in child.marks),
        name_share=shares.share(who.agency, child.family) if named else 1.0,
        born=child.born,
    )


def _near(world: World, who: Person, child: Child) -> Iterator[Nearness]:
    if who.home == child.home:
        yield Nearness.OWN_HOUSEHOLD
    elif who.postcode == child.postcode:
        yield Nearness.NEIGHBOURS_CHILD
    if who.family == child.family:
        yield Nearness.OWN_FAMILY_NAME
    colleagues = world.colleagues.get(who.agency, ())
    if any(each.home == child.home and each is not who for each in colleagues):
        yield Nearness.COLLEAGUES_CHILD


def _poisson(chance: Random, mean: float) -> int:
    count, spent = 0, chance.expovariate(1)
    while spent < mean:
        count, spent = count + 1, spent + chance.expovariate(1)
    return count
