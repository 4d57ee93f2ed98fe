"""A process that appends and changes as fast as it can, and says which entries it was sure of.

python -m tests.sealing.writing DATABASE_URL KEY_DIRECTORY: run by test_writers.py, which kills it.
"""

import asyncio
import sys
from pathlib import Path

from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import SystemClock
from index_service.domain.errors import Unavailable, Unrecorded
from index_service.log.access_log import AccessLog
from index_service.log.entry import AccessEntry, Outcome
from index_service.store.appending import Appender
from index_service.store.engines import engine_for, pool_for
from index_service.store.work import work_on

CSA = "northmere"
TASKS = 6


def entry(log: AccessLog) -> AccessEntry:
    """Return an entry like any."""
    return AccessEntry(*log.stamp(), action="lookup", route="tests", outcome=Outcome.NOTHING)


def sure(entry_id: object) -> None:
    """Say that an entry is durable."""
    sys.stdout.write(f"{entry_id}\n")
    sys.stdout.flush()


async def main(url: str, keys: Path) -> None:
    """Write until killed; a lost connection is tried again, as by any worker."""
    pool = await pool_for(url, CSA, "api", 1)
    engine = engine_for(url, CSA, "api")
    keyring = Keyring(CSA, FileKeyProvider(keys))
    clock = SystemClock()
    log = AccessLog(CSA, keyring.log_keys, keyring.receipt_key, clock, Appender(pool, CSA))
    log.start()

    async def append() -> None:
        while True:
            made = entry(log)
            try:
                await log.append(made)
                sure(made.entry_id)
            except Unrecorded:
                await asyncio.sleep(0.01)

    async def change() -> None:
        turn = 0
        while True:
            made, turn = entry(log), turn + 1
            try:
                async with work_on(engine, CSA, log) as work:
                    prepared = log.prepare(made)
                    if turn % 3 == 0:
                        continue  # rolled back: a number drawn by the store would be a gap
                    await work.commit(prepared)
                sure(made.entry_id)
            except (Unavailable, Unrecorded):
                await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(append())
        group.create_task(change())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
