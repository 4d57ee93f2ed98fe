"""What our append is compared with: an insert per transaction, and a lock and a chain per request.

Both leave what ours leaves of an entry, the same three rows behind the same walls, durably, under
the same login role, from a pool of connections of the size that is best for either. They are
written as they usually are: begin, an insert a table, commit; and begin, a lock, the last hash,
the same inserts bound to it, commit. That is the trial's "insert, own tx" and "advisory chain,
own tx": there an entry was one row, and here it takes a transaction to leave three rows or none.

Beside each stands what it comes to when the three inserts are written as one statement. That is
reported, and is not the yardstick: a statement that writes three tables is part of what is
measured against it.
"""

import hashlib
from typing import Any

from demo.authority import CSA
from index_service.log.leaf import LogRow

# Connections, each the quickest tried: of 4 to 48 for inserts, of 2 to 32 for chains.
INSERT_POOL = 32
CHAIN_POOL = 8
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
_ENTRY = "insert into yardstick_entry (csa, entry_id, at, leaf, sealed) values ($1, $2, $3, $4, $5)"
_CHAINED_ENTRY = (
    "insert into chained_entry (csa, entry_id, at, leaf, sealed, previous, hash)"
    " values ($1, $2, $3, $4, $5, $6, $7)"
)
_SUBJECT = "insert into {}_subject (csa, ref, sealed) values ($1, $2, $3)"
_ACTOR = "insert into {}_actor (csa, ref, sealed) values ($1, $2, $3)"
_BESIDE = (
    "with subjects as (insert into {0}_subject (csa, ref, sealed)"
    " select $1, * from unnest($6::bytea[], $7::bytea[])),"
    " actors as (insert into {0}_actor (csa, ref, sealed) values ($1, $8, $9)) "
)
_ENTRY_AND_BESIDE = _BESIDE.format("yardstick") + _ENTRY
_CHAINED_ENTRY_AND_BESIDE = _BESIDE.format("chained") + _CHAINED_ENTRY.replace("$6, $7", "$10, $11")
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
    """An insert per transaction: begin, an insert a table, commit."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def append(self, row: LogRow) -> None:
        """Append one entry durably."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_ENTRY, CSA, row.entry_id, row.at, row.leaf, row.sealed)
            await _insert_beside(connection, "yardstick", row)


class SingleStatement:
    """An insert per transaction, all of it in one statement."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def append(self, row: LogRow) -> None:
        """Append one entry durably."""
        async with self._pool.acquire() as connection:
            await connection.execute(_ENTRY_AND_BESIDE, *_values(row))


class Chained:
    """A lock and a chain per request: begin, lock, the last hash, an insert a table, commit."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def append(self, row: LogRow) -> None:
        """Append one entry durably, bound to the one before it."""
        async with self._pool.acquire() as connection, connection.transaction():
            last, hash_ = await _locked(connection, row)
            values = (CSA, row.entry_id, row.at, row.leaf, row.sealed, last, hash_)
            await connection.execute(_CHAINED_ENTRY, *values)
            await _insert_beside(connection, "chained", row)


class ChainedStatement:
    """A lock and a chain per request, its three inserts in one statement."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def append(self, row: LogRow) -> None:
        """Append one entry durably, bound to the one before it."""
        async with self._pool.acquire() as connection, connection.transaction():
            last, hash_ = await _locked(connection, row)
            await connection.execute(_CHAINED_ENTRY_AND_BESIDE, *_values(row), last, hash_)


async def _locked(connection: Any, row: LogRow) -> tuple[bytes, bytes]:
    """Wait for the chain's lock; return its last hash, and what binds the row to it."""
    await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
    last = await connection.fetchval(_LAST, CSA) or b""
    return last, hashlib.sha256(last + row.leaf).digest()


async def _insert_beside(connection: Any, build: str, row: LogRow) -> None:
    assert row.actor is not None
    for ref, sealed in row.subjects:
        await connection.execute(_SUBJECT.format(build), CSA, ref, sealed)
    await connection.execute(_ACTOR.format(build), CSA, *row.actor)


async def chain_length(connection: Any) -> int:
    """Return how many rows the chain has; ValueError where it is none."""
    rows = await connection.fetch("select leaf, previous, hash from chained_entry order by seq")
    last = b""
    for row in rows:
        if row["previous"] != last or row["hash"] != hashlib.sha256(last + row["leaf"]).digest():
            raise ValueError("the chain is broken")
        last = row["hash"]
    return len(rows)
