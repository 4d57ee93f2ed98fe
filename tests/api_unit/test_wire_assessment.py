"""Assessments and status on the wire: days that can be meant, and the domain's own types."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from index_service.api.wire_assessment import AssessmentClosed, AssessmentReassigned
from index_service.api.wire_involvement import AssessmentStated
from index_service.api.wire_status import LookedAfter, Spell, StatusStated
from index_service.domain import involvement as domain
from index_service.domain import status
from index_service.domain.errors import Invalid

TODAY = date(2026, 11, 21)
AN_ID = "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
CONTACT: dict[str, Any] = {"team": {"name": "Northmere North", "phone": "01632 960400"}}
CHECKED = domain.Contact(domain.TeamContact("Northmere North", "+441632960400"))


def test_a_review_is_on_a_day_to_come_within_a_year_if_one_is_stated() -> None:
    held = {"contact": CONTACT, "held_since": "2026-11-01"}
    assert AssessmentStated.model_validate(held).review(TODAY) is None
    for stated, taken in (("2026-11-22", True), ("2027-11-22", True)):
        said = AssessmentStated.model_validate({**held, "review_due": stated})
        assert (said.review(TODAY) == date.fromisoformat(stated)) is taken
    for stated in ("2026-11-21", "2027-11-23", "2026-13-01"):
        said = AssessmentStated.model_validate({**held, "review_due": stated})
        with pytest.raises(Invalid) as refused:
            said.review(TODAY)
        assert refused.value.field == "review_due"


def test_an_assessments_end_and_a_status_become_the_domains() -> None:
    closed = AssessmentClosed.model_validate({"reason": "needs_met"})
    assert closed.to_domain(TODAY) == (domain.CafClosure.NEEDS_MET, TODAY)
    on = {"agency_id": AN_ID, "contact": CONTACT}
    assert AssessmentReassigned.model_validate(on).to_domain() == (UUID(AN_ID), CHECKED)
    plan, care = {"began": "2026-11-01"}, {"authority": "camfield", "began": "2026-11-02"}
    said = {"contact": CONTACT, "child_protection_plan": plan, "looked_after": care}
    stated = StatusStated.model_validate(said).to_domain(TODAY)
    first, second = date(2026, 11, 1), date(2026, 11, 2)
    assert stated.contact == CHECKED
    assert stated.protection_plan == status.Spell(first)
    assert stated.looked_after == status.LookedAfter("camfield", status.Spell(second))
    neither = {**said, "child_protection_plan": None, "looked_after": None}
    assert StatusStated.model_validate(neither).to_domain(TODAY).protection_plan is None
    wrong = StatusStated.model_validate({**said, "looked_after": {**care, "ended": "2026-11-01"}})
    with pytest.raises(Invalid) as refused:
        wrong.to_domain(TODAY)
    assert refused.value.field == "looked_after.ended"
    assert Spell.model_validate({**plan, "ended": "2026-11-01"}).to_domain(TODAY).ended == first
    assert LookedAfter.model_validate(care).to_domain(TODAY) == status.Spell(second)
