"""By keyboard: an index whose backup was restored answers again once two people have agreed."""

from uuid import UUID

import pytest
from playwright.async_api import Browser

from demo.issuer import Issuer
from demo.postgres import Postgres
from tests.authority import Founded
from tests.browser.sitting import confirms, goes, says, sitting
from tests.browser.stand import stand as standing
from tests.sealing.restored import backed_up, begun_anew, restored_from

AGAIN, NONE = "All such decisions since the backup", "There were none since the backup"


async def test_two_people_release_an_index_that_was_restored(
    browser: Browser,
    postgres: Postgres,
    founded: Founded,
    issuer: Issuer,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp
    async with backed_up(postgres, founded, issuer, place("backup")) as backup:
        for scripts in (True, False):
            async with (
                restored_from(backup, issuer, place("restored")) as restored,
                standing(restored.ask.served, issuer, place("pages")) as stand,
                sitting(browser, stand, scripts=scripts) as sits,
            ):
                manager, auditor = await sits("manager"), await sits("auditor")
                await auditor.follows("Alerts on use")
                assert "The index is closed for now" in await says(auditor)
                await goes(manager, stand, "/team/log-releases")
                for said in (AGAIN, NONE, AGAIN):
                    await manager.ticks(AGAIN, said)
                await manager.follows("See what this does")
                assert "goes on answering nobody" in await says(manager)
                await confirms(manager)
                assert "Needs a second person" in await says(manager)
                release = manager.page.url.removeprefix(stand.origin)
                await goes(auditor, stand, release)
                await auditor.follows("See what approving does")
                await confirms(auditor)
                assert "Approved" in await says(auditor)
                entry = auditor.page.locator("dt:has-text('Entry for the sealer') + dd")
                await begun_anew(restored, UUID(await entry.inner_text()))
                await goes(auditor, stand, "/")
                await auditor.follows("Alerts on use")
                assert (await says(auditor)).startswith("How the index is used")
