"""The listener of the peer port: mutual TLS 1.3, and whose key each connection was made with.

Whoever sends no end of a head is cut off by its size (head.py) and, here, by its time.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import uvicorn

from index_service.api.peer_boundary import PIN
from index_service.commands.head import BoundedHead
from index_service.federation.sizes import BODY_READ_S_MAX
from index_service.federation.tls import TlsFiles, listening_context, pin_of

CONCURRENT_MAX = 512
DRAIN_S_MAX = 10
# Longer than members keep a connection they do not use: they end it, and never meet its end.
KEEP_ALIVE_S = 90


class PeerProtocol(BoundedHead):
    """Says in each request's scope whose key the connection's certificate holds."""

    _pin = ""
    _head_s: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Note whose key it is; nobody without a certificate comes this far."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        if certificate is None:
            transport.abort()
            return
        self._pin = pin_of(certificate)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._head_came()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin a request's scope, with whose connection it is on."""
        super().on_message_begin()
        self.scope["extensions"] = {"tls": {PIN: self._pin}}
        self._expect_head()

    def on_headers_complete(self) -> None:
        """Note that the head is whole; the boundary gives its body its time."""
        self._head_came()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_came()
        loop = asyncio.get_running_loop()
        self._head_s = loop.call_later(BODY_READ_S_MAX, self.transport.abort)

    def _head_came(self) -> None:
        if self._head_s is not None:
            self._head_s.cancel()
            self._head_s = None


def peer_config(app: Any, files: TlsFiles, host: str, port: int) -> uvicorn.Config:
    """Return what a server of the peer port is made from."""

    def context(_: uvicorn.Config, __: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        return listening_context(files)

    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=PeerProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        limit_concurrency=CONCURRENT_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S_MAX,
        log_level="warning",
        ssl_context_factory=context,
    )
