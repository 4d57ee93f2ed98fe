"""Faults from outside the product: at random times, and at named points of a request's way.

A point is held open with what any administrator could do: a table lock makes an append or
an insert wait, a standby that never comes makes a COMMIT wait after its flush, SIGSTOP
keeps the server from hearing that it is done. Then something dies.
"""

import asyncio
import contextlib
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from demo.authority import CSA, Authority, answering, serving
from demo.postgres import SUPERUSER, Postgres

REACHED_S_MAX = 12.0
LOOK_EVERY_S = 0.004
APPENDING = "%INSERT INTO access_entry%"
APPENDED_ALONE = "WITH entries AS%INSERT INTO access_entry%"  # not within a story
CREATING = "INSERT INTO child (%"


class NotReached(Exception):  # noqa: N818 (what happened to a run, not an error in it)
    """No request came to the named point in time."""


@dataclass
class Grounds:
    """What faults act on: the server process and the database behind it."""

    postgres: Postgres
    authority: Authority
    database: str
    log: Path
    chance: random.Random
    process: "subprocess.Popen[bytes] | None" = None
    kills: int = 0
    terminations: int = 0
    stops: int = 0
    whole_s: float = 0.0  # when what was broken last was there again
    _serving: ExitStack = field(default_factory=ExitStack)

    async def start_server(self) -> None:
        """Start the real server and wait until it is ready."""
        self._serving = ExitStack()
        self.process = self._serving.enter_context(serving(self.authority, self.log))
        await answering(self.authority, self.process)

    def tail(self) -> str:
        """Return the end of the server's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])

    def stop_server(self) -> None:
        """Stop the server in order."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
        self._serving.close()
        self.process = None

    async def kill_server(self) -> None:
        """SIGKILL the server, and start another."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.kills += 1
        self._serving.close()
        await self.start_server()
        self.whole_s = time.monotonic()

    async def terminate(self, pid: int | None = None) -> None:
        """End one backend of the service, or all of them."""
        which = "pid = $1" if pid else "usename like $1"
        asked = f"select count(pg_terminate_backend(pid)) from pg_stat_activity where {which}"
        async with self.admin() as admin:
            self.terminations += await admin.fetchval(asked, pid or f"{CSA}\\_%")
        self.whole_s = time.monotonic()

    async def stop_database(self) -> None:
        """Stop the database without a checkpoint, and start it again."""
        await asyncio.to_thread(self.postgres.kill_immediately)
        self.stops += 1
        await asyncio.sleep(self.chance.random() * 0.5)
        # Not in a thread: the database would end with it.
        self.postgres.restart()
        self.whole_s = time.monotonic()

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[Any]:
        """Open a superuser's connection."""
        connection: Any = await asyncpg.connect(self.postgres.url(SUPERUSER, self.database))
        try:
            yield connection
        finally:
            connection.terminate()

    async def waiting(self, query: str, event: str) -> int:
        """Return the backend of the service that is at this query, waiting for this."""
        asked = (
            "select pid from pg_stat_activity where usename like $1 and query ilike $2"
            " and state = 'active' and wait_event = $3 limit 1"
        )
        async with self.admin() as admin:
            deadline = time.monotonic() + REACHED_S_MAX
            while time.monotonic() < deadline:
                pid = await admin.fetchval(asked, f"{CSA}\\_%", query, event)
                if pid is not None:
                    return int(pid)
                await asyncio.sleep(LOOK_EVERY_S)
        raise NotReached

    async def told(self, question: str, *arguments: Any) -> None:
        """Wait until a question about the database is answered with true."""
        async with self.admin() as admin:
            deadline = time.monotonic() + REACHED_S_MAX
            while time.monotonic() < deadline:
                if await admin.fetchval(question, *arguments):
                    return
                await asyncio.sleep(LOOK_EVERY_S)
        raise NotReached

    @asynccontextmanager
    async def locked(self, table: str) -> AsyncIterator[None]:
        """Hold a lock that lets a table be read and not written."""
        async with self.admin() as admin:
            await admin.execute("begin")
            await admin.execute(f"lock table {table} in share mode")
            yield

    @asynccontextmanager
    async def commits_held(self) -> AsyncIterator[None]:
        """Make every COMMIT wait, flushed, for a standby that never answers."""
        await self._standby("nobody")
        try:
            yield
        finally:
            if self.postgres.running:
                await self._standby("")

    async def _standby(self, name: str) -> None:
        async with self.admin() as admin:
            await admin.execute(f"alter system set synchronous_standby_names = '{name}'")
            await admin.execute("select pg_reload_conf()")


Fault = Callable[[Grounds], Awaitable[None]]


async def killed_anytime(grounds: Grounds) -> None:
    """The server is killed at a random moment."""
    await asyncio.sleep(grounds.chance.random() * 0.3)
    await grounds.kill_server()


async def terminated_anytime(grounds: Grounds) -> None:
    """All the service's backends are terminated at a random moment."""
    await asyncio.sleep(grounds.chance.random() * 0.3)
    await grounds.terminate()


async def stopped_anytime(grounds: Grounds) -> None:
    """The database is stopped at once at a random moment."""
    await asyncio.sleep(grounds.chance.random() * 0.3)
    await grounds.stop_database()


async def killed_while_appending(grounds: Grounds) -> None:
    """The server dies while an entry is on its way into the log."""
    async with grounds.locked("access_entry"):
        await grounds.waiting(APPENDING, "relation")
        assert grounds.process is not None
        grounds.process.kill()
    await grounds.kill_server()


async def terminated_while_appending(grounds: Grounds) -> None:
    """The backend dies while an entry is on its way into the log."""
    async with grounds.locked("access_entry"):
        await grounds.terminate(await grounds.waiting(APPENDING, "relation"))


async def stopped_while_appending(grounds: Grounds) -> None:
    """The database stops while an entry is on its way into the log."""
    async with grounds.locked("access_entry"):
        await grounds.waiting(APPENDING, "relation")
        await grounds.stop_database()


async def killed_between_append_and_body(grounds: Grounds) -> None:
    """The entry is durable; the server dies before it has heard so, and says nothing."""
    process = grounds.process
    assert process is not None
    async with grounds.locked("access_entry"):
        pid = await grounds.waiting(APPENDED_ALONE, "relation")
        process.send_signal(signal.SIGSTOP)
    try:
        await grounds.told("select state like 'idle%' from pg_stat_activity where pid = $1", pid)
    except NotReached:
        process.send_signal(signal.SIGCONT)  # or nobody would ever be answered again
        raise
    await grounds.kill_server()


async def killed_between_commit_and_answer(grounds: Grounds) -> None:
    """A write is committed and flushed; the server dies before it has heard so."""
    async with grounds.commits_held():
        await grounds.waiting("COMMIT%", "SyncRep")
        assert grounds.process is not None
        grounds.process.kill()
    await grounds.kill_server()


async def terminated_while_committing(grounds: Grounds) -> None:
    """The backend dies inside COMMIT: nobody is told how it ended."""
    async with grounds.commits_held():
        await grounds.terminate(await grounds.waiting("COMMIT%", "SyncRep"))


async def stopped_while_committing(grounds: Grounds) -> None:
    """The database stops inside COMMIT."""
    async with grounds.commits_held():
        await grounds.waiting("COMMIT%", "SyncRep")
        with contextlib.suppress(asyncpg.PostgresError, OSError):
            await grounds._standby("")  # what starts again must not wait for it
        await grounds.stop_database()


async def killed_before_commit(grounds: Grounds) -> None:
    """The server dies while a new record is being inserted."""
    async with grounds.locked("child"):
        await grounds.waiting(CREATING, "relation")
        assert grounds.process is not None
        grounds.process.kill()
    await grounds.kill_server()


async def _between_chunks(grounds: Grounds) -> None:
    await grounds.told("select exists (select from feed_batch where lines > 0 and complete = 0)")


async def killed_between_chunks(grounds: Grounds) -> None:
    """The server dies between two chunks of a feed."""
    await _between_chunks(grounds)
    await grounds.kill_server()


async def terminated_between_chunks(grounds: Grounds) -> None:
    """The backends die between two chunks of a feed."""
    await _between_chunks(grounds)
    await grounds.terminate()


async def stopped_between_chunks(grounds: Grounds) -> None:
    """The database stops between two chunks of a feed."""
    await _between_chunks(grounds)
    await grounds.stop_database()


FAULTS: tuple[Fault, ...] = (
    killed_anytime,
    terminated_anytime,
    stopped_anytime,
    killed_while_appending,
    terminated_while_appending,
    stopped_while_appending,
    killed_between_append_and_body,
    killed_between_commit_and_answer,
    terminated_while_committing,
    stopped_while_committing,
    killed_before_commit,
    killed_between_chunks,
    terminated_between_chunks,
    stopped_between_chunks,
)
