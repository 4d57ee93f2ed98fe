"""By keyboard: a child that another authority alone knows is found, and somebody there rung."""

from playwright.async_api import Browser

from tests.browser.looking import complaints_of
from tests.browser.sitting import says, sitting
from tests.browser.stand import Stand
from tests.federation.boroughs import CAMFIELD, EASTBROOK, NORTHMERE, living, settled
from tests.region import RegionServed
from tests.stories.made import Stated

WIDER = "This authority, and others in the region"


async def asks(browser: Browser, stand: Stand, child: Stated, *, scripts: bool) -> str:
    """Ask for a child as far as the region goes; return what the page says, itself at no fault."""
    async with sitting(browser, stand, scripts=scripts) as sits:
        keyboard = await sits("social_worker")
        await keyboard.says_why()
        await keyboard.types("First name", child["name"]["given_name"])
        await keyboard.types("Family name", child["name"]["family_name"])
        await keyboard.dated(child["date_of_birth"])
        await keyboard.ticks("This authority", WIDER)
        await keyboard.follows("Find")
        if scripts:  # by which a page is looked at
            assert await complaints_of(keyboard.page) == []
        await keyboard.to("01632 960")  # whoever is to be rung can be reached by keyboard
        return await says(keyboard)


async def test_a_child_of_another_authority_is_found_and_the_page_says_where(
    browser: Browser, stands: dict[str, Stand], region: RegionServed
) -> None:
    child = region[CAMFIELD].child()
    await living(region[CAMFIELD], child)
    await settled(region, CAMFIELD)
    for scripts in (True, False):
        said = await asks(browser, stands[NORTHMERE], child, scripts=scripts)
        assert said.startswith("One child shown by Camfield")
        assert child["name"]["family_name"] in said
        assert "Try another spelling" not in said
    said = await asks(browser, stands[EASTBROOK], child, scripts=True)
    assert said.startswith("A child like this is known to Camfield")
    assert child["name"]["family_name"] not in said
    assert "Try another spelling" not in said
