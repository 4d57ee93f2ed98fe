"""How an agency's own staff use the index: a month, what is counted of it, what a sample finds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from index_service.domain.clock import start_of

_YEAR_MIN = 2000
SAMPLE_MAX = 16  # accesses: what one person looks through with care


class SampleFinding(StrEnum):
    """What a supervisor finds of one access of a sample. Values stand in sealed rows."""

    IN_ORDER = "in_order"
    ASK_THE_PRACTITIONER = "ask_the_practitioner"
    REFER_TO_AUDITOR = "refer_to_auditor"


class OpenKind(StrEnum):
    """What of a team's work is left open, in the order it is listed."""

    CONTACT_UNANSWERED = "contact_unanswered"
    ASSESSMENT_PAST_REVIEW = "assessment_past_review"
    INVOLVEMENT_NOT_CONFIRMED = "involvement_not_confirmed"


class Use(StrEnum):
    """How the index was used in one entry of the log."""

    LOOKUP = "lookup"
    READ = "read"
    OVERRIDE = "override"  # asked for; what is read under it is a read
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment until before another, in seconds of the epoch."""

    since_s: int
    until_s: int


def month_until(month: str, now: datetime) -> Span | None:
    """Return a month (YYYY-MM, in London) as far as it is over; None for one yet to begin."""
    year, number = int(month[:4]), int(month[5:])
    if not _YEAR_MIN <= year <= now.year:
        return None
    since = start_of(date(year, number, 1))
    until = min(start_of(date(year + number // 12, number % 12 + 1, 1)), now)
    span = Span(int(since.timestamp()), int(until.timestamp()))
    return span if span.since_s < span.until_s else None


@dataclass(slots=True)
class Tally:
    """How often the index was used; `misses` are those asked in order and answered nothing."""

    uses: dict[Use, int] = field(default_factory=lambda: dict.fromkeys(Use, 0))
    misses: int = 0
    out_of_hours: int = 0

    def add(self, use: Use, *, missed: bool, out_of_hours: bool) -> None:
        """Count one entry."""
        self.uses[use] += 1
        self.misses += missed
        self.out_of_hours += out_of_hours

    def shown(self) -> dict[str, int | None]:
        """Return the counts as they are told; no share of nothing."""
        asked = sum(self.uses.values())
        share = round(100 * self.out_of_hours / asked) if asked else None
        return {
            "lookups": self.uses[Use.LOOKUP],
            "reads": self.uses[Use.READ],
            "overrides": self.uses[Use.OVERRIDE],
            "refusals": self.uses[Use.REFUSAL],
            "misses": self.misses,
            "out_of_hours_percent": share,
        }
