"""Closing an identity: the first of the two requests by which a child gets a new one.

The second, on another day, creates the fresh record like any other. Nothing names both:
here stands only that an identity ended, and there only that a record began.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from consent.facts import Action
from index_service.domain.errors import Code, Refused
from index_service.domain.shield import NewIdentityCause
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.lists import list_pointer, list_tokens
from index_service.services.opening import child_to_write
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.sealing import (
    SealedChild,
    facts_of,
    open_record,
    sealed_parts,
    sealed_policy,
    sealed_sheet,
    sheet_under,
)
from index_service.services.shielding import hold_duplicates
from index_service.services.tokens import TokenSheet
from index_service.services.writing import Change, recorded
from index_service.store.work import Work, work_on


class IdentityChanges:
    """Closes identities for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def close(
        self, login: Login, child_id: UUID, cause: NewIdentityCause, attempt: Attempt
    ) -> None:
        """Close a record for good: nobody is led to it, and what resembles it waits unseen.

        Other records of the same number, or name and date of birth, wait for the team too.
        """
        index = self._index
        asked = Asked(login, Action.CLOSE_IDENTITY, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_exclusive()
            opened = await child_to_write(index, work, admitted, child_id, attempt)
            rows = await hold_duplicates(index, work, opened.child)
            rows.append(_day_row(index, admitted))
            rows += [decoy() for _ in range(LOAD_ROWS - len(rows))]
            await work.children.add_work(sorted(rows))
            await self._closed(work, opened.child)
            subjects = (SubjectShown(child_id),)
            await recorded(index, work, attempt, Change(subjects, opened.decision, cause.value))

    async def _closed(self, work: Work, child: SealedChild) -> None:
        """Store the record without former names, its tokens leading nowhere, its guard set."""
        record = open_record(child)
        tracing = replace(record.tracing, former_names=())
        record = replace(record, tracing=tracing)
        parts = sealed_parts(child.key, child.child_id, record)
        policy = replace(child.policy, archived=True, closed=True, more=parts.more)
        old = TokenSheet.decoded(child.part("tokens"))
        new = sheet_under(self._index.keyring, child.child_id, facts_of(record), policy)
        await work.children.remove_tokens(old.search, old.guard)
        await work.children.add_tokens(new.search, new.guard)
        row = {
            "child_id": child.child_id,
            "policy": sealed_policy(child.key, child.child_id, policy),
            **parts.columns,
            "tokens": sealed_sheet(child.key, child.child_id, new),
        }
        await work.children.replace([row])


def _day_list(admitted: Admitted, day: date) -> str:
    return f"closed/{admitted.asker.known_as}/{day.isoformat()}"


def _day_row(index: Index, admitted: Admitted) -> tuple[bytes, bytes]:
    """Return a row by which a person is known to have closed an identity today: not whose."""
    return list_pointer(index.keyring, _day_list(admitted, admitted.ask.today), uuid4())


async def refuse_same_day(index: Index, work: Work, admitted: Admitted) -> None:
    """Refuse a person a new record on the day they closed an identity, whatever the record.

    Known by a row of their own, which leads to no record.
    """
    tokens = list_tokens(index.keyring, _day_list(admitted, admitted.ask.today))
    if await work.children.work(tokens):
        raise Refused(Code.ANOTHER_DAY)
