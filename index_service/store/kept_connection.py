"""A pool's connection kept from one use to the next while one follows another closely."""

import asyncio
from typing import Any

from asyncpg import InterfaceError

IDLE_S = 0.05


class KeptConnection:
    """Takes a connection out of a pool for uses one after another; gives it back when idle.

    To take it and give it back for each costs more than the little it is needed for.
    """

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._kept: Any = None  # out of the pool, and nobody's at the moment
        self._idle: asyncio.TimerHandle | None = None
        self._returned: asyncio.Task[None] | None = None

    async def execute(self, sql: str, arguments: list[Any]) -> None:
        """Run one statement. After an error the pool decides what becomes of the connection."""
        connection = await self._taken()
        keep = False
        try:
            await connection.execute(sql, *arguments)
            keep = self._kept is None  # else another was quicker, on a pool of more than one
        finally:
            if not keep:
                await self._pool.release(connection)
        if keep:
            self._kept = connection
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._give_back)

    async def _taken(self) -> Any:
        connection, self._kept = self._kept, None
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if connection is not None and _open(connection):
            return connection
        if connection is not None:
            await self._pool.release(connection)
        return await self._pool.acquire(timeout=1)

    def _give_back(self) -> None:
        connection, self._kept, self._idle = self._kept, None, None
        if connection is not None:
            release = self._pool.release(connection)
            self._returned = asyncio.get_running_loop().create_task(release)


def _open(connection: Any) -> bool:
    try:
        return not connection.is_closed()
    except InterfaceError:  # the pool took it back by itself when the server ended it
        return False
