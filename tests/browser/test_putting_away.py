"""A page left alone is put away by its own script, half filled in or not, and left so."""

import re

from playwright.async_api import Page

from tests.browser.conftest import Opening
from tests.browser.looking import complaints_of
from tests.browser.stand import Stand
from tests.browser.test_safe import made, opens, tells

IDLE_MS = 10 * 60 * 1000
AWAY = "This page was put away"


async def passes(page: Page, milliseconds: int) -> None:
    """Let so much time go by for a page's own script."""
    await page.clock.fast_forward(milliseconds)


async def test_a_page_left_alone_is_put_away_and_stays_so(opened: Opening, stand: Stand) -> None:
    child, _ = await made(stand)
    context = await opened("teacher")
    page = context.pages[0]
    await page.clock.install()
    await opens(page, child)
    await passes(page, IDLE_MS - 10_000)
    assert tells(await page.content(), child)
    await passes(page, 20_000)
    await page.wait_for_url(re.compile("/put-away"))
    assert AWAY in await page.inner_text("main")
    assert tells(await page.content(), child) == []
    assert await complaints_of(page) == []
    await passes(page, 3 * IDLE_MS)
    assert "/put-away" in page.url
    await page.get_by_role("link", name="Go back to it").click()
    await page.wait_for_url("**/children/*")
    assert tells(await page.content(), child)


async def test_what_was_being_typed_leaves_the_screen_and_is_not_lost(
    opened: Opening, stand: Stand
) -> None:
    context = await opened("teacher")
    page = context.pages[0]
    await page.clock.install()
    await page.goto(f"{stand.origin}/")
    await page.locator("#given_name").fill("Quillon")
    await passes(page, IDLE_MS + 10_000)
    await page.wait_for_url(re.compile("/put-away"))
    assert "What you typed is kept" in await page.inner_text("main")
    assert "Quillon" not in await page.content()
    await page.get_by_role("link", name="Go back to it").click()
    await page.wait_for_url("**/kept/*")
    assert await page.locator("#given_name").input_value() == "Quillon"
    assert "Not sent yet" in await page.content()
