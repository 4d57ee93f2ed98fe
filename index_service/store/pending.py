"""What waits to be sealed: numbered batches, their entries' leaves, entries nobody has numbered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    LargeBinary,
    Text,
    Uuid,
    all_,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql

from index_service.log.dense import Reached, Waiting
from index_service.log.numbering import NO_PREDECESSOR, Number, Predecessor
from index_service.store.compiled import Compiled, compiled
from index_service.store.log_tables import access_entry, leaf, log_batch, unnumbered, writer_sealed

BATCHES_MAX = 1000
ENTRIES_MAX = 8192
ADOPTED_MAX = 1000
WRITERS_MAX = 2 * BATCHES_MAX
_BATCH_ENTRIES_MAX = 64 * 1024
_CSA = bindparam("csa", type_=Text)
_IDS = bindparam("ids", type_=ARRAY(Uuid))

_WAITING = compiled(
    select(
        log_batch.c.writer,
        log_batch.c.seq,
        log_batch.c.previous,
        log_batch.c.hash,
        log_batch.c.entries,
        log_batch.c.predecessor,
        log_batch.c.predecessor_seq,
        log_batch.c.predecessor_hash,
    )
    .where(log_batch.c.csa == _CSA)
    .where(log_batch.c.writer != all_(bindparam("but", type_=ARRAY(Uuid))))
    .order_by(log_batch.c.writer, log_batch.c.seq)
    .limit(BATCHES_MAX)
)
_LEAVES = compiled(
    select(access_entry.c.entry_id, access_entry.c.leaf)
    .where(access_entry.c.csa == _CSA)
    .where(access_entry.c.entry_id == any_(_IDS))
    .limit(ENTRIES_MAX + _BATCH_ENTRIES_MAX)
)
_SEALED = compiled(
    select(leaf.c.entry_id, leaf.c.shard, leaf.c.leaf_index, leaf.c.hash)
    .where(leaf.c.csa == _CSA)
    .where(leaf.c.entry_id == any_(_IDS))
    .limit(ENTRIES_MAX + _BATCH_ENTRIES_MAX)
)
_REACHED = compiled(
    select(
        writer_sealed.c.writer,
        writer_sealed.c.seq,
        writer_sealed.c.hash,
        writer_sealed.c.previous,
        writer_sealed.c.mark,
    )
    .where(writer_sealed.c.csa == _CSA)
    .where(writer_sealed.c.writer == any_(_IDS))
    .limit(WRITERS_MAX)
)
_LEFT = compiled(
    select(unnumbered.c.entry_id, access_entry.c.leaf)
    .select_from(
        unnumbered.outerjoin(
            access_entry,
            (access_entry.c.csa == unnumbered.c.csa)
            & (access_entry.c.entry_id == unnumbered.c.entry_id),
        )
    )
    .where(unnumbered.c.csa == _CSA)
    .where(unnumbered.c.at < bindparam("before", type_=DateTime(timezone=True)))
    # Last those whose entry is gone: they stay, and nobody waits behind them.
    .order_by(access_entry.c.leaf.is_(None), unnumbered.c.at, unnumbered.c.entry_id)
    .limit(ADOPTED_MAX)
)
_TAKE_UP = compiled(
    delete(unnumbered).where(unnumbered.c.csa == _CSA).where(unnumbered.c.entry_id == any_(_IDS))
)
_NUMBER = compiled(
    insert(log_batch).values(
        csa=_CSA,
        writer=bindparam("writer"),
        seq=bindparam("seq"),
        previous=bindparam("previous"),
        hash=bindparam("hash"),
        entries=bindparam("entries"),
        predecessor=bindparam("predecessor"),
        predecessor_seq=bindparam("predecessor_seq"),
        predecessor_hash=bindparam("predecessor_hash"),
    )
)
_writers = (
    func.unnest(
        bindparam("w_writer", type_=ARRAY(Uuid)),
        bindparam("w_seq", type_=ARRAY(BigInteger)),
        bindparam("w_hash", type_=ARRAY(LargeBinary)),
        bindparam("w_previous", type_=ARRAY(LargeBinary)),
        bindparam("w_mark", type_=ARRAY(LargeBinary)),
    )
    .table_valued("writer", "seq", "hash", "previous", "mark", name="given")
    .render_derived()
)
_reaching = postgresql.insert(writer_sealed).from_select(
    ["csa", "writer", "seq", "hash", "previous", "mark"],
    select(_CSA, *(_writers.c[n] for n in ("writer", "seq", "hash", "previous", "mark"))),
)
_REACH = compiled(
    _reaching.on_conflict_do_update(
        index_elements=["csa", "writer"],
        set_={name: _reaching.excluded[name] for name in ("seq", "hash", "previous", "mark")},
    )
)
_batches = (
    func.unnest(
        bindparam("b_writer", type_=ARRAY(Uuid)), bindparam("b_seq", type_=ARRAY(BigInteger))
    )
    .table_valued("writer", "seq", name="given")
    .render_derived()
)
_FORGET = compiled(
    delete(log_batch)
    .where(log_batch.c.csa == _CSA)
    .where(log_batch.c.writer == _batches.c.writer)
    .where(log_batch.c.seq == _batches.c.seq)
)


@dataclass(frozen=True, slots=True)
class MarkedWriter:
    """How far a writer is said to be sealed, and the mark that must be the sealer's."""

    writer: UUID
    reached: Reached
    mark: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row says that an entry's leaf stands, and the leaf."""

    shard: int
    index: int
    hash: bytes


class Pending:
    """Batches and loose entries within one transaction of the sealer."""

    def __init__(self, connection: Any, csa: str) -> None:
        self._connection = connection
        self._csa = csa

    async def waiting(self, but: Collection[UUID]) -> tuple[list[Waiting], bool]:
        """Return batches by writer and number, and whether more wait than a round takes.

        Writers in `but` are left out.
        """
        rows = await self._fetch(_WAITING, but=list(but))
        taken: list[Waiting] = []
        entries = 0
        for row in rows:
            entries += len(row["entries"])
            if taken and entries > ENTRIES_MAX:
                return taken, True
            taken.append(_waiting(row))
        return taken, len(rows) == BATCHES_MAX

    async def leaves(self, entries: Sequence[UUID]) -> dict[UUID, bytes]:
        """Return what these entries are committed to by, of those that are there."""
        rows = await self._fetch(_LEAVES, ids=list(entries))
        return {row[0]: bytes(row[1]) for row in rows}

    async def sealed(self, entries: Sequence[UUID]) -> dict[UUID, Place]:
        """Return the leaves these entries have in a tree, of those that have one."""
        rows = await self._fetch(_SEALED, ids=list(entries))
        return {row[0]: Place(row[1], row[2], bytes(row[3])) for row in rows}

    async def reached(self, writers: Sequence[UUID]) -> list[MarkedWriter]:
        """Return how far these writers are sealed."""
        rows = await self._fetch(_REACHED, ids=list(writers))
        return [
            MarkedWriter(row[0], Reached(row[1], bytes(row[2]), bytes(row[3])), bytes(row[4]))
            for row in rows
        ]

    async def reach(self, writers: Sequence[MarkedWriter]) -> None:
        """Say how far writers are sealed."""
        values = {
            "w_writer": [each.writer for each in writers],
            "w_seq": [each.reached.seq for each in writers],
            "w_hash": [each.reached.hash for each in writers],
            "w_previous": [each.reached.previous for each in writers],
            "w_mark": [each.mark for each in writers],
        }
        await self._run(_REACH, values)

    async def forget(self, batches: Sequence[Waiting]) -> None:
        """Remove batches whose entries have their leaves under a signed head."""
        numbers = [each.number for each in batches]
        values = {
            "b_writer": [number.writer for number in numbers],
            "b_seq": [number.seq for number in numbers],
        }
        await self._run(_FORGET, values)

    async def left(self, before: datetime) -> tuple[list[tuple[UUID, bytes]], int]:
        """Return entries left before this that nobody has numbered, with their leaves.

        And how many of those left are gone, of as many as are adopted at once.
        """
        rows = await self._fetch(_LEFT, before=before)
        there = [(row[0], bytes(row[1])) for row in rows if row[1] is not None]
        return there, len(rows) - len(there)

    async def adopt(self, number: Number, entries: Sequence[UUID]) -> None:
        """Number entries that their writer left."""
        before = number.predecessor
        values = {
            "writer": number.writer,
            "seq": number.seq,
            "previous": number.previous,
            "hash": number.hash,
            "entries": list(entries),
            "predecessor": before.writer if before else None,
            "predecessor_seq": before.seq if before else 0,
            "predecessor_hash": before.hash if before else NO_PREDECESSOR,
        }
        await self._run(_NUMBER, values)
        await self._run(_TAKE_UP, {"ids": list(entries)})

    async def _fetch(self, statement: Compiled, **values: Any) -> list[Any]:
        arguments = statement.arguments(csa=self._csa, **values)
        return list(await self._connection.fetch(statement.sql, *arguments))

    async def _run(self, statement: Compiled, values: Mapping[str, Any]) -> None:
        arguments = statement.arguments(csa=self._csa, **values)
        await self._connection.execute(statement.sql, *arguments)


def _waiting(row: Any) -> Waiting:
    before = None
    if row["predecessor"] is not None:
        hash_ = bytes(row["predecessor_hash"])
        before = Predecessor(row["predecessor"], row["predecessor_seq"], hash_)
    number = Number(row["writer"], row["seq"], bytes(row["previous"]), bytes(row["hash"]), before)
    return Waiting(number, tuple(row["entries"]))
