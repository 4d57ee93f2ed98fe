"""What matters people handle have in common on the wire: moments, steps, pages."""

from typing import Annotated

from fastapi import Query
from pydantic import Field, StrictInt

from index_service.api.wire import Id, Wire

PAGE_MAX = 200
STEPS_MAX = 6

Seconds = Annotated[StrictInt, Field(ge=0, description="In seconds of the epoch.")]
Next = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,200}$",
        max_length=200,
        description="The cursor of the next page; null after the last.",
    ),
]
Cursor = Annotated[
    str | None,
    Query(
        description="`next` of the page before, for the same account.",
        pattern=r"^[A-Za-z0-9_-]{1,200}$",
        max_length=200,
    ),
]
MatterWord = Annotated[str, Field(pattern=r"^[a-z_]{2,40}$", max_length=40, examples=["taken"])]


class StepShown(Wire):
    """One thing done about a matter, by whom, in one word; null where it was the index itself."""

    at: Seconds
    account_id: Id | None
    step: MatterWord
