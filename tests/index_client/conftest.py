"""A real index over real HTTP, and clients of it as one persona or another."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn

from demo.issuer import Issuer
from index_client import AsyncIndex, ReceiptKey
from tests.authority import Served
from tests.index_client.keys import text_of
from tests.stories.asking import Ask


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the tests."""
        yield


@dataclass
class Reached:
    """An index at an address, and what a client of it needs."""

    address: str
    issuer: Issuer
    key: ReceiptKey

    def as_(self, who: str, key: ReceiptKey | None = None) -> AsyncIndex:
        """Return a client of a persona; its receipts are verified."""

        async def token() -> str:
            return self.issuer.token_for(who)

        return AsyncIndex(self.address, token, key or self.key, timeout_s=60.0)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reached(served: Served, issuer: Issuer) -> AsyncIterator[Reached]:
    """Serve this module's index on loopback."""
    config = uvicorn.Config(served.built.app, port=0, lifespan="off", log_level="critical")
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn offers no event)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    keyring = served.index.keyring
    key = ReceiptKey.of(keyring.csa, text_of(keyring.receipt_key.public_key()))
    yield Reached(f"http://127.0.0.1:{port}", issuer, key)
    server.should_exit = True
    await serving


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(served: Served, issuer: Issuer) -> AsyncIterator[Ask]:
    """Ask the same index as the stories do, to prepare what a client is to find."""
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        yield Ask(client, issuer, served)


@pytest.fixture
def token_of(issuer: Issuer, tmp_path: Path) -> Callable[[str], str]:
    """Return a function that writes a persona's token to a file and names it."""

    def written(who: str) -> str:
        place = tmp_path / f"token-{who}"
        place.write_text(issuer.token_for(who))
        return str(place)

    return written
