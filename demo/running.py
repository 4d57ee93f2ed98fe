"""One authority brought up for the demo: database, keys, issuer, and the real server process.

The server can be killed and started again on the same data, as the story does.
"""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from demo.asking import Asking, Log
from demo.authority import (
    CSA,
    Authority,
    answering,
    found_authority,
    free_port,
    issuer_and_database,
    migrate,
    new_database,
    serving,
)
from demo.issuer import Issuer
from demo.sealing import receipt_key, sealer_settings, sealing, written_policy
from demo.telling import progress

DATABASE = CSA
USUAL_PORT = 8080
STOP_S_MAX = 2.0


class PortTaken(Exception):  # noqa: N818 (told to whoever chose the port)
    """Something listens on the port asked for."""


@dataclass(slots=True)
class Server:
    """The server process, which can be killed and started again."""

    authority: Authority
    log_file: Path
    _process: "subprocess.Popen[bytes] | None" = None
    _held: ExitStack = field(default_factory=ExitStack)

    @property
    def address(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.authority.settings.port}"

    def wait(self) -> None:
        """Return when the process has ended, by its own doing or another's."""
        if self._process is not None:
            self._process.wait()

    async def start(self) -> None:
        """Start the process and wait until it is ready."""
        self._process = self._held.enter_context(serving(self.authority, self.log_file))
        await answering(self.authority, self._process)

    def kill(self) -> int:
        """End the process as a power cut would; return its id."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        return self._process.pid

    def stop(self) -> None:
        """Ask the process to end, but not wait for a long feed to be drained."""
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S_MAX)
            self._process.kill()
        self._held.close()


@dataclass(frozen=True, slots=True)
class Running:
    """Everything that runs, for whoever tells the story."""

    issuer: Issuer
    directory: Path
    server: Server
    asking: Asking
    log: Log


@asynccontextmanager
async def running(port: int) -> AsyncIterator[Running]:
    """Bring up an authority and its index, and take both down again."""
    async with AsyncExitStack() as stack:
        with progress("database and issuer"):
            postgres, issuer, directory = await stack.enter_async_context(issuer_and_database())
        with progress("migration, roles, keys, first agreement, accounts"):
            new_database(postgres, DATABASE)
            await asyncio.to_thread(migrate, postgres.url("{role}", DATABASE))
            founded = await found_authority(postgres, DATABASE, issuer, directory / "keys")
            sealer = sealer_settings(founded, directory)
            policy = await written_policy(founded, sealer, directory / "policy")
            settings = founded.settings.model_copy(
                update={
                    "port": port,
                    "second_place": str(sealer.second_place),
                    "log_policy": policy,
                }
            )
        with progress("sealer"):
            sealed = sealing(founded, sealer, directory / "sealer.log")
            await asyncio.to_thread(stack.enter_context, sealed)
        server = Server(Authority(settings), directory / "server.log")
        stack.callback(server.stop)
        with progress("index"):
            await server.start()
        key = receipt_key(founded)
        log = await Log.opened(postgres.url(f"{CSA}_audit", DATABASE), CSA, key)
        stack.push_async_callback(log.close)
        asking = Asking(server.address, issuer)
        stack.push_async_callback(asking.close)
        yield Running(issuer, directory, server, asking, log)


def chosen_port(asked: int) -> int:
    """Return the port asked for, or PortTaken; for 0 the usual one if it is free, or any."""
    for port in (asked,) if asked else (USUAL_PORT,):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            if asked:
                raise PortTaken from None
    return free_port()
