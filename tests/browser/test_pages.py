"""Every page, opened by somebody who may: accessible, narrow, enlarged, light, quiet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.driving import Noted, comes_in, window
from tests.browser.looking import told
from tests.browser.peopled import Peopled
from tests.browser.stand import Stand
from tests.browser.walking import Walk, names
from tests.browser.ways_in import UNREACHED, fills, seeds

PERSONAS = (
    "teacher",
    "social_worker",
    "therapist",
    "manager",
    "second_manager",
    "auditor",
    "second_auditor",
    "supervisor",
)
Walking = Callable[[str], Awaitable[Walk]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def walked(browser: Browser, stand: Stand, made: Peopled) -> AsyncIterator[Walking]:
    """Let a persona walk through all pages, once a run."""
    known: dict[str, Walk] = {}
    noted = Noted()
    async with AsyncExitStack() as stack:

        async def walks(persona: str) -> Walk:
            if persona not in known:
                context = await stack.enter_async_context(window(browser, noted))
                page = await context.new_page()
                await comes_in(page, stand.origin, stand.issuer, persona)
                known[persona] = walk = Walk(page, stand.origin)
                await walk.walks(seeds(persona, made, stand.origin))
                for path, action, fields in fills(persona, made):
                    await walk.fills(path, action, fields)
                before = [each.with_forms for each in known.values() if each is not walk]
                await walk.sends_empty({name for each in before for name in each})
            return known[persona]

        yield walks
    assert noted.complaints == []
    assert noted.strange(*stand.own) == []


@pytest.mark.parametrize("persona", PERSONAS)
async def test_every_page_passes_axe_and_fits_however_small_or_large(
    walked: Walking, persona: str
) -> None:
    walk = await walked(persona)
    assert walk.not_shown == {}
    assert not walk.faults, told(walk.faults)


async def test_no_page_is_forgotten(walked: Walking) -> None:
    opened = {name for persona in PERSONAS for name in (await walked(persona)).opened}
    assert names() - opened == UNREACHED
