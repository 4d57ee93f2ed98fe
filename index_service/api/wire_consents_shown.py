"""What an asker is shown of consents, other bases and decisions not to share, on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from consent.facts import AgencyKind, Purpose
from index_service.api.wire import DayText, Id, TitleText, Wire, shaped
from index_service.domain import shapes
from index_service.domain.consenting import (
    BasisKind,
    BasisReason,
    ConsentFor,
    ConsentState,
    Giver,
    NotSharedReason,
    ReceiptKept,
    Understanding,
)
from index_service.domain.involvement import Service

ROWS_MAX = 200


class SaidShown(Wire):
    """Who said it, the judgement that it was theirs to say, by whom, when."""

    giver: Annotated[Giver | None, Field(description="Null: a supplier's line said it.")]
    understanding: Annotated[Understanding | None, Field(description="As it was judged.")]
    judged_by: Annotated[Id | None, Field(description="The account that judged.")]
    day: DayText


class ConsentShown(Wire):
    """One consent or refusal. `in_force`: given, and today is one of its days."""

    consent_id: Id
    agency: TitleText | Literal[""]
    given_for: ConsentFor
    service: Service | None
    purpose: Purpose | None
    receiving_authority: Annotated[str, shaped(shapes.AUTHORITY)] | None
    state: ConsentState
    in_force: StrictBool
    begins: DayText
    until: DayText | None
    given: SaidShown
    renewed: SaidShown | None
    ended: SaidShown | None
    receipt: ReceiptKept


class BasisShown(Wire):
    """One decision to process without consent."""

    basis_id: Id
    agency: TitleText | Literal[""]
    kind: BasisKind
    reason: BasisReason
    service: Service | None
    decided_by: Id
    decided_on: DayText
    review: DayText
    ended: DayText | None


class NotSharedShown(Wire):
    """One decision not to share."""

    not_shared_id: Id
    agency: TitleText | Literal[""]
    recipient_kind: AgencyKind
    reason: NotSharedReason
    decided_by: Id
    decided_on: DayText


class ConsentsShown(Wire):
    """What the asker's agency recorded of consent, to the team everybody's; newest first."""

    consents: Annotated[list[ConsentShown], Field(max_length=ROWS_MAX)]
    bases: Annotated[list[BasisShown], Field(max_length=ROWS_MAX)]
    not_shared: Annotated[list[NotSharedShown], Field(max_length=ROWS_MAX)]
