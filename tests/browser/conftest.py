"""What browser tests begin with: a browser, an authority's pages, and a window per persona."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from demo.issuer import Issuer
from demo.postgres import Postgres
from tests.authority import Founded, database_made, serving
from tests.browser.install import missing
from tests.region import RegionServed
from tests.stories.later import app_at, on
from tests.stories.made import count_on
from tests.stories.telling import MONTH_LATER

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext

    from tests.browser.peopled import Peopled
    from tests.browser.sitting import Sitting
    from tests.browser.stand import Stand

MISSING = missing()
Opening = Callable[..., Awaitable["BrowserContext"]]
# Where there is no browser, nothing that knows one is imported.
driving: Any = None if MISSING else import_module("tests.browser.driving")
standing: Any = None if MISSING else import_module("tests.browser.stand")
peopling: Any = None if MISSING else import_module("tests.browser.peopled")
sitting: Any = None if MISSING else import_module("tests.browser.sitting")


class Unread(pytest.Module):
    """A file of tests that cannot run here, and says why."""

    def collect(self) -> Any:
        """Skip it whole."""
        pytest.skip(f"no browser tests: {MISSING}", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """Do not even read the tests of this folder where there is no browser."""
    return Unread.from_parent(parent, path=module_path) if MISSING else None


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator["Browser"]:
    """The browser of this run."""
    async with driving.started() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stand(
    postgres: Postgres, founded: Founded, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator["Stand"]:
    """One authority's index and pages, for all tests of this run: each brings its own children."""
    place = tmp_path_factory.mktemp("pages")
    count_on()
    with database_made(postgres, founded.template) as database:
        async with (
            serving(postgres, database, founded.settings) as served,
            standing.stand(served, issuer, place) as whole,
        ):
            yield whole


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def later(stand: "Stand", tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Stand"]:
    """The same index's pages once this month is over: who looked is told of months that are."""
    place = tmp_path_factory.mktemp("later")
    async with (
        app_at(stand.served, on(**MONTH_LATER)) as index,
        standing.stand(stand.served, stand.issuer, place, index) as whole,
    ):
        yield whole


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stands(
    region: RegionServed, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, "Stand"]]:
    """The pages of each authority of a region."""
    async with AsyncExitStack() as stack:
        opened = {}
        for name, borough in region.boroughs.items():
            place = tmp_path_factory.mktemp(name)
            one = standing.stand(borough.served, borough.ask.issuer, place)
            opened[name] = await stack.enter_async_context(one)
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def made(stand: "Stand") -> "Peopled":
    """What there is to be seen."""
    made: Peopled = await peopling.peopled(stand.ask)
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def noted() -> Any:
    """All that the browser asked for and complained of in a test: judged at its end."""
    return driving.Noted()


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: "Browser", stand: "Stand", noted: Any) -> AsyncIterator[Opening]:
    """Open a window in which a persona has signed in: `await opened("teacher")`.

    At the end no window may have complained, or asked anything of a third party.
    """
    async with AsyncExitStack() as stack:

        async def signed(persona: str, **more: Any) -> "BrowserContext":
            context = await stack.enter_async_context(driving.window(browser, noted, **more))
            page = await context.new_page()
            await driving.comes_in(page, stand.origin, stand.issuer, persona)
            return context

        yield signed
    assert noted.complaints == []
    assert noted.strange(*stand.own) == []


@pytest_asyncio.fixture(loop_scope="session", params=["scripts", "no scripts"])
async def sits_down(
    request: pytest.FixtureRequest, browser: "Browser", stand: "Stand"
) -> AsyncIterator["Sitting"]:
    """Sit a persona down at a keyboard and let them sign in: `await sits_down("teacher")`."""
    async with sitting.sitting(browser, stand, scripts=request.param == "scripts") as sits:
        yield sits
