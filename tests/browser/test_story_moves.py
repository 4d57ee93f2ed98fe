"""By keyboard: a child moves; one authority asks, the other lets go or refuses, it is reviewed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.keys import Keyboard
from tests.browser.sitting import confirms, says, sitting
from tests.browser.stand import Stand
from tests.federation.posting import CAMFIELD, NORTHMERE, found, moved, proposed, told
from tests.federation.test_moving import living
from tests.region import RegionServed


@dataclass(frozen=True)
class Teams:
    """The managers of two authorities, each at their own pages."""

    receiving: Keyboard
    holding: Keyboard


@pytest_asyncio.fixture(loop_scope="session", params=["scripts", "no scripts"])
async def teams(
    request: pytest.FixtureRequest, browser: Browser, stands: dict[str, Stand]
) -> AsyncIterator[Teams]:
    """A manager of each, sat down at a keyboard and signed in."""
    async with AsyncExitStack() as stack:
        sat = {}
        for name in (NORTHMERE, CAMFIELD):
            sat_down = sitting(browser, stands[name], scripts=request.param == "scripts")
            sits = await stack.enter_async_context(sat_down)
            sat[name] = await sits("manager")
        yield Teams(sat[NORTHMERE], sat[CAMFIELD])


async def opens(keyboard: Keyboard) -> None:
    """Open the newest move."""
    await lists(keyboard)
    await keyboard.follows("Open move 1")


async def lists(keyboard: Keyboard) -> None:
    """Open the list of moves."""
    for link in ("The team's work", "Moves between authorities"):
        await keyboard.follows(link)


async def test_a_child_is_asked_for_let_go_and_looked_through(
    teams: Teams, region: RegionServed
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    asks, holds = teams.receiving, teams.holding
    await lists(asks)
    await asks.follows("Ask for a child who belongs here")
    await asks.picks("Which authority is responsible now?", "Camfield")
    await asks.ticks("The family moved")
    await asks.types("First name", child["name"]["given_name"])
    await asks.types("Family name", child["name"]["family_name"])
    await asks.dated(child["date_of_birth"])
    await asks.types("NHS number", child["nhs_number"])
    await asks.follows("See what this does")
    assert "Camfield's team is told the name" in await says(asks)
    await confirms(asks)
    assert "Coming here from Camfield: proposed" in await says(asks)
    await told(region[NORTHMERE])
    await opens(holds)
    await holds.follows("Compare, and see what agreeing does")
    assert "No common assessment is held" in await says(holds)
    assert await found(region[CAMFIELD], child) == [child_id]
    await confirms(holds)
    await moved(region, CAMFIELD, NORTHMERE)
    assert await found(region[CAMFIELD], child) == []
    await opens(asks)
    assert "Look the record through by" in await says(asks)
    await asks.follows("It was looked through")
    await confirms(asks)
    assert "Look the record through by" not in await says(asks)
    await asks.page.reload()
    await opens(asks)
    assert "Looked through" in await says(asks)


async def test_a_child_who_still_lives_there_is_not_let_go(
    teams: Teams, region: RegionServed
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    await proposed(region[NORTHMERE], CAMFIELD, child)
    await told(region[NORTHMERE])
    await opens(teams.holding)
    await teams.holding.ticks("No such child is known here", "The child still lives here")
    await teams.holding.follows("See what this does")
    assert "Responsibility stays where it is" in await says(teams.holding)
    await confirms(teams.holding)
    await moved(region, CAMFIELD, NORTHMERE)
    await lists(teams.receiving)
    assert "refused (the child still lives here)" in await says(teams.receiving)
    assert await found(region[CAMFIELD], child) == [child_id]
