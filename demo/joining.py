"""Authorities join the region: started anew as members, their children derived, filters built."""

import asyncio
import time

from demo.running import Borough, Running
from demo.telling import progress, say
from demo.towns import NORTHMERE


class Joining:
    """Lets each authority join once it is fed, while the story goes on elsewhere."""

    def __init__(self, running: Running) -> None:
        """Bind what runs; Northmere joins last, when `all_joined` is asked for."""
        self._running = running
        self._tasks: dict[str, asyncio.Task[float]] = {}

    def begin(self, name: str) -> None:
        """Let an authority join beside all else; Northmere's story is told first."""
        if name != NORTHMERE:
            joining = _joined(self._running.boroughs[name])
            self._tasks[name] = asyncio.create_task(joining)

    async def all_joined(self) -> None:
        """Wait for those who are joining, then let Northmere join them."""
        with progress("filters of the others"):
            taken = dict(zip(self._tasks, await asyncio.gather(*self._tasks.values()), strict=True))
        with progress("Northmere's index, as a member"):
            await self._running.home.joins()
        boroughs = self._running.boroughs
        for name, seconds in taken.items():
            title = boroughs[name].town.title
            say(f"   {title}'s children are derived and in its filters, after {seconds:.0f} s")
        say("   Northmere's are derived by its nightly job; nobody asks it from elsewhere before")


async def _joined(borough: Borough) -> float:
    begun = time.monotonic()
    await borough.joins()
    await borough.done("derive")
    return time.monotonic() - begun
