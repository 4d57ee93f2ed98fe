"""By keyboard: the team sees its region, and stops and takes up speaking with a member."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.sitting import Sitting, confirms, says, sitting
from tests.browser.stand import Stand
from tests.federation.posting import NORTHMERE
from tests.region import RegionServed


@pytest_asyncio.fixture(loop_scope="session", params=["scripts", "no scripts"])
async def sits_there(
    request: pytest.FixtureRequest, browser: Browser, stands: dict[str, Stand]
) -> AsyncIterator[Sitting]:
    """Sit personas down at one authority of a region."""
    scripts = request.param == "scripts"
    async with sitting(browser, stands[NORTHMERE], scripts=scripts) as sits:
        yield sits


async def test_a_member_is_suspended_and_spoken_with_again(
    sits_there: Sitting, region: RegionServed
) -> None:
    manager = await sits_there("manager")
    for link in ("The team's work", "Other authorities and the locator", "Suspend Camfield"):
        await manager.follows(link)
    assert "Nothing has been done yet" in await says(manager)
    await confirms(manager)
    assert "Suspended here" in await says(manager)
    await manager.follows("Speak with Camfield again")
    await confirms(manager)
    assert "Suspended here" not in await says(manager)
