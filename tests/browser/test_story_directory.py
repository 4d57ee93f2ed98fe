"""By keyboard: the team keeps its directory and looks into its alerts."""

from tests.browser.keys import Keyboard
from tests.browser.sitting import Sitting, confirms, goes, says
from tests.browser.stand import Stand
from tests.stories.asking import NO_WHY
from tests.stories.made import day
from tests.stories.practising import practitioner
from tests.stories.test_override import override, shielded


async def numbered(keyboard: Keyboard, label: str) -> None:
    """Give a number from the range kept for drama."""
    await keyboard.types(label, "01632 960555")


async def test_an_agency_is_added_and_its_door_shown(sits_down: Sitting, stand: Stand) -> None:
    manager = await sits_down("manager")
    await goes(manager, stand, "/team/agencies")
    await manager.follows("Add an agency")
    await manager.types("Name", "Northmere Youth Work")
    await manager.picks("Kind", "Voluntary organisations")
    await numbered(manager, "Duty line")
    await manager.ticks("Monday")
    await manager.types("From", "08:30")
    await manager.types("To", "17:30")
    await manager.types("Safeguarding lead", "Oswin Tarrant")
    await numbered(manager, "The lead's number")
    await manager.ticks("This authority has accredited it")
    await manager.ticks("Its duty line is shown")
    await manager.follows("Add the agency")
    agencies = (await stand.ask("teacher", "GET", "/v1/agencies", why=NO_WHY)).json()["agencies"]
    assert "Northmere Youth Work" in {each["agency"] for each in agencies}


async def test_a_practitioner_is_added_and_their_own_contact_hidden(
    sits_down: Sitting, stand: Stand
) -> None:
    manager = await sits_down("manager")
    await goes(manager, stand, "/team/practitioners")
    await manager.follows("Add a practitioner")
    await manager.picks("Agency", "Northmere Primary School")
    await manager.types("Name", "Petra Lindqvist")
    await manager.types("Team", "Office")
    await numbered(manager, "The team's number")
    await manager.follows("Add the practitioner")
    assert "Petra Lindqvist" in await says(manager)
    hidden = await practitioner(stand.ask, "teacher", "Jory Penhale")
    await goes(manager, stand, f"/team/practitioners/{hidden}")
    await manager.follows("Show the team line only")
    await confirms(manager)
    assert "Everybody but the team is shown the team line only" in await says(manager)


async def test_an_account_is_added(sits_down: Sitting, stand: Stand) -> None:
    manager = await sits_down("manager")
    await goes(manager, stand, "/team/accounts/add")
    await manager.types("Identity provider", stand.issuer.url)
    await manager.types("The login's subject there", "a-new-auditor")
    await manager.picks("Agency", "Northmere Index Management Team")
    await manager.ticks("Practitioner", "Auditor")
    for _ in range(3):
        await manager.dated(day(10))
    await manager.follows("See what this does")
    assert "Nothing has been done yet" in await says(manager)
    await confirms(manager)
    assert "Nothing has been done yet" not in await says(manager)


async def test_an_alert_of_the_team_is_looked_into(sits_down: Sitting, stand: Stand) -> None:
    child_id, _ = await shielded(stand.ask)
    await override(stand.ask, child_id)
    listed = (await stand.ask("manager", "GET", "/v1/alerts", why=NO_WHY)).json()["alerts"]
    alert_id = next(each["id"] for each in listed if each["child_id"] == child_id)
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/alerts/{alert_id}")
    await manager.ticks("No concern", "Explained")
    await manager.follows("See what this does")
    await confirms(manager)
    left = (await stand.ask("manager", "GET", "/v1/alerts", why=NO_WHY)).json()["alerts"]
    assert alert_id not in {each["id"] for each in left}
