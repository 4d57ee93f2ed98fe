"""Moves of responsibility for a child: each side's part of the handshake, and what is owed.

Who is responsible is settled by one commit at the old authority: the one that stores the
receiver's signed `taken` and closes the record. Before it, the old one is; from it on, the
receiver is, which keeps the whole record durably by then. The record is seen at one of the
two at most at every moment, and until both have said `closed` each step is told again.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from consent.facts import DisclosureClass
from index_service.crypto.seal import SIZES
from index_service.domain.strict_json import parse_json
from index_service.domain.transfer import MoveReason, MoveRefusal, MoveSide, MoveStep
from index_service.federation import moves
from index_service.federation.forms import id_of, malformed
from index_service.federation.moves import MoveMessage, record_digest, record_text
from index_service.federation.sizes import MOVE_ANSWER_BYTES, MOVE_BYTES
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.services.index import Index
from index_service.services.matters import OpenMatter
from index_service.services.peering.arriving import arrived
from index_service.services.peering.delivered import read_record
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.services.peering.leaving import closed_here, record_now
from index_service.services.peering.moves_kept import (
    Move,
    Parties,
    begun,
    keep,
    kept_id,
    move_of,
    parcel_id,
    put,
    stepped,
    to_be_reviewed,
)
from index_service.services.peering.proposed import checked_facts
from index_service.store.work import Work, work_on

ACTION = "transfer"
_EVERYTHING = tuple(DisclosureClass)
_PART = SIZES["parcel"]
_BEFORE_TAKEN = frozenset({MoveStep.PROPOSED, MoveStep.AGREED, MoveStep.DELIVERED})


@dataclass(frozen=True, slots=True)
class _Told:
    """What a step came to here: how far the move is now, and whom its entry names."""

    step: MoveStep
    subjects: tuple[SubjectShown, ...] = ()


@dataclass(frozen=True, slots=True)
class _Heard:
    """One step heard in one transaction, of a move that is known here."""

    work: Work
    before: OpenMatter
    move: Move
    said: dict[str, Any]


class Moves:
    """Hears the other side's steps. Each is told as often as need be, and done once."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def handler(self) -> PeerHandler:
        """Return the route of moves."""
        return PeerHandler(moves.PATH, self.run, MOVE_ANSWER_BYTES, MOVE_BYTES)

    async def run(self, asked: PeerAsked) -> PeerSaid:
        """Do what a step asks for, in one transaction, and say how far the move is here."""
        index, message = self._index, MoveMessage.read(asked.body)
        async with work_on(index.feed, index.csa, index.log) as work:
            # Closing and arriving set and take away guards: no record is written meanwhile.
            await work.locks.shields_exclusive()
            told = await self._told(work, asked, message)
            entry: AccessEntry = asked.entry(index.log.stamp(), Outcome.RECORDED)
            entry = replace(entry, code=message.step.value, subjects=told.subjects)
            return await asked.recorded(index.log, work, entry, moves.answer_body(told.step))

    async def _told(self, work: Work, asked: PeerAsked, message: MoveMessage) -> _Told:
        found = await self._found(work, asked, message)
        if found is None:
            if message.step is not MoveStep.PROPOSED:
                raise malformed()  # of a move nobody proposed
            return await self._proposed(work, asked, message)
        before, move = found
        if move.peer != asked.sender.member.name:
            raise malformed()
        steps = _HOLDERS if move.side is MoveSide.HOLDING else _RECEIVERS
        if message.step not in steps:
            raise malformed()
        return await steps[message.step](self, _Heard(work, before, move, message.said))

    async def _found(
        self, work: Work, asked: PeerAsked, message: MoveMessage
    ) -> tuple[OpenMatter, Move] | None:
        directory, member = asked.standing.directory, asked.sender.member.name
        for side in MoveSide:
            parties = Parties(message.move, side, member, directory.region)
            found = await move_of(self._index, work, kept_id(self._index, parties))
            if found is not None:
                return found
        return None

    # At the holding side

    async def _proposed(self, work: Work, asked: PeerAsked, message: MoveMessage) -> _Told:
        """Put a proposal before the team, the same whether or not the child is known here."""
        index, said = self._index, message.said
        checked_facts(said["child"], index.clock.today())
        parties = Parties(
            message.move,
            MoveSide.HOLDING,
            asked.sender.member.name,
            asked.standing.directory.region,
        )
        move = begun(index, parties, said["child"], MoveReason(said["reason"]))
        await keep(index, work, move)
        return _Told(move.step)

    async def proposed_again(self, heard: _Heard) -> _Told:
        """Say how far a known proposal is."""
        return _Told(heard.move.step)

    async def taken(self, heard: _Heard) -> _Told:
        """Close the record here if what was taken is what it is now; else it is sent anew."""
        index, move = self._index, heard.move
        if move.step in (MoveStep.CLOSED, MoveStep.REFUSED, MoveStep.AGREED):
            return _Told(move.step)
        child_id = move.matter.child_id
        if move.step is not MoveStep.DELIVERED or child_id is None:
            raise malformed()
        record = await record_now(index, heard.work, child_id, move.peer, lock=True)
        if record is None:
            # Archived, joined or closed since: there is nothing to be responsible for here.
            more = {"refusal": MoveRefusal.SECOND_THOUGHTS.value, "owes": None}
            after = stepped(index, move, MoveStep.REFUSED, more)
            await put(index, heard.work, heard.before, after)
            return _Told(after.step)
        as_sent = heard.said["delivery"] == move.delivery and not record.waits
        if not as_sent or heard.said["digest"] != record_digest(record.said):
            owed = MoveStep.DELIVERED.value
            after = stepped(index, move, MoveStep.AGREED, {"owes": owed})
            await put(index, heard.work, heard.before, after)
            return _Told(after.step)
        await closed_here(index, heard.work, record, move.peer)
        after = stepped(index, move, MoveStep.CLOSED, {"owes": MoveStep.CLOSED.value})
        await put(index, heard.work, heard.before, after)
        return _Told(after.step, (SubjectShown(child_id, _EVERYTHING),))

    # At the receiving side

    async def agreed(self, heard: _Heard) -> _Told:
        """Note that the present holder agrees; responsibility stays there."""
        return await self._noted(heard, MoveStep.AGREED, {MoveStep.PROPOSED})

    async def delivered(self, heard: _Heard) -> _Told:
        """Keep what came, sealed and unseen, and owe the word that it is taken."""
        index, move, said = self._index, heard.move, heard.said
        if move.step in (MoveStep.CLOSED, MoveStep.REFUSED):
            return _Told(move.step)
        if move.step is MoveStep.TAKEN and said["delivery"] <= move.delivery:
            return _Told(move.step)
        id_of(said["child_id"])
        read_record(said["record"], index.clock.today())
        text = record_text(said["record"])
        parts = [text[at : at + _PART] for at in range(0, len(text), _PART)]
        await heard.work.parcels.remove(self._parcels(move))
        rows = []
        for place, part in enumerate(parts):
            row_id = parcel_id(index, move, said["delivery"], place)
            made = index.keyring.wrap.new_subject("parcel", row_id)
            rows.append(
                {
                    "id": row_id,
                    "wrap_key_id": made.wrap_key_id,
                    "wrapped_key": made.wrapped,
                    "sealed": made.key.seal("parcel", row_id, part),
                }
            )
        await heard.work.parcels.add(rows)
        more = {
            "owes": MoveStep.TAKEN.value,
            "delivery": said["delivery"],
            "parcels": len(parts),
            "digest": record_digest(said["record"]),
            "day": index.clock.today().isoformat(),
            "old_id": said["child_id"],
        }
        after = stepped(index, move, MoveStep.TAKEN, more)
        await put(index, heard.work, heard.before, after)
        return _Told(after.step)

    async def closed(self, heard: _Heard) -> _Told:
        """Let the record be seen here: the old one is closed, its authority says so."""
        index, move = self._index, heard.move
        if move.step is MoveStep.CLOSED:
            return _Told(move.step)
        if move.step is not MoveStep.TAKEN:
            raise malformed()
        text = await self._kept(heard.work, move)
        details = move.matter.details
        # By the day it came: a record that was in order then must not be refused now.
        delivered = read_record(parse_json(text), date.fromisoformat(details["day"]))
        old_id = UUID(details["old_id"])
        child_id = await arrived(index, heard.work, delivered, old_id, move.peer)
        await heard.work.parcels.remove(self._parcels(move))
        after = stepped(index, move, MoveStep.CLOSED, {"owes": None, "parcels": 0})
        after = to_be_reviewed(index, after, child_id)
        await put(index, heard.work, heard.before, after)
        return _Told(after.step, (SubjectShown(child_id, _EVERYTHING),))

    async def refused(self, heard: _Heard) -> _Told:
        """Note that the other side refuses; what came of it goes, responsibility stays."""
        index, move = self._index, heard.move
        if move.step in (MoveStep.CLOSED, MoveStep.REFUSED):
            return _Told(move.step)
        if move.side is MoveSide.RECEIVING:
            await heard.work.parcels.remove(self._parcels(move))
        more = {"refusal": heard.said["refusal"], "owes": None, "parcels": 0}
        after = stepped(index, move, MoveStep.REFUSED, more)
        await put(index, heard.work, heard.before, after)
        return _Told(after.step)

    async def _noted(self, heard: _Heard, step: MoveStep, before: set[MoveStep]) -> _Told:
        if heard.move.step not in before:
            return _Told(heard.move.step)
        after = stepped(self._index, heard.move, step, {"owes": None})
        await put(self._index, heard.work, heard.before, after)
        return _Told(after.step)

    def _parcels(self, move: Move) -> list[UUID]:
        places = range(move.parcels)
        return [parcel_id(self._index, move, move.delivery, place) for place in places]

    async def _kept(self, work: Work, move: Move) -> bytes:
        ids = self._parcels(move)
        rows = {row["id"]: row for row in await work.parcels.these(ids)}
        return b"".join(self._opened(rows[row_id]) for row_id in ids)

    def _opened(self, row: Any) -> bytes:
        key = self._index.keyring.wrap.open_subject(
            "parcel", row["id"], row["wrap_key_id"], row["wrapped_key"]
        )
        return key.open("parcel", row["id"], row["sealed"])


_HOLDERS = {
    MoveStep.PROPOSED: Moves.proposed_again,
    MoveStep.TAKEN: Moves.taken,
    MoveStep.REFUSED: Moves.refused,
}
_RECEIVERS = {
    MoveStep.AGREED: Moves.agreed,
    MoveStep.DELIVERED: Moves.delivered,
    MoveStep.CLOSED: Moves.closed,
    MoveStep.REFUSED: Moves.refused,
}
