"""A shield set in one borough, over three real indexes with their deriver and locator.

Each run is one child and what becomes of its records in three boroughs, by chance: recorded by
hand, supplied elsewhere and routed, shielded, lifted, moved; while members fall silent, indexes
restart and hours pass. After every round ordinary practitioners ask for it everywhere, by all
there is to ask by. Runs go on side by side in one region: its jobs are everybody's.
"""

import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import httpx

from demo.region import DERIVER, LOCATOR
from demo.towns import TOWNS
from index_service.main import built
from index_service.services.peering.shield_check import LATE, LATE_THERE
from proofs.workings.boroughs_seen import Child, Eye, Record, Standing
from tests.federation.jobs import alerts, checked
from tests.federation.posting import agreed, move_of, moved, proposed, routed
from tests.region import RegionServed
from tests.stories.asking import SHIELDING
from tests.stories.made import begin_line, child_line, day, reference

SIDE_BY_SIDE: Final = 16  # more would not fit one hourly batch of the shield set
ROUNDS: Final = 4
DEEDS_A_ROUND: Final = 2
_REVIEW_IN_DAYS: Final = 80
_NIGHT_H: Final = 22.0
_HOUR_H, _NIGHT_LATER_H = 1.1, 22.5
_PATIENCE_S: Final = 15.0
_SILENT_S: Final = 1.0


class Deed(StrEnum):
    """What a round does to one child."""

    RECORD = "recorded by hand"
    FEED = "supplied elsewhere and routed"
    SHIELD = "shielded"
    LIFT = "lifted"
    MOVE = "moved"
    NOTHING = "left alone"


_WEIGHTS: Final = {
    Deed.RECORD: 34,
    Deed.FEED: 14,
    Deed.SHIELD: 26,
    Deed.LIFT: 6,
    Deed.MOVE: 10,
    Deed.NOTHING: 10,
}


@dataclass(slots=True)
class Ran:
    """What runs came to."""

    runs: int = 0
    rounds: int = 0
    outages: int = 0
    restarts: int = 0
    deeds: dict[str, int] = field(default_factory=dict)
    looks: int = 0
    hidden_looks: int = 0
    open_seen: int = 0
    unshielded: list[str] = field(default_factory=list)
    involvements: int = 0
    involvements_lost: list[str] = field(default_factory=list)
    planted_seen: bool = False
    alarmed: bool = False
    named_there: bool = False


@dataclass(slots=True)
class Boroughs:
    """Runs going on side by side in one region."""

    region: RegionServed
    chance: random.Random
    ran: Ran
    stack: AsyncExitStack
    children: list[Child] = field(default_factory=list)
    hours: float = 0.0
    nights: dict[str, float] = field(default_factory=dict)
    down: str = ""

    async def run(self, count: int, rounds: int, told: Callable[[str], None]) -> None:
        """Begin so many runs and take them through their rounds."""
        names = list(TOWNS)
        for number in range(count):
            home = self.chance.choice(names)
            child = Child(number, home, self.region[home].child())
            self.children.append(child)
            if number % 3:
                await self._record(child, self.chance.choice(names))
            else:
                await self._feed(child, [name for name in names if name != home])
        eye = Eye(self.region, self.ran)
        for number in range(rounds):
            told(f"{self.ran.runs} runs before, round {number} of {rounds} of {count} more")
            await self._outage()
            for child in self.children * DEEDS_A_ROUND:
                await self._deed(child)
            await eye.look(self.children, self.down)
            await self._pass(_HOUR_H)
            await eye.look(self.children, self.down)
            await self._over()
            await self._pass(_NIGHT_LATER_H)
            await self.region.derive_all()
            await self.region.probe()
            await eye.look(self.children, self.down, across=True)
            self.ran.rounds += 1
        await eye.involvements(self.children)
        self.ran.runs += count

    # What a round does

    async def _deed(self, child: Child) -> None:
        deed = self.chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        free = [name for name in TOWNS if name not in child.records]
        held = [name for name in child.records if child.records[name].seen]
        done = True
        if deed is Deed.RECORD and free:
            await self._record(child, self.chance.choice(free))
        elif deed is Deed.FEED and not child.records.keys() - {child.home} and not child.shields:
            done = await self._feed(child, [name for name in free if name != child.home])
        elif deed is Deed.SHIELD and set(held) - child.shields.keys():
            await self._shield(child, self.chance.choice(sorted(set(held) - child.shields.keys())))
        elif deed is Deed.LIFT and any(shield.id for shield in child.shields.values()):
            await self._lift(child)
        elif deed is Deed.MOVE and len(child.records) == 1 and held and not self.down:
            done = await self._move(child, held[0], self.chance.choice(free))
        else:
            done = False
        if done:
            self.ran.deeds[deed] = self.ran.deeds.get(deed, 0) + 1

    async def _record(self, child: Child, where: str) -> None:
        borough = self.region[where]
        child_id = await borough.create(child.stated(borough))
        child.records[where] = Record(child_id, must_hide=child.is_uploaded(but=where))

    async def _feed(self, child: Child, where: list[str]) -> bool:
        """Have another borough's supplier tell of the child and of an involvement with it."""
        if not where or self.down == child.home:
            return False
        sender, home = self.region[self.chance.choice(where)], self.region[child.home]
        ref = reference()
        line = child_line(ref, child.stated(home))
        status = await sender.ask.feed(line, begin_line(reference("I"), ref))
        assert status["invalid"] == 0, status
        await routed(sender)
        await self._arrived(child)
        child.fed += 1
        return True

    async def _arrived(self, child: Child) -> None:
        """Note whose record a routed line made: only a judge asks storage."""
        home = self.region[child.home]
        if child.home not in child.records:
            child.records[child.home] = Record("", must_hide=child.is_uploaded(but=child.home))
        record = child.records[child.home]
        if not record.child_id:
            record.child_id = await Eye.newest(home)

    async def _shield(self, child: Child, where: str) -> None:
        child_id = child.records[where].child_id
        shield_id = await self.region[where].ask.shield(child_id, day(-_REVIEW_IN_DAYS))
        child.shields[where] = Standing(shield_id)
        child.records[where].must_hide = child.ever_shielded = True

    async def _lift(self, child: Child) -> None:
        where = self.chance.choice([n for n, shield in child.shields.items() if shield.id])
        path = f"/v1/children/{child.records[where].child_id}/shield/lift"
        said = {"shield_id": child.shields.pop(where).id}
        ask = self.region[where].ask
        answer = await ask("manager", "POST", path, said, why=SHIELDING)
        assert answer.status_code in (200, 202, 204), answer.text
        # Where it was lifted, another's holds from the first check that told of it.
        child.records[where].must_hide = child.records[where].told
        if not child.shields:
            for record in child.records.values():
                record.must_hide = record.told = False

    async def _move(self, child: Child, held: str, to: str) -> bool:
        """Let responsibility go from one borough to another; a shield goes along."""
        holder, taker = self.region[held], self.region[to]
        await proposed(taker, held, child.stated(holder))
        await moved(self.region, to, rounds=1)
        move = await move_of(holder, child.facts)
        answer = await agreed(holder, child.records[held].child_id, move["transfer_id"])
        if answer.status_code != 204:
            return False
        await moved(self.region, held, to)
        there = await move_of(taker, child.facts)
        if there["step"] != "closed":
            return False
        record = child.records.pop(held)
        child.records[to] = Record(there["child_id"], record.must_hide, told=record.told)
        child.home = to
        if (shield := child.shields.pop(held, None)) is not None:
            child.shields[to] = Standing("", uploaded=shield.uploaded)
        return True

    # What happens meanwhile

    async def _outage(self) -> None:
        """Let a member fall silent for this round's first hours, or an index start anew."""
        if self.chance.random() < 0.4:
            self.down = self.chance.choice([DERIVER, LOCATOR, *TOWNS])
            await self.region.stop(self.down)
            self.ran.outages += 1
        if self.chance.random() < 0.4:
            await self._restart(self.chance.choice(list(TOWNS)))
            self.ran.restarts += 1

    async def _over(self) -> None:
        if self.down:
            await self.region.start(self.down)
            self.down = ""

    async def _restart(self, name: str) -> None:
        """Build an index anew on its database: nothing it knew in memory is left."""
        borough = self.region[name]
        made = await self.stack.enter_async_context(
            built(borough.served.settings, clock=borough.clock)
        )
        borough.served.built = made
        transport = httpx.ASGITransport(app=made.app)
        client = httpx.AsyncClient(transport=transport, base_url=f"https://{name}.test")
        borough.ask.client = await self.stack.enter_async_context(client)
        silence = self.region.listeners[name].silence
        assert silence is not None
        assert made.peer is not None
        silence.app = made.peer

    async def _pass(self, hours: float) -> None:
        """Let hours pass, and every index run its check, in any order."""
        self.region.later(hours=hours)
        self.hours += hours
        names = list(TOWNS)
        self.chance.shuffle(names)
        for name in names:
            patience_s = _SILENT_S if self.down in (DERIVER, LOCATOR) else _PATIENCE_S
            went = await checked(self.region[name], patience_s)
            if not any(cause.startswith("shield_set") for cause in went.causes):
                self._answered(name)

    def _answered(self, name: str) -> None:
        """Note what a check that was answered must have come to, and what was uploaded."""
        night = self.hours - self.nights.get(name, -_NIGHT_H) >= _NIGHT_H
        if night:
            self.nights[name] = self.hours
        for child in self.children:
            record = child.records.get(name)
            if record is not None:
                told = night or not record.seen
                if told and child.is_uploaded(but=name):
                    record.must_hide = record.told = True
                record.seen = True
            if name in child.shields:
                child.shields[name].uploaded = True

    async def planted(self) -> None:
        """Set a shield in one borough, let another's check be left out, and look there."""
        where, there = list(TOWNS)[:2]
        child = Child(-1, where, self.region[where].child())
        for name in (where, there):
            await self._record(child, name)
            await checked(self.region[name], _PATIENCE_S)
            child.records[name].seen = True
        await self._shield(child, where)
        child.records[there].must_hide = True  # as if its check had been answered
        defect = Ran()
        await Eye(self.region, defect).look([child], "")
        self.ran.planted_seen = all(there in each for each in defect.unshielded or [""])

    async def unanswered(self) -> None:
        """Let a check of a new record wait for a day; both teams must hear, by name."""
        held, other = list(TOWNS)[:2]
        borough = self.region[held]
        await borough.create(borough.child())
        await self.region.stop(LOCATOR)
        try:
            await checked(borough, _SILENT_S)
            self.region.later(hours=24.5)
            await checked(borough, _SILENT_S)
            await checked(self.region[other], _SILENT_S)
        finally:
            await self.region.start(LOCATOR)
        self.ran.alarmed = bool(await alerts(borough, LATE))
        there = await alerts(self.region[other], LATE_THERE)
        self.ran.named_there = held in {each["authority"] for each in there}


async def boroughs_run(
    region: RegionServed, runs: int, seed: int, rounds: int, told: Callable[[str], None]
) -> Ran:
    """Run so many children's programmes in a region, and one unanswered check in the end."""
    ran, chance = Ran(), random.Random(seed)
    async with AsyncExitStack() as stack:
        size = min(runs, SIDE_BY_SIDE)
        boroughs = Boroughs(region, chance, ran, stack)
        await boroughs.run(size, rounds, told)
        await boroughs.planted()
        told("leaving a check unanswered for a day")
        await boroughs.unanswered()
    return ran
