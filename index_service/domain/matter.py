"""What people must handle: asked for, with a clock, answered step by step, by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID


class MatterKind(StrEnum):
    """What sort of thing waits or was told. Values stand in sealed rows."""

    CONTACT_REQUEST = "contact_request"  # broker a contact
    MEDIATION = "mediation"  # a requester's grant to a mediator
    SHIELD_REQUEST = "shield_request"  # somebody asks that a record be shielded, or appeals
    OVERRIDE = "override"
    RELEASE = "release"  # of a held record, before its clock has run
    AGREEMENT = "agreement"  # a sharing agreement that waits for a second person
    ALERT = "alert"  # to the management team
    NOTICE = "notice"  # to an agency: something told earlier no longer holds
    PANEL = "panel"  # a review of one child's case: who was involved, who looked
    SAMPLE = "sample"  # of an agency's accesses, for its supervisors to sign off
    MISUSE = "misuse"  # to the officers who handle alerts on how the index is used
    WHO_LOOKED = "who_looked"  # a family asks the team who looked
    WATCHED = "watched"  # a record marked so that accesses to it are noticed
    LOG_RELEASE = "log_release"  # a restored index may answer again: two people say so
    TRANSFER = "transfer"  # of responsibility for a child, from one authority to another
    SUBSCRIPTION = "subscription"  # to be told to ask again about a child
    DECOY = "decoy"  # nothing: so that storage does not tell how many are real


class MatterState(StrEnum):
    """How far a matter has come."""

    WAITING = "waiting"
    TAKEN = "taken"  # somebody is at it
    ANSWERED = "answered"
    REFUSED = "refused"
    ENDED = "ended"  # used, withdrawn or past its time


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done about a matter: when (Unix seconds), by which account, in one word."""

    at_s: int
    account: str
    word: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter. `due_s` is when somebody must have answered; 0 if nobody must.

    `details` is the kind's own, plain JSON; `account` and `agency` are who asked, or whom
    a notice is for. `child_id` is as stated: it may be of nobody.
    """

    id: UUID
    kind: MatterKind
    state: MatterState
    opened_s: int
    due_s: int = 0
    account: str = ""
    agency: str = ""
    child_id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def stepped(self, step: Step, state: MatterState, **details: Any) -> "Matter":
        """Return the matter one step on, with more of its details known."""
        return replace(
            self,
            state=state,
            steps=(*self.steps, step),
            details={**self.details, **details},
        )
