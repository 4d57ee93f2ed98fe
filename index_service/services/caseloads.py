"""Caseloads: one's own involvements, one's agency's for who keeps it, contacts in doubt.

What is not shown is not there: a page ends with what is on it, never with what was gone
through.
"""

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from consent.caseload import may_keep_caseload, may_put_contact_right, stands_on_caseload
from consent.facts import Action, Ask, AskerFacts, InvolvementFacts, InvolvementLevel, Role
from index_service.domain.caseload import Due, confirm_by, is_due
from index_service.domain.contact_feedback import doubts
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.involvement import Service
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, StandingReader, admit
from index_service.services.attempt import Attempt
from index_service.services.auditing.staff_entries import names_of, staff_of
from index_service.services.caseload_rows import CaseloadRows, OnCaseload, subjects_of
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.index import Index
from index_service.services.lists import list_tokens, open_listed
from index_service.services.loads import (
    Load,
    case_token,
    caseload_tokens,
    open_load,
    practitioner_tokens,
)
from index_service.store.reading import OverTheBound, Snapshot, snapshot
from index_service.store.work import work_on

PAGE_MAX = 50
STAFF_MAX = 200
DOUBTFUL = "doubtful"
"""The team's list of contacts in doubt; an agency's own stands beside it."""

Place = Callable[[OnCaseload], bytes]
_AHEAD = 64  # ids of contacts in doubt looked up at once


def doubtful_list_of(agency: str) -> str:
    """Return the name of the list of an agency's contacts in doubt."""
    return f"{DOUBTFUL}/{agency}"


async def admit_keeper(
    index: Index, reader: StandingReader, login: Login, action: Action, attempt: Attempt
) -> Admitted:
    """Return who keeps a caseload, as asking to do this to each of it; else Refused, plainly."""
    admitted = await admit(index, reader, Asked(login, Action.SUPERVISE), attempt)
    ask = Ask(action, admitted.ask.today, attempt.access.purpose, attempt.access.reason)
    may = may_keep_caseload(admitted.asker.facts, ask, admitted.agreement)
    if not may.allowed:
        raise Refused(*(Code(reason.value) for reason in may.reasons))
    return replace(admitted, ask=ask)


def _on_own(_asker: AskerFacts, involvement: InvolvementFacts, level: InvolvementLevel) -> bool:
    return stands_on_caseload(involvement, level)


def _soonest_first(each: OnCaseload) -> bytes:
    said, child_id = each.involvement, each.child.child_id
    day, service = confirm_by(said).toordinal(), list(Service).index(said.service)
    return day.to_bytes(4) + child_id.bytes + bytes((service,)) + said.id.bytes


def _by_practitioner(each: OnCaseload) -> tuple[str, bytes]:
    return each.involvement.practitioner or "", _soonest_first(each)


def _listed_order(each: OnCaseload) -> bytes:
    """Place what stands on sealed lists as these lie, so that a page goes on where one ended."""
    case_id = each.involvement.id.bytes
    return bytes((case_id[0] % 16,)) + case_id


@dataclass(frozen=True, slots=True)
class _Page:
    """The rows of one page, and the position of its last where more follow."""

    rows: list[OnCaseload]
    following: bytes | None


class Caseloads:
    """Shows caseloads of one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def own(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the asker's own involvements, what to confirm first; encoded."""
        index = self._index
        asked = Asked(login, Action.READ_INVOLVEMENT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            after = cursor_position(index.keyring, admitted, attempt, cursor)
            rows = CaseloadRows(index, reading, admitted, _on_own)
            page = await self._of_practitioner(
                reading, rows, (admitted.asker.practitioner_id, None), after
            )
            shown = await rows.shown(page.rows)
        return await self._answered(admitted, attempt, page, {"involvements": shown})

    async def of_agency(
        self,
        login: Login,
        wanted: tuple[UUID | None, Due | None],
        paged: str | None,
        attempt: Attempt,
    ) -> bytes:
        """Return a page of the keeper's own agency's caseload, or one practitioner's; encoded."""
        index, (who, due) = self._index, wanted
        async with snapshot(index.reading, index.csa) as reading:
            action = Action.READ_INVOLVEMENT
            admitted = await admit_keeper(index, reading, login, action, attempt)
            after = cursor_position(index.keyring, admitted, attempt, paged)
            rows = CaseloadRows(index, reading, admitted, _on_own)
            if who is not None:
                page = await self._of_practitioner(reading, rows, (who, due), after)
            else:
                page = await self._of_agency(reading, rows, due, after)
            shown = await rows.shown(page.rows, supervised=True)
        body = {"agency_id": str(admitted.asker.agency_id), "involvements": shown}
        return await self._answered(admitted, attempt, page, body)

    async def _of_practitioner(
        self,
        reading: Snapshot,
        rows: CaseloadRows,
        wanted: tuple[UUID | None, Due | None],
        after: bytes,
    ) -> _Page:
        who, due = wanted
        loads = await practitioners_loads(self._index, reading, who) if who is not None else []
        today = self._index.clock.today()
        found = [
            each
            async for each in rows.opened(loads)
            if each.involvement.practitioner == str(who)
            and is_due(each.involvement, due, today)
            and _soonest_first(each) > after
        ]
        found.sort(key=_soonest_first)
        return _cut(found, _soonest_first)

    async def _of_agency(
        self, reading: Snapshot, rows: CaseloadRows, due: Due | None, after: bytes
    ) -> _Page:
        today = self._index.clock.today()
        async with aclosing(self._agencys_loads(reading, rows, after)) as each_of:
            found: list[OnCaseload] = []
            async for each in each_of:
                if is_due(each.involvement, due, today):
                    found.append(each)
                if len(found) > PAGE_MAX:
                    break
        return _cut(found, _listed_order, _by_practitioner)

    async def _agencys_loads(
        self, reading: Snapshot, rows: CaseloadRows, after: bytes
    ) -> AsyncGenerator[OnCaseload, None]:
        keyring, agency = self._index.keyring, rows.agency
        for place, token in enumerate(caseload_tokens(keyring, agency)):
            if bytes((place,)) < after[:1]:
                continue
            listed = await listed_rows(reading, [token])
            loads = {
                load.case_id: load
                for load in (open_load(keyring, row["token"], row["pointer"]) for row in listed)
                if bytes((place,)) + load.case_id.bytes > after
            }
            ordered = [loads[case_id] for case_id in sorted(loads)]
            async with aclosing(rows.opened(ordered)) as opened:
                async for each in opened:
                    yield each

    async def doubtful(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of contacts in doubt: the asker's agency's own, or all for the team."""
        index = self._index
        asked = Asked(login, Action.READ_INVOLVEMENT, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            after = cursor_position(index.keyring, admitted, attempt, cursor)
            rows = CaseloadRows(index, reading, admitted, may_put_contact_right)
            found: list[OnCaseload] = []
            async with aclosing(self._doubtful(reading, rows, admitted, after)) as each_of:
                async for each in each_of:
                    found.append(each)
                    if len(found) > PAGE_MAX:
                        break
            page = _cut(found, _listed_order, _by_practitioner)
            shown = await rows.shown(page.rows)
        return await self._answered(admitted, attempt, page, {"contacts": shown})

    async def _doubtful(
        self, reading: Snapshot, rows: CaseloadRows, admitted: Admitted, after: bytes
    ) -> AsyncGenerator[OnCaseload, None]:
        keyring, asker = self._index.keyring, admitted.asker.facts
        team = asker.role is Role.MANAGEMENT_TEAM
        name = DOUBTFUL if team else doubtful_list_of(asker.agency)
        for place, token in enumerate(list_tokens(keyring, name)):
            listed = await listed_rows(reading, [token])
            ids = sorted({open_listed(keyring, token, row["pointer"]) for row in listed})
            later = [each for each in ids if bytes((place,)) + each.bytes > after]
            for begin in range(0, len(later), _AHEAD):
                loads = await loads_of(self._index, reading, later[begin : begin + _AHEAD])
                async with aclosing(rows.opened(loads)) as opened:
                    async for each in opened:
                        # The list may be behind the record.
                        if doubts(each.involvement.reports):
                            yield each

    async def practitioners(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of the practitioners behind the keeper's own agency's accounts."""
        index = self._index
        asked = Asked(login, Action.SUPERVISE, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
        after = cursor_position(index.keyring, admitted, attempt, cursor)
        async with work_on(index.audit, index.csa, index.log) as work:
            staff = await staff_of(index, work, admitted)
            names = await names_of(index, work, staff)
        known = {each.practitioner_id: names[each.id] for each in staff if each.id in names}
        rest = sorted((who.bytes, who, name) for who, name in known.items() if who is not None)
        rest = [each for each in rest if each[0] > after]
        page, following = rest[:STAFF_MAX], None
        if len(rest) > len(page):
            following = next_cursor(index.keyring, admitted, attempt, page[-1][0])
        shown = [{"practitioner_id": str(who), "name": name} for _, who, name in page]
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps({"practitioners": shown, "next": following})

    async def _answered(
        self, admitted: Admitted, attempt: Attempt, page: _Page, body: dict[str, Any]
    ) -> bytes:
        """Enter what a page shows, every child of it by name, and return it encoded."""
        index = self._index
        following = None
        if page.following is not None:
            following = next_cursor(index.keyring, admitted, attempt, page.following)
        listed = orjson.dumps(body)
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            subjects=subjects_of(page.rows),
            result_commit=hashlib.sha256(listed).hexdigest(),
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({**body, "next": following})


async def practitioners_loads(index: Index, reading: Snapshot, who: UUID) -> list[Load]:
    """Return the case rows a practitioner's caseload leads to, in order."""
    tokens = practitioner_tokens(index.keyring, str(who))
    rows = await listed_rows(reading, tokens)
    loads = {open_load(index.keyring, row["token"], row["pointer"]) for row in rows}
    return sorted(loads, key=lambda load: load.case_id.bytes)


async def loads_of(index: Index, reading: Snapshot, ids: Sequence[UUID]) -> list[Load]:
    """Return the case rows of these ids, of those that are there, in order."""
    keyring = index.keyring
    rows = await listed_rows(reading, [case_token(keyring, each) for each in ids]) if ids else []
    loads = [open_load(keyring, row["token"], row["pointer"]) for row in rows]
    return sorted(loads, key=lambda load: load.case_id.bytes)


async def listed_rows(reading: Snapshot, tokens: Sequence[bytes]) -> list[Any]:
    """Return what lies under these tokens; Invalid past the bound of one list."""
    try:
        return await reading.work(tokens)
    except OverTheBound:
        raise Invalid(Code.EXPORT_TOO_LARGE) from None


def _cut(
    found: list[OnCaseload], place: Place, within: Callable[[OnCaseload], Any] | None = None
) -> _Page:
    """Return one page of what was found in order of its place; `within` orders its rows."""
    page = found[:PAGE_MAX]
    following = place(page[-1]) if len(found) > len(page) else None
    return _Page(sorted(page, key=within or place), following)
