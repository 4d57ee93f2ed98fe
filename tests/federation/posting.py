"""How stories of routed lines and moves run both sides' jobs, and what they look for after."""

import asyncio
from typing import Any

from index_service.jobs import parcel_jobs
from index_service.opening import built_job
from tests.region import Borough, RegionServed
from tests.stories.asking import KEEP, NO_WHY, Answer
from tests.stories.made import Stated, by_everything, key

NORTHMERE, CAMFIELD, EASTBROOK = "northmere", "camfield", "eastbrook"


async def routed(borough: Borough) -> None:
    """Send what waits to the authorities it belongs to, once."""
    async with built_job(borough.served.settings, "job", clock=borough.clock) as index:
        assert await parcel_jobs.route(index, asyncio.Event())


async def told(borough: Borough) -> None:
    """Tell the other sides of a borough's moves what they are owed, once."""
    async with built_job(borough.served.settings, "job", clock=borough.clock) as index:
        assert await parcel_jobs.move(index, asyncio.Event())


async def moved(region: RegionServed, *names: str, rounds: int = 3) -> None:
    """Let both sides tell each other whatever they owe, until nothing is owed."""
    for _ in range(rounds):
        for name in names:
            await told(region[name])


async def waiting(borough: Borough) -> int:
    """Return how many parcels lie at a borough."""
    (row,) = await borough.served.rows("select count(*) from parcel")
    return int(row[0])


async def found(borough: Borough, child: Stated, who: str = "social_worker") -> list[str]:
    """Return whom a borough's own index finds for somebody, by all that is known of a child."""
    answer = await borough.ask.look_up(who, **by_everything(child))
    return [match["child"]["child_id"] for match in answer.get("matches", ())]


async def proposed(borough: Borough, authority: str, child: Stated) -> str:
    """Propose to take responsibility for a child, and return the move's id."""
    meant = {name: child[name] for name in ("name", "date_of_birth", "nhs_number") if name in child}
    body = {"authority": authority, "reason": "moved_home", "child": meant}
    headers = {"Idempotency-Key": key()}
    answer = await borough.ask("manager", "POST", "/v1/transfers", body, why=KEEP, headers=headers)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def transfers(borough: Borough) -> list[Stated]:
    """Return the moves a borough's team is shown, the newest first."""
    answer = await borough.ask("manager", "GET", "/v1/transfers", why=NO_WHY)
    assert answer.status_code == 200, answer.text
    shown: list[Stated] = answer.json()["transfers"]
    return shown


async def move_of(borough: Borough, child: Stated) -> Stated:
    """Return the one move of a child, as a borough's team is shown it."""
    (move,) = [each for each in await transfers(borough) if each["child"]["name"] == child["name"]]
    return move


async def agreed(borough: Borough, child_id: str, transfer_id: str) -> Answer:
    """Agree to a move as the present holder's team."""
    body = {"transfer_id": transfer_id}
    return await borough.ask("manager", "POST", f"/v1/children/{child_id}/transfer", body, why=KEEP)


async def outcomes(borough: Borough, status: Stated, who: str = "manager") -> dict[str, Any]:
    """Return what became of a batch's lines, as the team is shown it."""
    path = f"/v1/feeds/{status['source']}/batches/{status['batch_id']}"
    answer = await borough.ask(who, "GET", path, why=NO_WHY)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()["outcomes"]
    return shown
