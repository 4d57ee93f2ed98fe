"""Sixteen kinds of misuse planted in a month; three of them are held out.

Held out means: no threshold was chosen with them in sight (`bench.misuse --choose` leaves
them out). In every tenth incident of the kinds about one child whoever asks states a made-up
report's reference.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from bench.parts.misuse_month import DAY_S, HOUR_S, WORKDAYS, Month, Shown
from bench.parts.misuse_world import Child, Person

INCIDENTS_A_KIND: Final = 3
_INVENTED_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Incident:
    """One planted misuse: its kind, by whom, and whether a reference was made up for it."""

    kind: str
    account: str
    invented: bool


@dataclass(slots=True)
class _Scene:
    """Where one incident is planted, and by whom."""

    month: Month
    person: Person
    number: int
    reference: str = ""

    @property
    def chance(self) -> Random:
        """The month's chance."""
        return self.month.chance

    def moment(self, *, late: bool = False, day: int | None = None) -> int:
        """Return a moment of a working day."""
        at = self.chance.choice(WORKDAYS) if day is None else day
        hour = self.chance.choice((20, 21, 22)) if late else self.chance.randrange(8, 18)
        return at * DAY_S + hour * HOUR_S + self.chance.randrange(1_800)

    def ask(self, at_s: int, *children: Child, late: bool = False, mediated: bool = False) -> None:
        """Add an access of the incident."""
        shown = Shown(self.person, at_s, children, incident=self.number)
        self.month.add(
            replace(shown, reference=self.reference, out_of_hours=late, mediated=mediated)
        )

    def anybody(self, count: int) -> list[Child]:
        """Return children nobody's work leads to."""
        found: list[Child] = []
        while len(found) < count:
            child = self.chance.choice(self.month.world.children)
            if self.person.agency not in child.agencies and not child.marks:
                found.append(child)
        return found

    def marked(self, mark: str) -> Child:
        """Return a child with a mark nobody's work leads to."""
        marked = [
            child
            for child in self.month.world.children
            if mark in child.marks and self.person.agency not in child.agencies
        ]
        return self.chance.choice(marked)


def _own_child(scene: _Scene) -> None:
    child = scene.chance.choice(scene.month.world.of_home[scene.person.home])
    scene.ask(scene.moment(), child)


def _relative(scene: _Scene) -> None:
    """Children of the same family name, elsewhere, as "to test" before shielding (2009)."""
    kin = [
        child
        for child in scene.month.world.children
        if child.family == scene.person.family
        and child.home != scene.person.home
        and scene.person.agency not in child.agencies
    ]
    for child in scene.chance.sample(kin, min(2, len(kin))):
        scene.ask(scene.moment(), child)


def _neighbour(scene: _Scene) -> None:
    near = [
        child
        for child in scene.month.world.children
        if child.postcode == scene.person.postcode and child.home != scene.person.home
    ]
    scene.ask(scene.moment(), scene.chance.choice(near))


def _colleagues_child(scene: _Scene) -> None:
    world = scene.month.world
    colleagues = world.colleagues[scene.person.agency]
    homes = [each.home for each in colleagues if each.home >= 0 and each is not scene.person]
    scene.ask(scene.moment(), scene.chance.choice(world.of_home[scene.chance.choice(homes)]))


def _well_known(scene: _Scene) -> None:
    scene.ask(scene.moment(), scene.marked("well_known"))


def _shielded_hunt(scene: _Scene) -> None:
    """Guesses, then the child: whereabouts are withheld, the attempt is what counts."""
    at_s = scene.moment()
    for guess in range(scene.chance.randrange(2, 5)):
        scene.ask(at_s + guess * 60)
    scene.ask(at_s + 600, scene.marked("shielded"))


def _canary(scene: _Scene) -> None:
    scene.ask(scene.moment(), scene.marked("canary"))


def _by_night(scene: _Scene) -> None:
    at_s = scene.moment(late=True)
    for number, child in enumerate(scene.anybody(scene.chance.randrange(4, 7))):
        scene.ask(at_s + number * 240, child, late=True)


def _sequential_trawl(scene: _Scene) -> None:
    """One child after another by date of birth."""
    ordered = sorted(scene.month.world.children, key=lambda child: child.born)
    first, at_s = scene.chance.randrange(len(ordered) - 40), scene.moment()
    for number in range(scene.chance.randrange(8, 20)):
        scene.ask(at_s + number * 60, ordered[first + number])


def _slow_trawl(scene: _Scene) -> None:
    """One or two children a day, all month."""
    for day in WORKDAYS:
        for child in scene.anybody(scene.chance.randrange(1, 3)):
            scene.ask(scene.moment(day=day), child)


def _leaver(scene: _Scene) -> None:
    scene.person.lapses_soon = True
    for child in scene.anybody(scene.chance.randrange(3, 8)):
        scene.ask(scene.moment(day=scene.chance.choice((21, 22, 23, 24, 25))), child)


def _fishing(scene: _Scene) -> None:
    """Names tried until one answers."""
    at_s = scene.moment()
    for guess in range(scene.chance.randrange(12, 25)):
        scene.ask(at_s + guess * 90)


def _one_reference(scene: _Scene) -> None:
    """One reference, once real, for a whole list."""
    scene.reference = scene.month.reference()
    for child in scene.anybody(scene.chance.randrange(10, 25)):
        scene.ask(scene.moment(), child)


# Held out


def _kept_watch(scene: _Scene) -> None:
    """An ex-partner's child: no shared name or address, looked at again and again."""
    (child,) = scene.anybody(1)
    for day in scene.chance.sample(WORKDAYS, scene.chance.randrange(4, 8)):
        scene.ask(scene.moment(day=day), child)


def _mediated(scene: _Scene) -> None:
    """A mediator asks for somebody who asked for nothing."""
    for child in scene.anybody(scene.chance.randrange(1, 4)):
        scene.ask(scene.moment(), child, mediated=True)


def _spread_trawl(scene: _Scene) -> None:
    """One child a minute, over five accounts of one agency."""
    staff = scene.month.world.colleagues[scene.person.agency]
    five, at_s = scene.chance.sample(staff, 5), scene.moment()
    for number, child in enumerate(scene.anybody(scene.chance.randrange(40, 60))):
        scene.person = five[number % 5]
        scene.ask(at_s + number * 60, child)


Plan = Callable[[_Scene], None]
ABOUT_ONE: Final = (_own_child, _relative, _neighbour, _colleagues_child, _well_known)
KINDS: Final[Sequence[Plan]] = (
    *ABOUT_ONE,
    _shielded_hunt,
    _canary,
    _by_night,
    _sequential_trawl,
    _slow_trawl,
    _leaver,
    _fishing,
    _one_reference,
)
HELD_OUT: Final[Sequence[Plan]] = (_kept_watch, _mediated, _spread_trawl)


def plant(month: Month, kinds: Sequence[Plan]) -> list[Incident]:
    """Plant three incidents of each kind, by people it can be done by; return them by number."""
    incidents: list[Incident] = []
    for plan in kinds:
        able = [each for each in month.world.people if _able(plan, month, each)]
        for person in month.chance.sample(able, INCIDENTS_A_KIND):
            scene = _Scene(month, person, len(incidents))
            if plan in ABOUT_ONE and month.chance.random() < _INVENTED_SHARE:
                scene.reference = month.reference()
            invented = bool(scene.reference)
            plan(scene)
            incidents.append(Incident(plan.__name__.strip("_"), person.account, invented))
    return incidents


def _able(plan: Plan, month: Month, person: Person) -> bool:
    """Return whether somebody has what this misuse takes: a child, a neighbour, a night."""
    world, colleagues = month.world, month.world.colleagues[person.agency]
    if plan is _own_child:
        return person.home >= 0 and bool(world.of_home[person.home])
    if plan is _neighbour:
        return person.home >= 0
    if plan is _colleagues_child:
        return any(
            each.home >= 0 and each is not person and world.of_home[each.home]
            for each in colleagues
        )
    if plan is _by_night:
        return person.kind not in ("hospital", "police")
    return plan is not _spread_trawl or len(colleagues) >= 5
