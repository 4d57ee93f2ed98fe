"""What the pages' tests begin with: a real index, a real provider, the client between them."""

import base64
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from demo.issuer import Issuer
from demo.openid.sessions import TWO_FACTORS_NOW
from tests.authority import Served
from tests.stories.asking import Ask
from tests.thin_client.browsing import ORIGIN, Somebody, nobody, somebody
from thin_client.app import create_app
from thin_client.security import Secured
from thin_client.settings import Settings

CLIENT_ID = "thin-client"
INDEX_URL = "https://index.test"
Signing = Callable[[str], Awaitable[Somebody]]


def key_file(place: Path) -> Path:
    """Write a key as an operator does."""
    file = place / "session.key"
    file.write_bytes(base64.b64encode(secrets.token_bytes(32)))
    file.chmod(0o600)
    return file


@pytest.fixture(scope="module")
def client_settings(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What a client of this module's index is told."""
    issuer.register(CLIENT_ID, [f"{ORIGIN}/signed-in"], [f"{ORIGIN}/signed-out"])
    return Settings(
        authority="Northmere",
        index_url=INDEX_URL,
        origin=ORIGIN,
        issuer=issuer.url,
        client_id=CLIENT_ID,
        client_secret="none",
        resource=issuer.audience,
        acr_stepped_up=TWO_FACTORS_NOW,
        issuer_ca_file=issuer.ca_file,
        session_key=key_file(tmp_path_factory.mktemp("client")),
        launch_keys="none",
        receipt_keys="none",
    )


class Line(httpx.AsyncBaseTransport):
    """The line to the real index, which can be cut, be slow, or end at something else."""

    def __init__(self, index: httpx.AsyncBaseTransport) -> None:
        """Begin whole."""
        self._index = index
        self.whole()

    def whole(self) -> None:
        """Let everything through, and forget what went."""
        self.fault: httpx.TransportError | None = None
        self.answer: httpx.Response | None = None
        self.only = ""  # the fault or answer is for requests of this path alone
        self.after = False  # the index takes the request, and its answer is lost
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask the index, or not."""
        self.asked.append(request)
        if self.only in request.url.path:
            if self.after and self.fault:
                await self._index.handle_async_request(request)
            if self.fault:
                raise self.fault
            if self.answer:
                told = self.answer
                return httpx.Response(told.status_code, headers=told.headers, content=told.content)
        return await self._index.handle_async_request(request)


@pytest.fixture(scope="module")
def line(served: Served) -> Line:
    """The line between the client and the index."""
    return Line(httpx.ASGITransport(app=served.built.app))


@pytest.fixture(scope="module")
def app(client_settings: Settings, line: Line) -> Secured:
    """The thin client of this module's index."""
    return create_app(client_settings, line)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sign_in(app: Secured, issuer: Issuer) -> AsyncIterator[Signing]:
    """Sign a persona in, once a module: `await sign_in("teacher")` is their browser."""
    known: dict[str, Somebody] = {}
    async with AsyncExitStack() as stack:

        async def signed(persona: str) -> Somebody:
            if persona not in known:
                opened = somebody(app, issuer, persona)
                known[persona] = await stack.enter_async_context(opened)
            return known[persona]

        yield signed


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(app: Secured, issuer: Issuer) -> AsyncIterator[Somebody]:
    """A browser nobody has signed in with."""
    async with nobody(app) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ask(served: Served, issuer: Issuer) -> AsyncIterator[Ask]:
    """Ask this module's index directly: to prepare what the pages then show."""
    transport = httpx.ASGITransport(app=served.built.app)
    async with httpx.AsyncClient(transport=transport, base_url=INDEX_URL) as client:
        yield Ask(client, issuer, served)
