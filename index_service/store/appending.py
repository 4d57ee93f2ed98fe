"""The append of access entries: one statement for a whole batch, on its own connection."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, DateTime, LargeBinary, Text, Uuid, bindparam, func, insert, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from index_service.log.leaf import LogRow
from index_service.store.compiled import compiled
from index_service.store.tables import access_entry, access_subject, asked

_CSA = bindparam("csa", type_=Text)


def _unnested(alias: str, **columns: TypeEngine[Any]) -> Any:
    arrays: list[ColumnElement[Any]] = [
        bindparam(f"{alias}_{name}", type_=ARRAY(kind)) for name, kind in columns.items()
    ]
    return func.unnest(*arrays).table_valued(*columns, name=alias).render_derived()


_subjects = _unnested("s", ref=LargeBinary(), sealed=LargeBinary())
_entries = _unnested(
    "e",
    entry_id=Uuid(),
    at=DateTime(timezone=True),
    leaf=LargeBinary(),
    sealed=LargeBinary(),
)
# Questions of lookups, for the tripwire: one for each, whatever it found.
_asked = _unnested("q", id=Uuid(), at=DateTime(timezone=True), sealed=LargeBinary())

_APPEND = compiled(
    insert(access_entry)
    .from_select(
        ["csa", "entry_id", "at", "leaf", "sealed"],
        select(_CSA, _entries.c.entry_id, _entries.c.at, _entries.c.leaf, _entries.c.sealed),
    )
    .add_cte(
        insert(access_subject)
        .from_select(["csa", "ref", "sealed"], select(_CSA, _subjects.c.ref, _subjects.c.sealed))
        .cte("subjects")
    )
    .add_cte(
        insert(asked)
        .from_select(
            ["csa", "id", "at", "sealed"],
            select(_CSA, _asked.c.id, _asked.c.at, _asked.c.sealed),
        )
        .cte("questions")
    )
)


def _arguments(csa: str, rows: Sequence[LogRow]) -> dict[str, Any]:
    subjects = [subject for row in rows for subject in row.subjects]
    questions = [(row.entry_id, row.at, row.asked) for row in rows if row.asked is not None]
    return {
        "csa": csa,
        "e_entry_id": [row.entry_id for row in rows],
        "e_at": [row.at for row in rows],
        "e_leaf": [row.leaf for row in rows],
        "e_sealed": [row.sealed for row in rows],
        "s_ref": [ref for ref, _ in subjects],
        "s_sealed": [sealed for _, sealed in subjects],
        "q_id": [entry_id for entry_id, _, _ in questions],
        "q_at": [at for _, at, _ in questions],
        "q_sealed": [sealed for _, _, sealed in questions],
    }


class Appender:
    """Writes batches of entries with their subjects and questions: all of a batch, or none."""

    def __init__(self, pool: Any, csa: str) -> None:
        self._pool = pool
        self._csa = csa

    async def __call__(self, rows: Sequence[LogRow]) -> None:
        """Append durably: returned means committed. Any error means outcome unknown."""
        arguments = _APPEND.arguments(**_arguments(self._csa, rows))
        async with self._pool.acquire(timeout=1) as connection:
            await connection.execute(_APPEND.sql, *arguments)
