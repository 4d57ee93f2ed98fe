"""Witnesses' lines below the sealer's heads, and which heads want some still."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger, Text, bindparam, select
from sqlalchemy.dialects import postgresql

from index_service.store.compiled import Compiled, compiled
from index_service.store.log_tables import cosignature, log_head, log_shard

WITNESSES_MAX = 64
SHARDS = 2  # the one that grows, and the one that ended last

_CSA = bindparam("csa", type_=Text)
_SHARD = bindparam("shard", type_=Integer)

_LAST_SHARDS = compiled(
    select(log_shard.c.shard)
    .where(log_shard.c.csa == _CSA)
    .order_by(log_shard.c.shard.desc())
    .limit(SHARDS)
)
_NEWEST = compiled(
    select(log_head.c.size, log_head.c.note)
    .where(log_head.c.csa == _CSA)
    .where(log_head.c.shard == _SHARD)
    .where(log_head.c.kind == bindparam("kind", type_=SmallInteger))
    .order_by(log_head.c.size.desc())
    .limit(1)
)
_COSIGNED = compiled(
    select(cosignature.c.witness)
    .where(cosignature.c.csa == _CSA)
    .where(cosignature.c.shard == _SHARD)
    .where(cosignature.c.size == bindparam("size", type_=BigInteger))
    .limit(WITNESSES_MAX)
)
# The same head may be cosigned again: the first line was not known to be stored.
_ADD = compiled(postgresql.insert(cosignature).on_conflict_do_nothing())


class Cosignatures:
    """The cosignatures' rows within one transaction of the sealer."""

    def __init__(self, connection: Any, csa: str) -> None:
        self._connection = connection
        self._csa = csa

    async def shards(self) -> list[int]:
        """Return the last shards begun, newest first."""
        rows = await self._fetch(_LAST_SHARDS)
        return [row[0] for row in rows]

    async def newest(self, shard: int, kinds: Sequence[int]) -> dict[int, str]:
        """Return a shard's newest head of each kind: the note by the size, smallest first."""
        rows = [row for kind in kinds for row in await self._fetch(_NEWEST, shard=shard, kind=kind)]
        return {row["size"]: row["note"] for row in sorted(rows)}

    async def by(self, shard: int, size: int) -> frozenset[str]:
        """Return the names of the witnesses that cosigned a head."""
        return frozenset(row[0] for row in await self._fetch(_COSIGNED, shard=shard, size=size))

    async def add(self, shard: int, size: int, witness: str, line: str) -> None:
        """Store a witness's line."""
        values = {"shard": shard, "size": size, "witness": witness, "line": line}
        await self._connection.execute(_ADD.sql, *_ADD.arguments(csa=self._csa, **values))

    async def _fetch(self, statement: Compiled, **values: Any) -> Any:
        return await self._connection.fetch(
            statement.sql, *statement.arguments(csa=self._csa, **values)
        )
