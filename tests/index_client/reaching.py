"""An index at an address, and what its clients need."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from demo.issuer import Issuer
from index_client import AsyncIndex, ReceiptKey
from tests.authority import Served
from tests.index_client.keys import text_of


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

    def token_file(self, who: str, place: Path) -> str:
        """Write a persona's token to a file and return its name."""
        file = place / f"token-{who}"
        file.write_text(self.issuer.token_for(who))
        return str(file)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the tests."""
        yield


@asynccontextmanager
async def reaching(served: Served, issuer: Issuer) -> AsyncIterator[Reached]:
    """Serve an index on loopback."""
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
