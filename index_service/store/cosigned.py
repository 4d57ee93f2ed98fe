"""A stored head with its witnesses' lines below it, for those who read through a session."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.log_tables import cosignature

_WITNESSES_MAX = 100


async def with_cosignatures(session: AsyncSession, csa: str, shard: int, head: Any) -> str:
    """Return the note of a row of `log_head` with every witness's line."""
    lines = await session.scalars(
        select(cosignature.c.line)
        .where(cosignature.c.csa == csa)
        .where(cosignature.c.shard == shard)
        .where(cosignature.c.size == head.size)
        .order_by(cosignature.c.witness)
        .limit(_WITNESSES_MAX)
    )
    return str(head.note) + "".join(line.rstrip("\n") + "\n" for line in lines)
