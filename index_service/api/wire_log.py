"""The access log's tree on the wire: heads, leaves, growth; a release after a restored backup."""

from enum import StrEnum
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field, StrictInt

from index_service.api.wire import Id, Wire
from index_service.domain.rollback import Reentry, ReleaseState
from index_service.log.checkpoint import NOTE_LENGTH_MAX, HeadKind
from index_service.store.log_reading import LEAVES_MAX, SHARDS_MAX

PATH_MAX = 64
_NUMBER = r"^(0|[1-9][0-9]{0,14})$"
_NUMBER_LENGTH_MAX = 15
_HASH64 = r"^[A-Za-z0-9+/]{43}=$"


class Kind(StrEnum):
    """For whom heads are signed."""

    MINUTE = "minute"
    HOUR = "hour"

    def head_kind(self) -> HeadKind:
        """Return the kind as it is stored."""
        return HeadKind.MINUTE if self is Kind.MINUTE else HeadKind.HOUR


KindAsked = Annotated[
    Kind, Query(description="Each hour's head; each minute's for auditors and the team only.")
]
ShardAsked = Annotated[
    str, Query(description="Year * 100 + n.", pattern=r"^[2-9][0-9]{5}$", max_length=6)
]
OneShardAsked = Annotated[
    str | None,
    Query(
        description="Only heads of this shard; else the newest of each.",
        pattern=r"^[2-9][0-9]{5}$",
        max_length=6,
    ),
]
SizeAsked = Annotated[
    str | None,
    Query(
        description="Only the head of this size, of the shard named.",
        pattern=_NUMBER,
        max_length=_NUMBER_LENGTH_MAX,
    ),
]
FromAsked = Annotated[
    str,
    Query(
        alias="from",
        description="The first leaf, or the smaller size.",
        pattern=_NUMBER,
        max_length=_NUMBER_LENGTH_MAX,
    ),
]
ToAsked = Annotated[
    str,
    Query(
        alias="to",
        description="Not to this leaf itself; or the larger size.",
        pattern=_NUMBER,
        max_length=_NUMBER_LENGTH_MAX,
    ),
]
LeafAsked = Annotated[
    str,
    Path(
        description="The leaf of a receipt, in hexadecimal.",
        pattern=r"^[0-9a-f]{64}$",
        max_length=64,
    ),
]
Leaf = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64, examples=["d694f49c" + "0" * 56])
]


class LogHeads(Wire):
    """Signed heads, each a C2SP note with its cosignatures, the newest last."""

    heads: Annotated[
        list[Annotated[str, Field(max_length=NOTE_LENGTH_MAX)]], Field(max_length=SHARDS_MAX)
    ]


class LogLeaves(Wire):
    """Leaf hashes in order of index; fewer than asked for where they are many."""

    shard: StrictInt
    from_: Annotated[StrictInt, Field(alias="from", ge=0, description="The first one's index.")]
    leaves: Annotated[list[Leaf], Field(max_length=LEAVES_MAX)]


class LogGrowth(Wire):
    """That a tree of one size is the beginning of another, as docs/log-format.md has it."""

    origin: Annotated[str, Field(max_length=220, examples=["index.northmere.example/log/202600"])]
    from_: Annotated[StrictInt, Field(alias="from", ge=0, description="The smaller size.")]
    to: Annotated[StrictInt, Field(ge=0, description="The larger size.")]
    proof: Annotated[
        list[Annotated[str, Field(pattern=_HASH64, max_length=44)]], Field(max_length=PATH_MAX)
    ]


class LogReleaseAsked(Wire):
    """What was entered again of what was decided since the backup, by kind."""

    shields: Annotated[Reentry, Field(description="Shields, and identities closed.")]
    withdrawals: Annotated[
        Reentry, Field(description="Consents withdrawn or refused, bases ended, not sharing.")
    ]
    suspensions: Annotated[
        Reentry, Field(description="Accounts suspended or closed, rights and agreements narrowed.")
    ]


class LogReleaseShown(LogReleaseAsked):
    """A release: what was stated, how far it has come, and what the sealer is told."""

    release_id: Id
    state: ReleaseState
    follows_shard: Annotated[StrictInt, Field(description="The shard the database fell behind.")]
    follows_size: Annotated[StrictInt, Field(ge=0, description="Of the head it fell behind.")]
    entry_id: Annotated[
        Id | None,
        Field(description="The approval's entry: what `index-service seal` is given."),
    ]
