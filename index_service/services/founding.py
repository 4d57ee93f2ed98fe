"""The first day of an authority's index: its agreement, its team, its first manager.

Nobody is there yet to ask as, so this is a command's story and not a route's. It is
entered in the access log like any other, and done once.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from consent.agreement import compile_agreement
from index_service.domain.directory import Account, Agency
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.admitting import Login
from index_service.services.agreements import refuse_unknown_agencies
from index_service.services.directory_rows import seal_account, seal_agency
from index_service.services.index import Index
from index_service.services.views import seal_agreement
from index_service.store.work import work_on


class FoundedAlready(Exception):  # noqa: N818 (told to the operator)
    """This authority has an agreement and a team; further changes go through them."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What an authority begins with; neighbours are authorities its agreement may name."""

    agreement: dict[str, Any]
    team: Agency
    manager: Account
    login: Login
    neighbours: tuple[Agency, ...] = ()


async def found(index: Index, first: Founding) -> None:
    """Write the first agreement, the management team and its first account, or nothing.

    No other agency is there yet, so none other can be excepted by name: Invalid.
    """
    begun = (first.team, *first.neighbours)
    refuse_unknown_agencies(compile_agreement(first.agreement), {each.id for each in begun})
    keyring = index.keyring
    async with work_on(index.api, index.csa, index.log) as work:
        if await work.directory.newest_agreement() is not None:
            raise FoundedAlready
        await work.directory.add_agreement(1, seal_agreement(keyring, 1, first.agreement))
        for agency in begun:
            await work.directory.put_agency(agency.id, seal_agency(keyring, agency))
        await work.directory.add_account(
            {
                "account_id": first.manager.id,
                "login": keyring.references.login(first.login.issuer, first.login.subject),
                "agency_id": first.team.id,
                "sealed": seal_account(keyring, first.manager),
            }
        )
        await work.directory.begin()
        entry = AccessEntry(
            *index.log.stamp(),
            action="found",
            route="command",
            outcome=Outcome.RECORDED,
            account=str(first.manager.id),
            agency=str(first.team.id),
            agreement=1,
        )
        await work.commit(index.log.prepare(entry))


async def open_week(index: Index, week: int, engine: AsyncEngine) -> None:
    """Say that a weekly wrap key is open, so that rows may be wrapped under it (role job).

    Said before the key is made: writers use the newest key there is, and one whose week
    is not open is refused by the foreign key. A row without its key stops nobody.
    """
    async with work_on(engine, index.csa, index.log) as work:
        if week in await work.open_wrap_keys():
            return
        await work.open_wrap_key(week)
        entry = AccessEntry(
            *index.log.stamp(),
            action="open_week",
            route="command",
            outcome=Outcome.RECORDED,
            count=week,
        )
        await work.commit(index.log.prepare(entry))
