"""How long entries have waited to be sealed, asked by the process that answers lookups."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, Text, bindparam, func, literal_column, select

from index_service.domain.errors import Unavailable
from index_service.log.checkpoint import HeadKind
from index_service.store.compiled import compiled
from index_service.store.log_tables import log_batch, log_head
from index_service.store.reading import LOST

_CSA = bindparam("csa", type_=Text)
_LONG_AGO = literal_column("timestamptz '-infinity'", DateTime(timezone=True))

# Batches older than the newest head are refused ones: they alarm at the sealer, and are no
# reason to close an index whose log is being sealed.
_newest = (
    select(log_head.c.at)
    .where(log_head.c.csa == _CSA)
    .where(log_head.c.kind == int(HeadKind.MINUTE))
    .order_by(log_head.c.shard.desc(), log_head.c.size.desc())
    .limit(1)
    .scalar_subquery()
)
_WAITED = compiled(
    select(func.now() - func.min(log_batch.c.at))
    .where(log_batch.c.csa == _CSA)
    .where(log_batch.c.at > func.coalesce(_newest, _LONG_AGO))
    .limit(1)
)


async def waited(pool: Any, csa: str) -> timedelta:
    """Return the age of the oldest batch since the newest head (role api); Unavailable if lost."""
    try:
        async with pool.acquire(timeout=5) as connection:
            found = await connection.fetchval(_WAITED.sql, *_WAITED.arguments(csa=csa))
    except LOST as lost:
        raise Unavailable from lost
    return found or timedelta(0)
