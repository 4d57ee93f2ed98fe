"""Status indicators on the wire: child protection plan, looked after, and whom to ring."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from index_service.api.wire import DayText, TitleText, Wire, shaped
from index_service.api.wire_involvement import Contact
from index_service.domain import shapes, status
from index_service.domain.dates import checked_past_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.stated import inside
from index_service.services.status import Stated

AuthorityText = Annotated[str, shaped(shapes.AUTHORITY)]
_ENDED = Field(description="The last day; null while it goes on.")


class Spell(Wire):
    """From a first day to a last one, both already come."""

    began: DayText
    ended: Annotated[DayText | None, _ENDED] = None

    def to_domain(self, today: date) -> status.Spell:
        """Return the checked spell."""
        began = checked_past_date(self.began, today, "began")
        if self.ended is None:
            return status.Spell(began)
        ended = checked_past_date(self.ended, today, "ended")
        if ended < began:
            raise Invalid(Code.DATE_OUT_OF_RANGE, "ended")
        return status.Spell(began, ended)


class LookedAfter(Spell):
    """Looked after by an authority, which may be another than the child lives in."""

    authority: AuthorityText


class StatusStated(Wire):
    """What the responsible team says: each null if it is not so, and never why."""

    contact: Contact
    child_protection_plan: Spell | None
    looked_after: LookedAfter | None

    def to_domain(self, today: date) -> Stated:
        """Return what is stated, checked."""
        return Stated(
            inside("contact", Contact.to_domain, self.contact),
            self._plan(today),
            self._looked_after(today),
        )

    def _plan(self, today: date) -> status.Spell | None:
        plan = self.child_protection_plan
        if plan is None:
            return None
        return inside("child_protection_plan", lambda spell: spell.to_domain(today), plan)

    def _looked_after(self, today: date) -> status.LookedAfter | None:
        after = self.looked_after
        if after is None:
            return None
        spell = inside("looked_after", lambda spell: spell.to_domain(today), after)
        return status.LookedAfter(after.authority, spell)


class SpellShown(Wire):
    """Since when, and until when if it has ended in the last 12 months."""

    began: DayText
    ended: DayText | None


class LookedAfterShown(SpellShown):
    """Looked after, and by which authority."""

    authority: AuthorityText


class StatusShown(Wire):
    """What one agency says, now or in the last 12 months, and its responsible team."""

    agency: TitleText | Literal[""]
    contact: Contact
    child_protection_plan: SpellShown | None
    looked_after: LookedAfterShown | None
