"""How the stories subscribe, let a day go by, and see what came of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from index_service.domain.clock import FixedClock, SystemClock
from index_service.jobs.subscription_jobs import notify
from index_service.opening import built_job
from index_service.services.index import Index
from tests.authority import Served
from tests.stories.asking import CARE, NO_WHY, Answer, Ask, Why
from tests.stories.made import Stated, key

SUBSCRIPTIONS = "/v1/subscriptions"


async def subscribe(ask: Ask, who: str, child_id: str, why: Why = CARE, **differs: Any) -> Answer:
    """Subscribe to a child by a reference."""
    body = {"child_id": child_id, "reference": "CASE/10442", **differs}
    headers = {"Idempotency-Key": key()}
    return await ask(who, "POST", SUBSCRIPTIONS, body, why=why, headers=headers)


async def subscribed(ask: Ask, who: str, child_id: str, **differs: Any) -> str:
    """Subscribe, and return the subscription's id."""
    answer = await subscribe(ask, who, child_id, **differs)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def own(ask: Ask, who: str) -> dict[str, Stated]:
    """Return somebody's own subscriptions by id."""
    answer = await ask(who, "GET", SUBSCRIPTIONS, why=NO_WHY)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["subscriptions"]}


async def noticed(ask: Ask, who: str, subscription_id: str) -> bool:
    """Return whether a subscription says to ask again."""
    return (await own(ask, who))[subscription_id]["ask_again"] is not None


async def end(ask: Ask, who: str, subscription_id: str) -> Answer:
    """End a subscription."""
    return await ask(who, "DELETE", f"{SUBSCRIPTIONS}/{subscription_id}", why=NO_WHY)


@asynccontextmanager
async def looking(served: Served, days: float) -> AsyncIterator[Index]:
    """Open the index as its job sees it so many days from now; the log keeps the true time."""
    async with built_job(served.settings, "job") as index:
        clock = FixedClock(SystemClock().now() + timedelta(days=days))
        yield replace(index, clock=clock)


class Days:
    """Days as they go by for the job, each of them once."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._on = 0.0

    async def looked(self) -> None:
        """Let the job run, a day after it last did."""
        self._on += 1
        async with looking(self._served, self._on) as index:
            assert await notify(index, asyncio.Event())

    async def again(self) -> None:
        """Let the job run once more on the same day."""
        async with looking(self._served, self._on) as index:
            assert await notify(index, asyncio.Event())
