"""A region on a database server of its own: three indexes, a deriver, a locator, all listening."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from demo.authority import prepare_server
from demo.postgres import Postgres
from tests.authority import database_made, migrate_database
from tests.region import RegionServed, region_founded, region_served


@asynccontextmanager
async def region_running(*, fsync: bool = False) -> AsyncIterator[RegionServed]:
    """Found a region and serve it in this process, over real mutual TLS."""
    with Postgres.start(fsync=fsync) as postgres:
        prepare_server(postgres)
        place = postgres.directory / "region"
        place.mkdir(mode=0o700)
        with database_made(postgres) as migrated:
            migrate_database(postgres, migrated)
            async with (
                region_founded(postgres, migrated, place) as founded,
                region_served(postgres, founded) as region,
            ):
                yield region
