"""What a browser could be made to do or to keep: back, tabs, forged forms, caches, clicks."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright

from tests.browser import install
from tests.browser.conftest import Opening
from tests.browser.driving import WIDE, Noted, comes_in, flags, signs_in, window
from tests.browser.stand import Stand
from tests.stories.made import Stated, a_child

HOSTILE = (
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}<svg/onload=alert(1)>",
    "javascript:alert(1)//\u202e</title><body onload=alert(1)>",
)
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


async def searches(page: Page, child: Stated) -> None:
    """Search by name and date of birth, from the first page."""
    await page.locator('[name="purpose"][value="safeguard"]').check()
    await page.locator("#reason").select_option("contact_practitioner")
    for name, text in child["name"].items():
        await page.locator(f"#{name}").fill(text)
    year, month, day = child["date_of_birth"].split("-")
    for part, digits in (("day", day), ("month", month), ("year", year)):
        await page.locator(f'[name="born-{part}"]').fill(digits)
    await page.get_by_role("button", name="Find").click()


async def opens(page: Page, child: Stated) -> str:
    """Search for a child and open the record; return what the page holds."""
    await searches(page, child)
    await page.get_by_role("link", name="Open the record of").click()
    await page.wait_for_url("**/children/*")
    return await page.content()


def tells(text: str | bytes, child: Stated) -> list[str]:
    """Return which facts of a child stand in a text, or in bytes in whatever encoding."""
    street = f"{child['address']['house']}, {child['address']['street']}"
    facts = (*child["name"].values(), child["nhs_number"], child["upn"], street)
    if isinstance(text, str):
        return [each for each in facts if each in text]
    spellings = ("utf-8", "utf-16-le")
    return [each for each in facts if any(each.encode(how) in text for how in spellings)]


async def elsewhere(page: Page, body: str) -> None:
    """Open a page of another site."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=body, content_type="text/html")

    await page.route("http://elsewhere.example/", answer)
    await page.goto("http://elsewhere.example/")


async def made(stand: Stand) -> tuple[Stated, str]:
    """Return a child with an involvement, and its id."""
    child = a_child()
    child_id = await stand.ask.create(child)
    await stand.ask.begin("social_worker", child_id)
    return child, child_id


@SCRIPTS
async def test_back_after_signing_out_shows_nothing(
    opened: Opening, stand: Stand, scripts: bool
) -> None:
    child, _ = await made(stand)
    context = await opened("teacher", java_script_enabled=scripts)
    page = context.pages[0]
    assert len(tells(await opens(page, child), child)) > 3
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/signed-out*")
    for _ in range(6):
        await page.go_back()
        assert tells(await page.content(), child) == []
    own = [each for each in await context.cookies(stand.origin) if "openid" not in each["name"]]
    assert [each["name"] for each in own if "session" in each["name"]] == []
    if scripts:
        kept = "() => localStorage.length + sessionStorage.length"
        assert await page.evaluate(kept) == 0


async def test_nothing_of_a_child_is_left_on_the_disk(stand: Stand, tmp_path: Path) -> None:
    child, child_id = await made(stand)
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(tmp_path),
            executable_path=install.browser(),
            args=flags(),
            ignore_https_errors=True,
            viewport=WIDE,  # type: ignore[arg-type]  # a size as it is asked for
        )
        page = context.pages[0]
        await comes_in(page, stand.origin, stand.issuer, "teacher")
        assert len(tells(await opens(page, child), child)) > 3
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/signed-out*")
        await context.close()
    written = _written(tmp_path)
    assert {name: told for name, text in written.items() if (told := tells(text, child))} == {}
    # The scan looks where a browser writes: addresses it keeps are there, and hold random ids.
    assert any(f"/children/{child_id}".encode() in text for text in written.values())


def _written(place: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in place.rglob("*") if file.is_file()}


async def test_two_tabs_stay_with_their_own_child(opened: Opening, stand: Stand) -> None:
    (one, one_id), (other, other_id) = await made(stand), await made(stand)
    context = await opened("teacher")
    left, right = context.pages[0], await context.new_page()
    await right.goto(f"{stand.origin}/")
    await searches(left, one)
    await searches(right, other)
    await left.reload()
    assert tells(await left.content(), one)
    assert tells(await left.content(), other) == []
    for page, child_id in ((left, one_id), (right, other_id)):
        await page.get_by_role("link", name="Open the record of").click()
        await page.wait_for_url(f"**/children/{child_id}")
    await left.go_back()
    assert tells(await left.content(), one)
    assert tells(await left.content(), other) == []


async def test_a_form_of_another_site_does_nothing(browser: Browser, stand: Stand) -> None:
    async with window(browser) as context:
        page = await context.new_page()
        await comes_in(page, stand.origin, stand.issuer, "teacher")
        form = f'<form method="post" action="{stand.origin}/sign-out"><button>Win</button></form>'
        await page.route(
            "http://elsewhere.example/",
            lambda route: route.fulfill(body=form, content_type="text/html"),
        )
        await page.goto("http://elsewhere.example/")
        async with page.expect_navigation() as led:
            await page.get_by_role("button").click()
        answer = await led.value
        assert answer is not None
        assert answer.status == 403
        await page.goto(f"{stand.origin}/")
        assert "Who works with this child?" in await page.content()
        assert await page.get_by_role("button", name="Sign out").count() == 1


async def test_a_page_of_another_site_cannot_frame_ours(browser: Browser, stand: Stand) -> None:
    async with window(browser) as context:
        page = await context.new_page()
        body = f'<iframe src="{stand.origin}/sign-in/again"></iframe>'
        await page.route(
            "http://elsewhere.example/",
            lambda route: route.fulfill(body=body, content_type="text/html"),
        )
        await page.goto("http://elsewhere.example/")
        framed = page.frames[1] if len(page.frames) > 1 else None
        assert framed is None or "Sign in" not in await framed.content()


async def test_a_session_fixed_beforehand_opens_nothing(browser: Browser, stand: Stand) -> None:
    async with window(browser) as thief, window(browser) as context:
        theirs = await thief.new_page()
        await comes_in(theirs, stand.origin, stand.issuer, "health_visitor")
        (fixed,) = [each for each in await thief.cookies(stand.origin) if _is_session(each)]
        await context.add_cookies([fixed])  # type: ignore[list-item]  # as it was told
        page = await context.new_page()
        await page.goto(f"{stand.origin}/sign-in")
        await signs_in(page, stand.issuer, "teacher")
        await page.wait_for_url(f"{stand.origin}/")
        (own,) = [each for each in await context.cookies(stand.origin) if _is_session(each)]
        assert own["value"] != fixed["value"]
        assert own["httpOnly"]
        await theirs.goto(f"{stand.origin}/")
        assert await theirs.get_by_role("button", name="Sign out").count() == 0


def _is_session(cookie: Any) -> bool:
    return re.fullmatch(r"(__Host-)?session(-\d+)?", cookie["name"]) is not None


async def test_what_is_typed_stays_text_however_hostile(opened: Opening, noted: Noted) -> None:
    context = await opened("teacher")
    page = context.pages[0]
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for text in HOSTILE:
        await page.goto(page.url.partition("/results")[0])
        await searches(page, {**a_child(), "name": {"given_name": text, "family_name": text}})
        await page.wait_for_load_state()
        field = page.locator("#given_name")
        assert not await field.count() or await field.input_value() == text
        assert await page.locator("script:not([src]), [onerror], [onload], img").count() == 0
        assert "49" not in await page.locator("main").inner_text()
    assert said == []


@SCRIPTS
async def test_a_double_click_asks_once(
    opened: Opening, stand: Stand, noted: Noted, scripts: bool
) -> None:
    _, child_id = await made(stand)
    context = await opened("teacher", java_script_enabled=scripts)
    page = context.pages[0]
    await page.goto(f"{stand.origin}/children/{child_id}/contact")
    await page.locator('[name="purpose"][value="safeguard"]').check()
    await page.locator("#reason").select_option("contact_practitioner")
    await page.get_by_role("button", name="Go on").click()
    await page.locator('[name="urgency"][value="same_day"]').check()
    await page.locator("#phone").fill("01632 960121")
    await page.get_by_role("button", name="Ask the team").dblclick()
    await page.wait_for_url("**/contact-requests/*")
    sent = noted.sent.count(f"/children/{child_id}/contact")
    assert sent == 1 if scripts else sent >= 1
    told = (await stand.ask("teacher", "GET", "/v1/contact-requests")).json()["requests"]
    assert len([each for each in told if each["child_id"] == child_id]) == 1
