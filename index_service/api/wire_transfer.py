"""Moves of responsibility on the wire: closed words, and who is meant; no narrative."""

from typing import Annotated, Any

from pydantic import Field

from index_service.api.wire import DayText, Id, Wire, shaped
from index_service.api.wire_child import Name
from index_service.api.wire_matter import PAGE_MAX, Next, Seconds
from index_service.domain import shapes
from index_service.domain.transfer import MoveReason, MoveRefusal, MoveSide, MoveStep, Proposal

Authority = Annotated[str, shaped(shapes.AUTHORITY)]


class ChildMeant(Wire):
    """Who is meant: enough for the other authority's team to know the child by."""

    name: Name
    date_of_birth: DayText
    nhs_number: Annotated[str, shaped(shapes.NHS_NUMBER)] | None = None
    upn: Annotated[str, shaped(shapes.UPN)] | None = None

    def stated(self) -> dict[str, Any]:
        """Return it by the published names, nothing of it a null."""
        return self.model_dump(mode="json", exclude_none=True)


class TransferProposed(Wire):
    """A proposal to take responsibility for a child from the authority that has it."""

    authority: Annotated[str, shaped(shapes.AUTHORITY)]
    reason: MoveReason
    child: ChildMeant

    def to_domain(self) -> Proposal:
        """Return the proposal, its facts not yet checked."""
        return Proposal(self.authority, self.reason, self.child.stated())


class TransferNamed(Wire):
    """Which move is meant."""

    transfer_id: Annotated[Id, Field(description="The move, as the list of moves has it.")]


class TransferRefused(Wire):
    """Why a move does not come about; `withdrawn` is for the side that proposed it."""

    reason: MoveRefusal


class TransferShown(Wire):
    """One move as this side knows it."""

    transfer_id: Id
    side: Annotated[MoveSide, Field(description="Which part this authority has in it.")]
    authority: Annotated[Authority, Field(description="The other authority.")]
    step: MoveStep
    reason: MoveReason
    refusal: MoveRefusal | None
    child: ChildMeant
    child_id: Annotated[
        Id | None, Field(description="The record it is about here, once that is known.")
    ]
    opened: Seconds
    review_due: Annotated[
        DayText | None, Field(description="By when a record that came here is reviewed.")
    ]
    reviewed: Seconds | None


class Transfers(Wire):
    """A page of moves, the newest first."""

    transfers: Annotated[list[TransferShown], Field(max_length=PAGE_MAX)]
    next: Next = None
