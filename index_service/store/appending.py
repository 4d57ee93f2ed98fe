"""The append of access entries: one statement for a whole numbered batch, on its own connection."""

from collections.abc import Sequence
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
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from index_service.log.group_commit import Batch
from index_service.log.leaf import LogRow
from index_service.log.numbering import NO_PREDECESSOR
from index_service.store.compiled import compiled
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


def _unnested(alias: str, **columns: TypeEngine[Any]) -> Any:
    arrays: list[ColumnElement[Any]] = [
        bindparam(f"{alias}_{name}", type_=ARRAY(kind)) for name, kind in columns.items()
    ]
    return func.unnest(*arrays).table_valued(*columns, name=alias).render_derived()


def _insert_all(table: Any, rows: Any, *names: str) -> Any:
    """Return the insert of every row of an unnested list of columns."""
    return insert(table).from_select(
        ["csa", *names], select(_CSA, *(rows.c[name] for name in names))
    )


_subjects = _unnested("s", ref=LargeBinary(), sealed=LargeBinary())
_actors = _unnested("a", ref=LargeBinary(), sealed=LargeBinary())
_entries = _unnested(
    "e",
    entry_id=Uuid(),
    at=DateTime(timezone=True),
    leaf=LargeBinary(),
    sealed=LargeBinary(),
)
# Questions of lookups, for the tripwire: one for each, whatever it found.
_asked = _unnested("q", id=Uuid(), at=DateTime(timezone=True), sealed=LargeBinary())
_charges = _unnested("c", day=Date(), who=LargeBinary(), what=LargeBinary())

_NUMBER: dict[str, TypeEngine[Any]] = {
    "writer": Uuid(),
    "seq": BigInteger(),
    "previous": LargeBinary(),
    "hash": LargeBinary(),
    "entries": ARRAY(Uuid),
    "predecessor": Uuid(),
    "predecessor_seq": BigInteger(),
    "predecessor_hash": LargeBinary(),
}
_numbered = insert(log_batch).from_select(
    ["csa", *_NUMBER],
    select(_CSA, *(bindparam(f"n_{name}", type_=kind) for name, kind in _NUMBER.items())),
)
_taken_up = (
    delete(unnumbered)
    .where(unnumbered.c.csa == _CSA)
    .where(unnumbered.c.entry_id == any_(bindparam("u_entry_id", type_=ARRAY(Uuid))))
)
_charged = (
    postgresql.insert(charge)
    .from_select(
        ["csa", "day", "who", "what"],
        select(_CSA, _charges.c.day, _charges.c.who, _charges.c.what).distinct(),
    )
    .on_conflict_do_nothing()
)

_APPEND = compiled(
    _numbered.add_cte(
        _insert_all(access_entry, _entries, "entry_id", "at", "leaf", "sealed").cte("entries")
    )
    .add_cte(_insert_all(access_subject, _subjects, "ref", "sealed").cte("subjects"))
    .add_cte(_insert_all(access_actor, _actors, "ref", "sealed").cte("actors"))
    .add_cte(_insert_all(asked, _asked, "id", "at", "sealed").cte("questions"))
    .add_cte(_charged.cte("charges"))
    .add_cte(_taken_up.cte("taken_up"))
)

# What a job does: number what its stories have inserted, nothing else. Its duty may do no more.
_NUMBER_ONLY = compiled(_numbered.add_cte(_taken_up.cte("taken_up")))


def _arguments(csa: str, rows: Sequence[LogRow]) -> dict[str, Any]:
    subjects = [subject for row in rows for subject in row.subjects]
    actors = [row.actor for row in rows if row.actor is not None]
    questions = [(row.entry_id, row.at, row.asked) for row in rows if row.asked is not None]
    charges = [(row.at.date(), who, what) for row in rows for who, what in row.charges]
    return {
        "csa": csa,
        "e_entry_id": [row.entry_id for row in rows],
        "e_at": [row.at for row in rows],
        "e_leaf": [row.leaf for row in rows],
        "e_sealed": [row.sealed for row in rows],
        "s_ref": [ref for ref, _ in subjects],
        "s_sealed": [sealed for _, sealed in subjects],
        "a_ref": [ref for ref, _ in actors],
        "a_sealed": [sealed for _, sealed in actors],
        "q_id": [entry_id for entry_id, _, _ in questions],
        "q_at": [at for _, at, _ in questions],
        "q_sealed": [sealed for _, _, sealed in questions],
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
        "n_entries": [row.entry_id for row in (*batch.rows, *batch.stored)],
        "n_predecessor": before.writer if before else None,
        "n_predecessor_seq": before.seq if before else 0,
        "n_predecessor_hash": before.hash if before else NO_PREDECESSOR,
        "u_entry_id": [row.entry_id for row in batch.stored],
    }


class Appender:
    """Writes numbered batches of entries with all they leave: all of a batch, or none."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    async def __call__(self, batch: Batch) -> None:
        """Append durably: returned means committed. Any error means outcome unknown."""
        arguments = _APPEND.arguments(
            **{**_arguments(self._csa, batch.rows), **_numbering(self._csa, batch)}
        )
        async with self._pool.acquire(timeout=1) as connection:
            await connection.execute(_APPEND.sql, *arguments)


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
