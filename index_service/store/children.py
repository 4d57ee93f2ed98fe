"""Child rows, their search tokens, guard tokens and case rows, for writing stories."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    RowMapping,
    Select,
    Table,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.log.row_states import ROWS_MAX, RowState, state_of
from index_service.store.bulk import insert_columns, insert_rows, update_rows
from index_service.store.reading import CASES_MAX, POINTERS_MAX, OverTheBound
from index_service.store.tables import (
    SEALED_COLUMNS,
    case_row,
    child,
    child_token,
    guard_token,
    work_token,
)

CHILDREN_MAX = 20_000


class Children:
    """Statements on the records of one authority, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa
        self._standing: dict[UUID, Mapping[Any, Any]] = {}  # locked or written: nobody else's
        self._before: dict[UUID, bytes | None] = {}  # states of what was written here

    async def locked(self, ids: Sequence[UUID]) -> list[RowMapping]:
        """Return these children's whole rows, locked in id order until the end."""
        rows = await self._rows(self._these().with_for_update(), ids)
        for row in rows:
            self._standing.setdefault(row["child_id"], row)
        return rows

    async def beheld(self, ids: Sequence[UUID]) -> list[RowMapping]:
        """Return these children's whole rows without a lock, to compare with only."""
        return await self._rows(self._these(), ids)

    async def beheld_or(self, child_id: UUID, other: UUID) -> RowMapping | None:
        """Return a child's whole row without a lock, or the other child's where it has none.

        One row is read and sent either way, so that one that is not there takes as long.
        """
        first = self._these().order_by(None).order_by(child.c.child_id == other).limit(1)
        found = await self._session.execute(first, {"ids": [child_id, other]})
        row: RowMapping | None = found.mappings().one_or_none()
        return row

    def _these(self) -> Select[Any]:
        return (
            select(child)
            .where(child.c.csa == self._csa)
            .where(child.c.child_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .order_by(child.c.child_id)
            .limit(CHILDREN_MAX + 1)
        )

    async def _rows(self, these: Select[Any], ids: Sequence[UUID]) -> list[RowMapping]:
        found = list((await self._session.execute(these, {"ids": list(ids)})).mappings())
        if len(found) > CHILDREN_MAX:
            raise OverTheBound  # one left out could be the shielded one
        return found

    async def insert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert whole sealed children."""
        await insert_rows(self._session, self._csa, child, rows)
        for row in rows:
            self._note(row["child_id"], None, row)

    async def replace(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace the named sealed parts of children by `child_id`; all must be there."""
        unread = [row["child_id"] for row in rows if row["child_id"] not in self._standing]
        if unread:
            await self.locked(unread)
        if await update_rows(self._session, self._csa, child, "child_id", rows) != len(rows):
            raise LookupError("a locked child row went away")
        for row in rows:
            stood = self._standing[row["child_id"]]
            after = {name: row.get(name, stood[name]) for name in SEALED_COLUMNS}
            self._note(row["child_id"], _state(stood), after)

    def states(self) -> list[RowState]:
        """Return the states of the rows written in this transaction, for its entry."""
        return [
            RowState(child_id, before, _state(self._standing[child_id]))
            for child_id, before in self._before.items()
        ]

    def _note(self, child_id: UUID, before: bytes | None, after: Mapping[Any, Any]) -> None:
        self._before.setdefault(child_id, before)
        self._standing[child_id] = after
        if len(self._before) > ROWS_MAX:
            raise OverTheBound

    async def pointers(self, table: Table, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) under these tokens of child_token, guard_token or work_token."""
        found = list(
            await self._session.execute(
                select(table.c.token, table.c.pointer)
                .where(table.c.csa == self._csa)
                .where(table.c.token == any_(bindparam("tokens", type_=ARRAY(LargeBinary))))
                .limit(POINTERS_MAX + 1),
                {"tokens": list(tokens)},
            )
        )
        if len(found) > POINTERS_MAX:
            raise OverTheBound
        return found

    async def candidates_of(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) of the search tokens, for matching with full knowledge."""
        return await self.pointers(child_token, tokens)

    async def guards_of(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) of the guard tokens: facts of shielded children."""
        return await self.pointers(guard_token, tokens)

    async def add_pointers(self, table: Table, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        """Insert (token, pointer) rows."""
        if pairs:
            tokens, pointers = zip(*pairs, strict=True)
            columns = {"token": list(tokens), "pointer": list(pointers)}
            await insert_columns(self._session, self._csa, table, columns)

    async def add_tokens(
        self, search: Sequence[tuple[bytes, bytes]], guard: Sequence[tuple[bytes, bytes]]
    ) -> None:
        """Insert search and guard tokens; the token sheet of each child names them."""
        await self.add_pointers(child_token, search)
        await self.add_pointers(guard_token, guard)

    async def remove_tokens(
        self, search: Sequence[tuple[bytes, bytes]], guard: Sequence[tuple[bytes, bytes]]
    ) -> None:
        """Delete exactly the rows a child's sealed token sheet names."""
        for table, pairs in ((child_token, search), (guard_token, guard)):
            if await self.remove_pointers(table, pairs) != len(pairs):
                raise LookupError("a token sheet names rows that are not there")

    async def remove_pointers(self, table: Table, pairs: Sequence[tuple[bytes, bytes]]) -> int:
        """Delete these (token, pointer) rows; return how many were there."""
        if not pairs:
            return 0
        given = (
            func.unnest(
                bindparam("tokens", type_=ARRAY(LargeBinary)),
                bindparam("pointers", type_=ARRAY(LargeBinary)),
            )
            .table_valued("token", "pointer", name="given")
            .render_derived()
        )
        done = await self._session.execute(
            delete(table)
            .where(table.c.csa == self._csa)
            .where(table.c.token == given.c.token)
            .where(table.c.pointer == given.c.pointer),
            {"tokens": [t for t, _ in pairs], "pointers": [p for _, p in pairs]},
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result has it

    async def add_cases(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert sealed case rows."""
        await insert_rows(self._session, self._csa, case_row, rows)

    async def replace_cases(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace sealed case rows by id."""
        if await update_rows(self._session, self._csa, case_row, "id", rows) != len(rows):
            raise LookupError("a case row went away")

    async def cases(self, refs: Sequence[bytes]) -> list[Any]:
        """Return the case rows of these keyed child references."""
        found = list(
            await self._session.execute(
                select(case_row.c.id, case_row.c.child_ref, case_row.c.sealed)
                .where(case_row.c.csa == self._csa)
                .where(case_row.c.child_ref == any_(bindparam("refs", type_=ARRAY(LargeBinary))))
                .limit(CASES_MAX * 10 + 1),
                {"refs": list(refs)},
            )
        )
        if len(found) > CASES_MAX * 10:
            raise OverTheBound
        return found

    async def add_work(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        """Insert sealed pointers of caseloads and waiting lines."""
        await self.add_pointers(work_token, pairs)

    async def remove_work(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        """Delete these pointer rows, of those that are there."""
        await self.remove_pointers(work_token, pairs)

    async def work(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) of caseloads or waiting lines."""
        return await self.pointers(work_token, tokens)


def _state(row: Mapping[Any, Any]) -> bytes:
    return state_of(row[name] for name in SEALED_COLUMNS)
