"""The stories from sign-in to their end by keyboard alone, with JavaScript and without."""

from tests.browser.sitting import Sitting, describes, says, searches
from tests.browser.stand import Stand
from tests.stories.made import a_child, day
from tests.stories.test_override import shielded
from tests.stories.test_shield_request import made as shield_asked


async def test_a_child_is_found_a_number_read_and_contact_asked_for(
    sits_down: Sitting, stand: Stand
) -> None:
    child = a_child()
    await stand.ask.begin("social_worker", await stand.ask.create(child))
    teacher = await sits_down("teacher")
    await searches(teacher, child)
    assert "01632 960111" in await says(teacher)
    await teacher.follows("Open the record of")
    assert child["address"]["street"] in await says(teacher)
    await teacher.follows("Ask the index team to bring about contact")
    await teacher.ticks("Emergency: within the hour", "Today")
    await teacher.types("On what number", "01632 960121")
    await teacher.follows("Ask the team")
    assert "Waiting for the index team" in await says(teacher)


async def test_an_involvement_is_recorded_confirmed_and_ended(
    sits_down: Sitting, stand: Stand
) -> None:
    child = a_child()
    child_id = await stand.ask.create(child)
    worker = await sits_down("social_worker")
    await searches(worker, child)
    await worker.follows("Open the record of")
    await worker.follows("Record that we work with this child")
    await worker.picks("What kind of service is yours?", "Social care")
    await worker.types("Team or desk", "Northmere North Team")
    await worker.types("The team's number", "01632 960111")
    await worker.follows("Record it")
    assert "Northmere North Team" in await says(worker)
    await worker.follows("Confirm, change or end it")
    await worker.follows("Confirm as of today")
    assert "Northmere North Team" in await says(worker)
    await worker.follows("End it")
    (one,) = (await stand.ask.shown("social_worker", child_id))["involvements"]
    assert one["ceased"] == day()


async def test_one_asks_for_another_with_a_number_read_out(
    sits_down: Sitting, stand: Stand
) -> None:
    child = a_child()
    await stand.ask.begin("teacher", await stand.ask.create(child), service="school")
    worker, teacher = await sits_down("social_worker"), await sits_down("teacher")
    await worker.follows("Mediated access")
    await worker.says_why()
    await worker.types("Which agency does the colleague work for?", "Northmere Primary School")
    await worker.follows("Let them ask for me")
    number = await worker.page.locator("main .thin-break").inner_text()
    await teacher.follows("Mediated access")
    await teacher.follows("Somebody asked me to look for them")
    await teacher.types("The number they read out", number)
    await teacher.says_why()
    await teacher.follows("Begin")
    await describes(teacher, child)
    assert "01632 960111" in await says(teacher)


async def test_a_shield_is_overridden_after_its_warning_and_the_second_factor(
    sits_down: Sitting, stand: Stand
) -> None:
    _, child = await shielded(stand.ask)
    worker = await sits_down("social_worker")
    await worker.ticks("Keep a child safe", "Enquire into significant harm")
    await worker.picks("For what, this time?", "A strategy discussion")
    await describes(worker, child)
    await worker.follows("Open the record of")
    assert child["address"]["street"] not in await says(worker)
    stand.issuer.second_factors.enrol(stand.issuer.personas["social_worker"].subject)
    await worker.follows("Override the shield")
    if "Confirm that it is you" in await says(worker):
        await worker.follows("Sign in")
        await worker.gives_code()
    await worker.ticks("A section 47 enquiry")
    await worker.ticks("I have read what this sets off")
    await worker.follows("Override the shield")
    await worker.follows("Read the record now")
    assert child["address"]["street"] in await says(worker)
    await worker.page.go_back()
    assert child["address"]["street"] not in await worker.page.content()


async def test_the_team_grants_a_shield_that_was_asked_for(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id, request_id = await shield_asked(stand.ask)
    manager = await sits_down("manager")
    await manager.page.goto(f"{stand.origin}/team/shield-requests/{request_id}")
    await manager.follows("See what granting does")
    assert "Nothing has been done yet" in await says(manager)
    await manager.follows("Shield")
    assert "address" not in await stand.ask.shown("teacher", child_id)


async def test_an_auditor_searches_the_log_for_a_case(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.shown("teacher", child_id)
    auditor = await sits_down("auditor")
    await auditor.follows("Access log")
    await auditor.types("Case number", "AUD/2026-17")
    await auditor.types("Child", child_id)
    await auditor.follows("Search the log")
    assert "Northmere Primary School" in await says(auditor)


async def test_the_desk_records_what_it_found_of_a_family_that_asks(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    desk = await sits_down("subject_desk")
    await desk.page.goto(f"{stand.origin}/children/{child_id}/who-looked")
    await desk.follows("Record the request")
    assert "There is a problem" in await says(desk)
    await desk.to("Say who asks")
    await desk.page.keyboard.press("Enter")
    assert (await desk.here()).startswith("The child, or the adult")
