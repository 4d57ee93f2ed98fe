"""Bulk writes as INSERT ... SELECT FROM unnest: COPY is refused under forced row-level security."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, Table, Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update


def _rows_of(table: Table, names: tuple[str, ...]) -> Any:
    # Prefixed: an UPDATE reserves the columns' own names for itself.
    arrays = [bindparam(f"all_{name}", type_=ARRAY(table.c[name].type)) for name in names]
    return func.unnest(*arrays).table_valued(*names, name="given").render_derived()


@cache
def _insert(table: Table, names: tuple[str, ...]) -> Insert:
    given = _rows_of(table, names)
    return insert(table).from_select(
        ["csa", *names],
        select(bindparam("csa", type_=Text), *(given.c[name] for name in names)),
    )


@cache
def _update(table: Table, key: str, names: tuple[str, ...]) -> Update:
    given = _rows_of(table, (key, *names))
    return (
        update(table)
        .values({name: given.c[name] for name in names})
        .where(table.c.csa == bindparam("own_csa", type_=Text))
        .where(table.c[key] == given.c[key])
    )


def _columns(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], dict[str, list[Any]]]:
    names = tuple(rows[0])
    return names, {f"all_{name}": [row[name] for row in rows] for name in names}


async def insert_rows(
    session: AsyncSession, csa: str, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows (all with the same columns, `csa` apart) in one statement."""
    if rows:
        names, columns = _columns(rows)
        await session.execute(_insert(table, names), {"csa": csa, **columns})


async def insert_columns(
    session: AsyncSession, csa: str, table: Table, columns: Mapping[str, list[Any]]
) -> None:
    """Insert rows given by column, all of one length: for tables of many small rows."""
    given = {f"all_{name}": values for name, values in columns.items()}
    await session.execute(_insert(table, tuple(columns)), {"csa": csa, **given})


async def upsert_rows(
    session: AsyncSession, csa: str, table: Table, key: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows, or where (csa, key) is there already, replace their other columns."""
    if rows:
        names, columns = _columns(rows)
        statement = _insert(table, names)
        replaced = {name: statement.excluded[name] for name in names if name != key}
        done = statement.on_conflict_do_update(index_elements=["csa", key], set_=replaced)
        await session.execute(done, {"csa": csa, **columns})


async def update_rows(
    session: AsyncSession, csa: str, table: Table, key: str, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Update rows by (csa, key) in one statement; return how many were there."""
    if not rows:
        return 0
    names, columns = _columns(rows)
    rest = tuple(name for name in names if name != key)
    done = await session.execute(_update(table, key, rest), {"own_csa": csa, **columns})
    return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result has it
