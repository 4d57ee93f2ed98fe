"""What every story begins with: an index that answers, and a way to ask it."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from demo.issuer import Issuer
from tests.authority import Served
from tests.stories.asking import Ask


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(served: Served, issuer: Issuer) -> AsyncIterator[Ask]:
    """Ask this module's index; afterwards every answer must have stood in the access log."""
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        asking = Ask(client, issuer, served)
        yield asking
    await asking.accounted_for()
