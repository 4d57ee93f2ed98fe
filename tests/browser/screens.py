"""Pictures of the main pages for docs/THIN_CLIENT.md, of a made population.

python -m tests.browser.screens   writes docs/screens/*.png anew
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.async_api import Browser, Page

from demo.authority import issuer_and_database, migrate, new_database
from tests.authority import founded_settings, serving
from tests.browser.driving import comes_in, started, window
from tests.browser.peopled import Peopled, peopled
from tests.browser.stand import Stand, stand
from tests.browser.ways_in import CASE, WHY

PLACE: Final = Path(__file__).resolve().parents[2] / "docs" / "screens"
PHONE: Final = {"width": 390, "height": 780}
DESK: Final = {"width": 960, "height": 600}
BYTES_MAX: Final = 100_000


async def fills(page: Page, fields: dict[str, str]) -> None:
    """Fill in the fields of a page's form, and send it."""
    for name, text in fields.items():
        place = page.locator(f'main [name="{name}"]')
        kind = await place.first.evaluate("each => each.type")
        if kind == "radio":
            await page.locator(f'main [name="{name}"][value="{text}"]').check()
        elif kind == "select-one":
            await place.select_option(text)
        else:
            await place.fill(text)
    async with page.expect_navigation():
        await page.locator("main form button").last.click()


async def shoots(page: Page, name: str) -> None:
    """Keep what one sees first; ValueError if it is too large to be kept with the code."""
    picture = await page.screenshot(scale="css", animations="disabled")
    if len(picture) > BYTES_MAX:
        raise ValueError(f"{name} has {len(picture)} bytes")
    await asyncio.to_thread((PLACE / f"{name}.png").write_bytes, picture)


async def phone(browser: Browser, whole: Stand, made: Peopled) -> None:
    """A teacher with a telephone: from the first page to whom to ring."""
    year, month, day = made.child["date_of_birth"].split("-")
    born = {"born-day": day, "born-month": month, "born-year": year}
    async with window(browser, viewport=PHONE) as context:
        page = await context.new_page()
        await page.goto(f"{whole.origin}/")
        await shoots(page, "sign-in")
        await comes_in(page, whole.origin, whole.issuer, "teacher")
        await shoots(page, "search")
        await fills(page, {**WHY, **made.child["name"], **born})
        await shoots(page, "answer")
        await page.get_by_role("link", name="Open the record of").click()
        await page.wait_for_url("**/children/*")
        await shoots(page, "child")
        await page.goto(f"{whole.origin}/")
        nobody = {"given_name": "Zyxw", "family_name": "Vutsrq"}
        await fills(page, {**WHY, **nobody, **born})
        await shoots(page, "none")


async def desks(browser: Browser, whole: Stand, made: Peopled) -> None:
    """The team, an auditor and a supervisor at their desks."""
    for persona, name, path in (
        ("social_worker", "mine", "/mine"),
        ("manager", "team", "/team"),
        ("manager", "held", f"/team/holds/{made.ids['held']}"),
        ("auditor", "log", "/log"),
    ):
        async with window(browser, viewport=DESK) as context:
            page = await context.new_page()
            await comes_in(page, whole.origin, whole.issuer, persona)
            await page.goto(f"{whole.origin}{path}")
            if persona == "auditor":
                await fills(page, {"case": CASE, "child_id": made.ids["child"]})
            await shoots(page, name)


async def main() -> int:
    """Bring everything up, and take the pictures."""
    PLACE.mkdir(exist_ok=True)
    with TemporaryDirectory() as place:
        async with issuer_and_database(fsync=False) as (postgres, issuer, directory):
            new_database(postgres, "screens")
            await asyncio.to_thread(migrate, postgres.url("{role}", "screens"))
            keys = directory / "keys"
            settings = await founded_settings(postgres, "screens", issuer, keys)
            async with (
                serving(postgres, "screens", settings) as served,
                stand(served, issuer, Path(place)) as whole,
                started() as browser,
            ):
                made = await peopled(whole.ask)
                await phone(browser, whole, made)
                await desks(browser, whole, made)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
