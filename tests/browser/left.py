"""What is looked for once somebody has signed out, and everywhere that it is looked for."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote_plus, urlsplit

from playwright.async_api import BrowserContext, Page, Response

from tests.browser.peopled import LONG_NAME, Peopled
from tests.browser.walking import Walk, name_of

BACK_STEPS: Final = 12
LOGGERS: Final = ("thin_client", "index_client", "uvicorn", "httpx", "starlette", "asyncio")
_ENCODINGS: Final = ("utf-8", "utf-16-le")
# Each kind of storage a page of an origin can write to, read whole.
_KEPT: Final = """async () => {
  const kept = {local: {...localStorage}, session: {...sessionStorage}, name: window.name,
    cookie: document.cookie, state: history.state, caches: [], databases: []}
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const asked of await cache.keys())
      kept.caches.push(asked.url, await (await cache.match(asked)).text())
  }
  for (const {name} of await indexedDB.databases()) {
    const base = await new Promise((good, bad) => {
      const asked = indexedDB.open(name)
      asked.onsuccess = () => good(asked.result)
      asked.onerror = bad
    })
    for (const store of base.objectStoreNames) {
      const asked = base.transaction(store).objectStore(store).getAll()
      kept.databases.push(name, store, await new Promise(good => {
        asked.onsuccess = () => good(asked.result)
      }))
    }
    base.close()
  }
  return JSON.stringify(kept)
}"""


def facts_of(made: Peopled) -> tuple[str, ...]:
    """Return what of children and of those who work with them must not be left anywhere."""
    child = made.child
    numbers = (child["nhs_number"], child["upn"], child["case_number"])
    street = f"{child['address']['house']}, {child['address']['street']}"
    workers = ("Perpetua Featherstonehaugh", "01632 960112", "+441632960112", "Marit Quoyle")
    return (*child["name"].values(), *numbers, street, LONG_NAME, *workers)


def told_in(text: str | bytes, facts: Collection[str]) -> list[str]:
    """Return which facts stand in a text, or in bytes in whatever encoding."""
    if isinstance(text, str):
        return [each for each in facts if each in text or each in unquote_plus(text)]
    return [each for each in facts if any(each.encode(how) in text for how in _ENCODINGS)]


@dataclass
class Visitor(Walk):
    """Somebody who opens all pages they can reach, and remembers which facts they were shown."""

    facts: tuple[str, ...] = ()
    shown: set[str] = field(default_factory=set)

    async def _looks(self, status: int) -> None:
        path = urlsplit(self.page.url).path
        self.opened.setdefault(name_of(path) or str(status), []).append(path)
        self.shown |= set(told_in(await self.page.content(), self.facts))


@dataclass
class Heard:
    """Every address a browser asked for and every header it was answered with."""

    answers: list[Response] = field(default_factory=list)

    def hear(self, answer: Response) -> None:
        """Keep one answer."""
        self.answers.append(answer)

    async def lines(self) -> list[str]:
        """Return them as text."""
        found = []
        for answer in self.answers:
            headers = await answer.headers_array()
            found += [answer.url, *(f"{each['name']}: {each['value']}" for each in headers)]
        return found


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collect every line the client's process logs, of whatever level."""
    lines: list[str] = []

    class Collecting(logging.Handler):
        """Keeps what it is told, as it would be written."""

        def emit(self, record: logging.LogRecord) -> None:
            """Keep one line."""
            lines.append(self.format(record))

    handler, loggers = Collecting(), [logging.getLogger(name) for name in LOGGERS]
    before = [each.level for each in loggers]
    for each in loggers:
        each.addHandler(handler)
        each.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.removeHandler(handler)
            each.setLevel(level)


async def left_in_browser(
    context: BrowserContext,
    page: Page,
    origin: str,
    opened: Collection[str],
    facts: Collection[str],
) -> dict[str, list[str]]:
    """Return where facts are left, by place: storage, cookies, going back, opening again."""
    found = {"storage": told_in(await page.evaluate(_KEPT), facts)}
    cookies = [f"{each['name']}={each['value']}" for each in await context.cookies()]
    found["cookies"] = told_in("\n".join(cookies), facts)
    found["worker"] = [each.url for each in context.service_workers]
    for step in range(BACK_STEPS):
        await page.go_back()
        found[f"back {step}"] = told_in(await page.content(), facts)
    for path in opened:
        await page.goto(f"{origin}{path}")
        found[path] = told_in(await page.content(), facts)
    return {place: told for place, told in found.items() if told}


def left_on_disk(place: Path, facts: Collection[str]) -> dict[str, list[str]]:
    """Return which files of a browser's profile hold facts."""
    files = [each for each in place.rglob("*") if each.is_file()]
    found = {str(each): told_in(each.read_bytes(), facts) for each in files}
    return {name: told for name, told in found.items() if told}
