"""Whether the log is being sealed, as the process sees it that answers: delay alarms and serves.

Only past the authority's own limit are children's records no longer shown: what is not
sealed could be taken back unseen, but an audit must not lightly become an outage for children.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from consent.facts import Action
from index_service.domain.errors import Unavailable
from index_service.store.sealing_lag import waited

LOOK_EVERY_S = 10.0
ALARM_S = 60.0

# What shows a child's record. Whatever writes, and the auditors' reads, go on.
CLOSED = frozenset({Action.LOOKUP, Action.READ_CHILD, Action.OVERRIDE})

_process_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SealLag:
    """How long entries have waited, looked up every few seconds and never on a request's way."""

    reading: Any
    csa: str
    stop_s: float
    waited_s: float = 0.0

    def check(self, action: Action) -> None:
        """Raise Unavailable for what is closed past the authority's limit."""
        if self.waited_s > self.stop_s and action in CLOSED:
            raise Unavailable

    async def look(self) -> None:
        """Ask once; where nobody answers, what was known before holds."""
        try:
            self.waited_s = (await waited(self.reading, self.csa)).total_seconds()
        except Unavailable:
            return
        if self.waited_s > ALARM_S:
            count = round(self.waited_s)
            _process_log.error("the log is not being sealed, seconds: count=%d", count)

    async def watch(self) -> None:
        """Ask every few seconds until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)
