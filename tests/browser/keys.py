"""Somebody with a keyboard and nothing else: Tab, Enter, Space, arrows, letters."""

import asyncio

from playwright.async_api import Page

STEPS_MAX = 160
PLACED_S_MAX = 10
_PICKED = "() => document.activeElement.selectedOptions[0].text"
_HERE = """() => {
  const e = document.activeElement
  if (!e || e === document.body) return ['', true]
  const says = e.labels && e.labels.length ? e.labels[0].textContent
    : e.getAttribute('aria-label') || e.textContent
  const drawn = [e, e.parentElement].flatMap(each => ['', '::before'].map(
    part => getComputedStyle(each, part || null)))
  const shown = drawn.some(style => (style.outlineStyle !== 'none' && style.outlineWidth !== '0px')
    || style.boxShadow !== 'none')
  return [says.trim().replace(/\\s+/g, ' '), shown]
}"""


class Keyboard:
    """Uses a page by its keyboard alone; each place it comes by must show that it is there."""

    def __init__(self, page: Page) -> None:
        """Bind a page."""
        self.page = page
        self.pressed = 0

    async def to(self, name: str) -> None:
        """Go on by Tab until what has the focus is called so."""
        passed: list[str] = []
        for _ in range(STEPS_MAX):
            await self._press("Tab")
            said, shown = await self.page.evaluate(_HERE)
            assert shown, f"nothing shows that the focus is on {said!r}"
            if said.startswith(name):
                return
            passed.append(said)
        raise AssertionError(f"no Tab leads to {name!r}, but to {passed}")

    async def here(self) -> str:
        """Return what has the focus is called."""
        said: str = (await self.page.evaluate(_HERE))[0]
        return said

    async def types(self, label: str, text: str) -> None:
        """Type into a field, in place of what stands there."""
        await self.to(label)
        await self._press("Control+a")
        await self.page.keyboard.type(text)

    async def pastes(self, label: str, text: str) -> None:
        """Put a text into a field at once, as from the clipboard, in place of what stands there."""
        await self.to(label)
        await self._press("Control+a")
        await self.page.keyboard.insert_text(text)

    async def dated(self, iso: str) -> None:
        """Type a date into the next three fields of one."""
        year, month, day = iso.split("-")
        for label, digits in (("Day", day), ("Month", month), ("Year", year)):
            await self.types(label, digits)

    async def ticks(self, first: str, wanted: str = "") -> None:
        """Tick a box, or one of a group of radios: into the group by Tab, within it by arrows."""
        await self.to(first)
        for _ in range(STEPS_MAX if wanted else 0):
            if (await self.here()).startswith(wanted):
                break
            await self._press("ArrowDown")
        await self._press("Space")

    async def picks(self, label: str, option: str) -> None:
        """Choose from a list by its arrows.

        Not by its letters: after a second without one they begin anew, and a space then opens
        the list, which takes all keys that were meant for the page.
        """
        await self.to(label)
        await self._press("Home")
        for _ in range(STEPS_MAX):
            if await self.page.evaluate(_PICKED) == option:
                return
            await self._press("ArrowDown")
        raise AssertionError(f"{label!r} offers no {option!r}")

    async def follows(self, name: str) -> None:
        """Go to a link or button, and press Enter; wait for what it leads to."""
        await self.to(name)
        async with self.page.expect_navigation():
            await self._press("Enter")

    async def says_why(self, reason: str = "To contact others who work with the child") -> None:
        """Say why, wherever a page asks for it."""
        await self.ticks("Keep a child safe")
        await self.picks("For what, this time?", reason)

    async def signs_in(self, title: str) -> None:
        """Sign in from the client's page that offers it, with the code that the demo shows."""
        await self.follows("Sign in")
        await self.follows(title)
        await self._placed("Continue")
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")
        await self.gives_code()

    async def gives_code(self) -> None:
        """Type the code that is shown; the page puts the focus where it goes."""
        shown = await self.page.locator("#demo-code").inner_text()
        await self._placed("Six-digit code")
        await self.page.keyboard.type(shown)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def _placed(self, name: str) -> None:
        """Wait until a page that was just opened has put the focus where it says it does.

        By name: a button of the page before, which had the focus too, is not the one meant.
        """
        for _ in range(PLACED_S_MAX * 20):
            if (await self.here()).startswith(name):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the page puts the focus on {await self.here()!r}, not on {name!r}")

    async def _press(self, key: str) -> None:
        self.pressed += 1
        await self.page.keyboard.press(key)
