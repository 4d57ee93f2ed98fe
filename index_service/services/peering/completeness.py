"""How complete an answer is: which authorities answer now, known of all of them all the time.

Every member is probed every few seconds, whoever is asked about; what a lookup tells of an
authority that disclosed nothing comes from here alone, and so says nothing of any child.
"""

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.members import Member
from index_service.federation.sizes import (
    DEADLINE_S,
    PROBE_BYTES,
    PROBE_EVERY_S,
    PROBE_SILENT_S,
    padded,
)
from index_service.services.index import Index
from index_service.services.peering.probe import PROBE_PATH
from index_service.services.peering.region import Region, Standing

_process_log = logging.getLogger(__name__)
_SPREAD = 0.2


class State(StrEnum):
    """What an authority's part of an answer is."""

    ANSWERED = "answered"  # it disclosed something
    NOTHING = "nothing"  # no entry, or nothing to disclose
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether an authority answers now, and as of when that is known."""

    answers: bool
    as_of: datetime | None


def reached(region: Region, standing: Standing, member: Member, now: datetime) -> Reached:
    """Return how an authority can be reached; one nobody has tried of late counts as silent."""
    answers = region.reachability.of(member.name, now) is True
    as_of = region.reachability.heard_at(member.name)
    return Reached(answers and not standing.is_suspended(member), as_of)


class Probing:
    """Probes every other authority, for as long as a process serves."""

    def __init__(self, index: Index, region: Region) -> None:
        self._index = index
        self._region = region

    async def watch(self) -> None:
        """Probe all, then those who are silent until all are due, and begin again."""
        loop = asyncio.get_running_loop()
        while True:
            await self.probe()
            due = loop.time() + _about(PROBE_EVERY_S)
            while loop.time() < due:
                await asyncio.sleep(_about(PROBE_SILENT_S))
                await self.probe(silent=True)

    async def probe(self, *, silent: bool = False) -> None:
        """Probe every member that has a port, once, all at the same time; or the silent alone."""
        standing = await self._region.standing()
        if standing is None:
            return
        heard, now = self._region.reachability, self._index.clock.now()
        called = [member for member in standing.peers if member.url]
        if silent:
            called = [member for member in called if heard.of(member.name, now) is not True]
        patience_s = PROBE_SILENT_S if silent else DEADLINE_S
        await asyncio.gather(*(self._one(member, patience_s) for member in called))

    async def _one(self, member: Member, patience_s: float) -> None:
        try:
            body = padded(b"{}", PROBE_BYTES)
            await self._region.client.ask(member, PROBE_PATH, body, patience_s)
        except (Unreachable, MessageRefused) as lost:
            _process_log.warning("peer %s does not answer: %s", member.name, lost.code)
            answered = False
        else:
            answered = True
        now = self._index.clock.now()
        self._region.reachability.note(member.name, answered=answered, at=now)


def _about(seconds: float) -> float:
    """Return a rest of about so long: not all probe at one moment."""
    return seconds * random.uniform(1 - _SPREAD, 1)  # noqa: S311 (spreads, hides nothing)
