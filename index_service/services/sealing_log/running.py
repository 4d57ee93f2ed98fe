"""The sealer's main loop: lead, a round each second while there is something, and go on."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from enum import IntEnum
from uuid import UUID

from index_service.domain.errors import Unavailable
from index_service.log.second_place import PlaceUnfit, SwapRefused
from index_service.services.sealing_log.anew import begin_anew
from index_service.services.sealing_log.cosigning import Cosigning
from index_service.services.sealing_log.growing import RolledBack
from index_service.services.sealing_log.off_machine import OffMachine
from index_service.services.sealing_log.sealer import NotFounded, Rounds, Sealed
from index_service.store.sealed_log import LedByAnother

EVERY_S = 1.0
REFUSING_EVERY_S = 10.0

# Who is told each head, and may have seen that we were set back.
Outside = tuple[OffMachine | Cosigning, ...]

_process_log = logging.getLogger(__name__)


class End(IntEnum):
    """How a sealer ended, as its exit status."""

    WELL = 0
    REFUSED = 1  # some writer's batches, this time, or entries are gone
    STORE_LOST = 3
    ROLLED_BACK = 4
    SECOND_PLACE = 5
    ANOTHER_LEADS = 6


async def seal_once(
    rounds: Rounds, off_machine: OffMachine | None, cosigning: Cosigning | None = None
) -> End:
    """Seal what waits now, all of it, and say how that went."""
    return await _tried(_all(rounds, off_machine, cosigning))


async def seal_anew(
    rounds: Rounds,
    off_machine: OffMachine | None,
    entry: UUID,
    cosigning: Cosigning | None = None,
) -> End:
    """Begin the tree anew for a release; NotReleased where it may not be."""
    return await _tried(_anew(rounds, off_machine, entry, cosigning))


async def keep_sealing(
    rounds: Rounds,
    off_machine: OffMachine | None,
    stop: asyncio.Event,
    every_s: float = EVERY_S,
    cosigning: Cosigning | None = None,
) -> None:
    """Seal until the event is set; whatever stands in the way alarms, and is tried again.

    A rollback alarms at each try and is not got over: nothing is signed until the database
    comes up to the second place again.
    """
    outside = tuple(each for each in (off_machine, cosigning) if each is not None)
    async with _running(outside):
        while not stop.is_set():
            end = await _tried(_leading(rounds, outside, stop, every_s))
            if not stop.is_set():
                await _wait(stop, REFUSING_EVERY_S if end is End.ROLLED_BACK else every_s)


async def _tried(sealing: Awaitable[End]) -> End:
    """Await some sealing; what may go wrong is said by its code and becomes an end."""
    try:
        return await sealing
    except LedByAnother:
        return End.ANOTHER_LEADS
    except RolledBack as failed:
        _process_log.critical("sealer: ROLLED BACK, nothing is signed, code=%s", failed.code)
        return End.ROLLED_BACK
    except NotFounded:
        _process_log.critical("sealer: no second place, nothing is signed")
        return End.SECOND_PLACE
    except (PlaceUnfit, SwapRefused) as failed:
        _process_log.critical("sealer: second place, nothing is signed, code=%s", failed.code)
        return End.SECOND_PLACE
    except Unavailable:
        _process_log.error("sealer: the database cannot be had")
        return End.STORE_LOST


async def _all(rounds: Rounds, off_machine: OffMachine | None, cosigning: Cosigning | None) -> End:
    outside = tuple(each for each in (off_machine, cosigning) if each is not None)
    async with rounds.sealer.store.leading():
        refused = 0
        while True:
            done = await _round(rounds, outside)
            refused = max(refused, done.refused, done.gone)
            if not done.more:
                break
        if off_machine is not None and (outcome := await off_machine.send()) is not None:
            _process_log.error("sealer: head not kept off the machine, outcome=%s", outcome)
            off_machine.check()
        if cosigning is not None:
            await cosigning.ask()
            cosigning.check()
        return End.REFUSED if refused else End.WELL


async def _anew(
    rounds: Rounds, off_machine: OffMachine | None, entry: UUID, cosigning: Cosigning | None
) -> End:
    follows = await begin_anew(rounds.sealer, off_machine, entry, cosigning)
    count = follows.size
    _process_log.warning("sealer: begun anew after a rollback, leaves before it: count=%d", count)
    return End.WELL


async def _leading(rounds: Rounds, outside: Outside, stop: asyncio.Event, every_s: float) -> End:
    loop = asyncio.get_running_loop()
    async with rounds.sealer.store.leading() as leading:
        while not stop.is_set():
            due = loop.time() + every_s
            await leading.check()
            done = await _round(rounds, outside)
            if not done.more:
                await _wait(stop, due - loop.time())
    return End.WELL


async def _round(rounds: Rounds, outside: Outside) -> Sealed:
    for each in outside:
        each.check()
    done = await rounds.round()
    for each in outside:
        each.tell(done.head)
    return done


@asynccontextmanager
async def _running(outside: Outside) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in outside]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


def _ended(task: asyncio.Task[None]) -> None:
    """Say that what tells heads outside has ended by a defect: sealing goes on without it."""
    if not task.cancelled() and (failed := task.exception()) is not None:
        _process_log.critical("sealer: heads leave no more, %s", type(failed).__name__)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await stop.wait()
    except TimeoutError:
        return
