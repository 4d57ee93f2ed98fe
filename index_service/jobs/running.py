"""The main loop of a job: run, wait, run again, until told to stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_process_log = logging.getLogger(__name__)

Run = Callable[[asyncio.Event], Awaitable[bool]]
"""Run once, ending early if the event is set; return whether all of it went well."""


async def run_once(name: str, run: Run, stop: asyncio.Event) -> bool:
    """Run a job once; whatever goes wrong is said by its type, and the process lives on."""
    try:
        went_well = await run(stop)
    except Exception as failure:  # noqa: BLE001 (a main loop: the next run may go better)
        _process_log.error("job %s: a run failed, cause=%s", name, type(failure).__name__)
        return False
    return went_well


async def keep_running(name: str, run: Run, every_s: float, stop: asyncio.Event) -> None:
    """Run a job every so many seconds, begin to begin, until the event is set."""
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        due = loop.time() + every_s
        await run_once(name, run, stop)
        try:
            async with asyncio.timeout_at(due):
                await stop.wait()
        except TimeoutError:
            continue
