"""Common assessments and lead professionals as case rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from index_service.domain.involvement import CafClosure, CafStatus, LeadProfessional
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


def _caf(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> CafStatus:
    contact, since, closed, *later = row
    due, closure, offered_to, offered_on = later or (None, None, "", None)
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
    )


def _lead_body(fact: LeadProfessional) -> Sequence[Any]:
    return [contact_row(fact.contact), day_text(fact.since)]


def _lead(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> LeadProfessional:
    contact, since = row
    return LeadProfessional(head.agency, contact_of(contact), date.fromisoformat(since), row_id)


CAF = Form("caf", CafStatus, lambda fact: fact.agency, lambda _: (), _caf_body, _caf)
LEAD = Form("lead", LeadProfessional, lambda fact: fact.agency, lambda _: (), _lead_body, _lead)
