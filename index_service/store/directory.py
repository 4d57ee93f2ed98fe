"""Agencies, accounts, practitioners, agreements and feed sources: sealed rows of the directory."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    RowMapping,
    Uuid,
    any_,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.tables import (
    account,
    agency,
    agreement,
    directory,
    feed_source,
    practitioner,
    proposal,
    work_token,
)

AGENCIES_MAX = 5000


class Directory:
    """Statements on one authority's directory, inside one transaction."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def standing(self, login: bytes) -> RowMapping | None:
        """Return the account of a login, the newest agreement and the directory's version."""
        newest = (
            select(agreement.c.version)
            .where(agreement.c.csa == self._csa)
            .order_by(agreement.c.version.desc())
            .limit(1)
            .scalar_subquery()
        )
        found = await self._session.execute(
            select(
                account.c.account_id,
                account.c.sealed,
                account.c.agency_id,
                directory.c.version.label("directory"),
                newest.label("agreement"),
            )
            .join(directory, directory.c.csa == account.c.csa)
            .where(account.c.csa == self._csa)
            .where(account.c.login == login)
            .limit(1)
        )
        return found.mappings().first()

    async def in_force(self) -> RowMapping:
        """Return the newest directory and agreement versions, for a story without a login."""
        newest = (
            select(agreement.c.version)
            .where(agreement.c.csa == self._csa)
            .order_by(agreement.c.version.desc())
            .limit(1)
            .scalar_subquery()
        )
        found = await self._session.execute(
            select(directory.c.version.label("directory"), newest.label("agreement"))
            .where(directory.c.csa == self._csa)
            .limit(1)
        )
        return found.mappings().one()

    async def agreement(self, version: int) -> bytes:
        """Return the sealed agreement of a version."""
        found = await self._session.execute(
            select(agreement.c.sealed)
            .where(agreement.c.csa == self._csa)
            .where(agreement.c.version == version)
            .limit(1)
        )
        return bytes(found.scalar_one())

    async def newest_agreement(self) -> int | None:
        """Return the newest agreement's version, or None before there is one."""
        found = await self._session.scalars(
            select(agreement.c.version)
            .where(agreement.c.csa == self._csa)
            .order_by(agreement.c.version.desc())
            .limit(1)
        )
        return found.first()

    async def add_agreement(self, version: int, sealed: bytes) -> None:
        """Insert an agreement; versions are never rewritten."""
        await self._session.execute(
            insert(agreement).values(csa=self._csa, version=version, sealed=sealed)
        )

    async def hold(self) -> None:
        """Let nobody else change the directory until the end."""
        await self._session.execute(
            select(directory.c.version)
            .where(directory.c.csa == self._csa)
            .limit(1)
            .with_for_update()
        )

    async def add_proposal(self, proposal_id: UUID, sealed: bytes) -> None:
        """Insert an agreement that was proposed; it is in force only once it is added."""
        await self._session.execute(
            insert(proposal).values(csa=self._csa, id=proposal_id, sealed=sealed)
        )

    async def proposal(self, proposal_id: UUID) -> bytes:
        """Return the sealed document of a proposal whose matter is there."""
        found = await self._session.execute(
            select(proposal.c.sealed)
            .where(proposal.c.csa == self._csa)
            .where(proposal.c.id == proposal_id)
            .limit(1)
        )
        return bytes(found.scalar_one())

    async def begin(self) -> None:
        """Insert the count of changes, once, when an authority is founded."""
        await self._session.execute(insert(directory).values(csa=self._csa, version=1))

    async def changed(self) -> None:
        """Count a change, so that every worker compiles anew in its next request."""
        await self._session.execute(
            update(directory)
            .values(version=directory.c.version + 1)
            .where(directory.c.csa == self._csa)
        )

    async def agencies(self) -> list[RowMapping]:
        """Return every agency's sealed row."""
        found = await self._session.execute(
            select(agency.c.agency_id, agency.c.sealed)
            .where(agency.c.csa == self._csa)
            .order_by(agency.c.agency_id)
            .limit(AGENCIES_MAX)
        )
        return list(found.mappings())

    async def agency(self, agency_id: UUID) -> bytes | None:
        """Return one agency's sealed row."""
        found = await self._session.execute(
            select(agency.c.sealed)
            .where(agency.c.csa == self._csa)
            .where(agency.c.agency_id == agency_id)
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def put_agency(self, agency_id: UUID, sealed: bytes) -> None:
        """Insert or replace an agency."""
        put = insert_or(agency).values(csa=self._csa, agency_id=agency_id, sealed=sealed)
        await self._session.execute(
            put.on_conflict_do_update(
                index_elements=["csa", "agency_id"], set_={"sealed": put.excluded.sealed}
            )
        )

    async def add_account(self, row: Mapping[str, Any]) -> None:
        """Insert an account: account_id, login, agency_id, sealed."""
        await self._session.execute(insert(account).values(csa=self._csa, **row))

    async def account(self, account_id: UUID) -> RowMapping | None:
        """Return one account, locked until the end."""
        found = await self._session.execute(
            select(account)
            .where(account.c.csa == self._csa)
            .where(account.c.account_id == account_id)
            .limit(1)
            .with_for_update()
        )
        return found.mappings().first()

    async def account_beheld(self, account_id: UUID) -> RowMapping | None:
        """Return one account's sealed row as it stands, without a lock that would show in it."""
        found = await self._session.execute(
            select(account.c.account_id, account.c.sealed)
            .where(account.c.csa == self._csa)
            .where(account.c.account_id == account_id)
            .limit(1)
        )
        return found.mappings().first()

    async def accounts(self, agency_id: UUID | None, after: UUID, limit: int) -> list[RowMapping]:
        """Return accounts in order of id after one id: an agency's, or everybody's."""
        wanted = (
            select(account.c.account_id, account.c.sealed)
            .where(account.c.csa == self._csa)
            .where(account.c.account_id > after)
            .order_by(account.c.account_id)
            .limit(limit)
        )
        if agency_id is not None:
            wanted = wanted.where(account.c.agency_id == agency_id)
        return list((await self._session.execute(wanted)).mappings())

    async def account_of(self, login: bytes) -> UUID | None:
        """Return the id of the account with this login digest."""
        found = await self._session.execute(
            select(account.c.account_id)
            .where(account.c.csa == self._csa)
            .where(account.c.login == login)
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def replace_account(self, account_id: UUID, sealed: bytes) -> None:
        """Replace what an account is."""
        await self._session.execute(
            update(account)
            .values(sealed=sealed)
            .where(account.c.csa == self._csa)
            .where(account.c.account_id == account_id)
        )

    async def add_practitioner(self, row: Mapping[str, Any]) -> None:
        """Insert a practitioner: practitioner_id, wrap_key_id, wrapped_key, sealed."""
        await self._session.execute(insert(practitioner).values(csa=self._csa, **row))

    async def practitioner(self, practitioner_id: UUID) -> RowMapping | None:
        """Return one practitioner's sealed row."""
        found = await self._session.execute(
            select(practitioner)
            .where(practitioner.c.csa == self._csa)
            .where(practitioner.c.practitioner_id == practitioner_id)
            .limit(1)
        )
        return found.mappings().first()

    async def practitioner_to_change(self, practitioner_id: UUID) -> RowMapping | None:
        """Return one practitioner's sealed row, locked until the end."""
        found = await self._session.execute(
            select(practitioner)
            .where(practitioner.c.csa == self._csa)
            .where(practitioner.c.practitioner_id == practitioner_id)
            .limit(1)
            .with_for_update()
        )
        return found.mappings().first()

    async def replace_practitioner(self, practitioner_id: UUID, sealed: bytes) -> None:
        """Replace what a practitioner is."""
        await self._session.execute(
            update(practitioner)
            .values(sealed=sealed)
            .where(practitioner.c.csa == self._csa)
            .where(practitioner.c.practitioner_id == practitioner_id)
        )

    async def practitioners(self, ids: Sequence[UUID]) -> list[RowMapping]:
        """Return the sealed rows of these practitioners."""
        found = await self._session.execute(
            select(practitioner)
            .where(practitioner.c.csa == self._csa)
            .where(practitioner.c.practitioner_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
            .limit(AGENCIES_MAX),
            {"ids": list(ids)},
        )
        return list(found.mappings())

    async def work(self, tokens: Sequence[bytes]) -> list[RowMapping]:
        """Return (token, pointer) of the directory's own lists."""
        found = await self._session.execute(
            select(work_token.c.token, work_token.c.pointer)
            .where(work_token.c.csa == self._csa)
            .where(work_token.c.token == any_(bindparam("tokens", type_=ARRAY(LargeBinary))))
            .limit(AGENCIES_MAX),
            {"tokens": list(tokens)},
        )
        return list(found.mappings())

    async def add_source(self, source: str, agency_id: UUID) -> bool:
        """Insert a feed source; False if the name is taken, whoever has it."""
        put = insert_or(feed_source).values(csa=self._csa, source=source, agency_id=agency_id)
        done = await self._session.execute(put.on_conflict_do_nothing())
        return bool(done.rowcount)  # type: ignore[attr-defined]  # a cursor result has it

    async def sources(self) -> list[RowMapping]:
        """Return (source, agency_id, as_of) of every feed source."""
        found = await self._session.execute(
            select(feed_source.c.source, feed_source.c.agency_id, feed_source.c.as_of)
            .where(feed_source.c.csa == self._csa)
            .order_by(feed_source.c.source)
            .limit(AGENCIES_MAX)
        )
        return list(found.mappings())

    async def source_fed(self, source: str, as_of: date) -> None:
        """Note the day a source's last complete batch speaks of."""
        await self._session.execute(
            update(feed_source)
            .values(as_of=as_of)
            .where(feed_source.c.csa == self._csa)
            .where(feed_source.c.source == source)
        )
