"""By keyboard: a family asks who looked; the desk records it, a second person releases it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.keys import Keyboard
from tests.browser.sitting import Sitting, goes, says, sitting
from tests.browser.stand import Stand
from tests.stories.made import a_child
from tests.stories.telling import CHILD, of_then

CASE = "SAR/2026-9"


@pytest_asyncio.fixture(loop_scope="session", params=["scripts", "no scripts"])
async def sits_later(
    request: pytest.FixtureRequest, browser: Browser, later: Stand
) -> AsyncIterator[Sitting]:
    """Sit a persona down a month later."""
    async with sitting(browser, later, scripts=request.param == "scripts") as sits:
        yield sits


async def records(desk: Keyboard) -> None:
    """Say what was found: a child asks, and which agencies looked is to be told for a complaint."""
    await desk.ticks("The child, or the adult")
    await desk.ticks("Documents were seen", "They are known to an agency")
    await desk.picks("By what is it theirs to ask?", "It is their own record")
    await desk.picks("The strictest court order", "None")
    await desk.ticks("Understands enough")
    await desk.picks("Who judged what the child understands", "A social worker")
    await desk.dated(of_then(CHILD)["judged_on"])
    await desk.ticks("Agrees")
    await desk.ticks("No")
    await desk.ticks("Kinds of agency", "Which agencies")
    await desk.picks("Why more is told than kinds", "A complaint")
    await desk.follows("Record the request")


async def releases(keyboard: Keyboard) -> None:
    """Give the case and release the report."""
    await keyboard.types("Case reference for the report", CASE)
    await keyboard.follows("Release the report")


async def test_which_agencies_looked_is_told_once_a_second_person_releases_it(
    sits_later: Sitting, stand: Stand, later: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    # By one of whom no alert may stand, whose looks would be withheld: others ask all day here.
    await stand.ask.shown("police_desk", child_id)
    desk = await sits_later("subject_desk")
    await goes(desk, later, f"/children/{child_id}/who-looked")
    await records(desk)
    assert "it waits for its release" in await says(desk)
    await desk.follows("Release it, or refuse it")
    path = desk.page.url.removeprefix(later.origin)
    await releases(desk)
    assert "A second person is needed" in await says(desk)
    manager = await sits_later("manager")
    await manager.follows("Who looked")
    listed = manager.page.locator(f'main a[href="{path}"]')
    assert (await listed.inner_text()).startswith("To be answered by")
    await goes(manager, later, path)
    await releases(manager)
    said = await says(manager)
    for each in ("Who looked at the record", CASE, "Northmere Police Protection Desk", "Identity"):
        assert each in said
    assert child_id not in said
    await manager.to("Who looked")  # the table, which may be scrolled
    await goes(desk, later, manager.page.url.removeprefix(later.origin))
    assert "Northmere Police Protection Desk" not in await says(desk)
