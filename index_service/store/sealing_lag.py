"""How long entries have waited to be sealed, asked by the process that answers lookups."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Text, bindparam, func, select, union_all

from index_service.domain.errors import Unavailable
from index_service.store.compiled import compiled
from index_service.store.log_tables import log_batch, unnumbered
from index_service.store.reading import LOST

_CSA = bindparam("csa", type_=Text)

# Refused batches and entries nobody could number count as much as others: while new ones are
# sealed, whoever may hide one would otherwise hide it for good.
_oldest = union_all(
    select(func.min(log_batch.c.at).label("at")).where(log_batch.c.csa == _CSA),
    select(func.min(unnumbered.c.at).label("at")).where(unnumbered.c.csa == _CSA),
).subquery()
_WAITED = compiled(select(func.now() - func.min(_oldest.c.at)).limit(1))


async def waited(pool: Any, csa: str) -> timedelta:
    """Return the age of the oldest that is not sealed (role api); Unavailable if lost."""
    try:
        async with pool.acquire(timeout=5) as connection:
            found = await connection.fetchval(_WAITED.sql, *_WAITED.arguments(csa=csa))
    except LOST as lost:
        raise Unavailable from lost
    return found or timedelta(0)
