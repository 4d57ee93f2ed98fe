"""The region as one process knows it: the directory in force, its own keys, its way to others.

The directory's version and the suspensions are read anew for every message, in one statement;
what is kept is the directory of a version, verified.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from index_service.domain.clock import Clock
from index_service.federation.client import PeerClient
from index_service.federation.directory import RegionDirectory, RegionPolicy
from index_service.federation.errors import DirectoryRefused
from index_service.federation.members import Member
from index_service.federation.own_signer import OwnSigner
from index_service.federation.sizes import PROBE_EVERY_S
from index_service.federation.tls import TlsFiles
from index_service.services.peering.peer_day import PeerLimits
from index_service.store.membership import RegionStands

_process_log = logging.getLogger(__name__)

STALE = timedelta(seconds=3 * PROBE_EVERY_S)


class RegionRows(Protocol):
    """A reader or a writing transaction that can tell the region's state."""

    async def stands(self) -> RegionStands:
        """Return which directory is in force, and who is suspended."""
        ...

    async def document(self, version: int) -> bytes:
        """Return the document of a version."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The region at the moment of one message."""

    directory: RegionDirectory
    suspended: frozenset[str]

    def is_suspended(self, member: Member) -> bool:
        """Return whether this authority does not speak with a member now."""
        return member.name in self.suspended

    @property
    def peers(self) -> tuple[Member, ...]:
        """The other indexes this authority speaks with now, by name."""
        return tuple(each for each in self.directory.others if each.name not in self.suspended)


class Directories:
    """The newest directory this process has verified."""

    def __init__(self, policy: RegionPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._known: RegionDirectory | None = None

    async def standing(self, rows: RegionRows) -> Standing | None:
        """Return the region as it stands, or None: no directory counts, nobody is spoken with."""
        stands = await rows.stands()
        if stands.version is None:
            return None
        known = self._known
        if known is None or known.version != stands.version:
            known = self._verified(await rows.document(stands.version))
        if known is None or not known.covers(self._clock.now()):
            return None
        self._known = known
        return Standing(known, stands.suspended)

    def _verified(self, document: bytes) -> RegionDirectory | None:
        try:
            return RegionDirectory.verified(document, self._policy, self._clock.now())
        except DirectoryRefused as refused:
            _process_log.critical(
                "region: the stored directory does not count, code=%s", refused.fault
            )
            return None


@dataclass(slots=True)
class Reachability:
    """Which authorities answer, by probes and messages; of all of them, whoever was asked."""

    _heard: dict[str, tuple[bool, datetime]] = field(default_factory=dict)

    def note(self, member: str, *, answered: bool, at: datetime) -> None:
        """Note how a probe or a message ended."""
        self._heard[member] = answered, at

    def of(self, member: str, now: datetime) -> bool | None:
        """Return whether a member answers, None where nobody tried of late."""
        answered, at = self._heard.get(member, (False, None))
        return None if at is None or now - at > STALE else answered

    def heard_at(self, member: str) -> datetime | None:
        """Return when a member was last tried, None where nobody did."""
        return self._heard.get(member, (False, None))[1]


@dataclass(frozen=True, slots=True)
class Region:
    """A member's part in its region. Built once a process, in main.py."""

    policy: RegionPolicy
    tls: TlsFiles
    signer: OwnSigner
    client: PeerClient
    directories: Directories
    rows: RegionRows
    reachability: Reachability = field(default_factory=Reachability)
    limits: PeerLimits = field(default_factory=PeerLimits)  # of what a peer is told in a day

    async def standing(self) -> Standing | None:
        """Return the region as it stands now, or None where no directory counts."""
        found = await self.directories.standing(self.rows)
        if found is not None:
            self.signer.told(found.directory)
        return found
