"""Auditors' pages in order of time are found by the index of moments, however many entries."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from demo.postgres import SUPERUSER, Postgres
from index_service.store.auditing import Auditing, Settled, Span
from index_service.store.engines import engine_for
from tests.store.conftest import Connect

CSA = "northmere"
BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)
SPAN = Span(BEGINS, BEGINS + timedelta(hours=1))
SETTLED = Settled(BEGINS + timedelta(days=1), 0)
ENTRIES, AT_ONE_MOMENT, PAGE, PAGES = 20_000, 40, 50, 9
FILL = f"""
insert into access_entry
select '{CSA}', gen_random_uuid(),
    '{BEGINS}'::timestamptz + (i / {AT_ONE_MOMENT}) * interval '1 ms',
    sha256(int4send(i)), decode(repeat('ab', 300), 'hex') from generate_series(0, {ENTRIES - 1}) i;
analyze access_entry;
"""
READ = """
select t.seq_scan, i.idx_tup_read from pg_stat_user_tables t
join pg_stat_user_indexes i using (relid)
where t.relname = 'access_entry' and i.indexrelname = 'access_entry_moment'
"""


@pytest.fixture(scope="module")
def filled(postgres: Postgres, two: str) -> str:
    """A database whose log has many entries, forty of each moment."""
    postgres.psql(FILL, two)
    return two


async def pages(url: str, count: int) -> list[tuple[datetime, UUID]]:
    """Return (at, id) of the first pages, on a connection that ends: its counts are told then."""
    engine = engine_for(url, CSA, "audit")
    found: list[tuple[datetime, UUID]] = []
    try:
        async with AsyncSession(engine) as session:
            for _ in range(count):
                span = Span(SPAN.since, SPAN.until, found[-1] if found else None)
                rows = await Auditing(session, CSA).by_time(span, SETTLED, PAGE)
                found += [(row.at, row.entry_id) for row in rows]
    finally:
        await engine.dispose()
    return found


async def test_pages_that_part_one_moment_hold_every_entry_once_in_order(
    postgres: Postgres, filled: str, connect: Connect
) -> None:
    found = await pages(postgres.url("{role}", filled), PAGES)
    async with connect(SUPERUSER) as connection:
        sql = "select at, entry_id from access_entry where csa = $1 and at >= $2 and at < $3"
        stored = await connection.fetch(sql, CSA, SPAN.since, SPAN.until)
    assert found == sorted(map(tuple, stored))[: PAGES * PAGE]


async def test_a_page_reads_no_more_entries_than_it_shows_and_those_of_two_moments(
    postgres: Postgres, filled: str, connect: Connect
) -> None:
    before = await counted(connect)
    await pages(postgres.url("{role}", filled), PAGES)
    async with connect(SUPERUSER) as connection:
        await connection.execute("select pg_stat_force_next_flush()")
    after = await counted(connect)
    scans, read = (now - then for now, then in zip(after, before, strict=True))
    assert scans == 0
    assert PAGES * PAGE <= read <= PAGES * (PAGE + 3 * AT_ONE_MOMENT)


async def counted(connect: Connect) -> tuple[int, int]:
    """Return how often the entries were gone through whole, and how many the index led to."""
    async with connect(SUPERUSER) as connection:
        row = await connection.fetchrow(READ)
    return row["seq_scan"], row["idx_tup_read"]
