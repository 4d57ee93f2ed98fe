"""Feeds on the wire: what a supplier hears of its batch."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from index_service.api.wire import Wire
from index_service.api.wire_matter import PAGE_MAX as BATCHES_MAX
from index_service.api.wire_matter import Next, Seconds
from index_service.domain.feed import LineCode

PAGE_MAX = 1000
_COUNT = Annotated[StrictInt, Field(ge=0)]
_SourceName = Annotated[str, Field(pattern=r"^[a-z0-9-]{2,40}$", min_length=2, max_length=40)]
_BatchName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$", min_length=1, max_length=40)]
_State = Literal["incomplete", "complete"]


class LineOutcomes(Wire):
    """How many lines became what: for the management team."""

    new: _COUNT
    same: _COUNT
    changed: _COUNT
    held: _COUNT
    doubtful: _COUNT
    halted: _COUNT
    routed: Annotated[
        StrictInt, Field(ge=0, description="Sent on to the authority the child belongs to.")
    ]
    invalid: _COUNT


class BatchStatus(Wire):
    """How far a batch has come. `accepted` says a line was understood, and nothing more."""

    source: _SourceName
    batch_id: _BatchName
    state: _State
    lines: _COUNT
    accepted: _COUNT
    invalid: _COUNT
    results: Annotated[
        str,
        Field(
            pattern=r"^/v1/feeds/[a-z0-9-]{2,40}/batches/[A-Za-z0-9._-]{1,40}/lines$",
            max_length=120,
        ),
    ]
    outcomes: LineOutcomes | None = None


class BatchListed(Wire):
    """A batch in the list of them: whose, begun when, and how far it has come."""

    source: _SourceName
    batch_id: _BatchName
    state: _State
    lines: _COUNT
    accepted: _COUNT
    invalid: _COUNT
    began_at: Seconds


class BatchesListed(Wire):
    """A page of batches, newest first."""

    batches: Annotated[list[BatchListed], Field(max_length=BATCHES_MAX)]
    next: Next = None


class LineResult(Wire):
    """What became of one line: only what the line itself determines."""

    line: Annotated[StrictInt, Field(ge=1)]
    result: Literal["accepted", "invalid"]
    code: LineCode | None = None
    field: Annotated[str | None, Field(pattern=r"^[a-z0-9_.\[\]]{0,80}$", max_length=80)] = None


class LineResults(Wire):
    """A page of line results, in order of lines."""

    lines: Annotated[list[LineResult], Field(max_length=PAGE_MAX)]
    next: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$", max_length=200)] = None
