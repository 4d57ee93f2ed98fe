"""`serve`: the API on one port, the probes on another, peers on a third, in one event loop."""

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from typing import Any

import uvicorn
from pydantic import ValidationError

from index_service.commands.head import BoundedHead
from index_service.commands.peer_port import peer_config
from index_service.commands.starting import named_settings, uvloop_run
from index_service.crypto.providers import KeyRefused
from index_service.federation.errors import DirectoryRefused
from index_service.log.policy import PolicyRefused
from index_service.main import Built, built
from index_service.settings import Settings
from index_service.store.engines import WrongRoles
from index_service.store.reading import LOST

CONCURRENT_MAX = 512
DRAIN_S_MAX = 10
# Longer than clients keep a connection they do not use: they end it, and never meet its end.
KEEP_ALIVE_S = 15


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    command = nouns.add_parser("serve", help="serve the API and, on its own port, the probes")
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Serve until told to stop. A missing or unsafe setting is 2, said without its value."""
    try:
        settings = Settings()  # pydantic reads the environment
    except ValidationError as wrong:
        print("not started: missing or unsafe settings: " + named_settings(wrong), file=sys.stderr)
        return 2
    try:
        uvloop_run(serve(settings))
    except KeyRefused as refused:
        print(f"not started: a key was refused: {refused}", file=sys.stderr)
        return 2
    except PolicyRefused as refused:
        print(f"not started: INDEX_LOG_POLICY was refused ({refused.code})", file=sys.stderr)
        return 2
    except DirectoryRefused as refused:
        print(f"not started: the part in a region was refused ({refused})", file=sys.stderr)
        return 2
    except WrongRoles:
        print("not started: the login roles are not this authority's", file=sys.stderr)
        return 2
    except LOST as lost:
        print(f"not started: the database cannot be had ({type(lost).__name__})", file=sys.stderr)
        return 3
    return 0


async def serve(settings: Settings) -> None:
    """Serve one authority's index until a signal asks to stop, then drain."""
    async with built(settings) as index:
        # What start-up made lives as long as the process: no need to look at it again.
        gc.collect()
        gc.freeze()
        await _all(_servers(settings, index))


def _servers(settings: Settings, index: Built) -> "list[_Server]":
    servers = [
        _server(index.app, settings.host, settings.port),
        _server(index.probes, settings.ops_host, settings.ops_port),
    ]
    region, host, port = index.index.region, settings.peer_host, settings.peer_port
    if index.peer is not None and region is not None and host not in (None, "none"):
        servers.append(_Server(peer_config(index.peer, region.tls, str(host), port or 0)))
    return servers


async def serve_peers(peer: uvicorn.Config, probes: Any, host: str, port: int) -> None:
    """Serve a peer port and the probes, and nothing else, until a signal asks to stop."""
    await _all([_Server(peer), _server(probes, host, port)])


async def _all(servers: "list[_Server]") -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with contextlib.ExitStack() as quiet:
        for server in servers:
            # Several servers in one loop: one handler of signals for all.
            quiet.enter_context(contextlib.nullcontext(server))
        async with asyncio.TaskGroup() as group:
            for server in servers:
                group.create_task(_run(server, stop))


async def _run(server: "_Server", stop: Any) -> None:
    try:
        await server.serve()
    finally:
        stop()  # whichever ends, ends all: a half-served index is worse than none


class _Server(uvicorn.Server):
    """A server whose signals are handled once, outside."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave signals to `_all`."""
        yield


def _server(app: Any, host: str, port: int) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=BoundedHead,
            ws="none",
            lifespan="on" if hasattr(app, "record") else "off",
            access_log=False,  # its lines would hold paths
            server_header=False,
            date_header=False,
            proxy_headers=False,  # a sender could claim any address
            limit_concurrency=CONCURRENT_MAX,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=DRAIN_S_MAX,
            log_level="warning",
        )
    )
