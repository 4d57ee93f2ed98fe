"""Why a request was answered as it was, on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from consent.decision import ChildReason
from consent.facts import Action, DisclosureClass, Obligation
from index_service.api.wire import Id, Wire
from index_service.api.wire_matter import Seconds
from index_service.domain.errors import Code
from index_service.log.entry import Outcome

_WORDS_MAX = 40
# Those that depend on asker and agreement, or that the answer itself told.
_Reason = Literal[
    ChildReason.TEAM_KEEPS_THE_INDEX,
    ChildReason.AGREEMENT_GIVES,
    ChildReason.OWN_NUMBER,
    ChildReason.OWN_INVOLVEMENT,
    ChildReason.OWN_ASSESSMENT,
    ChildReason.AGENCY_EXCEPTED,
    ChildReason.LEVEL_AGREED,
    ChildReason.RECORD_SHIELDED,
    ChildReason.OVERRIDE_NOT_IN_FORCE,
]


class ClassesShown(Wire):
    """Of how many children these classes of facts were shown."""

    classes: Annotated[list[DisclosureClass], Field(max_length=len(DisclosureClass))]
    children: Annotated[StrictInt, Field(ge=1)]


class DecisionShown(Wire):
    """Why one of the asker's own requests was answered as it was.

    What was not disclosed is one answer, whatever the cause: `rules` are empty.
    """

    entry_id: Id
    at: Seconds
    action: Annotated[
        Action | Literal["batch"] | None,
        Field(description="Null where the request ended before it was understood."),
    ]
    outcome: Outcome
    code: Annotated[Code | None, Field(description="The problem code answered with, if any.")]
    rules: Annotated[
        list[_Reason | Code],
        Field(max_length=_WORDS_MAX, description="The rules that decided, in closed words."),
    ]
    obligations: Annotated[
        list[Obligation],
        Field(max_length=len(Obligation), description="What the answer owed."),
    ]
    agreement_version: Annotated[
        StrictInt, Field(ge=0, description="Of the sharing agreement; 0 if none was looked at.")
    ]
    shown: Annotated[list[ClassesShown], Field(max_length=_WORDS_MAX)]
    leaf: Annotated[
        str,
        Field(
            pattern="^[0-9a-f]{64}$",
            max_length=64,
            description="The entry's leaf in the access log, as in its receipt.",
        ),
    ]
