"""A database restored from a backup: what must be entered again before it may answer."""

from dataclasses import dataclass
from enum import StrEnum


class Reentry(StrEnum):
    """What became of decisions of one kind made since the backup."""

    RE_ENTERED = "re_entered"
    NONE_SINCE = "none_since"  # there were none, as far as papers and people tell


class ReleaseState(StrEnum):
    """How far a release has come."""

    WAITING = "waiting"  # for a second person
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Reentered:
    """What one person states and another confirms."""

    shields: Reentry
    withdrawals: Reentry
    suspensions: Reentry

    def words(self) -> tuple[str, ...]:
        """Return it as an entry of the log says it."""
        return (
            f"shields_{self.shields}",
            f"withdrawals_{self.withdrawals}",
            f"suspensions_{self.suspensions}",
        )
