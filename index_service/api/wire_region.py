"""What a lookup shows of a child and why, here or across boroughs, on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from index_service.api.wire import PhoneText, TitleText, Wire, shaped
from index_service.api.wire_shown import ChildShown
from index_service.domain import shapes
from index_service.domain.matching.compare import Level
from index_service.domain.matching.grade import Grade
from index_service.domain.matching.score import Field as Compared
from index_service.services.peering.asking import Across
from index_service.services.peering.completeness import State

PEER_MATCHES_MAX = 5
AUTHORITIES_MAX = 512


class Why(Wire):
    """How far one field agrees, among those this asker may see."""

    field: Compared
    level: Level


class Match(Wire):
    """One child found, how surely, why, and who works with them."""

    grade: Grade
    score_bits: float
    why: Annotated[list[Why], Field(max_length=len(Compared))]
    child: ChildShown


class PeerDoor(Wire):
    """Whom to ring at another authority."""

    name: TitleText
    phone: PhoneText


class AuthorityAnswer(Wire):
    """One authority's part of an answer.

    `nothing` is no entry or nothing to disclose: one word, for every child. Ids of children
    are the answering authority's.
    """

    name: Annotated[str, shaped(shapes.AUTHORITY)]
    title: TitleText
    state: State
    as_of: Annotated[
        StrictInt | None,
        Field(description="When it was last tried, for whomever; seconds of the epoch."),
    ]
    front_door: PeerDoor | None
    outcome: Annotated[
        Literal["known", "shown", "too_many"] | None,
        Field(description="`known`: a child like this is known there; ring the front door."),
    ]
    matches: Annotated[list[Match], Field(max_length=PEER_MATCHES_MAX)]
    receipt: Annotated[
        str | None,
        Field(
            pattern=r"^v1\.[A-Za-z0-9_.\-]+$",
            max_length=300,
            description="Of the answering authority's access log; its second part is the entry.",
        ),
    ]


class RegionAnswer(Wire):
    """What the region came to. Not `complete` where an authority did not answer."""

    across: Literal[Across.REGION, Across.REGION_WIDER]
    complete: StrictBool
    wider_offered: Annotated[
        StrictBool,
        Field(description="Ask again with `region_wider` and a case reference."),
    ]
    authorities: Annotated[list[AuthorityAnswer], Field(max_length=AUTHORITIES_MAX)]
