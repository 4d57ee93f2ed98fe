"""What deriver and locator share: who may ask what, a member's day, the entry of every answer."""

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from index_service.federation.directory import RegionDirectory
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.members import KeyUse
from index_service.federation.sizes import SKEW_S_MAX
from index_service.log.entry import Outcome
from index_service.services.index import Index
from index_service.services.peering.heard import PeerAsked, PeerSaid
from index_service.store.work import Work, work_on

_SKEW = timedelta(seconds=SKEW_S_MAX)

_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Noted:
    """What an entry says of a call: how many of what; nothing of what they were."""

    action: str
    about: str
    count: int


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call uses of a member's day, and how much the day has."""

    what: str
    much: int
    most: int


class Serving:
    """One story of a deriver or locator: its transaction ends with the entry."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Open the transaction of one call."""
        index = self.index
        async with work_on(index.api, index.csa, index.log) as work:
            yield work

    async def charge(self, work: Work, heard: PeerAsked, charge: Charge) -> None:
        """Charge a member's day, or MessageRefused: the same for whatever it asked about."""
        day = self.index.clock.now().astimezone(UTC).date()
        use = (charge.what, charge.much, charge.most)
        if not await work.region.spend(day, heard.sender.member.name, use):
            name, kind = heard.sender.member.name, charge.what
            _process_log.warning("a member has used up its day, member=%s kind=%s", name, kind)
            raise MessageRefused(PeerCode.BUDGET_SPENT)

    async def told(self, work: Work, heard: PeerAsked, noted: Noted, body: bytes) -> PeerSaid:
        """Make the call's entry durable with its effects, and let the answer go."""
        entry = replace(
            heard.entry(self.index.log.stamp(), Outcome.RECORDED),
            action=noted.action,
            account=heard.sender.member.name,
            role=heard.sender.use,
            reference=noted.about,
            count=noted.count,
        )
        return await heard.recorded(self.index.log, work, entry, body)

    def epochs_now(self, directory: RegionDirectory) -> set[int]:
        """Return the epoch there is now, and about its ends the one that clocks may show."""
        now = self.index.clock.now()
        return {directory.epochs.at(moment) for moment in (now - _SKEW, now, now + _SKEW)}

    def epochs_to_prepare(self, directory: RegionDirectory) -> set[int]:
        """Return the epoch there is now and the next: what is uploaded is of one of them."""
        current = directory.epochs.at(self.index.clock.now())
        return {current, current + 1}


def check_manages(heard: PeerAsked) -> None:
    """Refuse keys of use `serve`: what people's questions are answered with manages nothing."""
    if heard.sender.use != KeyUse.MANAGE:
        raise MessageRefused(PeerCode.KEY_NOT_ALLOWED)


def check_epoch(epoch: int, among: Collection[int]) -> None:
    """Refuse an epoch that is over, or not to be spoken of yet."""
    if epoch not in among:
        raise MessageRefused(PeerCode.EPOCH_REFUSED)
