"""The programme: which scenes both worlds are asked, in which order, all by one seed."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from proofs.workings.worlds_arrivals import Arrival
from proofs.workings.worlds_compare import Marks, first_difference
from proofs.workings.worlds_flip import Flip
from proofs.workings.worlds_people import EVERYBODY
from proofs.workings.worlds_probes import ASKINGS, Aim, Asking, Probe, Scene, Secret, Stage
from proofs.workings.worlds_running import Grounds, Seen, World

Cell = tuple[str, str]  # operation, flip
Fact = tuple[str, str, str]  # flip or none, what is inside F, for whom
_requests = count(1)
AIMED = 0.7


@dataclass(frozen=True, slots=True)
class Difference:
    """Two answers that are not equal: by whom to what, under which flip, and where."""

    operation: str
    flip: str
    who: str | None
    where: str

    def __str__(self) -> str:
        return f"{self.operation} / {self.flip} / {self.who or 'no token'}: {self.where}"


@dataclass(slots=True)
class Tally:
    """What all rounds came to."""

    pairs: int = 0
    cells: Counter[Cell] = field(default_factory=Counter)
    answered: Counter[Cell] = field(default_factory=Counter)  # not refused
    statuses: Counter[int] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    released: Counter[str] = field(default_factory=Counter)  # declared probes: A shown, B shown
    arrived: Counter[Fact] = field(default_factory=Counter)
    expected: Counter[Fact] = field(default_factory=Counter)

    def arrival(self, flip: str, arrival: Arrival, seen: Seen) -> None:
        """Note whether a fact inside F came."""
        fact = flip, arrival.fact, arrival.who
        self.expected[fact] += 1
        self.arrived[fact] += arrival.came(seen)


@dataclass(frozen=True, slots=True)
class Round:
    """Two worlds that differ in one fact, and what is asked of them."""

    grounds: Grounds
    flip: Flip
    stage: Stage
    secret: Secret
    worlds: tuple[World, World]

    def scenes(self, pairs: int, seed: int, share: int = 1) -> Iterator[Scene]:
        """Yield scenes until they have so many probes, every operation aimed first.

        With a share of n, every n-th operation: which of them is by the seed.
        """
        chance, numbers = random.Random(seed), count(seed % 1000 * 100_000)
        drawn: list[tuple[Asking, Scene]] = []

        def draw(asking: Asking, *, aimed: bool, entitled: bool, whole: bool = False) -> int:
            aim = Aim(self.stage, self.secret, chance, aimed, whole, numbers)
            scene = asking.make(aim, self._who(asking, chance, entitled=entitled))
            drawn.append((asking, scene))
            return len(scene)

        due = [each for place, each in enumerate(ASKINGS) if (place + seed) % share == 0]
        asked = sum(draw(asking, aimed=True, entitled=True, whole=True) for asking in due)
        while asked < pairs:
            entitled, aimed = chance.random() < 0.85, chance.random() < AIMED
            asked += draw(chance.choice(ASKINGS), aimed=aimed, entitled=entitled)
        chance.shuffle(drawn)
        drawn.sort(key=lambda one: one[0].places)  # what may wait comes last
        yield from (scene for _, scene in drawn)

    def _who(self, asking: Asking, chance: random.Random, *, entitled: bool) -> str | None:
        insiders = () if asking.of_no_child else self.flip.insiders
        outsiders = [who for who in EVERYBODY if who not in insiders]
        may = [who for who in outsiders if who in asking.by]
        return chance.choice(may if may and entitled else outsiders)

    async def run(self, scenes: Iterator[Scene], tally: Tally) -> None:
        """Ask both worlds everything, side by side, and compare."""
        marks = await self.marks()
        for scene in scenes:
            for probe in scene:
                where = await self.compared(probe, marks, tally)
                if where is not None:
                    said = Difference(probe.operation, self.flip.name, probe.who, where)
                    tally.differences.append(said)

    async def inside(self, tally: Tally) -> bool:
        """Ask what insiders may know: it must come, and differ; return whether it all did."""
        marks, unheard, differs = await self.marks(), Tally(), True
        for arrival in self.flip.inside(self.stage, self.secret):
            differs = differs and await self.compared(arrival.probe, marks, unheard) is not None
            request = arrival.probe.request(self.grounds, next(_requests))
            tally.arrival(self.flip.name, arrival, await self.worlds[1].answer(request))
        return differs and bool(unheard.pairs)

    async def marks(self) -> tuple[Marks, Marks]:
        """Return marks for the two worlds, which know every id either holds by now."""
        ids = [await self.grounds.ids(world.database) for world in self.worlds]
        known = frozenset(ids[0] | ids[1])
        return Marks(known), Marks(known)

    async def compared(self, probe: Probe, marks: tuple[Marks, Marks], tally: Tally) -> str | None:
        """Ask one thing of both worlds; return where the answers differ."""
        self.grounds.clock.move()
        request = probe.request(self.grounds, next(_requests))
        seen = await asyncio.gather(*(world.answer(request, probe.keeps) for world in self.worlds))
        tally.pairs += 1
        cell = probe.operation, self.flip.name
        tally.cells[cell] += 1
        tally.statuses[seen[0].status] += 1
        tally.answered[cell] += seen[0].status < 300
        granted = "Access-Mediation" in probe.headers
        left, right = (
            mark.plain(each, granted=granted) for mark, each in zip(marks, seen, strict=True)
        )
        if probe.of_the_log:
            alike = left.status == right.status and left.names == right.names
            return None if alike else f"form: {left.status} and {right.status}"
        where = first_difference(left, right)
        if not probe.declared:
            return where
        for name, each in zip("AB", seen, strict=True):
            tally.released[f"{name} {each.status}"] += 1
        apart = {each.status for each in seen} == {200, 404}
        return None if apart else where
