"""Common assessments to be reviewed: the list each agency's manager works through.

A row on a sealed list says whose assessment is due when, so that only those due are
opened. What is shown is decided on the record itself, as if each were to be changed now.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson

from consent.decide import may_ask
from consent.facts import Action, DisclosureClass, Role
from index_service.crypto.keyring import Keyring
from index_service.domain import disclosure
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Refused
from index_service.domain.involvement import CafStatus
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.assessed import assessments_told
from index_service.services.attempt import Attempt
from index_service.services.caseload_rows import rows_with_names
from index_service.services.cases import checked_cases
from index_service.services.contact_shield import contact_as_seen
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.lists import list_tokens
from index_service.services.opening import decided
from index_service.services.sealing import SealedChild, open_policy
from index_service.store.reading import Snapshot, snapshot

PAGE_MAX = 50
DUE_WITHIN = timedelta(days=28)
_AT_ONCE = 8  # children, so that even the fullest records stay under the bound of one query
_EVERYBODYS = "caf"
_CLASSES = (DisclosureClass.IDENTITY, DisclosureClass.ASSESSMENT)


def due_rows(keyring: Keyring, child_id: UUID, caf: CafStatus) -> list[tuple[bytes, bytes]]:
    """Return the rows that list an assessment, for its holder and for the team.

    The same each time, so that they can be removed; no other assessment's, though it be of
    the same child and due the same day.
    """
    assert caf.id is not None  # INVARIANT: ids are given where facts are made
    day = caf.review_day().toordinal().to_bytes(4)
    data = b"\x00" + child_id.bytes + day + caf.id.bytes[:12]
    rows = []
    for name in (_EVERYBODYS, due_list_of(caf.agency)):
        tokens = list_tokens(keyring, name)
        token = tokens[_place(child_id, tokens)]
        rows.append((token, keyring.pointers.seal_small(token, data)))
    return rows


def due_list_of(agency: str) -> str:
    """Return the name of the list of an agency's own assessments."""
    return f"caf/{agency}"


def _place(child_id: UUID, tokens: Sequence[bytes]) -> int:
    return child_id.bytes[0] % len(tokens)


def open_due(keyring: Keyring, token: bytes, pointer: bytes) -> tuple[UUID, date]:
    """Return whose assessment a row lists, and the day it is to be reviewed by."""
    data = keyring.pointers.open_small(token, pointer)
    return UUID(bytes=data[1:17]), date.fromordinal(int.from_bytes(data[17:21]))


@dataclass(frozen=True, slots=True)
class _Due:
    """One assessment to be reviewed, and its child as far as shown."""

    child_id: UUID
    agency: UUID
    shown: Shown


class DueList:
    """Shows an agency its assessments to be reviewed, and the team everybody's."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def read(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of assessments whose review is due within 28 days or past.

        In an order of its own, so that a page goes on where the last ended whatever came
        between. A child this asker may not see is not there.
        """
        index, keyring = self._index, self._index.keyring
        asked = Asked(login, Action.READ_DUE, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = _as_keeper(await admit(index, reading, asked, attempt))
            after = cursor_position(keyring, admitted, attempt, cursor)
            found = await self._found(reading, admitted, after)
        page = found[:PAGE_MAX]
        following = None
        if len(found) > PAGE_MAX:
            following = next_cursor(keyring, admitted, attempt, self._position(page[-1]))
        listed = orjson.dumps([each.shown for each in page])
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            subjects=tuple(SubjectShown(each.child_id, _CLASSES, shown=True) for each in page),
            result_commit=hashlib.sha256(listed).hexdigest(),
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({"assessments": orjson.Fragment(listed), "next": following})

    def _position(self, due: _Due) -> bytes:
        place = _place(due.child_id, list_tokens(self._index.keyring, _EVERYBODYS))
        return bytes((place,)) + due.child_id.bytes + due.agency.bytes

    async def _found(self, reading: Snapshot, admitted: Admitted, after: bytes) -> list[_Due]:
        """Return what is due after a position, one more than a page if there is more."""
        keyring, asker = self._index.keyring, admitted.asker.facts
        team = asker.role is Role.MANAGEMENT_TEAM
        name = _EVERYBODYS if team else due_list_of(asker.agency)
        horizon = admitted.ask.today + DUE_WITHIN
        found: list[_Due] = []
        for place, token in enumerate(list_tokens(keyring, name)):
            if bytes((place,)) < after[:1]:
                continue
            rest = after[1:17] if bytes((place,)) == after[:1] else b""
            listed = [
                open_due(keyring, row["token"], row["pointer"])
                for row in await reading.work([token])
            ]
            due = sorted({child_id for child_id, day in listed if day <= horizon})
            later = [child_id for child_id in due if child_id.bytes >= rest]
            for begin in range(0, len(later), _AT_ONCE):
                some = later[begin : begin + _AT_ONCE]
                opened = await self._opened(reading, admitted, some)
                found += [each for each in opened if self._position(each) > after]
                if len(found) > PAGE_MAX:
                    return found
        return found

    async def _opened(
        self, reading: Snapshot, admitted: Admitted, ids: Sequence[UUID]
    ) -> list[_Due]:
        """Open those of these children's assessments that are this asker's to review."""
        keyring = self._index.keyring
        refs = {child_id: keyring.references.case_ref(child_id) for child_id in ids}
        children = {row["child_id"]: row for row in await rows_with_names(reading, ids)}
        cases: dict[bytes, list[Any]] = {ref: [] for ref in refs.values()}
        for row in await reading.cases(list(refs.values())):
            cases[row["child_ref"]].append(row)
        opened: list[_Due] = []
        for child_id, ref in refs.items():
            if child_id in children:
                child = open_policy(keyring, children[child_id])
                due = sorted(self._due(admitted, child, cases[ref]), key=lambda caf: caf.agency)
                opened += [
                    _Due(child_id, UUID(caf.agency), self._shown(admitted, child, caf))
                    for caf in due
                ]
        return opened

    def _due(
        self, admitted: Admitted, child: SealedChild, rows: Iterable[Any]
    ) -> Iterator[CafStatus]:
        """Yield those of a child's assessments that are this asker's to review, and due."""
        asker, ask = admitted.asker.facts, admitted.ask
        decision = decided(admitted, ask, child, own_assessment=True)
        if not decision.allowed:
            return
        cases = checked_cases(self._index.keyring, child.key, child.policy, rows)
        heads = [(case, case.head()) for case in cases]
        facts = CaseFacts((head for _, head in heads), asker.agency, ask.today, ask.purpose)
        for _, caf in assessments_told(admitted, decision, heads, facts):
            own = caf.agency == asker.agency or asker.role is Role.MANAGEMENT_TEAM
            # The list may be behind the record.
            if own and caf.closed is None and caf.review_day() <= ask.today + DUE_WITHIN:
                yield caf

    def _shown(self, admitted: Admitted, child: SealedChild, caf: CafStatus) -> Shown:
        agency = admitted.view.agencies.get(UUID(caf.agency))
        caf = replace(caf, contact=contact_as_seen(admitted, caf.agency, caf.contact))
        identity = child.identity()
        return {
            "child_id": str(child.child_id),
            "name": disclosure.shown_name(identity.name),
            "date_of_birth": identity.date_of_birth.isoformat(),
            **disclosure.shown_assessment(caf, agency.name if agency else ""),
            "offered_to": caf.offered_to or None,
        }


def _as_keeper(admitted: Admitted) -> Admitted:
    """Return the asker as one who keeps each assessment listed: with a purpose, and allowed to.

    Refused as plainly as any change of one: it depends on the asker alone.
    """
    ask = replace(admitted.ask, action=Action.RECORD_ASSESSMENT)
    allowed = may_ask(admitted.asker.facts, ask, admitted.agreement)
    if not allowed:
        raise Refused(*(Code(reason.value) for reason in allowed.reasons))
    return replace(admitted, ask=ask)
