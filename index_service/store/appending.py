"""The append of access entries: one statement for a whole numbered batch, on its own connection."""

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    DateTime,
    LargeBinary,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from index_service.log.group_commit import Batch
from index_service.log.leaf import LogRow
from index_service.log.numbering import NO_PREDECESSOR
from index_service.store.compiled import Compiled, compiled
from index_service.store.federation_tables import exchange
from index_service.store.log_tables import (
    access_actor,
    access_entry,
    access_subject,
    charge,
    log_batch,
    unnumbered,
)
from index_service.store.tables import asked

_CSA = bindparam("csa", type_=Text)


def _unnested(alias: str, columns: dict[str, TypeEngine[Any]]) -> Any:
    """Return rows given as an array a column; arrays of unlike lengths break a NOT NULL.

    Unnested among what is selected, arrays are read row by row; as a table they would be
    laid out whole first.
    """
    return select(
        _CSA,
        *(
            func.unnest(bindparam(f"{alias}_{name}", type_=ARRAY(kind)), type_=kind).label(name)
            for name, kind in columns.items()
        ),
    )


def _insert_all(table: Any, alias: str, **columns: TypeEngine[Any]) -> Any:
    return insert(table).from_select(["csa", *columns], _unnested(alias, columns))


_IDS = ARRAY(Uuid)
_APPENDED, _STORED = bindparam("e_entry_id", type_=_IDS), bindparam("u_entry_id", type_=_IDS)

_ROWS = {
    "entries": _insert_all(
        access_entry,
        "e",
        entry_id=Uuid(),
        at=DateTime(timezone=True),
        leaf=LargeBinary(),
        sealed=LargeBinary(),
    ),
    "subjects": _insert_all(access_subject, "s", ref=LargeBinary(), sealed=LargeBinary()),
    "actors": _insert_all(access_actor, "a", ref=LargeBinary(), sealed=LargeBinary()),
}
# Questions of lookups, for the tripwire: one for each, whatever it found.
_QUESTIONS = {
    "questions": _insert_all(
        asked, "q", id=Uuid(), at=DateTime(timezone=True), sealed=LargeBinary()
    )
}
# The heads of both signed messages, where another authority asked or was asked.
_EXCHANGES = {"exchanges": _insert_all(exchange, "x", entry_id=Uuid(), sealed=LargeBinary())}
_DUE: dict[str, TypeEngine[Any]] = {"day": Date(), "who": LargeBinary(), "what": LargeBinary()}
_CHARGES = {
    "charges": postgresql.insert(charge)
    .from_select(["csa", *_DUE], _unnested("c", _DUE).distinct())
    .on_conflict_do_nothing()
}
_TAKEN_UP = {
    "taken_up": delete(unnumbered)
    .where(unnumbered.c.csa == _CSA)
    .where(unnumbered.c.entry_id == any_(_STORED))
}

_NUMBER: dict[str, TypeEngine[Any]] = {
    "writer": Uuid(),
    "seq": BigInteger(),
    "previous": LargeBinary(),
    "hash": LargeBinary(),
    "predecessor": Uuid(),
    "predecessor_seq": BigInteger(),
    "predecessor_hash": LargeBinary(),
}


def _numbering_with(parts: dict[str, Any]) -> Compiled:
    """Return the statement that numbers a batch and does what else it has to do."""
    statement = insert(log_batch).from_select(
        ["csa", *_NUMBER, "entries"],
        select(
            _CSA,
            *(bindparam(f"n_{name}", type_=kind) for name, kind in _NUMBER.items()),
            func.array_cat(_APPENDED, _STORED, type_=_IDS),
        ),
    )
    for name, part in parts.items():
        statement = statement.add_cte(part.cte(name))
    return compiled(statement)


# What a job does: number what its stories have inserted, nothing else. Its duty may do no more.
_NUMBER_ONLY = _numbering_with(_TAKEN_UP)

# By whether a batch has questions, exchanges, charges, rows of stories: to insert nothing is
# not free.
_APPEND = {
    (questions, exchanges, charges, stored): _numbering_with(
        _ROWS
        | (_QUESTIONS if questions else {})
        | (_EXCHANGES if exchanges else {})
        | (_CHARGES if charges else {})
        | (_TAKEN_UP if stored else {}),
    )
    for questions, exchanges, charges, stored in product((False, True), repeat=4)
}


def _of_rows(rows: Sequence[LogRow]) -> dict[str, Any]:
    subjects = [subject for row in rows for subject in row.subjects]
    actors = [row.actor for row in rows if row.actor is not None]
    return {
        "e_at": [row.at for row in rows],
        "e_leaf": [row.leaf for row in rows],
        "e_sealed": [row.sealed for row in rows],
        "s_ref": [ref for ref, _ in subjects],
        "s_sealed": [sealed for _, sealed in subjects],
        "a_ref": [ref for ref, _ in actors],
        "a_sealed": [sealed for _, sealed in actors],
    }


def _of_questions(questions: Sequence[LogRow]) -> dict[str, Any]:
    return {
        "q_id": [row.entry_id for row in questions],
        "q_at": [row.at for row in questions],
        "q_sealed": [row.asked for row in questions],
    }


def _of_exchanges(exchanges: Sequence[LogRow]) -> dict[str, Any]:
    return {
        "x_entry_id": [row.entry_id for row in exchanges],
        "x_sealed": [row.exchange for row in exchanges],
    }


def _of_charges(charges: Sequence[tuple[date, bytes, bytes]]) -> dict[str, Any]:
    return {
        "c_day": [day for day, _, _ in charges],
        "c_who": [who for _, who, _ in charges],
        "c_what": [what for _, _, what in charges],
    }


def _numbering(csa: str, batch: Batch) -> dict[str, Any]:
    number, before = batch.number, batch.number.predecessor
    return {
        "csa": csa,
        "n_writer": number.writer,
        "n_seq": number.seq,
        "n_previous": number.previous,
        "n_hash": number.hash,
        "n_predecessor": before.writer if before else None,
        "n_predecessor_seq": before.seq if before else 0,
        "n_predecessor_hash": before.hash if before else NO_PREDECESSOR,
        "e_entry_id": [row.entry_id for row in batch.rows],
        "u_entry_id": [row.entry_id for row in batch.stored],
    }


def _statement(csa: str, batch: Batch) -> tuple[str, list[Any]]:
    """Return the statement of a batch, no part of it in vain, and its arguments."""
    numbering = _numbering(csa, batch)
    if not batch.rows:
        return _NUMBER_ONLY.sql, _NUMBER_ONLY.arguments(**numbering)
    questions = [row for row in batch.rows if row.asked is not None]
    exchanges = [row for row in batch.rows if row.exchange is not None]
    charges = [(row.at.date(), *due) for row in batch.rows for due in row.charges]
    append = _APPEND[bool(questions), bool(exchanges), bool(charges), bool(batch.stored)]
    return append.sql, append.arguments(
        **numbering,
        **_of_rows(batch.rows),
        **_of_questions(questions),
        **_of_exchanges(exchanges),
        **_of_charges(charges),
    )


class Appender:
    """Writes numbered batches of entries with all they leave: all of a batch, or none."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    async def __call__(self, batch: Batch) -> None:
        """Append durably: returned means committed. Any error means outcome unknown."""
        sql, arguments = _statement(self._csa, batch)
        async with self._pool.acquire(timeout=1) as connection:
            await connection.execute(sql, *arguments)


class Numberer:
    """Numbers what a job's stories have inserted; a job appends no entry by itself."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    async def __call__(self, batch: Batch) -> None:
        """Number durably; RuntimeError for an entry that stands outside any transaction."""
        if batch.rows:
            raise RuntimeError("a job appends no entry by itself")
        arguments = _NUMBER_ONLY.arguments(**_numbering(self._csa, batch))
        async with self._pool.acquire(timeout=1) as connection:
            await connection.execute(_NUMBER_ONLY.sql, *arguments)
