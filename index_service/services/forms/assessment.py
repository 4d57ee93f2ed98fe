"""Common assessments and lead professionals as case rows. The head holds what policy asks."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from consent.facts import AgencyKind
from index_service.domain.involvement import CafClosure, CafState, CafStatus, LeadProfessional
from index_service.services.encoding import day_of, day_text
from index_service.services.forms.contact import contact_of, contact_row
from index_service.services.forms.form import CaseHead, Form


def _caf_body(fact: CafStatus) -> Sequence[Any]:
    return [
        contact_row(fact.contact),
        day_text(fact.held_since),
        day_text(fact.closed),
        day_text(fact.review_due),
        fact.closure.value if fact.closure else None,
        fact.offered_to,
        day_text(fact.offered_on),
    ]


def _caf_head(fact: CafStatus) -> Sequence[Any]:
    return [fact.state(), fact.refused]


def _caf(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> CafStatus:
    state, refused = head.extra
    contact, since, closed, due, closure, offered_to, offered_on = row
    return CafStatus(
        head.agency,
        contact_of(contact),
        date.fromisoformat(since),
        day_of(closed),
        row_id,
        day_of(due),
        CafClosure(closure) if closure else None,
        offered_to,
        day_of(offered_on),
        refused,
        handed_on=state == CafState.HANDED_ON,
    )


def _lead_body(fact: LeadProfessional) -> Sequence[Any]:
    return [contact_row(fact.contact), day_text(fact.since)]


def _lead(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> LeadProfessional:
    contact, since = row
    (kind,) = head.extra
    day = date.fromisoformat(since)
    return LeadProfessional(head.agency, AgencyKind(kind), contact_of(contact), day, row_id)


CAF = Form("caf", CafStatus, lambda fact: fact.agency, _caf_head, _caf_body, _caf)
LEAD = Form(
    "lead",
    LeadProfessional,
    lambda fact: fact.agency,
    lambda fact: [fact.agency_kind],
    _lead_body,
    _lead,
)
