"""What the browser meets: a real index and its pages, each listening on a port of its own."""

import asyncio
import base64
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn

from demo.issuer import Issuer
from demo.openid.sessions import TWO_FACTORS_NOW
from index_service.commands.serve import KEEP_ALIVE_S
from tests.authority import Served
from tests.stories.asking import Ask
from tests.thin_client.launching import CaseSystem, registered
from thin_client.app import create_app
from thin_client.sessions import Sessions
from thin_client.settings import Settings

CLIENT_ID = "thin-client"
SYSTEM = CaseSystem()  # that may link to these pages


class _Beside(uvicorn.Server):
    """A server in a loop that is not its own: signals are the test run's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


@asynccontextmanager
async def listening(app: Any, listener: socket.socket, lifespan: str) -> AsyncIterator[None]:
    """Serve an application on a socket as long as this lasts."""
    config = uvicorn.Config(
        app,
        lifespan=lifespan,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )
    server = _Beside(config)
    serving = asyncio.create_task(server.serve([listener]))
    # Connections wait in the socket's queue until it takes them.
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@dataclass(frozen=True)
class Stand:
    """One authority's pages as a browser reaches them, and ways to prepare what they show."""

    origin: str
    issuer: Issuer
    served: Served
    ask: Ask
    app: Any

    @property
    def own(self) -> tuple[str, str]:
        """The origins a browser has any business with."""
        return self.origin, self.issuer.url

    @property
    def sessions(self) -> Sessions:
        """What the pages' process holds of whoever is signed in."""
        held: Sessions = self.app._app.state.house.sessions
        return held


@asynccontextmanager
async def stand(
    served: Served, issuer: Issuer, place: Path, index: Any = None
) -> AsyncIterator[Stand]:
    """Bring up the pages of an index over real sockets, on loopback.

    `index` is what they ask instead: the same index at another time.
    """
    with (
        socket.create_server(("127.0.0.1", 0)) as for_index,
        socket.create_server(("127.0.0.1", 0)) as for_pages,
    ):
        index_url = f"http://127.0.0.1:{for_index.getsockname()[1]}"
        origin = f"http://127.0.0.1:{for_pages.getsockname()[1]}"
        settings = _settings(index_url, origin, issuer, place)
        app = create_app(settings)
        async with (
            listening(index or served.built.app, for_index, "off"),
            listening(app, for_pages, "on"),
            httpx.AsyncClient(base_url=index_url, trust_env=False) as direct,
        ):
            yield Stand(origin, issuer, served, Ask(direct, issuer, served), app)


def _settings(index_url: str, origin: str, issuer: Issuer, place: Path) -> Settings:
    key = place / "session.key"
    key.write_bytes(base64.b64encode(secrets.token_bytes(32)))
    key.chmod(0o600)
    client_id = f"{CLIENT_ID}-{urlsplit(origin).port}"  # several stands may ask one provider
    issuer.register(client_id, [f"{origin}/signed-in"], [f"{origin}/signed-out"])
    return Settings(
        authority="Northmere",
        index_url=index_url,
        origin=origin,
        issuer=issuer.url,
        client_id=client_id,
        client_secret="none",
        scope="openid",
        resource=issuer.audience,
        acr_stepped_up=TWO_FACTORS_NOW,
        issuer_ca_file=issuer.ca_file,
        session_key=key,
        launch_keys=str(registered(place, SYSTEM.public())),
        receipt_keys="none",
    )
