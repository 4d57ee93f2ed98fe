"""Personas sat down at a keyboard, signed in by it: what the stories' tests begin with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from playwright.async_api import Browser

from tests.browser.driving import Noted, window
from tests.browser.keys import Keyboard
from tests.browser.stand import Stand
from tests.stories.made import Stated

Sitting = Callable[[str], Awaitable[Keyboard]]


@asynccontextmanager
async def sitting(browser: Browser, stand: Stand, *, scripts: bool) -> AsyncIterator[Sitting]:
    """Sit personas down, with JavaScript or without; at the end no window may have complained."""
    noted = Noted()
    async with AsyncExitStack() as stack:

        async def sat(persona: str) -> Keyboard:
            opened = window(browser, noted, java_script_enabled=scripts)
            page = await (await stack.enter_async_context(opened)).new_page()
            known = stand.issuer.personas[persona]
            stand.issuer.second_factors.enrol(known.subject)
            await page.goto(f"{stand.origin}/")
            keyboard = Keyboard(page)
            await keyboard.signs_in(known.title)
            return keyboard

        yield sat
    assert noted.complaints == []
    assert noted.strange(*stand.own) == []


async def searches(keyboard: Keyboard, child: Stated) -> None:
    """Search by name and date of birth, from the first page."""
    await keyboard.says_why()
    await describes(keyboard, child)


async def describes(keyboard: Keyboard, child: Stated) -> None:
    """Type a child's name and date of birth, and find."""
    await keyboard.types("First name", child["name"]["given_name"])
    await keyboard.types("Family name", child["name"]["family_name"])
    await keyboard.dated(child["date_of_birth"])
    await keyboard.follows("Find")


async def says(keyboard: Keyboard) -> str:
    """Return what the page says."""
    return await keyboard.page.locator("main").inner_text()


async def goes(keyboard: Keyboard, stand: Stand, path: str) -> None:
    """Type an address."""
    await keyboard.page.goto(f"{stand.origin}{path}")


async def confirms(keyboard: Keyboard) -> None:
    """Do what a page has said would be done, by the button that says so."""
    name = await keyboard.page.locator('button[name="confirmed"]').inner_text()
    await keyboard.follows(name)
