"""Feed batches, their invalid lines, and the source record of every supplier's reference."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.bulk import insert_rows, upsert_rows
from index_service.store.tables import feed_batch, feed_invalid, feed_source, source_record

INVALID_SHOWN_MAX = 1000
SOURCES_MAX = 5000


class Feeds:
    """Statements on one authority's feeds, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def source_agency(self, source: str) -> UUID | None:
        """Return the agency a source belongs to."""
        found = await self._session.execute(
            select(feed_source.c.agency_id)
            .where(feed_source.c.csa == self._csa)
            .where(feed_source.c.source == source)
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def batch(self, source: str, batch_id: str) -> Any:
        """Return a batch, locked until the end: one sender at a time."""
        found = await self._session.execute(
            select(feed_batch)
            .where(feed_batch.c.csa == self._csa)
            .where(feed_batch.c.source == source)
            .where(feed_batch.c.batch_id == batch_id)
            .limit(1)
            .with_for_update()
        )
        return found.first()

    async def read_batch(self, source: str, batch_id: str) -> Any:
        """Return a batch without locking it."""
        found = await self._session.execute(
            select(feed_batch)
            .where(feed_batch.c.csa == self._csa)
            .where(feed_batch.c.source == source)
            .where(feed_batch.c.batch_id == batch_id)
            .limit(1)
        )
        return found.first()

    async def batches(
        self, agency_id: UUID | None, until: datetime | None, passed: int, limit: int
    ) -> list[Any]:
        """Return batches, newest first: an agency's or everybody's, begun at a moment or before.

        The first `passed` of them are left out.
        """
        wanted = (
            select(feed_batch)
            .where(feed_batch.c.csa == self._csa)
            .order_by(feed_batch.c.began_at.desc(), feed_batch.c.source, feed_batch.c.batch_id)
            .offset(passed)
            .limit(limit)
        )
        if until is not None:
            wanted = wanted.where(feed_batch.c.began_at <= until)
        if agency_id is not None:
            own = (
                select(feed_source.c.source)
                .where(feed_source.c.csa == self._csa)
                .where(feed_source.c.agency_id == agency_id)
                .limit(SOURCES_MAX)
            )
            wanted = wanted.where(feed_batch.c.source.in_(own))
        return list(await self._session.execute(wanted))

    async def begin(self, row: Mapping[str, Any]) -> None:
        """Insert a batch that has begun."""
        await self._session.execute(insert(feed_batch).values(csa=self._csa, **row))

    async def progress(self, source: str, batch_id: str, **counts: int | bytes) -> None:
        """Set how far a batch has come: lines, accepted, invalid, complete, sealed."""
        await self._session.execute(
            update(feed_batch)
            .values(**counts)
            .where(feed_batch.c.csa == self._csa)
            .where(feed_batch.c.source == source)
            .where(feed_batch.c.batch_id == batch_id)
        )

    async def add_invalid(
        self, source: str, batch_id: str, lines: Sequence[tuple[int, str, str]]
    ) -> None:
        """Insert the (line number, code, field) of lines that are nonsense by themselves."""
        rows = [
            {"source": source, "batch_id": batch_id, "line": line, "code": code, "field": field}
            for line, code, field in lines
        ]
        await insert_rows(self._session, self._csa, feed_invalid, rows)

    async def invalid(self, source: str, batch_id: str, after: int) -> list[Any]:
        """Return up to 1,000 invalid lines after a line number, in order."""
        found = await self._session.execute(
            select(feed_invalid.c.line, feed_invalid.c.code, feed_invalid.c.field)
            .where(feed_invalid.c.csa == self._csa)
            .where(feed_invalid.c.source == source)
            .where(feed_invalid.c.batch_id == batch_id)
            .where(feed_invalid.c.line > after)
            .order_by(feed_invalid.c.line)
            .limit(INVALID_SHOWN_MAX)
        )
        return list(found)

    async def source_records(self, refs: Sequence[bytes]) -> list[Any]:
        """Return the source records of these keyed references."""
        found = await self._session.execute(
            select(
                source_record.c.ref,
                source_record.c.line_mac,
                source_record.c.pointer,
                source_record.c.sealed,
            )
            .where(source_record.c.csa == self._csa)
            .where(source_record.c.ref == any_(bindparam("refs", type_=ARRAY(LargeBinary))))
            .limit(len(refs)),
            {"refs": list(refs)},
        )
        return list(found)

    async def put_source_records(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert or replace source records by their keyed reference."""
        await upsert_rows(self._session, self._csa, source_record, "ref", rows)
