"""An index that answers, asked as its people do; every answer must stand in its log."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from demo.issuer import Issuer
from tests.authority import Served
from tests.stories.asking import Ask


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(served: Served, issuer: Issuer) -> AsyncIterator[Ask]:
    """Ask this module's index; afterwards every receipt given must name an entry in the log."""
    # Raised defects are answered by the boundary; whatever passes it is the server's to cut.
    transport = httpx.ASGITransport(app=served.built.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        asking = Ask(client, issuer, served)
        yield asking
    entries = {entry["entry_id"] for entry in await served.entries()}
    for answer in asking.answers:
        assert answer.status_code == 503 or asking.receipt_of(answer) in entries
