"""A real browser: how it is started, what is noted of all it does, and how somebody signs in."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
)

from demo.issuer import Issuer
from tests.browser.install import browser

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1280, "height": 900}
ANSWER_MS_MAX = 30_000


def flags() -> list[str]:
    """Return what the browser is started with; only root goes without its own sandbox."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@asynccontextmanager
async def started() -> AsyncIterator[Browser]:
    """Start the browser, without a window."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser(), args=flags())
        try:
            yield running
        finally:
            await running.close()


def origin_of(url: str) -> str:
    """Return an address's origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass
class Noted:
    """All a browser context asked for and complained of."""

    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # paths that a form was sent to
    bytes_by_url: dict[str, int] = field(default_factory=dict)

    def follow(self, context: BrowserContext) -> None:
        """Note what happens in a context from now on."""
        context.on("console", self._said)
        context.on("weberror", lambda fault: self.complaints.append(str(fault.error)))
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium itself says each 4xx page of ours; pages that are to answer so are few.
        said = message.text
        if (
            message.type in ("error", "warning")
            and "the server responded with a status" not in said
        ):
            self.complaints.append(f"{message.type}: {said}")

    def _asked(self, request: Request) -> None:
        self.asked.append(request.url)
        if request.method == "POST":
            self.sent.append(urlsplit(request.url).path)

    def _failed(self, request: Request) -> None:
        if request.failure not in ("net::ERR_ABORTED", None):
            self.complaints.append(f"{request.failure}: {request.url}")

    def strange(self, *known: str) -> list[str]:
        """Return what was asked of other origins than these; data: is part of a page."""
        own = {origin_of(each) for each in known}
        return [url for url in self.asked if origin_of(url) not in own and url[:5] != "data:"]


@asynccontextmanager
async def window(
    running: Browser, noted: Noted | None = None, **more: Any
) -> AsyncIterator[BrowserContext]:
    """Open a window of its own: its own cookies, cache and storage."""
    context = await running.new_context(
        **{"ignore_https_errors": True, "viewport": WIDE, "locale": "en-GB", **more}
    )
    context.set_default_timeout(ANSWER_MS_MAX)
    if noted is not None:
        noted.follow(context)
    try:
        yield context
    finally:
        await context.close()


async def signs_in(page: Page, issuer: Issuer, persona: str) -> None:
    """Go through the provider's pages, from the one that asks for a name, and back to the client.

    A persona who signs in more often than there are codes gets a new phone.
    """
    issuer.second_factors.enrol(issuer.personas[persona].subject)
    if await page.locator("#password").count():
        await page.locator(f'button[name="fill"][value="{persona}"]').click()
        await page.locator('button[value="continue"]').click()
    await gives_code(page)


async def gives_code(page: Page) -> None:
    """Type the code that the demo shows."""
    shown = await page.locator("#demo-code").inner_text()
    await page.locator("#code").fill(shown)
    await page.locator('button[value="continue"]').click()


async def comes_in(page: Page, origin: str, issuer: Issuer, persona: str) -> None:
    """Open the client's first page and sign in from it."""
    await page.goto(f"{origin}/")
    await page.get_by_role("button", name="Sign in").click()
    await signs_in(page, issuer, persona)
    await comes_back(page, origin)


async def comes_back(page: Page, origin: str) -> None:
    """Wait until the provider has sent the browser back, to whatever a persona sees first."""
    await page.wait_for_url(re.compile(rf"{re.escape(origin)}/(?!signed-in|sign-in)"))
