"""What a move's sides owe each other, told until it is answered (role job)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from consent.facts import DisclosureClass
from index_service.domain.transfer import MoveSide, MoveStep
from index_service.federation import moves
from index_service.federation.client import Answer
from index_service.federation.errors import MessageRefused, Unreachable
from index_service.federation.moves import MoveMessage, record_digest
from index_service.log.entry import SubjectShown
from index_service.services.index import Index
from index_service.services.lists import list_tokens, open_listed
from index_service.services.peering.alarms import Alarm, tell
from index_service.services.peering.leaving import record_now
from index_service.services.peering.moves_kept import (
    UNDER_WAY,
    Move,
    move_of,
    parcel_id,
    put,
    stepped,
)
from index_service.services.peering.posting import Letter, Post
from index_service.store.work import Work, work_on

ACTION = "transfer"
_REFUSED_THERE = "transfer_message_refused"


class MoveJob:
    """Tells the other side of each move the step it is owed."""

    def __init__(self, index: Index, engine: AsyncEngine, post: Post) -> None:
        self._index = index
        self._engine = engine
        self._post = post

    async def run(self) -> int:
        """Tell what is owed, each step once a run; return how many were answered."""
        index, keyring = self._index, self._index.keyring
        async with work_on(self._engine, index.csa, index.log) as work:
            rows = [
                row
                for token in list_tokens(keyring, UNDER_WAY)
                for row in await work.children.work([token])
            ]
        answered = 0
        for row_id in sorted(open_listed(keyring, row.token, row.pointer) for row in rows):
            while await self._one(row_id):
                answered += 1
        return answered

    async def _one(self, row_id: UUID) -> bool:
        """Tell one move's next step; return whether it was answered and more is owed."""
        prepared = await self._prepared(row_id)
        if prepared is None:
            return False
        move, message, subjects = prepared
        letter = Letter(moves.PATH, ACTION, message.body(), subjects, message.step.value)
        try:
            answer = await self._post.send(move.peer, letter)
            step = moves.read_answer(answer.body)
        except Unreachable:
            return False
        except MessageRefused as refused:
            if refused.by_peer:
                await self._tell(move)
            return False
        return await self._answered(row_id, move, step, answer)

    async def _prepared(
        self, row_id: UUID
    ) -> tuple[Move, MoveMessage, tuple[SubjectShown, ...]] | None:
        """Return what is to be told now; a delivery is made of the record as it stands."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            found = await move_of(index, work, row_id)
            if found is None:
                return None
            before, move = found
            owed = move.owes
            if owed is None:
                return None
            if owed is not MoveStep.DELIVERED:
                return move, MoveMessage(move.id, owed, _said(move)), ()
            child_id = move.matter.child_id
            assert child_id is not None  # INVARIANT: agreed to of a child
            record = await record_now(index, work, child_id, move.peer)
            if record is None or record.waits:
                return None  # archived, or in doubt: nothing leaves; the team sees it stand still
            digest = record_digest(record.said)
            if move.step is not MoveStep.DELIVERED or digest != move.matter.details["digest"]:
                number = move.delivery + 1
                more = {"delivery": number, "digest": digest}
                move = stepped(index, move, MoveStep.DELIVERED, more)
                await put(index, work, before, move)
                await self._post.recorded(work, self._post.entry(move.peer, ACTION), None)
            said = {
                "delivery": move.delivery,
                "child_id": str(child_id),
                "record": record.said,
            }
            subjects = (SubjectShown(child_id, tuple(DisclosureClass), shown=True),)
            return move, MoveMessage(move.id, MoveStep.DELIVERED, said), subjects

    async def _answered(self, row_id: UUID, told: Move, step: MoveStep, answer: Answer) -> bool:
        """Note that a step was heard, unless more was heard or done here meanwhile."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            found = await move_of(index, work, row_id)
            assert found is not None  # INVARIANT: moves are kept
            before, move = found
            same = (move.step, move.owes, move.delivery) == (told.step, told.owes, told.delivery)
            after = await self._after(work, move, step) if same else move
            if same:
                await put(index, work, before, after)
            subjects = (SubjectShown(move.matter.child_id),) if move.matter.child_id else ()
            entry = self._post.entry(move.peer, ACTION, subjects, f"heard_{step.value}")
            await self._post.recorded(work, entry, answer)
            return same and after.owes is not None

    async def _after(self, work: Work, move: Move, step: MoveStep) -> Move:
        """Return a move after the other side said how far it is there."""
        refused_there = step is MoveStep.REFUSED and move.step is not MoveStep.CLOSED
        if refused_there and move.step is not MoveStep.REFUSED:
            if move.side is MoveSide.RECEIVING:
                places = range(move.parcels)
                ids = [parcel_id(self._index, move, move.delivery, place) for place in places]
                await work.parcels.remove(ids)
            more = {"owes": None, "parcels": 0}
            return stepped(self._index, move, MoveStep.REFUSED, more)
        owes = MoveStep.DELIVERED.value if move.owes is MoveStep.AGREED else None
        return _owing(move, owes)

    async def _tell(self, move: Move) -> None:
        """Tell the team that the other side does not understand what it is sent."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            details = {"peer": move.peer, "matter": str(move.matter.id)}
            alarm = Alarm(_REFUSED_THERE, move.matter.child_id, details, move.matter.id.bytes)
            await tell(index, work, [alarm])
            await self._post.recorded(work, self._post.entry(move.peer, ACTION), None)


def _owing(move: Move, owes: str | None) -> Move:
    details = {**move.matter.details, "owes": owes}
    return Move(replace(move.matter, details=details))


def _said(move: Move) -> dict[str, Any]:
    """Return what a step says beside itself."""
    details = move.matter.details
    if move.owes is MoveStep.PROPOSED:
        return {"child": move.stated, "reason": move.reason.value}
    if move.owes is MoveStep.TAKEN:
        return {"delivery": move.delivery, "digest": details["digest"]}
    if move.owes is MoveStep.REFUSED:
        return {"refusal": details["refusal"]}
    return {}
