"""The ops port's own small application: alive, ready, figures. Never through the API.

It says nothing of children, askers or routes, needs no token, and listens elsewhere.
"""

from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.types import Receive, Scope, Send

from index_service.services.sealing_log.lag import SealLag
from index_service.store.reading import answers

_READY_S_MAX = 2.0


class Probes:
    """Answers /healthz, /readyz and /metrics, as plain ASGI."""

    def __init__(self, reading: Any, lag: SealLag) -> None:
        self._reading = reading
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        words = "Age of the oldest access entries that wait to be sealed."
        waiting = Gauge("index_unsealed_seconds", words, registry=self._registry)
        waiting.set_function(lambda: lag.waited_s)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one probe."""
        if scope["type"] != "http":
            return
        status, kind, body = await self._answer(scope["method"], scope["path"])
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, method: str, path: str) -> tuple[int, str, bytes]:
        if method not in ("GET", "HEAD"):
            return 405, "text/plain", b""
        if path == "/healthz":
            return 200, "text/plain", b"alive\n"
        if path == "/readyz":
            ready = await answers(self._reading, _READY_S_MAX)
            return (200, "text/plain", b"ready\n") if ready else (503, "text/plain", b"not ready\n")
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(self._registry)
        return 404, "text/plain", b""
