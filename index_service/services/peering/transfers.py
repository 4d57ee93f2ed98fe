"""The teams' part in moves: responsibility proposed, agreed to, refused; records reviewed."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.facts import Action, DisclosureClass
from index_service.domain.clock import london_day
from index_service.domain.errors import Code, Invalid, NotDisclosed
from index_service.domain.matter import MatterState, Step
from index_service.domain.transfer import (
    ENDS,
    MoveRefusal,
    MoveSide,
    MoveStep,
    Proposal,
)
from index_service.log.entry import Outcome, SubjectShown
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.index import Index
from index_service.services.listed import Paging, newest_first
from index_service.services.matters import (
    TEAM,
    OpenMatter,
    matters_on,
    put_matter,
)
from index_service.services.opening import child_to_regard
from index_service.services.peering.moves_kept import (
    TRANSFERS,
    Move,
    Parties,
    begun,
    keep,
    move_of,
    put,
    stepped,
)
from index_service.services.peering.proposed import proposed_facts
from index_service.services.placing import may_be_one_child
from index_service.services.sealing import open_facts
from index_service.services.writing import REPLAYED, Change, Once, Repeatable, recorded
from index_service.store.reading import snapshot
from index_service.store.work import Work, work_on

_NOT_FOUND = "no_such_transfer"
_OF_HOLDER = frozenset(
    {
        MoveRefusal.NOT_KNOWN_HERE,
        MoveRefusal.STILL_LIVES_HERE,
        MoveRefusal.ANOTHER_CHILD,
        MoveRefusal.SECOND_THOUGHTS,
    }
)
_REFUSABLE = {
    MoveSide.HOLDING: frozenset({MoveStep.PROPOSED, MoveStep.AGREED, MoveStep.DELIVERED}),
    MoveSide.RECEIVING: frozenset({MoveStep.PROPOSED, MoveStep.AGREED}),
}


class Transfers:
    """Takes what one authority's team says of moves, and shows how far they have come."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def propose(
        self, login: Login, proposal: Proposal, sent: Repeatable, attempt: Attempt
    ) -> UUID:
        """Propose to take responsibility for a child who belongs here; the same for any child."""
        index = self._index
        asked = Asked(login, Action.TRANSFER, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            once = Once(index, admitted, attempt, sent)
            done = await once.before(work)
            if done is not None:
                await recorded(index, work, attempt, Change(code=REPLAYED))
                return done.resource
            region = await self._region_with(work, proposal.authority)
            parties = Parties(uuid4(), MoveSide.RECEIVING, proposal.authority, region)
            account = str(admitted.asker.account_id)
            move = begun(index, parties, proposal.stated, proposal.reason, account)
            await keep(index, work, move)
            change = Change(once=once, resource=move.id, code=MoveStep.PROPOSED.value)
            await recorded(index, work, attempt, change)
            return move.id

    async def _region_with(self, work: Work, authority: str) -> str:
        """Return the region; Invalid for what is no other authority spoken with now."""
        region = self._index.region
        standing = await region.directories.standing(work.membership) if region else None
        if standing is None or authority not in {each.name for each in standing.peers}:
            raise Invalid(Code.FIELD_INVALID, "authority")
        return standing.directory.region

    async def agree(
        self, login: Login, child_id: UUID, transfer_id: UUID, attempt: Attempt
    ) -> None:
        """Agree that responsibility for a child of this authority's moves to who proposed it.

        Invalid where the record cannot be of the child that was meant, or waits for the team.
        """
        index = self._index
        asked = Asked(login, Action.TRANSFER, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            opened = await child_to_regard(index, work, admitted, child_id, attempt)
            before, move = await self._move(work, transfer_id, attempt)
            if move.side is not MoveSide.HOLDING or move.step is not MoveStep.PROPOSED:
                raise Invalid(Code.STATE_CONFLICT)
            if opened.child.policy.unseen:
                raise Invalid(Code.STATE_CONFLICT)
            meant = proposed_facts(move.stated, admitted.ask.today)
            if not may_be_one_child(meant, open_facts(opened.child)):
                raise Invalid(Code.FIELD_INVALID, "transfer_id")
            account = str(admitted.asker.account_id)
            owed = {"owes": MoveStep.AGREED.value}
            after = stepped(index, move, MoveStep.AGREED, owed, account)
            await put(index, work, before, Move(replace(after.matter, child_id=child_id)))
            subjects = (SubjectShown(child_id, (DisclosureClass.IDENTITY,)),)
            change = Change(subjects, opened.decision, MoveStep.AGREED.value)
            await recorded(index, work, attempt, change)

    async def refuse(
        self, login: Login, transfer_id: UUID, reason: MoveRefusal, attempt: Attempt
    ) -> None:
        """Refuse a move, on second thoughts too, until the other side has taken the record.

        The side that proposed withdraws; responsibility stays with the present holder, and
        both teams are told why.
        """
        index = self._index
        asked = Asked(login, Action.TRANSFER, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            before, move = await self._move(work, transfer_id, attempt)
            if (reason in _OF_HOLDER) != (move.side is MoveSide.HOLDING):
                raise Invalid(Code.FIELD_INVALID, "reason")
            if move.step in ENDS:
                raise Invalid(Code.ENDED_ALREADY)
            if move.step not in _REFUSABLE[move.side]:
                raise Invalid(Code.STATE_CONFLICT)
            more = {"refusal": reason.value, "owes": MoveStep.REFUSED.value}
            account = str(admitted.asker.account_id)
            after = stepped(index, move, MoveStep.REFUSED, more, account)
            await put(index, work, before, after)
            await recorded(index, work, attempt, _change(move, reason.value))

    async def review(
        self, login: Login, child_id: UUID, transfer_id: UUID, attempt: Attempt
    ) -> None:
        """Note that a record which came from another authority was looked through here."""
        index = self._index
        asked = Asked(login, Action.TRANSFER, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            await work.locks.shields_shared()
            opened = await child_to_regard(index, work, admitted, child_id, attempt)
            before, move = await self._move(work, transfer_id, attempt)
            came = move.side is MoveSide.RECEIVING and move.step is MoveStep.CLOSED
            if not came or move.matter.child_id != child_id:
                raise Invalid(Code.STATE_CONFLICT)
            if move.matter.state is MatterState.ENDED:
                raise Invalid(Code.ENDED_ALREADY)
            step = Step(_now_s(index), str(admitted.asker.account_id), "reviewed")
            after = move.matter.stepped(step, MatterState.ENDED, reviewed=step.at_s)
            await put_matter(index, work, before, after, (TEAM,))
            change = Change((SubjectShown(child_id),), opened.decision, "reviewed")
            await recorded(index, work, attempt, change)

    async def listed(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of moves, the newest first, encoded: to the team alone."""
        index = self._index
        asked = Asked(login, Action.READ_HOLDS, attempt.access)
        async with snapshot(index.reading, index.csa) as reading:
            admitted = await admit(index, reading, asked, attempt)
            found = await matters_on(index, reading, TRANSFERS)
        paging = Paging(index.keyring, admitted, attempt, cursor)
        page, following = paging.page(found, newest_first)
        children = dict.fromkeys(each.child_id for each in page if each.child_id)
        subjects = tuple(SubjectShown(child_id, shown=True) for child_id in children)
        entry = replace(attempt.entry(index.log.stamp(), Outcome.SHOWN), subjects=subjects)
        attempt.answered(await index.log.append(entry))
        shown = [_shown(Move(each)) for each in page]
        return orjson.dumps({"transfers": shown, "next": following})

    async def _move(
        self, work: Work, transfer_id: UUID, attempt: Attempt
    ) -> tuple[OpenMatter, Move]:
        found = await move_of(self._index, work, transfer_id)
        if found is None:
            attempt.rules = (_NOT_FOUND,)
            raise NotDisclosed(_NOT_FOUND)
        return found


def _now_s(index: Index) -> int:
    return int(index.clock.now().timestamp())


def _change(move: Move, code: str) -> Change:
    child_id = move.matter.child_id
    return Change((SubjectShown(child_id),) if child_id else (), code=code)


def _shown(move: Move) -> dict[str, Any]:
    matter = move.matter
    came = move.side is MoveSide.RECEIVING and move.step is MoveStep.CLOSED
    due = london_day(datetime.fromtimestamp(matter.due_s, UTC)).isoformat()
    return {
        "transfer_id": str(matter.id),
        "side": move.side.value,
        "authority": move.peer,
        "step": move.step.value,
        "reason": move.reason.value,
        "refusal": move.refusal.value if move.refusal else None,
        "child": move.stated,
        "child_id": str(matter.child_id) if matter.child_id else None,
        "opened": matter.opened_s,
        "review_due": due if came else None,
        "reviewed": matter.details.get("reviewed"),
    }
