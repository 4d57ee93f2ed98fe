"""By keyboard: a feed batch is opened, its quality as charts with numbers, its invalid lines."""

from tests.browser.sitting import Sitting, says
from tests.browser.stand import Stand
from tests.stories.asking import ndjson
from tests.stories.made import a_child, child_line, key, reference

CHARTS = "Lines by what became of them", "Invalid lines by fault", "Invalid lines by field"


async def test_a_batch_is_opened_by_its_name_and_says_how_good_its_lines_were(
    sits_down: Sitting, stand: Stand
) -> None:
    wrong, batch = child_line(reference(), a_child(gender="purple")), key()
    lines = [child_line(reference(), a_child()), wrong, {"kind": "child"}]
    answer = await stand.ask.supply("schools_feed", f"schools/{batch}", ndjson(lines))
    assert answer.status_code == 200, answer.text
    manager = await sits_down("manager")
    for link in ("The team's work", "Feed batches"):
        await manager.follows(link)
    await manager.types("Source", "Schools!")
    await manager.follows("Open the batch")
    assert "Give the supplier's name for the batch" in await says(manager)
    await manager.types("Source", "schools")
    await manager.types("The supplier's name for the batch", batch)
    await manager.follows("Open the batch")
    said = await says(manager)
    assert "3 lines, 1 accepted (33.3 %), 2 invalid" in said
    for chart in CHARTS:
        assert await manager.page.get_by_role("img", name=chart).count() == 1
        assert await manager.page.get_by_role("table", name=chart).count() == 1
    table = manager.page.get_by_role("table", name="Invalid lines", exact=True)
    assert "A field has the wrong form" in await table.inner_text()
    assert await table.get_by_role("row").count() == 3
    await manager.to("Table, may be scrolled")
