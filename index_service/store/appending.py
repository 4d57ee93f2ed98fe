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
    Double,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from index_service.log.group_commit import Batch
from index_service.log.leaf import LogRow
from index_service.log.numbering import NO_PREDECESSOR
from index_service.store.compiled import Compiled, compiled
from index_service.store.federation_tables import exchange
from index_service.store.kept_connection import KeptConnection
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
_FIRST: Any = literal_column("1", Integer)


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


def _cut(name: str) -> tuple[Any, Any, Any]:
    """Return what `substring` cuts values of one size by, given end to end.

    A value costs the client less so than in an array.
    """
    joined, size = bindparam(name, type_=LargeBinary), bindparam(f"{name}_size", type_=Integer)
    return joined, func.generate_series(_FIRST, func.length(joined), size), size


def _insert_pointing(table: Any, alias: str) -> Any:
    names = ["ref", "sealed"]
    cut = select(_CSA, *(func.substring(*_cut(f"{alias}_{name}")).label(name) for name in names))
    return insert(table).from_select(["csa", *names], cut)


_IDS = ARRAY(Uuid)
_APPENDED, _STORED = bindparam("e_entry_id", type_=_IDS), bindparam("u_entry_id", type_=_IDS)

_ROWS = {
    "entries": insert(access_entry).from_select(
        ["csa", "entry_id", "at", "leaf", "sealed"],
        select(
            _CSA,
            func.unnest(_APPENDED, type_=Uuid),
            # Seconds since 1970: a moment has milliseconds, which a double holds exactly enough.
            func.to_timestamp(func.unnest(bindparam("e_at", type_=ARRAY(Double)), type_=Double)),
            func.substring(*_cut("e_leaf")),
            func.unnest(bindparam("e_sealed", type_=ARRAY(LargeBinary)), type_=LargeBinary),
        ),
    ),
    "subjects": _insert_pointing(access_subject, "s"),
    "actors": _insert_pointing(access_actor, "a"),
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


def _end_to_end(name: str, values: Sequence[bytes]) -> dict[str, Any]:
    """Return values of one size as `_cut` takes them; ValueError for unlike ones."""
    sizes = set(map(len, values))
    if len(sizes) > 1:
        raise ValueError("values of unlike sizes cannot be told apart")
    return {name: b"".join(values), f"{name}_size": sizes.pop() if sizes else 1}


def _of_rows(rows: Sequence[LogRow]) -> dict[str, Any]:
    subjects = [subject for row in rows for subject in row.subjects]
    actors = [row.actor for row in rows if row.actor is not None]
    return {
        "e_at": [row.at.timestamp() for row in rows],
        "e_sealed": [row.sealed for row in rows],
        **_end_to_end("e_leaf", [row.leaf for row in rows]),
        **_end_to_end("s_ref", [ref for ref, _ in subjects]),
        **_end_to_end("s_sealed", [sealed for _, sealed in subjects]),
        **_end_to_end("a_ref", [ref for ref, _ in actors]),
        **_end_to_end("a_sealed", [sealed for _, sealed in actors]),
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
        self._connection = KeptConnection(pool)
        self._csa = csa

    async def __call__(self, batch: Batch) -> None:
        """Append durably: returned means committed. Any error means outcome unknown."""
        await self._connection.execute(*_statement(self._csa, batch))


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
