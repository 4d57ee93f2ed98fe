"""The thin client as it is served, saying of each answer what it took and what of that the index.

Server-Timing `all` is from the request to the first byte of its answer; `index` is what of it
was waited for the index, each wait once; what is over is the client's own. Of that, `queue` is
what it stood ready and had no processor, as the kernel counts it (waits for the index left out):
here a browser, a provider and an index run on the same ones. `cpu` is what the process worked
meanwhile.
"""

import os
import ssl
import sys
import time
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thin_client.app import CONNECTIONS_MAX, create_app
from thin_client.settings import Settings

_LOOPS_THREAD = Path(f"/proc/self/task/{os.getpid()}/schedstat")


@dataclass(slots=True)
class Spent:
    """Seconds that passed, and those of them in which there was no processor to be had."""

    whole_s: float = 0.0
    queue_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Watch:
    """Started when made; tells what passed since."""

    at: Spent

    @classmethod
    def started(cls) -> "Watch":
        """Start one."""
        return cls(Spent(time.perf_counter(), _queued_s()))

    def passed(self) -> Spent:
        """Return what passed since."""
        return Spent(time.perf_counter() - self.at.whole_s, _queued_s() - self.at.queue_s)


def _queued_s() -> float:
    """Return how long the thread of the loop has stood in the kernel's run queue (schedstat)."""
    return int(_LOOPS_THREAD.read_text("ascii").split()[1]) / 1e9


_waited: ContextVar[Spent] = ContextVar("waited")


class TimedLine(httpx.AsyncHTTPTransport):
    """The line to the index, timed until its answer is whole."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and add what it took to what this page waited."""
        watch = Watch.started()
        answer = await super().handle_async_request(request)
        await answer.aread()
        waited, passed = _waited.get(Spent()), watch.passed()
        waited.whole_s += passed.whole_s
        waited.queue_s += passed.queue_s
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
        index = Spent()
        _waited.set(index)
        watch, worked = Watch.started(), time.process_time()

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                passed = watch.passed()
                told = {
                    "all": passed.whole_s,
                    "index": index.whole_s,
                    "queue": max(0.0, passed.queue_s - index.queue_s),
                    "cpu": time.process_time() - worked,
                }
                said = ", ".join(f"{name};dur={s * 1000:.2f}" for name, s in told.items())
                message["headers"] = [*message["headers"], (b"server-timing", said.encode())]
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
