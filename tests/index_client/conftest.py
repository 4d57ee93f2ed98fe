"""A real index over real HTTP, and clients of it as one persona or another."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from demo.issuer import Issuer
from tests.authority import Served
from tests.index_client.commanding import Commands
from tests.index_client.reaching import Reached, reaching
from tests.stories.asking import Ask


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reached(served: Served, issuer: Issuer) -> AsyncIterator[Reached]:
    """Serve this module's index on loopback."""
    async with reaching(served, issuer) as there:
        yield there


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(served: Served, issuer: Issuer) -> AsyncIterator[Ask]:
    """Ask the same index as the stories do, to prepare what a client is to find."""
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        yield Ask(client, issuer, served)


@pytest.fixture
def token_of(reached: Reached, tmp_path: Path) -> Callable[[str], str]:
    """Return a function that writes a persona's token to a file and names it."""
    return lambda who: reached.token_file(who, tmp_path)


@pytest.fixture
def commands(reached: Reached, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Type commands beside this module's index."""
    return Commands(reached, tmp_path, capsys)
