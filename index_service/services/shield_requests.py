"""Asking for a shield: the request, its refusal, and the appeal somebody else decides.

Granting writes nothing into the request it answers: the shield names the request, and a
request is granted if a shield of its child says so. Else whoever stole the store would
see which child's row changed in one transaction with a request for a shield.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.facts import Action, Role
from index_service.domain.clock import next_working_day
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.shield import (
    IdentityCheck,
    Shield,
    ShieldAskedBy,
    ShieldGround,
    ShieldRefusal,
    ShieldRequestState,
)
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cases import checked_cases
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.index import Index
from index_service.services.matters import (
    matter_beheld,
    matter_to_change,
    matters_on,
    of_account,
    open_matter,
    put_matter,
)
from index_service.services.opening import ABSENT, child_to_regard, decided
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.second_person import must_be_another
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import Snapshot, snapshot
from index_service.store.work import Work, work_on

PAGE_MAX = 50
_LIST = "shield_requests"  # the management team's; requests stay on it, refused ones too
_NOT_FOUND = "no_such_request"


@dataclass(frozen=True, slots=True)
class ShieldAsked:
    """What a request for a shield states."""

    ground: ShieldGround
    asked_by: ShieldAskedBy
    identity: IdentityCheck


@dataclass(frozen=True, slots=True)
class Granting:
    """A request a shield is to answer: who sent it, and whether it was refused before."""

    request_id: UUID
    sent_by: str
    appealed: bool


class ShieldRequests:
    """Takes requests for shields, refuses them, and takes appeals, for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def ask(
        self, login: Login, child_id: UUID, said: ShieldAsked, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Take a request that a record be shielded; the same answer if it is already."""
        index = self._index
        asked = Asked(login, Action.ASK_SHIELD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent.bound_to(child_id))
            await work.locks.shields_shared()
            opened = await child_to_regard(index, work, admitted, child_id, attempt)
            done = await once.before(work)
            change = Change((SubjectShown(child_id),), opened.decision, REPLAYED)
            if done is not None:
                await recorded(index, work, attempt, change)
                return done.resource
            matter = self._opened(admitted, child_id, said)
            await open_matter(index, work, matter, (_LIST, of_account(matter.account)))
            change = Change((SubjectShown(child_id),), opened.decision, "", once, matter.id)
            await recorded(index, work, attempt, change)
            return matter.id

    def _opened(self, admitted: Admitted, child_id: UUID, said: ShieldAsked) -> Matter:
        now, account = self._index.clock.now(), str(admitted.asker.account_id)
        at_s, due_s = int(now.timestamp()), int(next_working_day(now).timestamp())
        details = {
            "ground": said.ground.value,
            "asked_by": said.asked_by.value,
            "identity": said.identity.value,
        }
        return Matter(
            uuid4(),
            MatterKind.SHIELD_REQUEST,
            MatterState.WAITING,
            at_s,
            due_s,
            account,
            str(admitted.asker.agency_id),
            child_id,
            details,
            (Step(at_s, account, "asked"),),
        )

    async def refuse(
        self, login: Login, request_id: UUID, reason: ShieldRefusal, attempt: Attempt
    ) -> None:
        """Refuse a request; on appeal, by somebody else than who refused it first."""
        index = self._index
        asked = Asked(login, Action.SHIELD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            before = await matter_to_change(index, work, request_id)
            matter = _request(before.matter if before else None, attempt)
            await self._must_wait(work, admitted, matter)
            assert before is not None  # INVARIANT: _request was given it
            step = self._step(admitted, "refused")
            by = {"refused_by": step.account, "reason": reason.value}
            after = matter.stepped(step, MatterState.REFUSED, **by)
            await put_matter(index, work, before, after)
            await recorded(index, work, attempt, Change((SubjectShown(_child(matter)),)))

    async def appeal(self, login: Login, request_id: UUID, attempt: Attempt) -> None:
        """Appeal against a refusal, once; only who sent the request does."""
        index = self._index
        asked = Asked(login, Action.ASK_SHIELD, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            before = await matter_to_change(index, work, request_id)
            matter = _request(before.matter if before else None, attempt)
            account = str(admitted.asker.account_id)
            if before is None or matter.account != account:
                attempt.rules = (_NOT_FOUND,)
                raise NotDisclosed(_NOT_FOUND)
            if matter.state is not MatterState.REFUSED:
                raise Invalid(Code.STATE_CONFLICT)
            if matter.details.get("appealed"):
                raise Invalid(Code.ENDED_ALREADY)
            after = matter.stepped(
                self._step(admitted, "appealed"), MatterState.WAITING, appealed=True
            )
            await put_matter(index, work, before, after)
            await recorded(index, work, attempt, Change((SubjectShown(_child(matter)),)))

    def _step(self, admitted: Admitted, word: str) -> Step:
        now_s = int(self._index.clock.now().timestamp())
        return Step(now_s, str(admitted.asker.account_id), word)

    async def to_grant(
        self, work: Work, admitted: Admitted, child: SealedChild, request_id: UUID
    ) -> Granting:
        """Return the request a shield is about to answer; Invalid if it does not wait for it."""
        matter = await matter_beheld(self._index, work, request_id)
        if matter is None or matter.kind is not MatterKind.SHIELD_REQUEST:
            raise Invalid(Code.FIELD_INVALID, "request_id")
        if matter.child_id != child.child_id:
            raise Invalid(Code.FIELD_INVALID, "request_id")
        await self._must_wait(work, admitted, matter, child)
        appealed = bool(matter.details.get("appealed"))
        return Granting(matter.id, matter.account, appealed)

    async def _must_wait(
        self, work: Work, admitted: Admitted, matter: Matter, child: SealedChild | None = None
    ) -> None:
        """Raise unless a request waits, and for this person to decide it."""
        if child is None:
            rows = await work.children.beheld([_child(matter)])
            child = open_policy(self._index.keyring, rows[0]) if rows else None
        ref = self._index.keyring.references.case_ref(_child(matter))
        cases = [row._mapping for row in await work.children.cases([ref])]
        if matter.state is not MatterState.WAITING or self._granted(matter, child, cases):
            raise Invalid(Code.STATE_CONFLICT)
        refused_by = matter.details.get("refused_by")
        if refused_by:
            await must_be_another(self._index, work, admitted, refused_by)

    def _granted(self, matter: Matter, child: SealedChild | None, rows: Iterable[Any]) -> bool:
        if child is None:
            return False
        shields = standing_and_past(self._index, child, rows)
        return any(shield.request == str(matter.id) for shield in shields)

    async def read(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of requests, encoded: every one to the team, to others their own."""
        index = self._index
        asked = Asked(login, Action.ASK_SHIELD, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            after = cursor_position(index.keyring, admitted, attempt, cursor)
            team = admitted.asker.facts.role is Role.MANAGEMENT_TEAM
            name = _LIST if team else of_account(str(admitted.asker.account_id))
            found = [
                matter
                for matter in await matters_on(index, reading, name)
                if matter.kind is MatterKind.SHIELD_REQUEST and matter.id.bytes > after
            ]
            page = found[:PAGE_MAX]
            shown = [await self._shown(reading, admitted, matter) for matter in page]
        more = len(found) > PAGE_MAX
        following = (
            next_cursor(index.keyring, admitted, attempt, page[-1].id.bytes) if more else None
        )
        attempt.subjects = tuple(_child(matter) for matter in page)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps({"requests": shown, "next": following})

    async def _shown(self, reading: Snapshot, admitted: Admitted, matter: Matter) -> dict[str, Any]:
        details = matter.details
        return {
            "request_id": str(matter.id),
            "child_id": str(matter.child_id),
            "ground": details["ground"],
            "asked_by": details["asked_by"],
            "identity_checked": details["identity"],
            "state": (await self._state(reading, admitted, matter)).value,
            "asked_at": matter.opened_s,
            "due": matter.due_s,
            "sent_by": matter.account,
            "refusal": details.get("reason"),
        }

    async def _state(
        self, reading: Snapshot, admitted: Admitted, matter: Matter
    ) -> ShieldRequestState:
        """Return how far a request has come, as far as who reads it may see the record."""
        if matter.state is MatterState.REFUSED:
            return ShieldRequestState.REFUSED
        keyring, child_id = self._index.keyring, _child(matter)
        rows = await reading.policies([child_id])
        cases = await reading.cases([keyring.references.case_ref(child_id)])
        child = open_policy(keyring, rows[0]) if rows else None
        seen = child is not None and decided(admitted, admitted.ask, child).allowed
        if seen and self._granted(matter, child, cases):
            return ShieldRequestState.GRANTED
        appealed = matter.details.get("appealed")
        return ShieldRequestState.APPEALED if appealed else ShieldRequestState.WAITING


def standing_and_past(index: Index, child: SealedChild, rows: Iterable[Any]) -> list[Shield]:
    """Return every shield of a child, lifted ones too."""
    cases = checked_cases(index.keyring, child.key, child.policy, rows)
    heads = [(case, case.head()) for case in cases]
    bodies = [case.body(head) for case, head in heads if head.kind == "shield"]
    return [body for body in bodies if isinstance(body, Shield)]


def _request(matter: Matter | None, attempt: Attempt) -> Matter:
    if matter is None or matter.kind is not MatterKind.SHIELD_REQUEST:
        attempt.rules = (ABSENT,)
        raise NotDisclosed(ABSENT)
    attempt.subjects = (_child(matter),)
    return matter


def _child(matter: Matter) -> UUID:
    assert matter.child_id is not None  # INVARIANT: a request names its child
    return matter.child_id
