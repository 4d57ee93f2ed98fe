"""Somebody who opens every page they can reach by links and forms, and looks at each."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page
from starlette.routing import compile_path

from tests.browser.looking import complaints_of, weight_of
from thin_client.pages import PAGES
from thin_client.pages.page import Page as Known

EACH_MAX: Final = 1  # addresses of one page that a persona opens: more show the same
PAGES_MAX: Final = 400
NOT_PAGES: Final = ("/sign-out", "/sign-in", "/static/", "/launch")
_SAYS: Final = {
    "purpose": "safeguard",
    "reason": "contact_practitioner",
    "reference": "NM/20/114",
    "case": "AUD/2026-17",
}
_TYPED: Final = "input[type=text]:visible, input[type=radio], input[type=checkbox], select"
_LEADS = """() => [...document.querySelectorAll('a[href], form[action]')].map(
  each => each.getAttribute(each.tagName === 'A' ? 'href' : 'action'))"""
_WHY = """() => [...document.forms].map(each => each.getAttribute('action'))
  .find(each => /^.(why|case)./.test(each)) || ''"""


async def _offered(form: Locator, name: str, word: str) -> str:
    """Return a word if a form offers it or takes any; the first that it offers otherwise."""
    offers = form.locator(
        f'[name="{name}"][type=radio], [name="{name}"] option[value]:not([value=""])'
    )
    words: list[str] = await offers.evaluate_all("all => all.map(each => each.value)")
    return words[0] if words and word not in words else word


def _known() -> list[tuple[Any, Known]]:
    return [(compile_path(each.path)[0], each) for each in PAGES if each.get is not None]


def name_of(path: str) -> str | None:
    """Return the name of the page at a path, as the log says it."""
    return next((page.name for shape, page in _known() if shape.match(path)), None)


def names() -> set[str]:
    """Return the name of every page that can be opened."""
    return {page.name for _, page in _known()}


@dataclass
class Walk:
    """One persona's walk: what was opened, what it answered, what is at fault."""

    page: Page
    origin: str
    opened: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    not_shown: dict[str, int] = field(default_factory=dict)
    heaviest: int = 0
    with_forms: dict[str, str] = field(default_factory=dict)
    said_missing: set[str] = field(default_factory=set)

    async def walks(self, seeds: Sequence[str]) -> None:
        """Open the seeds, each of them, and whatever pages lead to, breadth first."""
        waiting, met = deque(seeds), set(seeds)
        wanted = set(seeds)
        for _ in range(PAGES_MAX):
            if not waiting:
                return
            path = waiting.popleft()
            name = name_of(path.partition("?")[0])
            enough = len(self.opened.get(name or "", [])) >= EACH_MAX
            if path not in wanted and (name is None or enough):
                continue
            for found in await self._opens(path):
                if found not in met:
                    met.add(found)
                    waiting.append(found)

    async def _opens(self, path: str) -> list[str]:
        answer = await self.page.goto(f"{self.origin}{path}")
        assert answer is not None
        await self._looks(answer.status)
        if why := await self.page.evaluate(_WHY):
            await self._says_why(why)
            await self._looks(200)
        leads: list[str] = await self.page.evaluate(_LEADS)
        if await self.page.locator("main form").count():
            self.with_forms.setdefault(name_of(urlsplit(self.page.url).path) or path, path)
        return [each for each in leads if self._is_ours(each)]

    async def looks_at(self, *paths: str) -> None:
        """Open these pages alone, wherever they lead."""
        for path in paths:
            await self._opens(path)

    async def fills(self, path: str, action: str, fields: Mapping[str, str]) -> None:
        """Fill in and send a form of a page; look at where it leads, and walk on from there."""
        await self.sends(path, action, fields)
        leads: list[str] = await self.page.evaluate(_LEADS)
        came = self.page.url
        known = {each for opened in self.opened.values() for each in opened}
        await self.walks([each for each in leads if self._is_ours(each) and self._new(each, known)])
        await self.page.goto(came)

    async def sends(self, path: str, action: str, fields: Mapping[str, str]) -> None:
        """Fill in and send a form of a page; look at where it leads.

        Without a path it is the page one is on; without an action its first form.
        """
        if path:
            await self.page.goto(f"{self.origin}{path}")
        which = f'form[action="{action}"]' if action else "main form"
        form = self.page.locator(which).first
        for name, value in fields.items():
            await self._fills_one(form, name, value)
        async with self.page.expect_navigation() as led:
            await form.locator('button[type="submit"], button.govuk-button').last.click()
        answer = await led.value
        await self._looks(answer.status if answer is not None else 0)

    def _new(self, path: str, known: Collection[str]) -> bool:
        return name_of(path.partition("?")[0]) not in self.opened and path not in known

    async def sends_empty(self, known: Collection[str] = ()) -> None:
        """Send every form that was met with nothing in it; look at what it says is missing.

        Those known from another's walk are left out.

        What a form of no necessary field then does is done: it comes last.
        """
        for name, path in list(self.with_forms.items()):
            if name in known:
                continue
            await self.page.goto(f"{self.origin}{path}")
            for place in range(await self.page.locator("main form").count()):
                await self.page.goto(f"{self.origin}{path}")
                await self._sends_empty(self.page.locator("main form").nth(place))

    async def _sends_empty(self, form: Locator) -> None:
        fields = form.locator("input:not([type=hidden]):not([type=radio]):not([type=checkbox])")
        if not await form.locator(_TYPED).count():
            return
        for place in range(await fields.count()):
            if await fields.nth(place).is_visible():
                await fields.nth(place).fill("")
        async with self.page.expect_navigation() as led:
            await form.locator("button").last.click()
        answer = await led.value
        if answer is not None and answer.status == 400:
            path = urlsplit(self.page.url).path
            self.said_missing.add(name_of(path) or path)
            if faults := await complaints_of(self.page):
                self.faults[f"{path} (sent empty)"] = faults

    async def _fills_one(self, form: Locator, name: str, value: str) -> None:
        field = form.locator(f'[name="{name}"]')
        kind = await field.first.evaluate("each => each.type")
        if kind in ("radio", "checkbox"):
            await form.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            await field.select_option(value)
        else:
            await field.fill(value)

    @staticmethod
    def _is_ours(path: str) -> bool:
        return path[:1] == "/" and not path.startswith(NOT_PAGES)

    async def _says_why(self, action: str) -> None:
        form = self.page.locator(f'form[action="{action}"]')
        for name, word in _SAYS.items():
            if await form.locator(f'[name="{name}"]').count():
                await self._fills_one(form, name, await _offered(form, name, word))
        async with self.page.expect_navigation():
            await form.locator("button").last.click()

    async def _looks(self, status: int) -> None:
        path = urlsplit(self.page.url).path
        name = name_of(path)
        if status != 200 or name is None:
            self.not_shown[f"{name} {path}"] = status
            return
        self.opened.setdefault(name, []).append(path)
        if faults := await complaints_of(self.page):
            self.faults[path] = faults
        self.heaviest = max(self.heaviest, await weight_of(self.page))
