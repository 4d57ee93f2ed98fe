"""Answers probes: that this member is here, and which directory it goes by."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import orjson

from index_service.domain.clock import Clock
from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.sizes import PROBE_ANSWER_BYTES, PROBE_BYTES
from index_service.log.access_log import AccessLog
from index_service.log.entry import Outcome
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid

PROBE_PATH = "/peer/v1/probe"


Checked = Callable[[], Awaitable[datetime | None]]
"""Says until when an index's checks of the region's shield set were answered, if ever."""


class Probe:
    """The first thing members ask of each other. It depends on nothing stored of any child."""

    def __init__(self, log: AccessLog, clock: Clock, checked: Checked | None = None) -> None:
        """`checked` of an index alone: deriver and locator check nothing."""
        self._log = log
        self._clock = clock
        self._checked = checked

    def handler(self, *senders: str) -> PeerHandler:
        """Return the route of probes, for members of these kinds."""
        return PeerHandler(
            PROBE_PATH, self.run, PROBE_ANSWER_BYTES, PROBE_BYTES, frozenset(senders or {"index"})
        )

    async def run(self, asked: PeerAsked) -> PeerSaid:
        """Say which directory is in force here, which epoch it is, and how shields are checked."""
        try:
            said = parse_json(asked.body)
        except Invalid:
            raise MessageRefused(PeerCode.MALFORMED) from None
        if said != {}:
            raise MessageRefused(PeerCode.MALFORMED)
        directory = asked.standing.directory
        epoch = directory.epochs.at(self._clock.now())
        checked = await self._checked() if self._checked is not None else None
        body = orjson.dumps(
            {
                "directory": directory.version,
                "epoch": epoch,
                "shields_checked": None if checked is None else int(checked.timestamp()),
            }
        )
        return await asked.told(self._log, asked.entry(self._log.stamp(), Outcome.SHOWN), body)
