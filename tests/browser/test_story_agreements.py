"""By keyboard: an agreement that widens is compared, proposed, and approved by a second person."""

import json
from urllib.parse import urlsplit

from tests.browser.sitting import Sitting, confirms, goes, says
from tests.browser.stand import Stand
from tests.stories.agreeing import in_force, listed, under_default, wider

APPROVE = "I am the second person, and approve"


async def test_what_widens_is_seen_term_by_term_and_approved_by_a_second_person(
    sits_down: Sitting, stand: Stand
) -> None:
    await under_default(stand.ask)
    before = (await listed(stand.ask))["in_force"]["version"]
    manager = await sits_down("manager")
    for link in ("The team's work", "Sharing agreements", "Propose an agreement"):
        await manager.follows(link)
    await manager.pastes("The agreement's document", json.dumps(wider()))
    await manager.follows("Compare it with what is in force")
    assert "classes, then withheld" in await says(manager)
    assert "Nothing has been done yet" in await says(manager)
    await confirms(manager)
    assert "Which classes of facts are shown" in await says(manager)
    assert "You proposed this agreement" in await says(manager)
    assert await manager.page.get_by_role("button", name=APPROVE).count() == 0
    second = await sits_down("second_manager")
    await goes(second, stand, "/team/agreements")
    proposal = urlsplit(manager.page.url).path.rpartition("/")[2]
    ids = [each["id"] for each in (await listed(stand.ask))["waiting"]]
    await second.follows(f"See all that it widens: proposal {ids.index(proposal) + 1}")
    await second.follows(APPROVE)
    assert "Say that you have read all that it widens" in await says(second)
    assert (await listed(stand.ask))["in_force"]["version"] == before
    await second.ticks("I have read all that it widens")
    await second.follows(APPROVE)
    assert await in_force(stand.ask) == wider()
    assert str(before + 1) in await says(second)
    await second.follows("Read it, and what it changed")
    assert "classes, then withheld" in await says(second)
    await under_default(stand.ask)
