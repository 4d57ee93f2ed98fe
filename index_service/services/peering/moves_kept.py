"""How a move stands at one side of it: a matter on the team's list, and on that of what is owed.

At the holding side its id comes from the receiver's, so that no authority names another's row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from index_service.domain.matter import Matter, MatterKind, MatterState, Step
from index_service.domain.transfer import (
    ANSWER_WITHIN,
    ENDS,
    REVIEW_WITHIN,
    MoveReason,
    MoveRefusal,
    MoveSide,
    MoveStep,
)
from index_service.federation.naming import agency_of
from index_service.services.index import Index
from index_service.services.matters import (
    TEAM,
    OpenMatter,
    matter_to_change,
    open_matter,
    put_matter,
)
from index_service.store.work import Work

TRANSFERS = "transfers"  # the team's list of moves, ended ones too
UNDER_WAY = "transfers_under_way"  # what the job looks through

_STEPS_MAX = 6  # what a row has room for


@dataclass(frozen=True, slots=True)
class Move:
    """One move as one side keeps it. `owes` is the step to be told to the other side next."""

    matter: Matter

    @property
    def id(self) -> UUID:
        """The id both sides know it by."""
        return UUID(self.matter.details["move"])

    @property
    def side(self) -> MoveSide:
        """Which part this authority has."""
        return MoveSide(self.matter.details["side"])

    @property
    def step(self) -> MoveStep:
        """How far it has come here."""
        return MoveStep(self.matter.details["stage"])

    @property
    def peer(self) -> str:
        """The other authority."""
        return str(self.matter.details["peer"])

    @property
    def stated(self) -> dict[str, Any]:
        """What the receiving authority knows of the child."""
        stated: dict[str, Any] = self.matter.details["stated"]
        return stated

    @property
    def reason(self) -> MoveReason:
        """Why responsibility should move."""
        return MoveReason(self.matter.details["reason"])

    @property
    def refusal(self) -> MoveRefusal | None:
        """Why it did not come about, if it was refused."""
        word = self.matter.details.get("refusal")
        return MoveRefusal(word) if word else None

    @property
    def owes(self) -> MoveStep | None:
        """What the other side is still to be told."""
        word = self.matter.details.get("owes")
        return MoveStep(word) if word else None

    @property
    def delivery(self) -> int:
        """How many times the record was sent, or came; 0 before it was."""
        return int(self.matter.details.get("delivery", 0))

    @property
    def parcels(self) -> int:
        """In how many parcels what came is kept."""
        return int(self.matter.details.get("parcels", 0))


@dataclass(frozen=True, slots=True)
class Parties:
    """A move's id, the part this authority has in it, and the other one."""

    move: UUID
    side: MoveSide
    peer: str
    region: str


def kept_id(index: Index, parties: Parties) -> UUID:
    """Return the id of a move's row here: its own at the side that began it."""
    if parties.side is MoveSide.RECEIVING:
        return parties.move
    reference = index.keyring.references.reference(
        "move", parties.peer.encode(), parties.move.bytes
    )
    return UUID(bytes=reference, version=4)


def begun(
    index: Index, parties: Parties, stated: dict[str, Any], reason: MoveReason, account: str = ""
) -> Move:
    """Return a move that is proposed."""
    now = index.clock.now()
    at_s, due_s = int(now.timestamp()), int((now + ANSWER_WITHIN).timestamp())
    receiving = parties.side is MoveSide.RECEIVING
    details = {
        "move": str(parties.move),
        "side": parties.side.value,
        "peer": parties.peer,
        "stage": MoveStep.PROPOSED.value,
        "owes": MoveStep.PROPOSED.value if receiving else None,
        "stated": stated,
        "reason": reason.value,
    }
    matter = Matter(
        kept_id(index, parties),
        MatterKind.TRANSFER,
        MatterState.WAITING,
        at_s,
        due_s,
        account,
        str(agency_of(parties.region, parties.peer)),
        details=details,
        steps=(Step(at_s, account, MoveStep.PROPOSED.value),),
    )
    return Move(matter)


async def keep(index: Index, work: Work, move: Move) -> None:
    """Write a new move."""
    await open_matter(index, work, move.matter, (TRANSFERS, UNDER_WAY, TEAM))


async def move_of(index: Index, work: Work, row_id: UUID) -> tuple[OpenMatter, Move] | None:
    """Return a move under lock, or None where there is none of that id."""
    found = await matter_to_change(index, work, row_id)
    if found is None or found.matter.kind is not MatterKind.TRANSFER:
        return None
    return found, Move(found.matter)


def stepped(
    index: Index, move: Move, step: MoveStep, more: Mapping[str, Any], account: str = ""
) -> Move:
    """Return a move one step on, with what is known of it now; `owes` stands unless named."""
    now_s = int(index.clock.now().timestamp())
    state = MatterState.TAKEN
    if step is MoveStep.REFUSED:
        state = MatterState.REFUSED
    elif step is MoveStep.CLOSED and move.side is MoveSide.HOLDING:
        state = MatterState.ENDED
    kept = replace(move.matter, steps=move.matter.steps[-(_STEPS_MAX - 1) :])
    done = Step(now_s, account, step.value)
    return Move(kept.stepped(done, state, stage=step.value, **more))


def to_be_reviewed(index: Index, move: Move, child_id: UUID) -> Move:
    """Return a move that came about, with the record it made and the day to look at it by."""
    due_s = int((index.clock.now() + REVIEW_WITHIN).timestamp())
    return Move(replace(move.matter, child_id=child_id, due_s=due_s))


async def put(index: Index, work: Work, before: OpenMatter, after: Move) -> None:
    """Store a move; one that has ended and owes nothing is looked through no more."""
    over = after.step in ENDS and after.owes is None
    off = [UNDER_WAY] if over else []
    if over and after.matter.state is not MatterState.TAKEN:
        off.append(TEAM)  # nobody has to answer it any more
    await put_matter(index, work, before, after.matter, off)


def parcel_id(index: Index, move: Move, delivery: int, place: int) -> UUID:
    """Return the id of one parcel of what was delivered."""
    reference = index.keyring.references.reference(
        "move_parcel", move.id.bytes, delivery.to_bytes(4), place.to_bytes(2)
    )
    return UUID(bytes=reference, version=4)
