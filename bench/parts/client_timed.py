"""The thin client as it is served, saying of each answer what it took and what of that the index.

Server-Timing `all` is from the request to the first byte of its answer; `index` is what of it
was waited for the index, each wait once; what is over is the client's own. `cpu` is what the
process worked meanwhile, whoever else was waiting for a processor.
"""

import ssl
import sys
import time
from contextvars import ContextVar

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thin_client.app import CONNECTIONS_MAX, create_app
from thin_client.settings import Settings

_waited: ContextVar[list[float]] = ContextVar("waited")


class TimedLine(httpx.AsyncHTTPTransport):
    """The line to the index, timed until its answer is whole."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and add what it took to what this page waited."""
        started = time.perf_counter()
        answer = await super().handle_async_request(request)
        await answer.aread()
        _waited.get([]).append(time.perf_counter() - started)
        return answer


class Timed:
    """Wraps the pages: each answer says what it took."""

    def __init__(self, app: ASGIApp) -> None:
        """Bind the pages."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        waits: list[float] = []
        _waited.set(waits)
        started, worked = time.perf_counter(), time.process_time()

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                whole, index = (time.perf_counter() - started) * 1000, sum(waits) * 1000
                cpu = (time.process_time() - worked) * 1000
                said = f"all;dur={whole:.2f}, index;dur={index:.2f}, cpu;dur={cpu:.2f}".encode()
                message["headers"] = [*message["headers"], (b"server-timing", said)]
            await send(message)

        await self._app(scope, receive, telling)


def main() -> int:
    """Serve as `thin-client serve` does, told by the same settings."""
    settings = Settings()  # pydantic reads the environment
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=20)
    line = TimedLine(verify=ssl.create_default_context(), limits=limits)
    uvicorn.run(
        Timed(create_app(settings, line)),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
