"""A log made by the real parts, and everything handed out of it: AccessLog, sealer, PostgreSQL.

Entries are appended as lookups append theirs, on an embedded server; the sealer seals them. What
stands in the tables is then written out as docs/log-format.md says. Two witnesses of the proof's
own cosign, with clocks past every receipt's deadline.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from demo.authority import found_authority, issuer_and_database, migrate, new_database
from demo.postgres import SUPERUSER, Postgres
from index_service.commands.seal import policy_lines, sealing_of
from index_service.crypto.providers import FileKeyProvider
from index_service.crypto.sealer_keys import make_sealer_keys
from index_service.domain.clock import SystemClock
from index_service.log.access_log import AccessLog
from index_service.log.leaf import LogRow, opened
from index_service.main import built
from index_service.services.index import Index
from index_service.services.sealing_log.sealer import Rounds
from index_service.settings import SealSettings
from index_service.store.appending import Appender
from index_service.store.engines import pool_for
from tests.verify.made import CSA, Keys, MadeLog, Stored, compact, made_entry

DATABASE = "northmere"
ORIGIN = "index.northmere.example/log"
LATER_S = 2 * 24 * 60 * 60  # the witnesses' clocks: past the deadline of what is appended now
ADOPTED_AFTER = timedelta(seconds=6)


@dataclass
class RealLog(MadeLog):
    """What the real parts sealed, handed out as a made-up log is."""

    said: str = ""
    notes: dict[int, str] = field(default_factory=dict)
    receipts: dict[UUID, str] = field(default_factory=dict)
    stored_tiles: bytes = b""

    @property
    def sizes(self) -> list[int]:
        """The sizes there are heads of, smallest first."""
        return sorted(self.notes)

    def policy(self) -> str:
        """Return the policy file."""
        return self.said

    def note(self, size: int | None = None) -> str:
        """Return the head the sealer signed at a size."""
        return self.notes[len(self.stored) if size is None else size]

    def receipt(self, index: int) -> str:
        """Return the receipt that was given for the entry at a place."""
        entry_id = self.stored[index].entry_id
        assert entry_id is not None
        return self.receipts[entry_id]

    def tiles(self) -> bytes:
        """Return the tiles that are stored."""
        return self.stored_tiles

    def held(self) -> list[int]:
        """Return the places of entries whose receipts are held."""
        return [index for index, each in enumerate(self.stored) if each.entry_id in self.receipts]


@dataclass
class SetClock:
    """The sealer's clock, which the proof sets forward."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.at

    def today(self) -> date:
        """Return its day."""
        return self.at.date()


@dataclass
class Parts:
    """The real parts at work beside each other."""

    index: Index
    rounds: Rounds
    clock: SetClock
    settings: SealSettings
    postgres: Postgres
    chance: Random
    keys: Keys
    receipts: dict[UUID, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)

    @asynccontextmanager
    async def process(self) -> AsyncIterator[AccessLog]:
        """Start another process's access log on the same store: a writer of its own."""
        index, url = self.index, self.settings.database_url
        pool = await pool_for(url, index.csa, "api", size=1)
        keyring, write = index.keyring, Appender(pool, index.csa)
        log = AccessLog(index.csa, keyring.log_keys, keyring.receipt_key, index.clock, write)
        log.start()
        try:
            yield log
        finally:
            await log.stop()
            pool.terminate()

    async def append(self, count: int, log: AccessLog | None = None) -> list[UUID]:
        """Append made-up entries one by one, each a batch of its writer; keep their receipts."""
        ids, appending = [], log or self.index.log
        for number in range(count):
            made, _ = made_entry(self.chance, number)
            csa, entry_id, at_ms = appending.stamp()
            entry = replace(made, csa=csa, entry_id=entry_id, at_ms=at_ms)
            receipt = await appending.append(entry)
            self.receipts[receipt.entry_id] = str(receipt)
            ids.append(receipt.entry_id)
        return ids

    async def seal(self) -> int:
        """Seal what waits, padded, and have it cosigned; return how many writers were refused."""
        self.clock.at += timedelta(seconds=61)
        sealed = await self.rounds.round()
        refused = sealed.refused
        while sealed.more:
            sealed = await self.rounds.round()
            refused += sealed.refused
        note = await self.rounds.sealer.second.read()
        assert note is not None
        text = note.partition("\n\n")[0] + "\n"
        seen_s = int(self.index.clock.now().timestamp()) + LATER_S
        lines = self.keys.cosignatures(text.encode(), seen_s)
        self.notes[int(text.split("\n")[1])] = note + "".join(lines)
        return refused

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        """Do as the server's administrator can."""
        connection: Any = await asyncpg.connect(self.postgres.url(SUPERUSER, DATABASE))
        try:
            return list(await connection.fetch(sql, *arguments))
        finally:
            await connection.close()

    async def written(self) -> RealLog:
        """Return the log as it stands in the tables."""
        rows = await self.rows(
            "select l.shard, l.hash, l.entry_id, l.pad_blind, l.leaf_index, e.at, e.sealed"
            " from leaf l left join access_entry e using (csa, entry_id) order by 1, 5"
        )
        tiles = await self.rows("select shard, level, tile_index, hashes from tile order by 2, 3")
        lines = [
            compact({"shard": row[0], "level": row[1], "tile": row[2], "hashes": row[3].hex()})
            for row in tiles
        ]
        return RealLog(
            keys=self.keys,
            shard=rows[0]["shard"],
            stored=[self._stored(row) for row in rows],
            said=self._policy(),
            notes=dict(self.notes),
            receipts=dict(self.receipts),
            stored_tiles=b"".join(lines),
        )

    def _stored(self, row: Any) -> Stored:
        if row["entry_id"] is None:
            text = b'{"pad":%d,"v":1}' % row["leaf_index"]
            return Stored(row["hash"], row["pad_blind"], text, None)
        sealed = LogRow(row["entry_id"], row["at"], row["hash"], row["sealed"], ())
        opening = opened(sealed, self.index.keyring.log_keys(row["at"].year))
        return Stored(row["hash"], opening.blind, opening.canonical, row["entry_id"])

    def _policy(self) -> str:
        key = self.index.keyring.receipt_key.public_key().public_bytes_raw()
        witnesses = [line for line in self.keys.policy().splitlines() if "witness" in line]
        rest = [f"receipt {b64encode(key).decode()}", *witnesses, f"quorum {len(witnesses)}", ""]
        return policy_lines(self.settings) + "\n".join(rest)


@asynccontextmanager
async def real_parts(seed: int, doing: Callable[[str], None]) -> AsyncIterator[Parts]:
    """Found an authority on an embedded server, and a sealer beside it whose log has begun."""
    doing("starting a database and an issuer")
    async with AsyncExitStack() as stack:
        postgres, issuer, directory = await stack.enter_async_context(
            issuer_and_database(fsync=False)
        )
        new_database(postgres, DATABASE)
        await asyncio.to_thread(migrate, postgres.url("{role}", DATABASE))
        authority = await found_authority(postgres, DATABASE, issuer, directory / "keys")
        made = await stack.enter_async_context(built(authority.settings))
        settings = _seal_settings(authority.settings.database_url, directory)
        clock = SetClock(SystemClock().now() + ADOPTED_AFTER)
        sealing = await stack.enter_async_context(sealing_of(settings, clock))
        await sealing.rounds.found()
        secrets = sealing.rounds.sealer.secrets
        keys = Keys(
            origin=ORIGIN,
            ed25519=Ed25519PrivateKey.from_private_bytes(secrets.ed25519_seed),
            ml_dsa=MLDSA44PrivateKey.from_seed_bytes(secrets.ml_dsa_seed),
            receipt=made.index.keyring.receipt_key,
        )
        chance = Random(seed)
        yield Parts(made.index, sealing.rounds, clock, settings, postgres, chance, keys)


def _seal_settings(database_url: str, directory: Path) -> SealSettings:
    keys, place = directory / "sealer", directory / "second"
    for each in (keys, place):
        each.mkdir(mode=0o700)
    make_sealer_keys(FileKeyProvider(keys))
    return SealSettings(
        csa=CSA,
        DATABASE_URL=database_url,
        sealer_key_directory=keys,
        log_origin=ORIGIN,
        second_place=place / "head",
        off_machine_url="none",
        witness_policy="none",
    )
