"""The sealed tree's rows: leaves, tiles, shards, heads; the sealer adds, whoever proves reads."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from index_service.domain.errors import Unavailable
from index_service.log.tiles import WIDTH, FullTile, Run
from index_service.store.compiled import Compiled, compiled
from index_service.store.cosignatures import Cosignatures
from index_service.store.locks import lock_number
from index_service.store.log_tables import access_entry, leaf, log_head, log_shard, tile
from index_service.store.pending import Pending
from index_service.store.reading import LOST

LEAVES_MAX = 100_000
_CSA = bindparam("csa", type_=Text)
_SHARD = bindparam("shard", type_=Integer)


def leaves_between(limit: int) -> Compiled:
    """Return the statement for a shard's leaves from `first` on and before `end`."""
    return compiled(
        select(leaf.c.hash)
        .where(leaf.c.csa == _CSA)
        .where(leaf.c.shard == _SHARD)
        .where(leaf.c.leaf_index >= bindparam("first", type_=BigInteger))
        .where(leaf.c.leaf_index < bindparam("end", type_=BigInteger))
        .order_by(leaf.c.leaf_index)
        .limit(limit)
    )


_ALONE = compiled(select(func.pg_try_advisory_xact_lock(bindparam("number", type_=BigInteger))))
_HELD = compiled(select(func.pg_backend_pid()))

LAST_LEAF = compiled(
    select(leaf.c.leaf_index)
    .where(leaf.c.csa == _CSA)
    .where(leaf.c.shard == _SHARD)
    .order_by(leaf.c.leaf_index.desc())
    .limit(1)
)
_ANY_LEAF = compiled(select(leaf.c.shard).where(leaf.c.csa == _CSA).limit(1))
_LEAF_RUN = leaves_between(WIDTH)
_ROOT_RUN = compiled(
    select(tile.c.root)
    .where(tile.c.csa == _CSA)
    .where(tile.c.shard == _SHARD)
    .where(tile.c.level == bindparam("level", type_=SmallInteger))
    .where(tile.c.tile_index >= bindparam("first", type_=BigInteger))
    .where(tile.c.tile_index < bindparam("end", type_=BigInteger))
    .order_by(tile.c.tile_index)
    .limit(WIDTH)
)
_LEAVES_FROM = compiled(
    select(
        leaf.c.leaf_index,
        leaf.c.hash,
        leaf.c.entry_id,
        leaf.c.pad_blind,
        access_entry.c.leaf.label("committed"),
    )
    .select_from(
        leaf.outerjoin(
            access_entry,
            (access_entry.c.csa == leaf.c.csa) & (access_entry.c.entry_id == leaf.c.entry_id),
        )
    )
    .where(leaf.c.csa == _CSA)
    .where(leaf.c.shard == _SHARD)
    .where(leaf.c.leaf_index >= bindparam("first", type_=BigInteger))
    .order_by(leaf.c.leaf_index)
    .limit(LEAVES_MAX)
)
_SHARD_BEGUN = compiled(
    select(log_shard.c.begun)
    .where(log_shard.c.csa == _CSA)
    .where(log_shard.c.shard == _SHARD)
    .limit(1)
)
_LAST_HEAD = compiled(
    select(log_head.c.shard, log_head.c.size, log_head.c.at, log_head.c.note)
    .where(log_head.c.csa == _CSA)
    .where(log_head.c.kind == bindparam("kind", type_=SmallInteger))
    .order_by(log_head.c.shard.desc(), log_head.c.size.desc())
    .limit(1)
)
_LARGEST_HEAD = compiled(
    select(log_head.c.note)
    .where(log_head.c.csa == _CSA)
    .where(log_head.c.shard == _SHARD)
    .order_by(log_head.c.size.desc())
    .limit(1)
)


def _given(alias: str, **columns: TypeEngine[Any]) -> Any:
    arrays: list[ColumnElement[Any]] = [
        bindparam(f"{alias}_{name}", type_=ARRAY(kind)) for name, kind in columns.items()
    ]
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def _added(table: Any, alias: str, **columns: TypeEngine[Any]) -> Compiled:
    given = _given(alias, **columns)
    rows = select(_CSA, _SHARD, *(given.c[name] for name in columns))
    return compiled(insert(table).from_select(["csa", "shard", *columns], rows))


_ADD_LEAVES = _added(
    leaf, "l", leaf_index=BigInteger(), hash=LargeBinary(), entry_id=Uuid(), pad_blind=LargeBinary()
)
_ADD_TILES = _added(
    tile,
    "t",
    level=SmallInteger(),
    tile_index=BigInteger(),
    hashes=LargeBinary(),
    root=LargeBinary(),
)
_ADD_SHARD = compiled(insert(log_shard))
# The same head may be told twice: the first time it was not known to have come through.
_ADD_HEAD = compiled(postgresql.insert(log_head).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class NewLeaf:
    """A leaf to be added: of an entry, or padding with the blind that opens it."""

    hash: bytes
    entry_id: UUID | None
    pad_blind: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """A leaf that stands in the tree, and what its entry is committed to by, if it is there."""

    index: int
    hash: bytes
    entry_id: UUID | None
    pad_blind: bytes | None
    committed: bytes | None


@dataclass(frozen=True, slots=True)
class StoredHead:
    """A signed head as it was stored."""

    shard: int
    size: int
    at: datetime
    note: str


async def read_runs(
    connection: Any, csa: str, shard: int, runs: Sequence[Run]
) -> dict[Run, list[bytes]]:
    """Return the hashes of these runs, as many as there are (roles api, audit, seal)."""
    found = {}
    for run in runs:
        places = {"csa": csa, "shard": shard, "first": run.first, "end": run.first + run.count}
        if run.level:
            # A level's hashes are the roots of the tiles below it.
            arguments = _ROOT_RUN.arguments(**places, level=run.level - 1)
            rows = await connection.fetch(_ROOT_RUN.sql, *arguments)
        else:
            rows = await connection.fetch(_LEAF_RUN.sql, *_LEAF_RUN.arguments(**places))
        found[run] = [bytes(row[0]) for row in rows]
    return found


class Tree:
    """The tree's rows within one transaction of the sealer."""

    def __init__(self, connection: Any, csa: str) -> None:
        self._connection = connection
        self._csa = csa

    async def size(self, shard: int) -> int:
        """Return how many leaves a shard has, which stand from 0 on."""
        last = await self._value(LAST_LEAF, shard=shard)
        return 0 if last is None else int(last) + 1

    async def is_empty(self) -> bool:
        """Return whether no shard has a leaf."""
        return await self._value(_ANY_LEAF) is None

    async def runs(self, shard: int, runs: Sequence[Run]) -> dict[Run, list[bytes]]:
        """Return the hashes of these runs, as many as there are."""
        return await read_runs(self._connection, self._csa, shard, runs)

    async def leaves_from(self, shard: int, first: int) -> list[StoredLeaf]:
        """Return the leaves from this one on, at most LEAVES_MAX."""
        arguments = _LEAVES_FROM.arguments(csa=self._csa, shard=shard, first=first)
        rows = await self._connection.fetch(_LEAVES_FROM.sql, *arguments)
        return [StoredLeaf(*row) for row in rows]

    async def add(
        self, shard: int, first: int, leaves: Sequence[NewLeaf], tiles: Sequence[FullTile]
    ) -> None:
        """Add leaves from number `first` on, and the tiles they fill."""
        added = {
            "l_leaf_index": list(range(first, first + len(leaves))),
            "l_hash": [each.hash for each in leaves],
            "l_entry_id": [each.entry_id for each in leaves],
            "l_pad_blind": [each.pad_blind for each in leaves],
        }
        await self._run(_ADD_LEAVES, shard=shard, **added)
        if tiles:
            filled = {
                "t_level": [each.level for each in tiles],
                "t_tile_index": [each.index for each in tiles],
                "t_hashes": [each.hashes for each in tiles],
                "t_root": [each.root for each in tiles],
            }
            await self._run(_ADD_TILES, shard=shard, **filled)

    async def begun(self, shard: int) -> str | None:
        """Return what a shard says of its beginning, None where it has not begun."""
        found = await self._value(_SHARD_BEGUN, shard=shard)
        return None if found is None else str(found)

    async def begin(self, shard: int, at: datetime, begun: str) -> None:
        """Begin a shard."""
        await self._run(_ADD_SHARD, shard=shard, begun_at=at, begun=begun)

    async def last_head(self, kind: int) -> StoredHead | None:
        """Return the newest head of a kind."""
        arguments = _LAST_HEAD.arguments(csa=self._csa, kind=kind)
        row = await self._connection.fetchrow(_LAST_HEAD.sql, *arguments)
        return StoredHead(*row) if row else None

    async def largest_head(self, shard: int) -> str | None:
        """Return the note of a shard's largest head, whatever its kind."""
        found = await self._value(_LARGEST_HEAD, shard=shard)
        return None if found is None else str(found)

    async def add_head(self, kind: int, head: StoredHead) -> None:
        """Store a signed head of a kind."""
        values = {"shard": head.shard, "size": head.size, "at": head.at, "note": head.note}
        await self._run(_ADD_HEAD, kind=kind, **values)

    async def _value(self, statement: Compiled, **values: Any) -> Any:
        arguments = statement.arguments(csa=self._csa, **values)
        return await self._connection.fetchval(statement.sql, *arguments)

    async def _run(self, statement: Compiled, **values: Any) -> None:
        arguments = statement.arguments(csa=self._csa, **values)
        await self._connection.execute(statement.sql, *arguments)


@dataclass(frozen=True, slots=True)
class Sealing:
    """One transaction of the sealer: the tree, what waits to be sealed into it, its witnesses."""

    tree: Tree
    pending: Pending
    cosignatures: Cosignatures


class LedByAnother(Exception):  # noqa: N818 (a state, told to whoever waits)
    """Another process seals for this authority."""


class Leading:
    """Held by the one sealer; ends by itself when its connection does."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def check(self) -> None:
        """Return if the lock is held still, or Unavailable."""
        try:
            await self._connection.fetchval(_HELD.sql)
        except LOST as lost:
            raise Unavailable from lost


class SealedLog:
    """The sealer's ways to the store: one connection that leads, one that works."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    @asynccontextmanager
    async def leading(self) -> AsyncIterator[Leading]:
        """Be the one sealer of this authority, or LedByAnother.

        The lock is a transaction's, left open: it survives no connection, so that a killed
        sealer is followed at once, and it needs no session state, so that a pooler may
        stand between. Whoever goes on without it meets the tree's own keys.
        """
        async with self._transaction("read_committed") as connection:
            await connection.execute("set local idle_in_transaction_session_timeout = 0")
            number = lock_number(self._csa, "sealer")
            if not await connection.fetchval(_ALONE.sql, *_ALONE.arguments(number=number)):
                raise LedByAnother
            yield Leading(connection)

    @asynccontextmanager
    async def sealing(self) -> AsyncIterator[Sealing]:
        """Open a transaction that is committed where the block ends well.

        Unavailable where it is not known to have been: it may have been all the same.
        """
        async with self._transaction("repeatable_read") as connection:
            parts = (connection, self._csa)
            yield Sealing(Tree(*parts), Pending(*parts), Cosignatures(*parts))

    @asynccontextmanager
    async def _transaction(self, isolation: str) -> AsyncIterator[Any]:
        try:
            async with (
                self._pool.acquire(timeout=5) as connection,
                connection.transaction(isolation=isolation),
            ):
                yield connection
        except (
            *LOST,
            asyncpg.InsufficientResourcesError,  # the disk is full
            asyncpg.OperatorInterventionError,
            asyncpg.TransactionRollbackError,
            asyncpg.UniqueViolationError,  # another sealer was first
            asyncpg.IdleInTransactionSessionTimeoutError,
        ) as lost:
            raise Unavailable from lost
