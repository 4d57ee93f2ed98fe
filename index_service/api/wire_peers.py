"""Members of the region on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from index_service.api.wire import TitleText, Wire, shaped
from index_service.api.wire_matter import MatterWord, Seconds
from index_service.domain.shapes import AUTHORITY

PEERS_MAX = 512

MemberName = Annotated[str, shaped(AUTHORITY)]


class RegionInForce(Wire):
    """The region's directory in force here; `valid_until` in seconds of the epoch."""

    region: MemberName
    version: Annotated[StrictInt, Field(ge=1)]
    valid_until: StrictInt
    epoch: Annotated[StrictInt, Field(ge=0)]


class Peer(Wire):
    """Another member. `answers`: null where nobody tried of late."""

    name: MemberName
    title: TitleText
    kind: Literal["index", "deriver", "locator"]
    state: Literal["active", "leaving"]
    reached: Literal["call", "poll"]
    suspended: StrictBool
    answers: StrictBool | None


class RegionCheckShown(Wire):
    """Something asked of the region by a job: when last, when last well, what came of it."""

    what: Literal["deriver", "locator", "shield_new", "shield_set", "shield_night"]
    at: Seconds
    well_at: Seconds
    finding: Annotated[MatterWord, Field(description="`well`, or what went wrong in one word.")]


class PeerList(Wire):
    """The region and its other members; no directory: nobody is spoken with."""

    directory: RegionInForce | None
    peers: Annotated[list[Peer], Field(max_length=PEERS_MAX)]
    checks: Annotated[
        list[RegionCheckShown],
        Field(max_length=5, description="How deriver, locator and shield set answer this index."),
    ]
