"""The jobs there are: what each is called, which duty it has, how often it runs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from index_service.jobs import parcel_jobs, region_jobs, subscription_jobs
from index_service.services.expiring import Expiry
from index_service.services.index import Index
from index_service.services.misuse.detecting import misuse_noticed
from index_service.services.noticing import notices_due
from index_service.services.overdue import Overdue
from index_service.services.resort import Resort
from index_service.services.tripwire import QUESTIONS_A_RUN, Tripwire
from index_service.services.upkeep import Upkeep

REST = 3.0  # times as long as it held the shield lock: writers have it most of the time
_DAY_S = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """One job: the duty its login role has, how often it runs, and what a run is."""

    name: str
    duty: str
    every_s: float
    run: Callable[[Index, asyncio.Event], Awaitable[bool]]


async def _upkeep(index: Index, stop: asyncio.Event) -> bool:
    went = await Upkeep(index, index.feed).round(stop, REST)
    return not went.failed


async def _resort(index: Index, stop: asyncio.Event) -> bool:
    await Resort(index, index.feed).night(stop, REST)
    return True


async def _tripwire(index: Index, stop: asyncio.Event) -> bool:
    """Run until no full batch is left: how many questions there are is no secret."""
    while await Tripwire(index, index.feed).run() == QUESTIONS_A_RUN and not stop.is_set():
        continue
    return True


async def _due(index: Index, _: asyncio.Event) -> bool:
    await Overdue(index, index.feed).run()
    return True


async def _expire(index: Index, stop: asyncio.Event) -> bool:
    assert index.log_life is not None  # INVARIANT: its settings name it
    return await Expiry(index, index.feed, index.log_life).run(stop)


async def _notices(index: Index, _: asyncio.Event) -> bool:
    await notices_due(index)
    return True


async def _misuse(index: Index, _: asyncio.Event) -> bool:
    await misuse_noticed(index)
    return True


JOBS = {
    job.name: job
    for job in (
        Job("upkeep", "job", _DAY_S, _upkeep),
        Job("resort", "job", _DAY_S, _resort),
        Job("tripwire", "tripwire", 300.0, _tripwire),
        Job("due", "job", 3600.0, _due),
        Job("expire", "job", _DAY_S, _expire),
        Job("notices", "audit", 300.0, _notices),
        Job("misuse", "audit", _DAY_S, _misuse),
        Job("derive", "job", 3600.0, region_jobs.derive),
        Job("shields", "job", 60.0, region_jobs.shields),
        Job("route", "job", 5.0, parcel_jobs.route),
        Job("move", "job", 2.0, parcel_jobs.move),
        Job("notify", "job", 3600.0, subscription_jobs.notify),
    )
}
