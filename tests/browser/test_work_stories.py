"""The work behind the scenes by keyboard alone, with JavaScript and without: team, officers."""

import pytest

from tests.browser.keys import Keyboard
from tests.browser.sitting import Sitting, confirms, goes, says, searches
from tests.browser.stand import SYSTEM, Stand
from tests.stories.asking import NO_WHY, Ask, refused
from tests.stories.consent_said import read as consents_of
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, contact
from tests.stories.practising import practising
from tests.stories.test_brokering import asked as contact_asked
from tests.stories.test_brokering import told as contact_told
from tests.stories.test_holds import held_by_name, listed
from tests.stories.test_misuse import canary_alert
from tests.stories.test_override import investigated, override, shielded
from tests.stories.test_supervised_samples import drawn
from tests.stories.test_supervision import got

CASE = "AUD/2026-17"


async def recorded(ask: Ask) -> tuple[Stated, str]:
    """Record a child; return its facts and its id."""
    child = a_child()
    return child, await ask.create(child)


async def test_a_consent_is_recorded_and_withdrawn(sits_down: Sitting, stand: Stand) -> None:
    child, child_id = await recorded(stand.ask)
    worker = await sits_down("social_worker")
    await searches(worker, child)
    for link in ("Open the record of", "Consents", "Record a consent or a refusal"):
        await worker.follows(link)
    await worker.ticks("Share what was told", "Tell that a common assessment")
    await worker.ticks("Given")
    await worker.ticks("The child", "The child")
    await worker.ticks("The child understands enough")
    await worker.ticks("None: nothing", "A short code")
    await worker.follows("Record it")
    assert "A code to keep" in await says(worker)
    await worker.follows("Consents")
    await worker.follows("Withdraw it")
    await worker.ticks("The child", "The child")
    await worker.ticks("The child understands enough")
    await worker.follows("Withdraw it")
    (one,) = (await consents_of(stand.ask, "social_worker", child_id))["consents"]
    assert not one["in_force"]


async def test_what_is_not_found_leads_to_a_front_door(sits_down: Sitting) -> None:
    teacher = await sits_down("teacher")
    await searches(teacher, a_child(name={"given_name": "Zyxw", "family_name": "Vutsrq"}))
    assert "How complete this is" in await says(teacher)
    assert await teacher.page.locator('main a[href^="tel:"]').count() > 1


async def test_a_case_systems_link_opens_the_child(sits_down: Sitting, stand: Stand) -> None:
    child, child_id = await recorded(stand.ask)
    teacher = await sits_down("teacher")
    link = SYSTEM.link(aud=f"{stand.origin}/launch", child=child_id)
    await goes(teacher, stand, f"/launch?link={link}")
    await teacher.says_why()
    await teacher.follows("Go on")
    assert child["address"]["street"] in await says(teacher)


@pytest.mark.parametrize("decision", ["another", "same"])
async def test_a_record_that_waits_is_released_or_joined(
    sits_down: Sitting, stand: Stand, decision: str
) -> None:
    child_id, _ = await held_by_name(stand.ask)
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/holds/{child_id}")
    if decision == "same":
        await manager.follows("Compare side by side")
        await manager.ticks("Another child: release", "The same child")
    else:
        await manager.ticks("Another child: release")
    await manager.ticks("The agency that supplied it")
    await manager.follows("See what this does")
    assert "Nothing has been done yet" in await says(manager)
    assert await listed(stand.ask, child_id)
    await confirms(manager)
    assert child_id not in await stand.ask.holds()


async def test_the_team_brings_about_contact(sits_down: Sitting, stand: Stand) -> None:
    _, child_id = await recorded(stand.ask)
    await stand.ask.begin("social_worker", child_id)
    request_id = await contact_asked(stand.ask, "teacher", child_id=child_id)
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/contact-requests/{request_id}")
    await manager.follows("Take it on")
    await manager.ticks("Passed on")
    await manager.follows("See what whoever asked is told")
    await confirms(manager)
    assert (await contact_told(stand.ask, "teacher", request_id))["answer"] == "you_will_be_called"


async def test_an_override_is_approved_by_a_second_person(sits_down: Sitting, stand: Stand) -> None:
    child_id, _ = await shielded(stand.ask)
    override_id = (await override(stand.ask, child_id)).json()["id"]
    manager = await sits_down("manager")
    await goes(manager, stand, f"/team/overrides/{override_id}")
    await manager.ticks("Yes")
    await manager.follows("See what this does")
    await manager.follows("Approve it")
    assert (await investigated(stand.ask, override_id))["approved"] is True


async def test_an_officer_looks_into_an_alert(sits_down: Sitting, stand: Stand) -> None:
    alert_id, _ = await canary_alert(stand.ask)
    auditor = await sits_down("auditor")
    await goes(auditor, stand, f"/misuse/{alert_id}")
    await auditor.follows("I look into it")
    await auditor.ticks("No concern", "Explained by work")
    await auditor.follows("Conclude it")
    assert "Concluded" in await says(auditor)


async def test_an_entry_is_opened_and_its_place_in_the_log_checked(
    sits_down: Sitting, stand: Stand
) -> None:
    _, child_id = await recorded(stand.ask)
    await stand.ask.shown("teacher", child_id)
    auditor = await sits_down("auditor")
    await auditor.follows("Access log")
    await auditor.types("Case number", CASE)
    await auditor.types("Child", child_id)
    await auditor.follows("Search the log")
    await goes(auditor, stand, await _first_entry(auditor))
    assert "An entry of the access log" in await says(auditor)
    assert "Opens, and is what its leaf" in await says(auditor)


async def _first_entry(auditor: Keyboard) -> str:
    links = auditor.page.locator('main a[href*="/entries/"]')
    return str(await links.first.get_attribute("href"))


async def test_a_caseload_is_handed_over(sits_down: Sitting, stand: Stand) -> None:
    ask, (child, child_id) = stand.ask, await recorded(stand.ask)
    leaver = await practising(ask, "social_worker", "Marit Quoyle")
    await practising(ask, "colleague", "Idris Fenwick")
    await ask.begin("social_worker", child_id, contact=contact(name="Marit Quoyle"))
    supervisor = await sits_down("supervisor")
    await supervisor.follows("Caseload")
    await goes(supervisor, stand, f"/caseload?practitioner_id={leaver}")
    await supervisor.picks("Who takes it on?", "Idris Fenwick")
    await supervisor.ticks(child["name"]["given_name"])
    await supervisor.follows("Hand over what is ticked")
    assert "Idris Fenwick" in await says(supervisor)


async def test_a_sample_is_signed_off(sits_down: Sitting, stand: Stand) -> None:
    """By one who looked nobody up here: nobody signs off what they did themselves."""
    await stand.ask.shown("social_worker", await stand.ask.create(a_child()))
    async with asking_at(stand.ask, on(hours=1)) as later:
        sample = await drawn(later, "second_supervisor", size=1)
    supervisor = await sits_down("second_supervisor")
    await goes(supervisor, stand, f"/staff-samples/{sample['id']}")
    await supervisor.ticks("In order")
    await supervisor.follows("Sign the sample off")
    shown = await got(stand.ask, "second_supervisor", f"/v1/supervision/samples/{sample['id']}")
    assert shown["signed_off_at"]


async def test_an_account_is_suspended_and_made_active_again(
    sits_down: Sitting, stand: Stand
) -> None:
    account = str(stand.issuer.personas["health_visitor"].account.id)
    manager = await sits_down("manager")
    await goes(manager, stand, "/team/accounts")
    await manager.types("Or the account's id", account)
    await manager.follows("Find accounts")
    await manager.follows("Suspend this account")
    assert "What this will do" in await says(manager)
    await confirms(manager)
    refused(await stand.ask.read("health_visitor", account), 403, "account_suspended")
    await manager.ticks("The disclosure check", "Make the account active")
    await manager.follows("See what this does")
    await confirms(manager)
    me = await stand.ask("health_visitor", "GET", "/v1/me", why=NO_WHY)
    assert me.json()["state"] == "active"
