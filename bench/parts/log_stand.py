"""One authority with `fsync`, its access log as a server opens it, and its real sealer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import asyncpg

from demo.authority import (
    CSA,
    Authority,
    found_authority,
    issuer_and_database,
    migrate,
    new_database,
)
from demo.postgres import SUPERUSER, Postgres
from demo.sealing import sealer_settings, sealing
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.domain.clock import SystemClock
from index_service.log.access_log import AccessLog
from index_service.settings import SealSettings
from index_service.store.appending import Appender
from index_service.store.engines import pool_for

SEALED_S_MAX = 180.0
_UNSEALED = (
    "select (select count(*) from log_batch) + (select count(*) from unnumbered)"
    " + (select count(*) from access_entry e where not exists"
    " (select from leaf l where l.csa = e.csa and l.entry_id = e.entry_id))"
)


class NotSealed(Exception):  # noqa: N818 (the finding of a check)
    """Entries have no leaf long after they were appended."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One authority and its sealer, neither of them running."""

    postgres: Postgres
    database: str
    directory: Path
    authority: Authority
    sealer: SealSettings
    keyring: Keyring

    @property
    def sealer_log(self) -> Path:
        """Where the sealer's output goes."""
        return self.directory / "sealer.log"

    @contextmanager
    def sealing(self) -> Iterator["Popen[bytes]"]:
        """Run the sealer, in a process of its own."""
        with sealing(self.authority, self.sealer, self.sealer_log) as process:
            yield process

    async def connected(self) -> Any:
        """Return a connection of the server's administrator."""
        return await asyncpg.connect(self.postgres.url(SUPERUSER, self.database))

    async def all_sealed(self) -> None:
        """Wait until every entry has its leaf; NotSealed when that takes too long."""
        connection = await self.connected()
        try:
            async with asyncio.timeout(SEALED_S_MAX):
                while await connection.fetchval(_UNSEALED):  # noqa: ASYNC110 (another process)
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise NotSealed from None
        finally:
            await connection.close()


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    """Set one authority up; its server keeps the moment of every commit."""
    async with issuer_and_database(fsync=True) as (postgres, issuer, directory):
        postgres.psql("alter system set track_commit_timestamp = on")
        postgres.restart()
        new_database(postgres, CSA)
        await asyncio.to_thread(migrate, postgres.url("{role}", CSA))
        authority = await found_authority(postgres, CSA, issuer, directory / "keys")
        keyring = Keyring(CSA, FileKeyProvider(authority.settings.key_directory))
        sealer = sealer_settings(authority, directory)
        yield Stand(postgres, CSA, directory, authority, sealer, keyring)


@asynccontextmanager
async def opened_log(database_url: str, keyring: Keyring) -> AsyncIterator[AccessLog]:
    """Open the access log as a server does: role api, one connection that appends."""
    pool = await pool_for(database_url, CSA, "api", 1)
    log = AccessLog(CSA, keyring.log_keys, keyring.receipt_key, SystemClock(), Appender(pool, CSA))
    log.start()
    try:
        yield log
    finally:
        await log.stop()
        await pool.close()
