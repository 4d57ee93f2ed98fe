"""After signing out: nothing of anybody in a page, a header, a storage, a log, or on the disk."""

import logging
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser import install
from tests.browser.driving import WIDE, comes_in, flags, window
from tests.browser.left import (
    Heard,
    Visitor,
    facts_of,
    left_in_browser,
    left_on_disk,
    logged,
    told_in,
)
from tests.browser.peopled import Peopled
from tests.browser.stand import Stand
from tests.browser.ways_in import fills, seeds

SHOWN_MIN = 3
_PLANTS = {
    "local": "fact => localStorage.setItem('a', fact)",
    "session": "fact => sessionStorage.setItem('a', fact)",
    "cookie": "fact => { document.cookie = 'a=' + encodeURIComponent(fact) }",
    "cache": "async fact => (await caches.open('a')).put('/a', new Response(fact))",
    "database": """fact => new Promise(good => {
      const asked = indexedDB.open('a', 1)
      asked.onupgradeneeded = () => asked.result.createObjectStore('a').put(fact, 1)
      asked.onsuccess = () => { asked.result.close(); good() }
    })""",
}


@pytest.mark.parametrize("persona", ["teacher", "social_worker", "manager"])
async def test_nothing_of_anybody_is_left_after_all_pages_and_signing_out(
    stand: Stand, made: Peopled, tmp_path: Path, persona: str
) -> None:
    facts, heard = facts_of(made), Heard()
    with logged() as lines:
        async with async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                str(tmp_path),
                executable_path=install.browser(),
                args=flags(),
                ignore_https_errors=True,
                viewport=WIDE,  # type: ignore[arg-type]  # a size as it is asked for
            )
            context.on("response", heard.hear)
            page = context.pages[0]
            await comes_in(page, stand.origin, stand.issuer, persona)
            visitor = Visitor(page, stand.origin, facts=facts)
            await visitor.walks(seeds(persona, made, stand.origin))
            for path, action, fields in fills(persona, made):
                await visitor.fills(path, action, fields)
            assert len(visitor.shown) >= SHOWN_MIN
            cookies = {each["value"] for each in await context.cookies(stand.origin)}
            sessions = stand.sessions
            assert any(sessions.opened(each) for each in cookies)
            await page.get_by_role("button", name="Sign out").click()
            await page.wait_for_url("**/signed-out*")
            opened = sorted({each for paths in visitor.opened.values() for each in paths})
            left = await left_in_browser(context, page, stand.origin, opened, facts)
            left["addresses and headers"] = told_in("\n".join(await heard.lines()), facts)
            await context.close()
    left["log"] = told_in("\n".join(lines), facts)
    left |= left_on_disk(tmp_path, facts)
    assert {place: told for place, told in left.items() if told} == {}
    assert not [each for each in cookies if sessions.opened(each)]
    assert len(lines) > len(opened)  # the log was listened to


@pytest.mark.parametrize("place", _PLANTS)
async def test_what_a_page_left_in_a_storage_would_be_found(
    browser: Browser, stand: Stand, made: Peopled, place: str
) -> None:
    facts = facts_of(made)
    async with window(browser) as context:
        page = await context.new_page()
        await page.goto(stand.origin)
        await page.evaluate(_PLANTS[place], facts[0])
        left = await left_in_browser(context, page, stand.origin, (), facts)
        assert facts[0] in left["storage"]


def test_what_a_log_or_a_file_held_would_be_found(made: Peopled, tmp_path: Path) -> None:
    facts = facts_of(made)
    with logged() as lines:
        logging.getLogger("thin_client.asking").debug("asked about %s", facts[1])
    assert told_in("\n".join(lines), facts) == [facts[1]]
    (tmp_path / "Cache").write_bytes(b"\0" + facts[2].encode("utf-16-le"))
    assert list(left_on_disk(tmp_path, facts).values()) == [[facts[2]]]
