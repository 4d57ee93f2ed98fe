"""A process that appends, and changes in transactions of which some roll back, until killed.

    python -m bench.parts.log_writing DATABASE_URL KEY_DIRECTORY

Says each entry it is sure of, one id a line, and `?` for each whose outcome it cannot know.
"""

import asyncio
import os
import random
import sys
from pathlib import Path
from uuid import UUID

import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.parts.log_made import entry
from bench.parts.log_stand import opened_log
from demo.authority import CSA
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import SystemClock
from index_service.domain.errors import Unavailable, Unrecorded
from index_service.log.access_log import AccessLog
from index_service.store.engines import engine_for
from index_service.store.work import work_on

APPENDING, CHANGING = 8, 2
UNKNOWN, ROLLED_BACK = "?", "-"
_AGAIN_S = 0.01
_COMMIT_S = 0.01  # about what a commit takes: cut before, within and after it


def _say(what: UUID | str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def _append(log: AccessLog) -> None:
    while True:
        made = entry(log.stamp())
        try:
            await log.append(made)
            _say(made.entry_id)
        except Unrecorded:
            _say(UNKNOWN)
            await asyncio.sleep(_AGAIN_S)


async def _change(log: AccessLog, engine: AsyncEngine) -> None:
    """Commit stories; leave some without commit, and cut some short while they commit."""
    turn = 0
    while True:
        made, turn = entry(log.stamp()), turn + 1
        try:
            async with work_on(engine, CSA, log) as work:
                prepared = log.prepare(made)
                await work.remember(os.urandom(32), os.urandom(32), SystemClock().now())
                if turn % 3 == 0:
                    _say(ROLLED_BACK)
                    continue
                cut_s = random.uniform(0, _COMMIT_S) if turn % 7 == 0 else None
                async with asyncio.timeout(cut_s):
                    await work.commit(prepared)
            _say(made.entry_id)
        except (Unavailable, Unrecorded, TimeoutError):
            _say(UNKNOWN)
            await asyncio.sleep(_AGAIN_S)


async def write(url: str, keys: Path) -> None:
    """Write until killed; a lost connection is tried again, as by any server."""
    engine = engine_for(url, CSA, "api")
    async with (
        opened_log(url, Keyring(CSA, FileKeyProvider(keys))) as log,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(APPENDING):
            group.create_task(_append(log))
        for _ in range(CHANGING):
            group.create_task(_change(log, engine))


if __name__ == "__main__":
    uvloop.run(write(sys.argv[1], Path(sys.argv[2])))
