"""Status indicators: subject of a child protection plan, looked after; which team answers.

What a protection information service tells emergency departments: now or in the last
twelve months, since when, and whom to ring. Never why, and never a history.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from index_service.domain.dates import years_before
from index_service.domain.involvement import Contact

TOLD_YEARS = 1


@dataclass(frozen=True, slots=True)
class Spell:
    """From a first day to a last one; no last day while it goes on."""

    began: date
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """Looked after by an authority, which may be another than the child lives in."""

    authority: str  # its word, as authorities name each other
    spell: Spell


@dataclass(frozen=True, slots=True)
class Status:
    """What one agency says of a child's status, and how its responsible team is reached."""

    agency: str
    contact: Contact
    protection_plan: Spell | None = None
    looked_after: LookedAfter | None = None
    id: UUID | None = None

    def spells(self) -> list[Spell]:
        """Return every spell stated."""
        after = self.looked_after
        return [spell for spell in (self.protection_plan, after and after.spell) if spell]

    def last_day(self) -> date | None:
        """Return the last day anything here was so; None while it is; day one if nothing was."""
        ends = [spell.ended for spell in self.spells()]
        known = [end for end in ends if end is not None]
        return None if len(known) < len(ends) else max(known, default=date.min)


def still_told(last: date | None, today: date) -> bool:
    """Say whether what ended on `last`, or has not, is told: now or in the last 12 months."""
    return last is None or last >= years_before(today, TOLD_YEARS)
