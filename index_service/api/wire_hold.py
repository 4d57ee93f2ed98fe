"""What waits for the management team on the wire, and how it is released."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from index_service.api.wire import Id, Wire
from index_service.api.wire_matter import Next, Seconds
from index_service.domain.errors import Code, Invalid
from index_service.domain.hold import CheckedWith, HoldDecision, Release

HOLDS_MAX = 1000


class Hold(Wire):
    """A record that waits for a decision of the management team, why, since and until when."""

    child_id: Id
    outcome: Literal["held", "doubtful"]
    held_since: Seconds
    due: Annotated[Seconds, Field(description="One working day on; bank holidays count as one.")]


class Holds(Wire):
    """A page of what waits."""

    holds: Annotated[list[Hold], Field(max_length=HOLDS_MAX)]
    next: Next = None


class HoldReleased(Wire):
    """What a person found out about a record that waits, and from whom.

    An emergency needs no check, and a second person.
    """

    decision: HoldDecision
    checked_with: CheckedWith | None = None
    survivor_id: Annotated[
        Id | None, Field(description="The child's own record, where it is the same child.")
    ] = None
    emergency: StrictBool = False

    def to_domain(self) -> Release:
        """Return the decision; Invalid where its parts do not fit together."""
        same = self.decision is HoldDecision.SAME_CHILD
        if same and self.survivor_id is None:
            raise Invalid(Code.FIELD_MISSING, "survivor_id")
        if not same and self.survivor_id is not None:
            raise Invalid(Code.FIELD_INVALID, "survivor_id")
        if same and self.emergency:
            raise Invalid(Code.FIELD_INVALID, "emergency")
        if self.checked_with is None and not self.emergency:
            raise Invalid(Code.FIELD_MISSING, "checked_with")
        return Release(self.decision, self.checked_with, self.survivor_id, self.emergency)


class HoldReleaseMade(Wire):
    """Released at once, or waiting for a second person, who names `release_id`."""

    state: Literal["released", "waiting"]
    release_id: Id | None


class HoldReleaseApproved(Wire):
    """The release a second person agrees to."""

    release_id: Id
