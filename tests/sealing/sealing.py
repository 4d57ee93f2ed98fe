"""A sealer beside a real index: what tests do to it, and what must hold whatever they do."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from index_service.commands.seal import sealing_of
from index_service.crypto.providers import FileKeyProvider
from index_service.crypto.sealer_keys import SealerSecrets, make_sealer_keys
from index_service.domain.errors import Unavailable
from index_service.log.checkpoint import Checkpoint, HeadKeys, opened
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.padding import is_padding
from index_service.log.second_place import SecondPlace, Step
from index_service.log.tree import root_of
from index_service.services.sealing_log.sealer import Rounds, Sealed
from index_service.settings import SealSettings
from index_service.store.sealed_log import SealedLog, Sealing
from index_service.store.work import work_on
from tests.authority import Served

ORIGIN = "index.northmere.example/log"
BATCHES_WAIT = "select count(*) from log_batch"


@dataclass
class SetClock:
    """A clock that tests set."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.at

    def today(self) -> Any:
        return self.at.date()

    def on(self, **passed: float) -> None:
        self.at += timedelta(**passed)


class Broken(SealedLog):
    """A store that fails at one of its transactions: `kept` says whether it was committed."""

    def __init__(self, pool: Any, csa: str, at: int, kept: bool) -> None:
        super().__init__(pool, csa)
        self._at, self._kept, self._count = at, kept, 0

    @asynccontextmanager
    async def sealing(self) -> AsyncIterator[Sealing]:
        self._count += 1
        breaks = self._count == self._at
        async with super().sealing() as sealing:
            yield sealing
            if breaks and not self._kept:
                raise Unavailable
        if breaks:
            raise Unavailable


@dataclass
class BrokenPlace:
    """A second place that fails at its first swap: `kept` says whether the head stands there."""

    place: SecondPlace
    kept: bool

    async def read(self) -> str | None:
        return await self.place.read()

    async def swap(self, step: Step) -> None:
        if self.kept:
            await self.place.swap(step)
        raise OSError(5, "input/output error")


@dataclass
class Beside:
    """A sealer beside an index, and its clock."""

    served: Served
    settings: SealSettings
    clock: SetClock
    rounds: Rounds

    @property
    def verifiers(self) -> Any:
        return self.rounds.sealer.keys.verifiers

    def again(self, **differs: Any) -> Rounds:
        """Return the rounds of a sealer started anew, with something about it replaced."""
        return Rounds(replace(self.rounds.sealer, **differs))

    async def append(self, count: int = 1) -> list[UUID]:
        """Have entries appended as lookups append theirs."""
        return [(await self.served.index.log.append(self.entry())).entry_id for _ in range(count)]

    async def change(self) -> UUID:
        """Have an entry committed by a story, which numbers it after."""
        index = self.served.index
        async with work_on(index.api, index.csa, index.log) as work:
            return (await work.commit(index.log.prepare(self.entry()))).entry_id

    def entry(self) -> AccessEntry:
        stamp = self.served.index.log.stamp()
        return AccessEntry(*stamp, action="lookup", route="tests", outcome=Outcome.NOTHING)

    async def all(self, rounds: Rounds | None = None) -> list[Sealed]:
        """Run rounds until nothing more waits."""
        done = [await (rounds or self.rounds).round()]
        while done[-1].more:
            done.append(await (rounds or self.rounds).round())
        return done

    async def head(self) -> Checkpoint:
        note = await self.rounds.sealer.second.read()
        assert note is not None
        return opened(note, self.verifiers)

    async def sql(self, sql: str, *arguments: object) -> list[Any]:
        """Do as the server's administrator might."""
        return await self.served.rows(sql, *arguments)

    async def value(self, sql: str, *arguments: object) -> Any:
        return (await self.sql(sql, *arguments))[0][0]

    async def checked(self, *, waiting: int = 0) -> Checkpoint:
        """Check all that must hold of the log after any round, from the rows alone."""
        head = await self.head()
        rows = await self.sql(
            "select l.shard, l.leaf_index, l.hash, l.entry_id, l.pad_blind, e.leaf"
            " from leaf l left join access_entry e using (csa, entry_id) order by 1, 2"
        )
        shards: dict[int, list[bytes]] = {}
        for row in rows:
            leaves = shards.setdefault(row["shard"], [])
            assert row["leaf_index"] == len(leaves)
            if row["entry_id"] is None:
                assert is_padding(row["leaf_index"], row["hash"], row["pad_blind"])
            else:
                assert row["leaf"] == row["hash"]
            leaves.append(row["hash"])
        assert head.size == len(shards.get(head.shard, []))
        assert head.root == root_of(shards.get(head.shard, []))
        for row in await self.sql("select shard, size, kind, note from log_head"):
            told = opened(row["note"], self.verifiers)
            assert (told.shard, told.size) == (row["shard"], row["size"])
            assert told.root == root_of(shards[told.shard][: told.size])
            assert told.size % 16 == 0
        await self._tiles(shards)
        assert await self.value(BATCHES_WAIT) == waiting
        return head

    async def _tiles(self, shards: dict[int, list[bytes]]) -> None:
        tiles = await self.sql("select shard, level, tile_index, hashes, root from tile")
        lowest = {(t["shard"], t["tile_index"]): t for t in tiles if t["level"] == 0}
        assert len(lowest) == sum(len(leaves) // 256 for leaves in shards.values())
        for (shard, index), tile in lowest.items():
            hashes = shards[shard][256 * index : 256 * index + 256]
            assert tile["hashes"] == b"".join(hashes)
            assert tile["root"] == root_of(hashes)

    async def unsealed(self) -> list[UUID]:
        """Return entries without a leaf."""
        sql = "select entry_id from access_entry e where not exists"
        sql += " (select from leaf l where l.entry_id = e.entry_id)"
        return [row[0] for row in await self.sql(sql)]


def seal_settings(database_url: str, directory: Path, **differs: Any) -> SealSettings:
    """Return a sealer's settings, its keys made and its places there."""
    keys, place = directory / "sealer", directory / "second"
    for each in (keys, place):
        each.mkdir(mode=0o700)
    make_sealer_keys(FileKeyProvider(keys))
    return SealSettings(
        csa="northmere",
        DATABASE_URL=database_url,
        sealer_key_directory=keys,
        log_origin=ORIGIN,
        second_place=place / "head",
        off_machine_url=differs.get("off_machine_url", "none"),
        witness_policy=differs.get("witness_policy", "none"),
    )


def head_keys(settings: SealSettings) -> HeadKeys:
    """Return the keys a sealer signs with."""
    secrets = SealerSecrets(settings.csa, FileKeyProvider(settings.sealer_key_directory))
    return HeadKeys(settings.log_origin, secrets.ed25519_seed, secrets.ml_dsa_seed)


@asynccontextmanager
async def sealer_beside(served: Served, directory: Path) -> AsyncIterator[Beside]:
    """Open a sealer of a served index that has not begun its log yet."""
    settings = seal_settings(served.settings.database_url, directory)
    clock = SetClock()
    async with sealing_of(settings, clock) as parts:
        yield Beside(served, settings, clock, parts.rounds)


def environment(settings: SealSettings, **more: str) -> dict[str, str]:
    """Return what an operator sets for `seal`."""
    return {
        "DATABASE_URL": settings.database_url,
        "INDEX_CSA": settings.csa,
        "INDEX_SEALER_KEY_DIRECTORY": str(settings.sealer_key_directory),
        "INDEX_LOG_ORIGIN": settings.log_origin,
        "INDEX_SECOND_PLACE": str(settings.second_place),
        "INDEX_OFF_MACHINE_URL": settings.off_machine_url,
        "INDEX_WITNESS_POLICY": settings.witness_policy,
        **more,
    }


def ids(found: Sequence[Any]) -> list[Any]:
    """Return the first column."""
    return [row[0] for row in found]
