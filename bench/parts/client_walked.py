"""A new practitioner's way from the client's first page to a number to ring, as people type."""

import asyncio
import re
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from playwright.async_api import Browser, Locator, Page, Response

from bench.parts.client_tasks import Pace, Task
from demo.issuer import Issuer
from tests.browser.driving import comes_back, started, window
from tests.browser.looking import weight_of


@dataclass(slots=True)
class Came:
    """What came of one task."""

    kind: str
    to_login_s: float = 0.0  # from the first page until the login was over
    whole_s: float = 0.0
    screens: int = 0  # after the login
    reached: bool = False
    own_ms: list[float] = field(default_factory=list)
    queue_ms: list[float] = field(default_factory=list)  # of its own: without a processor
    index_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    weight: int = 0

    def take(self, answer: Response, origin: str) -> None:
        """Take the server's times from a page's answer."""
        # What signing in takes is the provider's; what is static is the browser's after once.
        if not answer.url.startswith(origin) or re.search(r"/(static|sign)", answer.url):
            return
        if answer.status != 200:  # a step on the way draws nothing, and would flatter
            return
        said = dict(re.findall(r"(\w+);dur=([\d.]+)", answer.headers.get("server-timing", "")))
        if said:
            self.own_ms.append(float(said["all"]) - float(said["index"]))
            self.queue_ms.append(float(said["queue"]))
            self.index_ms.append(float(said["index"]))
            self.cpu_ms.append(float(said["cpu"]))


@dataclass(frozen=True, slots=True)
class Walks:
    """Where the tasks are done, how fast, and with which duty lines."""

    browser: Browser
    origin: str
    issuer: Issuer
    pace: Pace
    duty_lines: frozenset[str]

    async def all(self, tasks: Sequence[Task], at_once: int) -> list[Came]:
        """Do every task, so many people at a time.

        One persona's after one another, as a code is good for one use.
        """
        lanes: dict[str, list[Task]] = {}
        for task in tasks:
            lanes.setdefault(task.persona, []).append(task)
        room = asyncio.Semaphore(at_once)
        done = await asyncio.gather(*(self._lane(lane, room) for lane in lanes.values()))
        return [came for lane in done for came in lane]

    async def _lane(self, lane: list[Task], room: asyncio.Semaphore) -> list[Came]:
        async with room:
            return [await self.one(task) for task in lane]

    async def one(self, task: Task) -> Came:
        """Do one task in a browser nobody has used."""
        came = Came(task.kind)
        async with AsyncExitStack() as stack:
            context = await stack.enter_async_context(window(self.browser))
            page = await context.new_page()
            page.on("response", lambda answer: came.take(answer, self.origin))
            started = time.monotonic()
            await page.goto(f"{self.origin}/")
            await self._signs_in(page, task.persona)
            came.to_login_s = time.monotonic() - started
            came.screens = 1
            came.weight = await weight_of(page)
            await self._searches(page, task)
            came.screens = 2
            came.weight = max(came.weight, await weight_of(page))
            shown = await self._number(page, task)
            came.whole_s = time.monotonic() - started
            came.reached = shown == task.number if task.number else shown in self.duty_lines
            await self._opens(page)  # off the clock: what the largest page weighs and takes
            came.weight = max(came.weight, await weight_of(page))
        return came

    async def _signs_in(self, page: Page, persona: str) -> None:
        pace = self.pace
        await asyncio.sleep(pace.looks_s)
        self.issuer.second_factors.enrol(self.issuer.personas[persona].subject)
        await page.get_by_role("button", name="Sign in").click()
        await asyncio.sleep(pace.looks_s)
        await page.locator(f'button[name="fill"][value="{persona}"]').click()
        await asyncio.sleep(pace.field_s)
        await page.locator('button[value="continue"]').click()
        code = await page.locator("#demo-code").inner_text()
        await asyncio.sleep(pace.reads_code_s)
        await self._types(page.locator("#code"), code)
        await page.keyboard.press("Enter")
        await comes_back(page, self.origin)

    async def _searches(self, page: Page, task: Task) -> None:
        await asyncio.sleep(self.pace.looks_s)
        await page.locator('[name="purpose"][value="safeguard"]').check()
        await asyncio.sleep(self.pace.chooses_s)
        await page.locator("#reason").select_option("contact_practitioner")
        await asyncio.sleep(self.pace.chooses_s)
        for name, text in task.typed.items():
            await self._types(page.locator(f'[name="{_field(name)}"]'), text)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/results/*")

    async def _opens(self, page: Page) -> None:
        """Open the first record an answer leads to, if it leads to one."""
        link = page.get_by_role("link", name=re.compile("^Open the record of"))
        if await link.count():
            await link.first.click()
            await page.wait_for_url("**/children/*")

    async def _types(self, place: Locator, text: str) -> None:
        await asyncio.sleep(self.pace.field_s)
        await place.press_sequentially(text, delay=self.pace.key_s * 1000)

    async def _number(self, page: Page, task: Task) -> str:
        """Return the first number one sees for this child, or at all where no service is told."""
        if task.kind == "one of several":
            await asyncio.sleep(self.pace.reads_answer_s)
            about = page.get_by_text(f"Whom to ring about {task.name}")
            await about.click()
            place = page.locator("details", has=about).locator('a[href^="tel:"]')
        else:
            place = page.locator('main a[href^="tel:"]')
        await asyncio.sleep(self.pace.reads_answer_s)
        for one in await place.all():
            if await one.is_visible():
                return str(await one.get_attribute("href")).removeprefix("tel:")
        return ""


def _field(name: str) -> str:
    return "born-day" if name == "born" else name


async def walked(
    where: tuple[str, Issuer], pace: Pace, duty_lines: frozenset[str], tasks: Sequence[Task]
) -> list[Came]:
    """Do every task in a browser of this machine, at an origin with its provider."""
    async with started() as browser:
        return await Walks(browser, *where, pace, duty_lines).all(tasks, pace.at_once)
