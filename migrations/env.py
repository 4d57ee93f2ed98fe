"""Runs migrations over asyncpg as index_owner, one transaction each, with a lock timeout."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from index_service.store.engines import role_url
from index_service.store.tables import metadata

LOCK_TIMEOUT_MS = 2000


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        # A migration that waits for a lock makes every later request wait behind it.
        connection.execute(text(f"set lock_timeout = {LOCK_TIMEOUT_MS}"))
        context.run_migrations()


async def _migrate() -> None:
    url = context.config.attributes.get("url") or os.environ["DATABASE_URL"]
    engine = create_async_engine(role_url(url, "index_owner"), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
        await connection.commit()
    await engine.dispose()


asyncio.run(_migrate())
