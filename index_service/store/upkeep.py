"""What the jobs read and move: every child's policy, slices of token tables, questions left."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.federation_tables import region_token
from index_service.store.log_tables import charge
from index_service.store.tables import asked, child, child_token, guard_token, work_token

IDS_A_PAGE = 20_000
TOKEN_TABLES = (child_token, guard_token, work_token, region_token)
_BEFORE_ALL = UUID(int=0)


class Upkeep:
    """Statements of the jobs of one authority, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def child_ids(self) -> list[UUID]:
        """Return the id of every child record there is."""
        found: list[UUID] = []
        page: Sequence[UUID] = ()
        while not found or len(page) == IDS_A_PAGE:
            after = found[-1] if found else _BEFORE_ALL
            page = (
                await self._session.scalars(
                    select(child.c.child_id)
                    .where(child.c.csa == self._csa)
                    .where(child.c.child_id > after)
                    .order_by(child.c.child_id)
                    .limit(IDS_A_PAGE)
                )
            ).all()
            found += page
            if not page:
                break
        return found

    async def policies(self, ids: Sequence[UUID]) -> list[Any]:
        """Return what is needed to open the policies of these children."""
        found = await self._session.execute(
            select(child.c.child_id, child.c.wrap_key_id, child.c.wrapped_key, child.c.policy)
            .where(child.c.csa == self._csa)
            .where(child.c.child_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .limit(len(ids)),
            {"ids": list(ids)},
        )
        return list(found.mappings())

    async def stir(self, ids: Sequence[UUID]) -> int:
        """Let these children's rows lie elsewhere in storage, unchanged."""
        done = await self._session.execute(
            update(child)
            .values(policy=child.c.policy)
            .where(child.c.csa == self._csa)
            .where(child.c.child_id == any_(bindparam("ids", type_=ARRAY(Uuid)))),
            {"ids": list(ids)},
        )
        return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result has it

    async def still_work(self) -> None:
        """Let nobody add or remove work rows until the end; reading goes on.

        Stories about matters remove rows without the shield lock, and would find a row
        that is being moved gone.
        """
        await self._session.execute(text("lock table work_token in share row exclusive mode"))

    async def count_before(self, table: Table, token: bytes) -> int:
        """Return how many rows of a token table lie before a token."""
        found = await self._session.execute(
            select(func.count())
            .select_from(table)
            .where(table.c.csa == self._csa)
            .where(table.c.token < token)
        )
        return int(found.scalar_one())

    async def resort(self, table: Table, first: bytes, before: bytes | None) -> int:
        """Take out the rows from one token up to another and put them back in token order."""
        taken = (
            delete(table)
            .where(table.c.csa == self._csa)
            .where(table.c.token >= first)
            .returning(table.c.token, table.c.pointer)
        )
        if before is not None:
            taken = taken.where(table.c.token < before)
        given = taken.cte("given")
        names = ("token", "pointer")
        put = (
            insert(table)
            .from_select(
                ["csa", *names],
                select(
                    bindparam("own_csa", type_=Text), *(given.c[name] for name in names)
                ).order_by(given.c.token, given.c.pointer),
            )
            .add_cte(given)
        )
        done = await self._session.execute(put, {"own_csa": self._csa})
        return int(done.rowcount)  # type: ignore[attr-defined]  # a cursor result has it

    async def questions(self, before: datetime, limit: int) -> list[Any]:
        """Return (id, sealed) of the questions left longest, asked before a moment."""
        found = await self._session.execute(
            select(asked.c.id, asked.c.sealed)
            .where(asked.c.csa == self._csa)
            .where(asked.c.at < before)
            .order_by(asked.c.at, asked.c.id)
            .limit(limit)
        )
        return list(found)

    async def forget(self, ids: Sequence[UUID]) -> None:
        """Remove questions that have been replayed."""
        await self._session.execute(
            delete(asked)
            .where(asked.c.csa == self._csa)
            .where(asked.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))),
            {"ids": list(ids)},
        )

    async def drop_charges(self, before: date) -> None:
        """Remove what questions of earlier days have cost: budgets are a day's."""
        await self._session.execute(
            delete(charge).where(charge.c.csa == self._csa).where(charge.c.day < before)
        )
