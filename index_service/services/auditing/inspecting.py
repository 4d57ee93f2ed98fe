"""Searching the access log and opening one entry of it: for a case, each an entry itself."""

from dataclasses import replace
from uuid import UUID

import orjson

from index_service.domain.errors import NotDisclosed
from index_service.domain.inspection import EntryState, Sought
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Login
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import Inspected, admit_auditor, enter, looked_into
from index_service.services.auditing.finding import (
    Begun,
    Finding,
    Paged,
    begun,
    cursor_after,
    query_of,
)
from index_service.services.auditing.opening import Found, open_row
from index_service.services.auditing.shown import ChildNames, kinds_of, shown_entry, shown_opening
from index_service.services.index import Index
from index_service.services.opening import ABSENT
from index_service.store.work import work_on

PAGE_MAX = 200
_ID_LENGTH = 36  # a login's reference has 32 digits


class Inspections:
    """Shows auditors what they look for in one authority's log."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def search(
        self, login: Login, sought: Sought, cursor: str | None, attempt: Attempt
    ) -> bytes:
        """Return a page of the entries looked for, encoded, oldest first.

        Every page is of the log as it stood when the first was asked for.
        """
        index, query = self._index, query_of(sought)
        attempt.subjects = looked_into(sought.child_id, sought.account_id)
        admitted = await admit_auditor(index, login, attempt)
        kinds = kinds_of(admitted.view)
        async with work_on(index.audit, index.csa, index.log) as work:
            place = await begun(index, work, admitted, attempt, Paged(query, cursor))
            finding = Finding(index, work, sought, kinds, place.settled)
            page = await finding.page(place.after, PAGE_MAX)
            closed = await finding.closed_years()
        names = ChildNames(index.keyring, sought.child_id)
        following = Begun(place.settled, page.following)
        body = orjson.dumps(
            {
                "entries": [shown_entry(each, kinds, names) for each in page.found],
                "missing": page.missing if cursor is None else [],
                "broken": page.broken if cursor is None else 0,
                "closed_years": closed,
                "next": cursor_after(index, admitted, attempt, query, following),
            }
        )
        subjects = tuple(SubjectShown(each) for each in attempt.subjects)
        await enter(index, attempt, Inspected(subjects, query, body, len(page.found)))
        return body

    async def open(self, login: Login, entry_id: UUID, attempt: Attempt) -> bytes:
        """Return one entry opened, encoded: its exact text, and what proves it.

        NotDisclosed where there is none. The inspection's entry names the account looked into.
        """
        index = self._index
        await admit_auditor(index, login, attempt)
        async with work_on(index.audit, index.csa, index.log) as work:
            row = await work.entries.one(entry_id)
            leaves = await work.auditing.leaves([entry_id])
        if row is None:
            attempt.rules = (ABSENT,)
            raise NotDisclosed(ABSENT)
        found = open_row(index.keyring, row)
        leaf = leaves.get(entry_id)
        if leaf is not None and leaf.hash != found.leaf:
            found = replace(found, state=EntryState.TAMPERED, entry=None)
        body = orjson.dumps(
            {
                **shown_opening(found),
                "shard": leaf.shard if leaf else None,
                "leaf_index": leaf.leaf_index if leaf else None,
            }
        )
        await enter(index, attempt, Inspected(_asker_of(found), b"", body, 1))
        return body


def _asker_of(found: Found) -> tuple[SubjectShown, ...]:
    """Return the account an entry names, if it names one by its id."""
    account = found.entry["account"] if found.entry else ""
    return (SubjectShown(UUID(account)),) if len(account) == _ID_LENGTH else ()
