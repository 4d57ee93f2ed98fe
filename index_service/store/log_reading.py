"""The sealed tree as whoever proves from it reads it: heads, leaves, tiles, in one snapshot."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    any_,
    bindparam,
    select,
    true,
)

from index_service.domain.errors import Unavailable
from index_service.log.tiles import Run
from index_service.store.compiled import compiled
from index_service.store.log_tables import cosignature, leaf, log_expired, log_head, log_shard
from index_service.store.reading import LOST, Snapshot
from index_service.store.sealed_log import LAST_LEAF, StoredHead, leaves_between, read_runs

SHARDS_MAX = 16
LEAVES_MAX = 4096
_COSIGNATURES_MAX = 16 * SHARDS_MAX

_CSA = bindparam("csa", type_=Text)
_SHARD = bindparam("shard", type_=Integer)
_KIND = bindparam("kind", type_=SmallInteger)

_shards = (
    select(log_shard.c.csa, log_shard.c.shard)
    .where(log_shard.c.csa == _CSA)
    .order_by(log_shard.c.shard.desc())
    .limit(SHARDS_MAX)
    .subquery()
)
_newest = (
    select(log_head.c.size, log_head.c.at, log_head.c.note)
    .where(log_head.c.csa == _shards.c.csa)
    .where(log_head.c.shard == _shards.c.shard)
    .where(log_head.c.kind == _KIND)
    .order_by(log_head.c.size.desc())
    .limit(1)
    .lateral()
)
_NEWEST_HEADS = compiled(
    select(_shards.c.shard, _newest.c.size, _newest.c.at, _newest.c.note)
    .select_from(_shards.join(_newest, true()))
    .where(_shards.c.csa == _CSA)
    .order_by(_shards.c.shard)
    .limit(SHARDS_MAX)
)
_HEAD = compiled(
    select(log_head.c.shard, log_head.c.size, log_head.c.at, log_head.c.note)
    .where(log_head.c.csa == _CSA)
    .where(log_head.c.shard == _SHARD)
    .where(log_head.c.kind == _KIND)
    .where(log_head.c.size >= bindparam("least", type_=BigInteger))
    .where(log_head.c.size <= bindparam("most", type_=BigInteger))
    .order_by(log_head.c.size.desc())
    .limit(1)
)
_COSIGNATURES = compiled(
    select(cosignature.c.shard, cosignature.c.size, cosignature.c.line)
    .where(cosignature.c.csa == _CSA)
    .where(cosignature.c.shard == any_(bindparam("shards", type_=ARRAY(Integer))))
    .where(cosignature.c.size == any_(bindparam("sizes", type_=ARRAY(BigInteger))))
    .order_by(cosignature.c.shard, cosignature.c.size, cosignature.c.witness)
    .limit(_COSIGNATURES_MAX)
)
_PLACE = compiled(
    select(leaf.c.shard, leaf.c.leaf_index)
    .where(leaf.c.csa == _CSA)
    .where(leaf.c.hash == bindparam("hash", type_=LargeBinary))
    .order_by(leaf.c.shard, leaf.c.leaf_index)
    .limit(1)
)
_LEAVES = leaves_between(LEAVES_MAX)
_BEGUN = compiled(
    select(log_shard.c.shard, log_shard.c.begun)
    .where(log_shard.c.csa == _CSA)
    .where(log_shard.c.shard <= _SHARD)
    .order_by(log_shard.c.shard.desc())
    .limit(100)
)
_DROPPED = compiled(
    select(log_expired.c.at)
    .where(log_expired.c.csa == _CSA)
    .where(log_expired.c.year == bindparam("year", type_=SmallInteger))
    .limit(1)
)
_NEWEST_SHARD = compiled(
    select(log_shard.c.shard)
    .where(log_shard.c.csa == _CSA)
    .order_by(log_shard.c.shard.desc())
    .limit(1)
)
_SIZE_MAX = 2**62


@dataclass(frozen=True, slots=True)
class LeafPlace:
    """Where a leaf stands."""

    shard: int
    index: int


class LogSnapshot(Snapshot):
    """What one request about the log sees (roles api, audit)."""

    async def newest_heads(self, kind: int) -> list[StoredHead]:
        """Return the newest head of a kind of each shard, the newest shard's last."""
        rows = await self._log(_NEWEST_HEADS, kind=kind)
        return await self._cosigned([StoredHead(*row) for row in rows])

    async def head(
        self, kind: int, shard: int, *, least: int = 0, most: int = _SIZE_MAX
    ) -> StoredHead | None:
        """Return a shard's newest head of a kind, of a size within these bounds, or None."""
        rows = await self._log(_HEAD, kind=kind, shard=shard, least=least, most=most)
        found = await self._cosigned([StoredHead(*row) for row in rows])
        return found[0] if found else None

    async def place(self, hash_: bytes) -> LeafPlace | None:
        """Return where a leaf stands, or None."""
        rows = await self._log(_PLACE, hash=hash_)
        return LeafPlace(*rows[0]) if rows else None

    async def leaves(self, shard: int, first: int, end: int) -> list[bytes]:
        """Return the leaves from `first` on and before `end`, at most LEAVES_MAX."""
        rows = await self._log(_LEAVES, shard=shard, first=first, end=end)
        return [bytes(row[0]) for row in rows]

    async def size(self, shard: int) -> int:
        """Return how many leaves a shard has."""
        rows = await self._log(LAST_LEAF, shard=shard)
        return rows[0][0] + 1 if rows else 0

    async def newest_shard(self) -> int | None:
        """Return the newest shard's number, None before a log began."""
        rows = await self._log(_NEWEST_SHARD)
        return rows[0][0] if rows else None

    async def is_dropped(self, year: int) -> bool:
        """Return whether the leaves of a year are dropped, or are being dropped."""
        return bool(await self._log(_DROPPED, year=year))

    async def begun(self, shard: int) -> dict[int, str]:
        """Return what this shard and those before it say of their beginning, newest first."""
        return {row[0]: row[1] for row in await self._log(_BEGUN, shard=shard)}

    async def runs(self, shard: int, runs: Sequence[Run]) -> dict[Run, list[bytes]]:
        """Return the hashes of these runs, as many as there are."""
        return await read_runs(self._connection, self._csa, shard, runs)

    async def _cosigned(self, heads: list[StoredHead]) -> list[StoredHead]:
        """Return heads with the witnesses' lines below each note."""
        if not heads:
            return heads
        shards, sizes = [each.shard for each in heads], [each.size for each in heads]
        rows = await self._log(_COSIGNATURES, shards=shards, sizes=sizes)
        return [replace(each, note=each.note + _lines_of(each, rows)) for each in heads]

    async def _log(self, statement: Any, **values: Any) -> list[Any]:
        arguments = statement.arguments(csa=self._csa, **values)
        return list(await self._connection.fetch(statement.sql, *arguments))


def _lines_of(head: StoredHead, rows: Iterable[Any]) -> str:
    own = [row[2] for row in rows if (row[0], row[1]) == (head.shard, head.size)]
    return "".join(line.rstrip("\n") + "\n" for line in own)


@asynccontextmanager
async def log_snapshot(pool: Any, csa: str) -> AsyncIterator[LogSnapshot]:
    """Open one REPEATABLE READ READ ONLY transaction; Unavailable if the way is closed."""
    try:
        async with (
            pool.acquire(timeout=5) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield LogSnapshot(connection, csa)
    except LOST as lost:
        raise Unavailable from lost
