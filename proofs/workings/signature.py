"""Whether storage shows who was shielded: a thief with two dumps, a day apart, guesses.

On each day so many children are shielded among ordinary case traffic with others, through
the real application; then the night's jobs run. The classifier learns from the traces of
some days and is tried on the others. Two controls are the same days under naive designs:
one moves a child's tokens when it is shielded, the other keeps a column for it.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from demo.postgres import SUPERUSER
from index_service.opening import built_job
from index_service.services.index import Index
from index_service.services.resort import Resort
from index_service.services.upkeep import Upkeep
from proofs.workings.population import Person, population
from proofs.workings.shield_index import DATABASE, Tried, tried_index
from proofs.workings.signature_day import Day, DayWrong, lived
from proofs.workings.signature_guess import Guessed, Told, ranked, spread, told
from proofs.workings.signature_traces import storage, traces
from proofs.workings.stocking import (
    gathered,
    in_chunks,
    insert_tokens,
    sealing_processes,
    stock_chunk,
)

AUC_MAX = 0.55
CONTROL_MIN = 0.95
SHIELDED_MIN = 200  # in all; of fewer, chance makes more than .05
CONTROL_DAYS = 2
Saying = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many children, days, shields a day, and children worked with a day."""

    children: int = 5000
    days: int = 10
    shielded: int = 25
    worked_with: int = 300
    seed: int = 0


QUICK = Plan(children=1200, days=4, shielded=12, worked_with=90)


@dataclass(frozen=True, slots=True)
class Signature:
    """How well newly shielded children are told from others; .5 is not at all.

    `auc` is among all children after the night, `auc_worked_with` among those with case
    traffic that day, `auc_live` among these before the night: reported, not judged, for
    rows written since the last night can be joined, and that is what is claimed. The
    controls are the naive designs. `error` is the standard error of `auc` by chance.
    """

    auc: float
    auc_worked_with: float
    auc_live: float
    control_auc: float
    control_flag_auc: float
    error: float
    days: int
    shielded: int
    worked_with_percent: float
    by: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def allowed(self) -> float:
        """What is allowed: .55, or where few were shielded what chance alone may give."""
        return AUC_MAX if self.shielded >= SHIELDED_MIN else 0.5 + 3 * self.error

    @property
    def holds(self) -> bool:
        """Whether nobody is told by storage."""
        return max(self.auc, self.auc_worked_with) <= self.allowed

    @property
    def seen(self) -> bool:
        """Whether the controls are told, without which nothing was shown."""
        return min(self.control_auc, self.control_flag_auc) >= CONTROL_MIN


@dataclass(slots=True)
class _Days:
    """Days as the classifier gets them."""

    night: list[Guessed] = field(default_factory=list)
    worked_with: list[Guessed] = field(default_factory=list)
    live: list[Guessed] = field(default_factory=list)
    control: list[Guessed] = field(default_factory=list)
    flagged: list[Guessed] = field(default_factory=list)


async def measured(plan: Plan = QUICK, saying: Saying = lambda _: None) -> Signature:
    """Live through the days, and return what can be told of them."""
    async with tried_index() as tried:
        ids = await _stocked(plan, tried, saying)
        admin: Any = await asyncpg.connect(tried.postgres.url(SUPERUSER, DATABASE))
        try:
            async with built_job(tried.settings, "job") as index:
                days = await _days(_Lived(plan, tried, index, admin, saying), ids)
        finally:
            await admin.close()
    saying("learning and guessing")
    return await asyncio.to_thread(_signature, plan, days)


def _signature(plan: Plan, days: _Days) -> Signature:
    found: dict[str, Told] = {
        name: told(getattr(days, name), plan.seed)
        for name in ("night", "worked_with", "live", "control", "flagged")
    }
    shielded = sum(len(day.shielded) for day in days.night)
    others = sum(len(day.rows) for day in days.night) - shielded
    worked = sum(len(day.rows) - len(day.shielded) for day in days.worked_with)
    return Signature(
        auc=found["night"].best,
        auc_worked_with=found["worked_with"].best,
        auc_live=found["live"].best,
        control_auc=found["control"].best,
        control_flag_auc=found["flagged"].best,
        error=spread(shielded, others),
        days=len(days.night),
        shielded=shielded,
        worked_with_percent=round(100 * worked / (shielded + others), 1),
        by={name: one.by for name, one in found.items()},
    )


async def _stocked(plan: Plan, tried: Tried, saying: Saying) -> dict[UUID, Person]:
    """Load a population as the bulk of an index: rows shuffled, tokens in token order."""
    people = population(plan.children, plan.seed)
    random.Random(plan.seed).shuffle(people)
    settings = tried.settings
    with sealing_processes() as pool:
        parts = [
            pool.submit(stock_chunk, settings.database_url, settings.key_directory, some)
            for some in in_chunks(people)
        ]
        made = await asyncio.to_thread(gathered, parts, saying, "sealing and inserting")
    search = [pair for part in made for sheet in part.search for pair in sheet]
    guard = [pair for part in made for pair in part.guard]
    await insert_tokens(settings.database_url, search, guard, saying)
    ids = [UUID(bytes=child_id) for part in made for child_id in part.ids]
    return dict(zip(ids, people, strict=True))


@dataclass(slots=True)
class _Lived:
    """What days are lived with."""

    plan: Plan
    tried: Tried
    index: Index
    admin: Any
    saying: Saying

    async def night(self, *, upkeep: bool = True) -> None:
        """Run the night's jobs, and what the database does by itself."""
        if upkeep:
            went = await Upkeep(self.index, self.index.feed).round()
            if went.failed:
                raise DayWrong(f"{went.failed} of {went.runs} runs of upkeep failed")
        await Resort(self.index, self.index.feed).night()
        await self.admin.execute("vacuum")

    async def moved_at_once(self, child_id: UUID) -> None:
        """Do as a naive design: move a child's tokens when it is shielded."""
        await Upkeep(self.index, self.index.feed).run([child_id])


async def _days(with_: _Lived, people: dict[UUID, Person]) -> _Days:
    plan, chance = with_.plan, random.Random(with_.plan.seed)
    found, done = _Days(), set[UUID]()
    await with_.night()
    for number in range(plan.days + CONTROL_DAYS):
        control = number >= plan.days
        name = f"{'control ' if control else ''}day {number + 1} of {plan.days + CONTROL_DAYS}"
        with_.saying(f"{name}: the first dump")
        before = await storage(with_.admin)
        fresh = [child_id for child_id in people if child_id not in done]
        chosen = chance.sample(fresh, plan.shielded + plan.worked_with)
        day = Day(chosen[: plan.shielded], chosen[plan.shielded :], number)
        with_.saying(f"{name}: a day's work")
        after_each = with_.moved_at_once if control else None
        await lived(with_.tried, people, day, chance, after_each)
        live = await storage(with_.admin)
        with_.saying(f"{name}: the night")
        await with_.night(upkeep=not control)
        after = await storage(with_.admin)
        if control:
            found.control.append(ranked(traces(before, after), day.shielded, done))
            flagged = traces(before, after, day.shielded)
            found.flagged.append(ranked(flagged, day.shielded, done))
        else:
            night = ranked(traces(before, after), day.shielded, done)
            found.night.append(night)
            found.worked_with.append(night.among(day.worked_with))
            seen = ranked(traces(before, live), day.shielded, done)
            found.live.append(seen.among(day.worked_with))
        done.update(day.shielded)
    return found
