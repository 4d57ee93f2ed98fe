"""What members say to deriver and locator, and are answered: one form each, nothing else read.

Every request of a kind has one size, and every answer; neither tells of a child.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from index_service.domain.shapes import AUTHORITY
from index_service.federation.filters import KEYS_MAX
from index_service.federation.forms import (
    bytes_of,
    digest_of,
    epoch_of,
    list_of,
    malformed,
    object_of,
    text_of,
    texts_of,
    word_of,
)
from index_service.federation.members import MEMBERS_MAX
from index_service.federation.oblivious import POINT_BYTES, PROOF_BYTES
from index_service.federation.sizes import (
    DERIVED_AT_ONCE,
    DERIVED_BY_JOBS,
    DERIVED_WIDE_AT_ONCE,
    LOCATED_AT_ONCE,
    LOCATED_WIDE_AT_ONCE,
    padded,
)

EVALUATE_PATH: Final = "/region/v1/evaluate"
FILTERS_PATH: Final = "/region/v1/filters"
LOCATE_PATH: Final = "/region/v1/locate"

DERIVED_COUNTS: Final = (DERIVED_AT_ONCE, DERIVED_WIDE_AT_ONCE, DERIVED_BY_JOBS)
LOCATED_COUNTS: Final = {"first": LOCATED_AT_ONCE, "wide": LOCATED_WIDE_AT_ONCE}
POSSIBLE, NO_ENTRY, NO_FILTER = "possible", "no_entry", "no_filter"

# Bounds of requests, and the one size of each answer.
EVALUATE_BYTES_MAX: Final = 16_384
EVALUATED_BYTES: Final = 16_384
FILTER_BYTES_MAX: Final = 4 * KEYS_MAX
LOCATE_BYTES_MAX: Final = 4_096
LOCATED_BYTES: Final = 32_768
STORED_BYTES: Final = 256

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME = re.compile(AUTHORITY.pattern)
_WORDS = (POSSIBLE, NO_ENTRY, NO_FILTER)


@dataclass(frozen=True, slots=True)
class EvaluateAsked:
    """Blinded points to be put under the deriver's key of a series and epoch."""

    series: str
    epoch: int
    points: tuple[bytes, ...]

    def encoded(self) -> bytes:
        """Write it."""
        points = texts_of(self.points)
        return orjson.dumps({"series": self.series, "epoch": self.epoch, "points": points})

    @classmethod
    def decoded(cls, body: bytes) -> "EvaluateAsked":
        """Read it, or MessageRefused."""
        said = object_of(body, "series", "epoch", "points")
        points = list_of(said["points"], DERIVED_COUNTS, lambda each: bytes_of(each, POINT_BYTES))
        return cls(word_of(said["series"], ("search", "shield")), epoch_of(said), points)


@dataclass(frozen=True, slots=True)
class EvaluateSaid:
    """The points under the key, in their order, and one proof for all."""

    points: tuple[bytes, ...]
    proof: bytes

    def encoded(self) -> bytes:
        """Write it at its one size."""
        said = {"points": texts_of(self.points), "proof": b64encode(self.proof).decode()}
        return padded(orjson.dumps(said), EVALUATED_BYTES)

    @classmethod
    def decoded(cls, body: bytes, count: int) -> "EvaluateSaid":
        """Read the answer to a question of `count` points, or MessageRefused."""
        said = object_of(body, "points", "proof")
        points = list_of(said["points"], (count,), lambda each: bytes_of(each, POINT_BYTES))
        return cls(points, bytes_of(said["proof"], PROOF_BYTES))


@dataclass(frozen=True, slots=True)
class FilterSent:
    """A member's filter of a set for an epoch."""

    set_name: str
    epoch: int
    filter: bytes

    def encoded(self) -> bytes:
        """Write it."""
        text = b64encode(self.filter).decode()
        return orjson.dumps({"set": self.set_name, "epoch": self.epoch, "filter": text})

    @classmethod
    def decoded(cls, body: bytes) -> "FilterSent":
        """Read it, or MessageRefused."""
        said = object_of(body, "set", "epoch", "filter")
        return cls(_set(said), epoch_of(said), bytes_of(said["filter"]))


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of an upload: the digest of it, in an answer the keeper signed."""

    sha256: str

    def encoded(self) -> bytes:
        """Write it at its one size."""
        return padded(orjson.dumps({"sha256": self.sha256}), STORED_BYTES)

    @classmethod
    def decoded(cls, body: bytes) -> "Stored":
        """Read it, or MessageRefused."""
        return cls(text_of(object_of(body, "sha256")["sha256"], _SHA256))


@dataclass(frozen=True, slots=True)
class LocateAsked:
    """Derived digests of a question, and random ones up to their fixed number."""

    set_name: str
    epoch: int
    digests: tuple[bytes, ...]

    def encoded(self) -> bytes:
        """Write it."""
        digests = [each.hex() for each in self.digests]
        return orjson.dumps({"set": self.set_name, "epoch": self.epoch, "digests": digests})

    @classmethod
    def decoded(cls, body: bytes) -> "LocateAsked":
        """Read it, or MessageRefused."""
        said = object_of(body, "set", "epoch", "digests")
        set_name = _set(said)
        return cls(
            set_name,
            epoch_of(said),
            list_of(said["digests"], (LOCATED_COUNTS[set_name],), digest_of),
        )


@dataclass(frozen=True, slots=True)
class LocateSaid:
    """For every index of the region: possible, no entry, or that its filter is not there."""

    members: Mapping[str, str]

    def encoded(self) -> bytes:
        """Write it at its one size."""
        return padded(orjson.dumps({"members": dict(self.members)}), LOCATED_BYTES)

    @classmethod
    def decoded(cls, body: bytes) -> "LocateSaid":
        """Read it, or MessageRefused."""
        members = object_of(body, "members")["members"]
        if not isinstance(members, dict) or len(members) > MEMBERS_MAX:
            raise malformed()
        return cls({text_of(name, _NAME): word_of(said, _WORDS) for name, said in members.items()})


def _set(said: Mapping[str, Any]) -> str:
    return word_of(said["set"], tuple(LOCATED_COUNTS))
