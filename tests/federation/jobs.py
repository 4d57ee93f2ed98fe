"""How stories of the region run its jobs: a borough's own, as its operator would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from index_service.federation.region_client import RegionClient
from index_service.jobs import region_jobs
from index_service.opening import built_job
from index_service.services.index import Index
from index_service.services.peering.derived import Derived, Fared
from index_service.services.peering.shield_check import ShieldCheck, Went
from tests.region import Borough

PATIENCE_S = 5.0


@asynccontextmanager
async def job_of(borough: Borough) -> AsyncIterator[Index]:
    """Open a borough's index as its jobs see it."""
    async with built_job(borough.served.settings, "job", clock=borough.clock) as index:
        yield index


async def client_of(index: Index, deadline_s: float = PATIENCE_S) -> RegionClient:
    """Return the way to deriver and locator by the directory in force."""
    assert index.region is not None
    standing = await index.region.standing()
    assert standing is not None
    return RegionClient(index.region.client, standing.directory, deadline_s)


async def derived(borough: Borough, deadline_s: float = PATIENCE_S) -> Fared:
    """Run `derive` once."""
    async with job_of(borough) as index:
        return await Derived(index, index.feed, await client_of(index, deadline_s)).run()


async def checked(borough: Borough, deadline_s: float = PATIENCE_S) -> Went:
    """Run `shields` once."""
    async with job_of(borough) as index:
        return await ShieldCheck(index, index.feed, await client_of(index, deadline_s)).run()


async def as_operators_do(
    borough: Borough, job: Callable[[Index, asyncio.Event], Awaitable[bool]]
) -> bool:
    """Run a job as the command does."""
    async with job_of(borough) as index:
        return await job(index, asyncio.Event())


async def alerts(borough: Borough, what: str) -> list[dict[str, Any]]:
    """Return the team's alerts of one cause."""
    answer = await borough.ask("manager", "GET", "/v1/alerts")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["alerts"]
    return [each for each in found if each["what"] == what]


__all__ = ["alerts", "as_operators_do", "checked", "client_of", "derived", "job_of", "region_jobs"]
