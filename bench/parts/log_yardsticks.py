"""What our append is compared with: a lock and a chain per request, and an insert per transaction.

Both write to tables of the shape of ours, walls included, under the same login role, from a
pool of connections. The chain is the usual one: a lock, the last hash, the row bound to it,
commit. The insert alone is in one statement, so that it is as quick as it can be; as most
would write it, it is three in a transaction.
"""

import hashlib
from typing import Any

from demo.authority import CSA
from index_service.log.leaf import LogRow

POOL = 32  # of 8, 16 and 32 the quickest for either
_LOCK = 7
_TABLES = {
    "yardstick_entry": "access_entry",
    "yardstick_subject": "access_subject",
    "yardstick_actor": "access_actor",
    "chained_entry": "access_entry",
    "chained_subject": "access_subject",
    "chained_actor": "access_actor",
}
_CHAIN = (
    "alter table chained_entry add seq bigint not null generated always as identity,"
    " add previous bytea not null, add hash bytea not null;"
    " create unique index chained_entry_seq on chained_entry (csa, seq)"
)
_BESIDE = (
    "with subjects as (insert into {0}_subject (csa, ref, sealed)"
    " select $1, * from unnest($6::bytea[], $7::bytea[])),"
    " actors as (insert into {0}_actor (csa, ref, sealed) values ($1, $8, $9)) "
)
_INSERT = (
    _BESIDE.format("yardstick")
    + "insert into yardstick_entry (csa, entry_id, at, leaf, sealed) values ($1, $2, $3, $4, $5)"
)
_INSERT_CHAINED = (
    _BESIDE.format("chained")
    + "insert into chained_entry (csa, entry_id, at, leaf, sealed, previous, hash)"
    " values ($1, $2, $3, $4, $5, $10, $11)"
)
_LAST = "select hash from chained_entry where csa = $1 order by seq desc limit 1"


def tables() -> str:
    """Return the statements that make both yardsticks' tables, empty."""
    made = []
    for name, like in _TABLES.items():
        made.append(
            f"create table {name} (like {like} including all);"
            f" alter table {name} enable row level security;"
            f" alter table {name} force row level security;"
            f" create policy own_authority on {name}"
            " using (csa = (select r.csa from csa_role r where r.role = session_user))"
            " with check (csa = (select r.csa from csa_role r where r.role = session_user));"
            f" grant select, insert on {name} to index_api"
        )
    return ";".join([*made, _CHAIN])


def _values(row: LogRow) -> list[Any]:
    assert row.actor is not None
    refs, sealed = [ref for ref, _ in row.subjects], [trace for _, trace in row.subjects]
    return [CSA, row.entry_id, row.at, row.leaf, row.sealed, refs, sealed, *row.actor]


class Single:
    """An insert per transaction, in one statement."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def append(self, row: LogRow) -> None:
        """Append one entry durably."""
        async with self._pool.acquire() as connection:
            await connection.execute(_INSERT, *_values(row))


class Usual:
    """An insert per transaction, as most would write it: begin, one insert a table, commit."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def append(self, row: LogRow) -> None:
        """Append one entry durably."""
        assert row.actor is not None
        into = "insert into yardstick_"
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                into + "entry (csa, entry_id, at, leaf, sealed) values ($1, $2, $3, $4, $5)",
                *(CSA, row.entry_id, row.at, row.leaf, row.sealed),
            )
            for ref, sealed in row.subjects:
                subject = into + "subject (csa, ref, sealed) values ($1, $2, $3)"
                await connection.execute(subject, CSA, ref, sealed)
            actor = into + "actor (csa, ref, sealed) values ($1, $2, $3)"
            await connection.execute(actor, CSA, *row.actor)


class Chained:
    """A lock and a chain per request."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def append(self, row: LogRow) -> None:
        """Append one entry durably, bound to the one before it."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
            last = await connection.fetchval(_LAST, CSA) or b""
            hash_ = hashlib.sha256(last + row.leaf).digest()
            await connection.execute(_INSERT_CHAINED, *_values(row), last, hash_)


async def chain_length(connection: Any) -> int:
    """Return how many rows the chain has; ValueError where it is none."""
    rows = await connection.fetch("select leaf, previous, hash from chained_entry order by seq")
    last = b""
    for row in rows:
        if row["previous"] != last or row["hash"] != hashlib.sha256(last + row["leaf"]).digest():
            raise ValueError("the chain is broken")
        last = row["hash"]
    return len(rows)
