"""Anonymous refusals beyond a rate: answered empty, counted, told to the log once a second."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import Context

from index_service.domain.errors import Unrecorded
from index_service.log.access_log import AccessLog
from index_service.log.entry import AccessEntry, Outcome

RATE_PER_S = 50
_STOP_S_MAX = 3.0


class Flood:
    """A bucket of single entries for those who have not said who they are.

    Keeps a number and nothing of the requests. A process killed outright loses the
    count of its last second.
    """

    def __init__(
        self,
        access_log: AccessLog,
        rate_per_s: int = RATE_PER_S,
        now_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`now_s` and `sleep` are one monotonic clock; the bucket starts full."""
        self._log = access_log
        self._rate_per_s = rate_per_s
        self._now_s = now_s
        self._sleep = sleep
        self._entries_left = float(rate_per_s)
        self._counted_at_s = now_s()
        self._shed = 0
        self._telling: asyncio.Task[None] | None = None

    def admits(self) -> bool:
        """Return whether one more anonymous refusal gets an entry of its own; else count it."""
        now_s = self._now_s()
        earned = (now_s - self._counted_at_s) * self._rate_per_s
        self._counted_at_s = now_s
        self._entries_left = min(float(self._rate_per_s), self._entries_left + earned)
        if self._entries_left >= 1:
            self._entries_left -= 1
            return True
        self._shed += 1
        if self._telling is None or self._telling.done():
            # An empty context: the summary is no part of the request that caused it.
            loop = asyncio.get_running_loop()
            self._telling = loop.create_task(self._tell(), context=Context())
        return False

    async def stop(self) -> None:
        """Wait until what was shed is told, for as long as a log that answers needs."""
        if self._telling is not None and not self._telling.done():
            await asyncio.wait({self._telling}, timeout=_STOP_S_MAX)

    async def _tell(self) -> None:
        while self._shed:
            await self._sleep(1.0)
            count = self._shed
            try:
                await self._log.append(
                    AccessEntry(
                        *self._log.stamp(), action="", route="", outcome=Outcome.SHED, count=count
                    )
                )
            except Unrecorded:
                continue  # told with the next second's
            self._shed -= count
