"""The gate of a restored index: closed while the database is behind what was sealed of it.

A restored backup has forgotten who was shielded, what was withdrawn and who was suspended since.
The answer is plain, depends on no child, and is the same for every id.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from consent.facts import Action
from index_service.domain.errors import Code, Refused
from index_service.log.checkpoint import Checkpoint, VerifierKey
from index_service.log.second_place import SecondPlace

# What stays open: entering again what was decided since the backup, letting the index go, and
# what is about no child. Everything else, new actions too, is closed.
OPEN = frozenset(
    {
        Action.SHIELD,
        Action.ASK_SHIELD,
        Action.CLOSE_IDENTITY,
        Action.RECORD_CONSENT,
        Action.KEEP_DIRECTORY,
        Action.KEEP_AGREEMENT,
        Action.READ_DIRECTORY,
        Action.READ_PROOF,
        Action.INSPECT_LOG,
        Action.RELEASE_LOG,
    }
)

_process_log = logging.getLogger(__name__)


class Standing(StrEnum):
    """How the database stands to the head in the second place."""

    AT_ONE = "at_one"
    BEHIND = "behind"  # smaller, or another tree
    UNRELEASED = "unreleased"  # begun anew, without two people's release
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SecondReading:
    """The second place as this process reads it, and whose heads count there."""

    place: SecondPlace
    verifiers: tuple[VerifierKey, ...]


@dataclass(slots=True)
class Gate:
    """What this process last knew; `second` is None where an authority does without.

    Where nobody can be asked, what was known holds, for no longer than `hold_s`.
    """

    second: SecondReading | None
    hold_s: float
    standing: Standing = Standing.UNKNOWN
    behind: Checkpoint | None = None  # the head a release must name
    proven: Checkpoint | None = None  # of which stored tiles gave the root
    released: dict[int, str] = field(default_factory=dict)  # shards, by what they began with
    sure_at: datetime | None = None

    def check(self, action: Action) -> None:
        """Raise Refused for what is closed now; equal for every child."""
        if self.is_closed and action not in OPEN:
            raise Refused(Code.INDEX_RESTORED)

    @property
    def is_closed(self) -> bool:
        """Whether anything is closed."""
        return self.second is not None and self.standing is not Standing.AT_ONE

    def found(self, standing: Standing, behind: Checkpoint | None, now: datetime) -> None:
        """Note what a comparison found."""
        if standing is not Standing.AT_ONE:
            outcome = standing.value
            _process_log.critical("the database is not at one with its log, outcome=%s", outcome)
        self.standing, self.behind, self.sure_at = standing, behind, now

    def lost(self, now: datetime) -> None:
        """Note that nothing could be compared."""
        _process_log.error("the second place or the database cannot be asked")
        if self.sure_at is None or now - self.sure_at > timedelta(seconds=self.hold_s):
            self.standing, self.behind = Standing.UNKNOWN, None
