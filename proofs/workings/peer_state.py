"""What a member's database holds: whether anything changed, and what its access log says."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from demo.postgres import SUPERUSER
from index_service.crypto.keyring import Keyring
from index_service.log.leaf import LogRow, opened
from tests.region import RegionServed

# What hearing leaves: the log, nonces of messages whose signature held, exchanges of probes.
_LOG = ("access_entry", "log_batch", "unnumbered")
LEFT_BY_HEARING: Final = frozenset({*_LOG, "peer_nonce", "exchange"})


@dataclass(frozen=True, slots=True)
class Store:
    """One member's database, as its superuser sees it, and the keys of its log."""

    name: str
    url: str
    keyring: Keyring

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        """Connect."""
        connection: Any = await asyncpg.connect(self.url)
        try:
            yield connection
        finally:
            await connection.close()

    async def tables(self) -> dict[str, str]:
        """Return a digest of every table's rows, whatever their order."""
        async with self.connected() as connection:
            names = await connection.fetch(
                "select quote_ident(schemaname) || '.' || quote_ident(tablename) as at, tablename"
                " from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
            )
            found = {}
            for row in names:
                text = (
                    "select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), ''))"
                    f" from {row['at']} t"
                )
                found[row["tablename"]] = str(await connection.fetchval(text))
            return found

    async def codes(self, since: int = 0) -> Counter[str]:
        """Return how often each outcome and code stands in the log after its first `since`."""
        async with self.connected() as connection:
            rows = await connection.fetch(
                "select entry_id, at, leaf, sealed from access_entry order by at, ctid"
            )
        found: Counter[str] = Counter()
        for row in rows[since:]:
            stored = LogRow(row["entry_id"], row["at"], row["leaf"], row["sealed"], ())
            said = json.loads(opened(stored, self.keyring.log_keys(row["at"].year)).canonical)
            word = f"{said['outcome']} {said['code']}".strip()
            found[word] += said["count"] if said["outcome"] == "shed" else 1
        return found

    async def entries(self) -> int:
        """Return how many entries there are."""
        async with self.connected() as connection:
            return int(await connection.fetchval("select count(*) from access_entry"))


def stores_of(region: RegionServed) -> dict[str, Store]:
    """Return every member's database by name."""
    found = {}
    for name, borough in region.boroughs.items():
        served = borough.served
        url = served.postgres.url(SUPERUSER, served.database)
        found[name] = Store(name, url, served.index.keyring)
    for name, party in region.parties.items():
        url = region.settings[name].database_url.format(role=SUPERUSER)
        found[name] = Store(name, url, party.index.keyring)
    return found
