"""What deriver and locator keep: what members used of their day, filters, the shield set."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.bulk import insert_rows
from index_service.store.federation_tables import (
    member_day,
    member_filter,
    shield_note,
    shield_row,
)
from index_service.store.locks import lock_number

ROWS_A_DIGEST_MAX = 16


class FilterRow(NamedTuple):
    """A member's filter of a set and epoch, and its digest."""

    member: str
    set_name: str
    epoch: int
    digest: bytes
    filter: bytes


class StoredRow(NamedTuple):
    """A row of the shield set."""

    id: UUID
    digest: bytes
    note_key: bytes
    batch: bytes


class StoredNote(NamedTuple):
    """A note that waits for the keeper of a row."""

    id: UUID
    note_key: bytes
    sealed: bytes


class Region:
    """Statements of one deriver or locator, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def spend(self, day: date, member: str, use: tuple[str, int, int]) -> bool:
        """Charge a member's day: what, how much, of how much; return whether there was room.

        Where there is none nothing is charged. The row is locked until the transaction ends.
        """
        what, much, most = use
        if much > most:
            return False
        values = {"csa": self._csa, "day": day, "member": member, "what": what, "used": much}
        put = postgresql.insert(member_day).values(**values)
        more = member_day.c.used + put.excluded.used
        done = await self._session.execute(
            put.on_conflict_do_update(
                index_elements=["csa", "day", "member", "what"],
                set_={"used": more},
                where=more <= most,
            ).returning(member_day.c.used)
        )
        return done.scalar_one_or_none() is not None

    async def forget_days(self, before: date) -> None:
        """Remove what was used on earlier days."""
        await self._session.execute(
            delete(member_day).where(member_day.c.csa == self._csa).where(member_day.c.day < before)
        )

    async def one_at_a_time(self, what: str) -> None:
        """Let one transaction at a time keep what belongs together, until it ends."""
        number = lock_number(self._csa, f"region|{what}")
        await self._session.execute(select(func.pg_advisory_xact_lock(number)))

    async def filter_digest(self, member: str, set_name: str, epoch: int) -> bytes | None:
        """Return the digest of a member's filter, None where there is none."""
        found = await self._session.execute(
            select(member_filter.c.digest)
            .where(member_filter.c.csa == self._csa)
            .where(member_filter.c.member == member)
            .where(member_filter.c.set == set_name)
            .where(member_filter.c.epoch == epoch)
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def put_filter(self, row: FilterRow, at: datetime) -> None:
        """Keep a member's filter in place of the one it had for that epoch."""
        await self._session.execute(
            delete(member_filter)
            .where(member_filter.c.csa == self._csa)
            .where(member_filter.c.member == row.member)
            .where(member_filter.c.set == row.set_name)
            .where(member_filter.c.epoch == row.epoch)
        )
        await self._session.execute(
            insert(member_filter).values(
                csa=self._csa,
                member=row.member,
                set=row.set_name,
                epoch=row.epoch,
                digest=row.digest,
                filter=row.filter,
                at=at,
            )
        )

    async def filter_digests(self, set_name: str, epoch: int, most: int) -> dict[str, bytes]:
        """Return the digest of every filter of a set and epoch, by member."""
        found = await self._session.execute(
            select(member_filter.c.member, member_filter.c.digest)
            .where(member_filter.c.csa == self._csa)
            .where(member_filter.c.set == set_name)
            .where(member_filter.c.epoch == epoch)
            .limit(most)
        )
        return {str(member): bytes(digest) for member, digest in found}

    async def filter_bytes(self, member: str, set_name: str, epoch: int) -> bytes | None:
        """Return a member's filter."""
        found = await self._session.execute(
            select(member_filter.c.filter)
            .where(member_filter.c.csa == self._csa)
            .where(member_filter.c.member == member)
            .where(member_filter.c.set == set_name)
            .where(member_filter.c.epoch == epoch)
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def forget_epochs(self, before: int, notes_before: datetime) -> None:
        """Remove the filters and shield rows of epochs gone by, and notes nobody fetched."""
        for table in (member_filter, shield_row):
            await self._session.execute(
                delete(table).where(table.c.csa == self._csa).where(table.c.epoch < before)
            )
        await self._session.execute(
            delete(shield_note)
            .where(shield_note.c.csa == self._csa)
            .where(shield_note.c.at < notes_before)
        )

    async def batch_rows(self, batch: bytes, most: int) -> list[tuple[bytes, bytes]]:
        """Return (digest, key) of the rows of a batch, none if it is not there."""
        found = await self._session.execute(
            select(shield_row.c.digest, shield_row.c.note_key)
            .where(shield_row.c.csa == self._csa)
            .where(shield_row.c.batch == batch)
            .limit(most)
        )
        return [(digest, key) for digest, key in found]

    async def add_shield_rows(self, epoch: int, rows: Sequence[StoredRow]) -> None:
        """Add the rows of a batch."""
        added: list[dict[str, Any]] = [{"epoch": epoch, **row._asdict()} for row in rows]
        await insert_rows(self._session, self._csa, shield_row, added)

    async def shield_rows(self, epoch: int, digests: Sequence[bytes]) -> list[StoredRow]:
        """Return the rows of an epoch under these digests, in the order of their random ids.

        Of each digest at most ROWS_A_DIGEST_MAX: one with many rows takes no other's place.
        """
        wanted = func.unnest(bindparam("digests", type_=ARRAY(LargeBinary)))
        asked = wanted.table_valued("digest", name="asked").render_derived()
        rows = (
            select(shield_row)
            .where(shield_row.c.csa == self._csa)
            .where(shield_row.c.epoch == epoch)
            .where(shield_row.c.digest == asked.c.digest)
            .order_by(shield_row.c.id)
            .limit(ROWS_A_DIGEST_MAX)
            .lateral()
        )
        found = await self._session.execute(
            select(rows.c.id, rows.c.digest, rows.c.note_key, rows.c.batch)
            .select_from(asked.join(rows, true()))
            .where(rows.c.csa == self._csa)
            .order_by(rows.c.id)
            .limit(len(digests) * ROWS_A_DIGEST_MAX),
            {"digests": list(digests)},
        )
        return [StoredRow(*row) for row in found]

    async def shield_row(self, row_id: UUID) -> tuple[bytes, bytes] | None:
        """Return (batch, key) of one row."""
        found = await self._session.execute(
            select(shield_row.c.batch, shield_row.c.note_key)
            .where(shield_row.c.csa == self._csa)
            .where(shield_row.c.id == row_id)
            .limit(1)
        )
        row = found.one_or_none()
        return None if row is None else (row.batch, row.note_key)

    async def add_note(self, note: StoredNote, batch: bytes, at: datetime) -> None:
        """Keep a note for whoever keeps the rows of a batch."""
        await self._session.execute(
            insert(shield_note).values(csa=self._csa, batch=batch, at=at, **note._asdict())
        )

    async def notes(self, batches: Sequence[bytes], most: int) -> list[StoredNote]:
        """Return the oldest notes to these batches."""
        found = await self._session.execute(
            select(shield_note.c.id, shield_note.c.note_key, shield_note.c.sealed)
            .where(shield_note.c.csa == self._csa)
            .where(shield_note.c.batch == any_(bindparam("batches", type_=ARRAY(LargeBinary))))
            .order_by(shield_note.c.at, shield_note.c.id)
            .limit(most),
            {"batches": list(batches)},
        )
        return [StoredNote(*row) for row in found]

    async def drop_notes(self, ids: Sequence[UUID], batches: Sequence[bytes]) -> None:
        """Remove notes that were fetched, if they were to these batches."""
        await self._session.execute(
            delete(shield_note)
            .where(shield_note.c.csa == self._csa)
            .where(shield_note.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .where(shield_note.c.batch == any_(bindparam("batches", type_=ARRAY(LargeBinary)))),
            {"ids": list(ids), "batches": list(batches)},
        )
