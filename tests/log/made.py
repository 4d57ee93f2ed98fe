"""An access log over a list instead of a database, and made-up entries to put in it."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import UUID

from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import MemoryKeyProvider, make_keys
from index_service.domain.clock import FixedClock
from index_service.log.access_log import AccessLog
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.group_commit import Batch
from index_service.log.leaf import LogRow, opened

NOON = datetime(2025, 11, 21, 12, 0, 0, 250_000, UTC)
CHILD = UUID("6f1c2a4e-9a55-4d0e-8f7e-0d6a1f3b2c4d")


def made_keyring(csa: str = "northmere") -> Keyring:
    """Return a keyring of random keys; its log's year is NOON's."""
    provider = MemoryKeyProvider()
    make_keys(provider, 202547, NOON.year)
    return Keyring(csa, provider)


class ListWrite:
    """Keeps rows in a list; fails while down, as a lost database; hangs while gated."""

    def __init__(self) -> None:
        self.rows: list[LogRow] = []
        self.up = True
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, batch: Batch) -> None:
        """Keep the rows, or raise."""
        await self.gate.wait()
        if not self.up:
            raise ConnectionError
        self.rows.extend(batch.rows)


class Kept:
    """An access log, its keys, and what it has written so far."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.write = ListWrite()
        self.log = AccessLog(
            keyring.csa, keyring.log_keys, keyring.receipt_key, FixedClock(NOON), self.write
        )

    def entries(self) -> list[dict[str, object]]:
        """Return every entry written, opened and checked against its leaf."""
        keys = self.keyring.log_keys(NOON.year)
        return [json.loads(opened(row, keys).canonical) for row in self.write.rows]


def made_entry(log: AccessLog) -> AccessEntry:
    """Return the entry of a lookup that showed nothing."""
    return AccessEntry(*log.stamp(), action="lookup", route="/v1/lookups", outcome=Outcome.NOTHING)
