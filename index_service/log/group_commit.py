"""Durable appends many at a time: one write in flight, all who came meanwhile in the next.

Each write is one numbered batch of its writer (numbering.py). Entries that a story committed
with its effect come here as well, only to be numbered.

There is no timer: a batch goes as soon as the write before it is over, so an idle index
answers at the price of one commit and a busy one shares it (measured: waiting on purpose
gains nothing). A row whose write failed or took too long may or may not be in the log;
whoever waits for it is told Unrecorded and says nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass

from index_service.domain.errors import Unrecorded
from index_service.log.leaf import LogRow
from index_service.log.numbering import Number, Writer


@dataclass(frozen=True, slots=True)
class Batch:
    """One write: rows to insert, rows a story has inserted, and the number of them all."""

    rows: tuple[LogRow, ...]
    stored: tuple[LogRow, ...]
    number: Number


Write = Callable[[Batch], Awaitable[None]]
"""Make the batch durable whole, or raise. Called for one at a time; may be cancelled."""

_Waiting = list[tuple[LogRow, asyncio.Future[None]]]

_process_log = logging.getLogger(__name__)


class GroupCommit:
    """Appends rows through one `write` at a time; a queue of bounded length behind it."""

    def __init__(
        self, write: Write, writer: Writer, queue_max: int = 2048, wait_s_max: float = 2.0
    ) -> None:
        self._write = write
        self._writer = writer
        self._number: Number | None = None  # of the batch in flight
        self._stored: list[LogRow] = []
        self._queue_max = queue_max
        self._wait_s_max = wait_s_max
        self._open = False
        self._queue: _Waiting = []
        self._batch: _Waiting = []
        self._writing: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Accept rows from here on."""
        self._open = True

    async def stop(self) -> None:
        """Accept no more rows, and wait until those accepted are written or given up."""
        self._open = False
        while self._writing is not None:
            await asyncio.wait({self._writing}, timeout=self._wait_s_max)

    async def append(self, row: LogRow) -> None:
        """Return once the row is durable; raise Unrecorded when that is not known.

        Cancelling the caller does not take the row back: who hung up has still asked.
        """
        if not self._open or len(self._queue) >= self._queue_max:
            raise Unrecorded
        written = asyncio.get_running_loop().create_future()
        self._queue.append((row, written))
        if self._writing is None:
            self._begin()
        await written

    def number_stored(self, row: LogRow) -> None:
        """Have a row numbered that a story has made durable; nobody waits for it.

        What is not numbered, because this process ends or the write fails, the sealer adopts.
        """
        if not self._open:
            return
        self._stored.append(row)
        if self._writing is None:
            self._begin()

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        # An empty context: the batch belongs to no single request.
        task = self._writing = loop.create_task(self._write_queue(), context=Context())
        task.add_done_callback(self._ended)
        self._alarm = loop.call_later(self._wait_s_max, self._overdue, task)

    async def _write_queue(self) -> None:
        # Taken when the task runs, not when it was made: all who came in one turn of
        # the loop share the first write.
        self._batch, self._queue = self._queue, []
        stored, self._stored = self._stored, []
        rows = tuple(row for row, _ in self._batch)
        number = self._number = self._writer.number([row.leaf for row in (*rows, *stored)])
        await self._write(Batch(rows, tuple(stored), number))

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tell those who waited, and go on with those who came meanwhile.

        A failed write is read off its task, not caught: log/ cannot know what a store
        raises, and every failure means the same here.
        """
        failure = asyncio.CancelledError() if task.cancelled() else task.exception()
        if failure is not None:
            _process_log.error("access log: write failed, cause=%s", type(failure).__name__)
        if task is self._writing:  # else given up before
            if failure is None and self._number is not None:
                self._writer.sure(self._number)
            else:
                self._writer.unsure()
            self._settle(durable=failure is None)
            self._next()

    def _overdue(self, task: asyncio.Task[None]) -> None:
        """Stop waiting for a write, but let it end before the next: they share a connection."""
        self._settle(durable=False)
        task.cancel()
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(self._wait_s_max, self._give_up)

    def _give_up(self) -> None:
        """Go on without a write that does not even end when cancelled."""
        _process_log.error("access log: write does not end, going on without it")
        self._writer.unsure()
        self._next()

    def _next(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._writing = self._number = None
        if self._queue or self._stored:
            self._begin()

    def _settle(self, durable: bool) -> None:
        batch, self._batch = self._batch, []
        for _, written in batch:
            if written.done():  # the caller was cancelled
                continue
            if durable:
                written.set_result(None)
            else:
                written.set_exception(Unrecorded())
