"""Two processes write through rollbacks, cut connections and kills, and the log has no gap."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from index_service.services.sealing_log.running import keep_sealing
from tests.sealing.sealing import Beside, SetClock

ROOT = Path(__file__).resolve().parent.parent.parent
CUT = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = any($1)"


def writing(beside: Beside, told: Path) -> "subprocess.Popen[bytes]":
    """Start a process that writes; what it was sure of goes to a file."""
    settings = beside.served.settings
    arguments = [settings.database_url, str(settings.key_directory)]
    with told.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.sealing.writing", *arguments],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=out,
        )


def sure_of(told: Path) -> set[UUID]:
    """Return what a process said; its last line may have been cut short."""
    lines = told.read_text().split("\n") if told.exists() else []
    return {UUID(line) for line in lines if len(line) == 36}


async def test_two_processes_writers_stay_gap_free_through_rollbacks_and_kills(
    beside: Beside, tmp_path: Path
) -> None:
    chance = random.Random(7)
    told = [tmp_path / "one", tmp_path / "two"]
    stop = asyncio.Event()
    rounds = beside.again(clock=Moving())
    sealing = asyncio.create_task(keep_sealing(rounds, None, stop, 0.1))
    running = [writing(beside, each) for each in told]
    try:
        async with asyncio.timeout(60):
            while not all(sure_of(each) for each in told):  # noqa: ASYNC110 (other processes tell)
                await asyncio.sleep(0.1)  # they tell a file
        for turn in range(8):
            await asyncio.sleep(chance.uniform(0.2, 0.6))
            if turn % 3 == 2:
                which = chance.randrange(2)
                running[which].kill()
                running[which].wait()
                running[which] = writing(beside, told[which])
            else:
                roles = ["northmere_api"] if turn % 3 == 0 else ["northmere_api", "northmere_seal"]
                await beside.sql(CUT, roles)
        await asyncio.sleep(1)
    finally:
        for process in running:
            process.kill()
            process.wait()
    stop.set()
    await sealing
    sure = sure_of(told[0]) | sure_of(told[1])
    last = beside.again()
    beside.clock.at = SetClock().at
    beside.clock.on(seconds=30)  # what killed processes left unnumbered is adopted
    done = await beside.all(last)
    assert done[-1].refused == 0
    await beside.checked()
    assert await beside.unsealed() == []
    held = {row[0] for row in await beside.sql("select entry_id from leaf")}
    assert sure <= held
    assert len(sure) > 200
    assert await beside.value("select count(*) from unnumbered") == 0
    writers = await beside.value("select count(distinct writer) from writer_sealed")
    assert writers >= 6  # each cut or kill ended one


class Moving(SetClock):
    """A clock that goes on by itself."""

    def now(self) -> object:  # type: ignore[override]  # of the same kind
        return SetClock().at
