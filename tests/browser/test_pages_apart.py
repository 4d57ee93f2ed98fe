"""Pages that one authority by itself, today, cannot come to: looked at like all the others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser

from demo.issuer import Issuer
from demo.postgres import Postgres
from tests.authority import Founded
from tests.browser.driving import Noted, comes_in, window
from tests.browser.looking import told
from tests.browser.stand import Stand
from tests.browser.stand import stand as standing
from tests.browser.walking import Walk
from tests.browser.ways_in import ACROSS, LATER, RESTORED
from tests.federation.posting import CAMFIELD, NORTHMERE, agreed, move_of, moved, proposed
from tests.federation.posting import told as sent
from tests.federation.test_moving import living
from tests.region import RegionServed
from tests.sealing.restored import STATED, backed_up, restored_from
from tests.stories.made import a_child
from tests.stories.telling import CHILD, of_then, waits


@asynccontextmanager
async def manager_at(browser: Browser, stand: Stand) -> AsyncIterator[Walk]:
    """Let a manager look at pages; none may be at fault, complain, or ask a third party."""
    noted = Noted()
    async with window(browser, noted) as context:
        page = await context.new_page()
        await comes_in(page, stand.origin, stand.issuer, "manager")
        walk = Walk(page, stand.origin)
        yield walk
    assert not walk.faults, told(walk.faults)
    assert walk.not_shown == {}
    assert noted.complaints == []
    assert noted.strange(*stand.own) == []


async def test_the_report_of_who_looked_in_months_that_are_over(
    browser: Browser, stand: Stand, later: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.shown("teacher", child_id)
    request_id = await waits(later.ask, child_id, of_then(CHILD))
    path = f"/children/{child_id}/who-looked/{request_id}"
    async with manager_at(browser, later) as walk:
        await walk.sends(path, f"{path}/release", {"case": "SAR/2026-9"})
    assert walk.opened.keys() == LATER


async def test_a_move_between_authorities_on_both_sides_and_a_member_suspended(
    browser: Browser, stands: dict[str, Stand], region: RegionServed
) -> None:
    child, child_id, _ = await living(region, CAMFIELD)
    await proposed(region[NORTHMERE], CAMFIELD, child)
    await sent(region[NORTHMERE])
    move_id = (await move_of(region[CAMFIELD], child))["transfer_id"]
    async with manager_at(browser, stands[CAMFIELD]) as holding:
        move = f"/team/moves/{move_id}"
        await holding.looks_at(move, f"{move}/agree/{child_id}")
    await agreed(region[CAMFIELD], child_id, move_id)
    await moved(region, CAMFIELD, NORTHMERE)
    came = await move_of(region[NORTHMERE], child)
    async with manager_at(browser, stands[NORTHMERE]) as receiving:
        move = f"/team/moves/{came['transfer_id']}"
        await receiving.looks_at("/team/moves", move, f"{move}/review/{came['child_id']}")
        member = f"/team/peers/{CAMFIELD}"
        await receiving.looks_at("/team/peers", f"{member}/suspend", f"{member}/release")
    opened = holding.opened.keys() | receiving.opened.keys()
    assert opened - {"moves", "peers"} == ACROSS


async def test_the_release_of_an_index_whose_backup_was_restored(
    browser: Browser,
    postgres: Postgres,
    founded: Founded,
    issuer: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp
    async with (
        backed_up(postgres, founded, issuer, place("backup")) as backup,
        restored_from(backup, issuer, place("restored")) as restored,
        standing(restored.ask.served, issuer, place("pages")) as stand,
        manager_at(browser, stand) as walk,
    ):
        assert restored.closed
        await walk.sends("/team/log-releases", "/team/log-releases", STATED)
        await walk.page.locator('button[name="confirmed"]').click()
        await walk.page.wait_for_url("**/team/log-releases/*")
        await walk.looks_at(walk.page.url.removeprefix(stand.origin))
    assert walk.opened.keys() - {"log_release_asked"} == RESTORED
