"""By keyboard: auditors, supervisors and the subject desk at their papers."""

from base64 import b64encode
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.sitting import Sitting, goes, says
from tests.browser.stand import Stand
from tests.sealing.sealing import Beside, sealer_beside
from tests.stories.asking import NO_WHY
from tests.stories.made import a_child
from tests.stories.telling import CHILD, waits

CASE = "AUD/2026-18"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sealed(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Beside]:
    """A sealer beside the index whose pages these are, its log begun."""
    async with sealer_beside(stand.served, tmp_path_factory.mktemp("sealer")) as beside:
        beside.clock.on(seconds=6)
        await beside.rounds.found()
        yield beside


async def test_a_receipt_says_why_one_was_answered_so(sits_down: Sitting, stand: Stand) -> None:
    read = await stand.ask.read("teacher", await stand.ask.create(a_child()))
    teacher = await sits_down("teacher")
    await teacher.follows("Receipts")
    await teacher.to("Receipts")  # the way there, whose name begins as the field's
    await teacher.pastes("Receipt", read.headers["audit-receipt"])
    await teacher.follows("Check it")
    said = await says(teacher)
    assert "Why you were answered so" in said
    assert "The rules that decided" in said


async def test_a_head_that_was_noted_is_compared(
    sits_down: Sitting, stand: Stand, sealed: Beside
) -> None:
    auditor = await sits_down("auditor")
    await stand.ask.create(a_child())
    sealed.clock.on(minutes=2)
    await sealed.all()
    noted = await sealed.head()
    await stand.ask.create(a_child())
    sealed.clock.on(minutes=2)
    await sealed.all()
    for root, said in ((noted.root, "begins with"), (bytes(32), "does not begin with")):
        await auditor.follows("State of the log")
        await auditor.types("Shard", str(noted.shard))
        await auditor.types("Size", str(noted.size))
        await auditor.pastes("Root", b64encode(root).decode())
        await auditor.follows("Compare")
        assert f"The log {said} the head you noted" in await says(auditor)


async def test_entries_are_counted_and_drawn_by_lot(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.shown("teacher", child_id)
    auditor = await sits_down("auditor")
    await auditor.follows("Access log")
    await auditor.types("Case number", CASE)
    await auditor.types("Child", child_id)
    await auditor.follows("Search the log")
    found = auditor.page.url
    await auditor.follows("How many children were reached")
    assert "Children reached" in await says(auditor)
    await auditor.page.goto(found)
    await auditor.follows("Which children were reached")
    assert child_id in await says(auditor)
    await auditor.page.goto(found)
    await auditor.follows("Draw a random sample")
    await auditor.types("How many entries?", "1")
    await auditor.follows("Draw the sample")
    assert "What the log commits to" in await says(auditor)


async def test_entries_are_taken_away_as_a_file(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    read = await stand.ask.read("teacher", child_id)
    auditor = await sits_down("auditor")
    await auditor.follows("Access log")
    await auditor.types("Case number", CASE)
    await auditor.types("Child", child_id)
    await auditor.follows("Search the log")
    await auditor.follows("Export them for this case")
    await auditor.ticks("Openings that anybody", "A table")
    await auditor.to("Export")
    async with auditor.page.expect_download() as coming:
        await auditor.page.keyboard.press("Enter")
    text = (await (await coming.value).path()).read_text()
    assert stand.ask.receipt_of(read) in text


async def test_a_record_is_marked_and_the_mark_ended(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    auditor = await sits_down("auditor")
    await goes(auditor, stand, "/marks")
    await auditor.types("Record", child_id)
    await auditor.ticks("Canary", "A child everybody")
    await auditor.follows("Mark it")
    assert child_id in await says(auditor)
    marks = (await stand.ask("auditor", "GET", "/v1/misuse/marks", why=NO_WHY)).json()["marks"]
    (mark,) = [each["id"] for each in marks if each["child_id"] == child_id]
    await goes(auditor, stand, f"/marks/{mark}/end")
    await auditor.follows("End the mark")
    assert child_id not in await says(auditor)


async def test_a_supervisor_sees_use_and_what_was_left_open(
    sits_down: Sitting, stand: Stand
) -> None:
    await stand.ask.shown("social_worker", await stand.ask.create(a_child()))
    supervisor = await sits_down("supervisor")
    await supervisor.follows("Own staff")
    assert "How our staff used the index" in await says(supervisor)
    await supervisor.follows("What was left open")
    assert "What our agency left open" in await says(supervisor)


async def test_what_the_record_holds_is_drawn_as_paper(sits_down: Sitting, stand: Stand) -> None:
    child = a_child()
    child_id = await stand.ask.create(child)
    request_id = await waits(stand.ask, child_id, CHILD)
    desk = await sits_down("subject_desk")
    await goes(desk, stand, f"/children/{child_id}/who-looked/{request_id}")
    await desk.follows("What the record holds")
    if "For which case?" in await says(desk):
        await desk.types("Case number", "SAR/2026-11")
        await desk.follows("Go on")
    said = await says(desk)
    assert child["upn"] in said
    assert "Where it came from" in said


async def test_a_request_is_refused_in_one_wording(sits_down: Sitting, stand: Stand) -> None:
    child_id = await stand.ask.create(a_child())
    request_id = await waits(stand.ask, child_id, CHILD)
    desk = await sits_down("subject_desk")
    await goes(desk, stand, f"/children/{child_id}/who-looked/{request_id}")
    await desk.picks("What stands against telling", "The child objects")
    await desk.follows("Refuse it")
    await goes(desk, stand, "/who-looked")
    assert f"/who-looked/{request_id}" not in await desk.page.content()
