"""How stories between authorities begin and ask: children settled, found, asked for across."""

import asyncio
from typing import Any

from index_service.federation.question import FIRST_PATH, SECOND_PATH
from index_service.jobs import region_jobs
from index_service.opening import built_job
from index_service.services.peering.completeness import Probing
from tests.region import Borough, RegionServed
from tests.stories.asking import CARE, Answer, Why
from tests.stories.made import Stated, involvement

NORTHMERE, CAMFIELD, EASTBROOK = "northmere", "camfield", "eastbrook"
TOWNS = (NORTHMERE, CAMFIELD, EASTBROOK)


async def run_jobs(borough: Borough) -> None:
    """Run the jobs of a borough by which the region knows of its children."""
    async with built_job(borough.served.settings, "job", clock=borough.clock) as index:
        for job in (region_jobs.shields, region_jobs.derive):
            assert await job(index, asyncio.Event())


async def settled(region: RegionServed, *towns: str) -> None:
    """Let every new record be seen and found across the region, and everybody be probed."""
    for town in towns or TOWNS:
        await run_jobs(region[town])
    await probed(region)


async def probed(region: RegionServed) -> None:
    """Let everybody know who answers now."""
    for borough in region.boroughs.values():
        index = borough.served.index
        assert index.region is not None
        await Probing(index, index.region).probe()


async def living(borough: Borough, child: Stated, who: str = "social_worker") -> str:
    """Record a child somebody works with, and return its id."""
    return await borough.ask.create({**child, "involvement": involvement()}, who)


def question(child: Stated, **differs: Any) -> Stated:
    """What is asked of a child: its name, its date of birth, unless told otherwise."""
    asked = {
        "family_name": child["name"]["family_name"],
        "given_name": child["name"]["given_name"],
        "date_of_birth": child["date_of_birth"],
        "across": "region",
    }
    return {name: value for name, value in (asked | differs).items() if value is not None}


async def legs_heard(borough: Borough) -> int:
    """Return how many legs of questions a borough has heard; probes come when they come."""
    entries = await borough.served.entries()
    return sum(each["route"] in (FIRST_PATH, SECOND_PATH) for each in entries)


async def asked(
    borough: Borough, body: Stated, who: str = "social_worker", why: Why = CARE, **headers: str
) -> Answer:
    """Ask a borough's index, and return the whole answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await borough.ask(who, "POST", "/v1/lookups", body, why=why, headers=named)


async def across(
    borough: Borough, body: Stated, who: str = "social_worker", why: Why = CARE, **headers: str
) -> dict[str, Stated]:
    """Ask across the region; return every other authority's part by its name."""
    answer = await asked(borough, body, who, why, **headers)
    assert answer.status_code == 200, answer.text
    told: Stated = answer.json()["region"]
    return {part["name"]: part for part in told["authorities"]}
