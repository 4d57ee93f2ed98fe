"""What every story of one authority's index works with. Built once, in main.py."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.keyring import Keyring
from index_service.domain.clock import Clock
from index_service.log.access_log import AccessLog
from index_service.services.gate import Gate
from index_service.services.log_life import LogLife
from index_service.services.peering.region import Region
from index_service.services.remembered import Remembered
from index_service.services.sealing_log.lag import SealLag
from index_service.services.views import Views


@dataclass(frozen=True, slots=True)
class Index:
    """One authority's keys, log, clock and ways to its store."""

    csa: str
    keyring: Keyring
    log: AccessLog
    clock: Clock
    views: Views
    reading: Any  # the asyncpg pool of role api: lookups and reads, nothing else
    api: AsyncEngine  # keeps the directory
    feed: AsyncEngine  # writes records
    audit: AsyncEngine
    lag: SealLag | None = None  # of the process that answers; jobs show nobody a record
    gate: Gate | None = None  # likewise
    region: Region | None = None  # None for an authority outside any
    log_life: LogLife | None = None  # of the job that drops years of the log
    in_region: bool = False  # then a new record waits until the region's shield set answered
    remembered: Remembered = field(default_factory=Remembered)  # to stand in for who is not there
