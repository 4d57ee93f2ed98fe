"""What a supervisor's own team left open: requests unanswered, reviews past, flags not confirmed.

By reference alone. A child's id is told only where the supervisor's own reading of it would be
allowed; of a shielded child an agency is told its own entries, as ever. What is not told is
not there: a page ends with what is on it, never with what was gone through.
"""

import hashlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from consent.decide import decide_involvement
from consent.decision import Decision
from consent.facts import Action, Ask, DisclosureClass, InvolvementLevel
from consent.supervision import supervisor_would_ask
from index_service.domain.caseload import confirm_by, last_said
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Involvement
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.domain.supervision import OpenKind
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.assessed import Headed, assessments_told
from index_service.services.attempt import Attempt
from index_service.services.brokering_shown import opened_on
from index_service.services.cases import checked_cases
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.due import due_list_of, open_due
from index_service.services.facts import CaseFacts
from index_service.services.index import Index
from index_service.services.listed import most_urgent_first
from index_service.services.lists import list_tokens
from index_service.services.loads import Load, caseload_tokens, open_load
from index_service.services.matters import TEAM, matters_on
from index_service.services.opening import decided
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.stand_in import pass_over
from index_service.store.reading import OverTheBound, Snapshot, snapshot

PAGE_MAX = 50
_AT_ONCE = 8  # children, so that even the fullest records stay under the bound of one query
_UNANSWERED = frozenset({MatterState.WAITING, MatterState.TAKEN})


@dataclass(frozen=True, slots=True)
class _Open:
    """One thing left open: where it stands in the list, and as far as it is shown."""

    position: bytes
    shown: Shown
    child_id: UUID | None
    classes: tuple[DisclosureClass, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    """One child decided on as the supervisor's own reading, its case rows still closed."""

    child: SealedChild
    decision: Decision
    heads: list[Headed]
    facts: CaseFacts


class OpenWork:
    """Shows supervisors of one authority what their own teams left open."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def read(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of what is open, encoded; Invalid past the bound of one list."""
        index = self._index
        asked = Asked(login, Action.SUPERVISE, attempt.access)
        found: list[_Open] = []
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            after = cursor_position(index.keyring, admitted, attempt, cursor)
            try:
                async with aclosing(_Desk(index, reading, admitted).open(after)) as all_open:
                    async for each in all_open:
                        found.append(each)
                        if len(found) > PAGE_MAX:
                            break
            except OverTheBound:
                raise Invalid(Code.EXPORT_TOO_LARGE) from None
        page = found[:PAGE_MAX]
        following = None
        if len(found) > len(page):
            following = next_cursor(index.keyring, admitted, attempt, page[-1].position)
        listed = orjson.dumps([each.shown for each in page])
        entry = replace(
            attempt.entry(index.log.stamp(), Outcome.SHOWN),
            subjects=_subjects(page),
            result_commit=hashlib.sha256(listed).hexdigest(),
        )
        attempt.answered(await index.log.append(entry))
        return orjson.dumps({"open": orjson.Fragment(listed), "next": following})


def _subjects(page: Iterable[_Open]) -> tuple[SubjectShown, ...]:
    """Return the children told of, each once, with all that was told of them."""
    classes: dict[UUID, dict[DisclosureClass, None]] = {}
    for each in page:
        if each.child_id is not None:
            classes.setdefault(each.child_id, {}).update(dict.fromkeys(each.classes))
    return tuple(SubjectShown(one, tuple(told), shown=True) for one, told in classes.items())


class _Desk:
    """One supervisor's look through their own agency's lists, in one snapshot."""

    def __init__(self, index: Index, reading: Snapshot, admitted: Admitted) -> None:
        self._index = index
        self._reading = reading
        self._admitted = admitted
        self._own = str(admitted.asker.agency_id)
        self._today = admitted.ask.today

    async def open(self, after: bytes) -> AsyncGenerator[_Open, None]:
        """Yield everything open after a position, kind by kind, in an order of its own."""
        stages = (self._contacts, self._assessments, self._involvements)
        for place, stage in enumerate(stages):
            stands = bytes((place,))
            if stands < after[:1]:
                continue
            rest = after[1:] if after[:1] == stands else b""
            async with aclosing(stage(rest)) as found:
                async for each in found:
                    yield replace(each, position=stands + each.position)

    def _would_ask(self, action: Action) -> Ask | None:
        admitted = self._admitted
        asker, agreement = admitted.asker.facts, admitted.agreement
        return supervisor_would_ask(asker, admitted.ask, action, agreement)

    async def _contacts(self, after: bytes) -> AsyncGenerator[_Open, None]:
        """Yield the requests for contact of the agency that the team has not answered."""
        waiting = await matters_on(self._index, self._reading, TEAM)
        own = [
            each
            for each in waiting
            if each.kind is MatterKind.CONTACT_REQUEST
            and each.agency == self._own
            and each.state in _UNANSWERED
            and most_urgent_first(each) > after
        ]
        page = sorted(own, key=most_urgent_first)[: PAGE_MAX + 1]
        seen = await self._seen({each.child_id for each in page if each.child_id is not None})
        for each in page:
            child_id = each.child_id if each.child_id in seen else None
            yield _Open(
                most_urgent_first(each),
                _contact(each, child_id),
                child_id,
                (DisclosureClass.IDENTITY,),
            )

    async def _seen(self, ids: set[UUID]) -> set[UUID]:
        """Return which of these children the supervisor's own reading would show at all."""
        ask = self._would_ask(Action.READ_INVOLVEMENT)
        if ask is None:
            return set()
        admitted = replace(self._admitted, ask=ask)
        rows = {row["child_id"]: row for row in await self._reading.policies(sorted(ids))}
        seen = set()
        for child_id in sorted(ids):
            if child_id not in rows:
                pass_over(self._index, admitted)
                continue
            child = open_policy(self._index.keyring, rows[child_id])
            if decided(admitted, ask, child).allowed:
                seen.add(child_id)
        return seen

    async def _assessments(self, after: bytes) -> AsyncGenerator[_Open, None]:
        """Yield the agency's own open assessments whose review is past."""
        ask = self._would_ask(Action.RECORD_ASSESSMENT)
        if ask is None:
            return
        admitted, keyring = replace(self._admitted, ask=ask), self._index.keyring
        for place, token in enumerate(list_tokens(keyring, due_list_of(self._own))):
            rows = await self._reading.work([token])
            listed = [open_due(keyring, row["token"], row["pointer"]) for row in rows]
            ids = sorted({child_id for child_id, day in listed if day < self._today})
            later = [each for each in ids if bytes((place,)) + each.bytes > after]
            async with aclosing(self._records(later, ask)) as records:
                async for record in records:
                    told = assessments_told(admitted, record.decision, record.heads, record.facts)
                    for _, caf in told:
                        past = caf.closed is None and caf.review_day() < self._today
                        if caf.agency == self._own and past:
                            shown = {"since": caf.review_day().isoformat()}
                            kind, child_id = OpenKind.ASSESSMENT_PAST_REVIEW, record.child.child_id
                            yield _Open(
                                bytes((place,)) + child_id.bytes,
                                _shown(kind, child_id, **shown),
                                child_id,
                                (DisclosureClass.ASSESSMENT,),
                            )

    async def _involvements(self, after: bytes) -> AsyncGenerator[_Open, None]:
        """Yield the agency's own involvements that nobody has confirmed for half a year."""
        ask = self._would_ask(Action.READ_INVOLVEMENT)
        if ask is None:
            return
        for place, token in enumerate(caseload_tokens(self._index.keyring, self._own)):
            rows = await self._reading.work([token])
            loads = {
                load.case_id: load
                for load in (open_load(self._index.keyring, token, row["pointer"]) for row in rows)
                if bytes((place,)) + load.case_id.bytes > after
            }
            ordered = [loads[case_id] for case_id in sorted(loads)]
            for begin in range(0, len(ordered), _AT_ONCE):
                some = ordered[begin : begin + _AT_ONCE]
                for each in await self._unconfirmed(some, ask):
                    yield replace(each, position=bytes((place,)) + each.position)

    async def _unconfirmed(self, loads: Sequence[Load], ask: Ask) -> list[_Open]:
        """Return those of these case rows that are own involvements, shown, and not confirmed."""
        asker, agreement = self._admitted.asker.facts, self._admitted.agreement
        wanted = {load.case_id for load in loads}
        found: dict[UUID, _Open] = {}
        async with aclosing(self._records({load.child_id for load in loads}, ask)) as records:
            async for record in records:
                for case, head in record.heads:
                    own = head.kind == "involvement" and head.agency == self._own
                    if case.id not in wanted or not own:
                        continue
                    told = record.facts.involvement(head)
                    level = decide_involvement(asker, ask, record.decision, told, agreement)
                    if level is not InvolvementLevel.CONTENT:
                        continue
                    body = case.body(head)
                    assert isinstance(body, Involvement)  # INVARIANT: the head said so
                    if body.ceased is None and confirm_by(body) <= self._today:
                        child_id = record.child.child_id
                        found[case.id] = _involvement(body, child_id, last_said(body))
        return [found[load.case_id] for load in loads if load.case_id in found]

    async def _records(self, ids: Iterable[UUID], ask: Ask) -> AsyncGenerator[_Record, None]:
        """Yield those of these children whose record the supervisor's own question would open."""
        index, keyring = self._index, self._index.keyring
        ordered = sorted(ids)
        for begin in range(0, len(ordered), _AT_ONCE):
            some = ordered[begin : begin + _AT_ONCE]
            children = await self._reading.policies(some)
            refs = {child_id: keyring.references.case_ref(child_id) for child_id in some}
            rows: dict[bytes, list[Any]] = {ref: [] for ref in refs.values()}
            for row in await self._reading.cases(list(rows)):
                rows[row["child_ref"]].append(row)
            for row in sorted(children, key=lambda each: bytes(each["child_id"].bytes)):
                child = open_policy(index.keyring, row)
                own_assessment = ask.action is Action.RECORD_ASSESSMENT
                decision = decided(self._admitted, ask, child, own_assessment=own_assessment)
                if not decision.allowed:
                    continue
                sealed = rows[refs[child.child_id]]
                cases = checked_cases(keyring, child.key, child.policy, sealed)
                heads = [(case, case.head()) for case in cases]
                # Nobody states a purpose here: a consent for one purpose only does not count.
                facts = CaseFacts((head for _, head in heads), self._own, self._today)
                yield _Record(child, decision, heads, facts)


def _shown(kind: OpenKind, child_id: UUID | None, **more: Any) -> Shown:
    nothing: Shown = {
        "involvement_id": None,
        "contact_request_id": None,
        "account_id": None,
        "practitioner_id": None,
        "due": None,
    }
    return {
        "kind": kind.value,
        "child_id": str(child_id) if child_id else None,
        **nothing,
        **more,
    }


def _contact(matter: Matter, child_id: UUID | None) -> Shown:
    return _shown(
        OpenKind.CONTACT_UNANSWERED,
        child_id,
        contact_request_id=str(matter.id),
        account_id=matter.account,
        since=opened_on(matter).isoformat(),
        due=matter.due_s or None,
    )


def _involvement(body: Involvement, child_id: UUID, since: date) -> _Open:
    shown = _shown(
        OpenKind.INVOLVEMENT_NOT_CONFIRMED,
        child_id,
        involvement_id=str(body.id),
        practitioner_id=body.practitioner,
        since=since.isoformat(),
    )
    return _Open(body.id.bytes, shown, child_id, (DisclosureClass.INVOLVEMENTS,))
