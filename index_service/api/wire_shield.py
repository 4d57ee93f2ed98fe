"""Decisions to shield a record or lift a shield, on the wire: closed words, no narrative."""

from datetime import date
from typing import Annotated

from pydantic import Field

from index_service.api.wire import DayText, Id, Wire
from index_service.domain.dates import checked_near_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.shield import ShieldAskedBy, ShieldGround


class ShieldGranted(Wire):
    """A decision to shield: its ground, who asked, and the day it is looked at again."""

    ground: ShieldGround
    asked_by: ShieldAskedBy
    review: Annotated[DayText, Field(description="A day to come, within a year.")]

    def to_domain(self, today: date) -> tuple[ShieldGround, ShieldAskedBy, date]:
        """Return ground, asker and the review day, which is to come."""
        review = checked_near_date(self.review, today, "review")
        if review <= today:
            raise Invalid(Code.DATE_OUT_OF_RANGE, "review")
        return self.ground, self.asked_by, review


class ShieldLifted(Wire):
    """A decision to lift one shield; the record stays shielded while another stands."""

    shield_id: Id
