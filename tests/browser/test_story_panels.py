"""By keyboard: an auditor opens a panel about one child, and its reader alone reads it."""

from tests.browser.sitting import Sitting, says
from tests.browser.stand import Stand
from tests.stories.auditing import CASE, account_of
from tests.stories.made import a_child


async def test_a_panel_is_opened_by_one_auditor_and_read_by_another(
    sits_down: Sitting, stand: Stand
) -> None:
    child_id = await stand.ask.create(a_child())
    await stand.ask.begin("social_worker", child_id)
    await stand.ask.shown("teacher", child_id)
    auditor = await sits_down("auditor")
    await auditor.follows("Panels")
    await auditor.follows("Open a panel for another auditor")
    await auditor.types("Case number", CASE)
    await auditor.types("Record", child_id)
    await auditor.types("Reader", account_of(stand.ask, "second_auditor"))
    await auditor.types("For how many days?", "7")
    await auditor.follows("Open the panel")
    assert "The panel is open for 7 days" in await says(auditor)
    number = await auditor.page.locator("main dd").first.inner_text()
    await auditor.follows("Panels")
    await auditor.types("Case number", CASE)
    await auditor.types("Number of the panel", number)
    await auditor.follows("Read it")
    assert "Who was involved" not in await says(auditor)
    reader = await sits_down("second_auditor")
    await reader.follows("Panels")
    await reader.types("Case number", CASE)
    await reader.types("Number of the panel", number)
    await reader.follows("Read it")
    said = await says(reader)
    assert f"Case {CASE}. Record {child_id}" in said
    assert "Social care" in said.partition("Looked")[0]
    assert "Northmere Primary School" in said.partition("Looked")[2]
