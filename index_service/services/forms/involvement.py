"""Involvements as case rows. The head holds what policy asks of a service."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from consent.facts import AgencyKind
from index_service.domain.contact_feedback import LETTERS, OUTCOMES, ContactSaid
from index_service.domain.involvement import Involvement, Service
from index_service.services.encoding import day_of, day_text
from index_service.services.forms.contact import contact_of, contact_row
from index_service.services.forms.form import CaseHead, Form


def _head(fact: Involvement) -> Sequence[Any]:
    return [fact.agency_kind.value, fact.service.value, fact.consent_in_force]


def _body(fact: Involvement) -> Sequence[Any]:
    days = (day_text(fact.began), day_text(fact.ceased), day_text(fact.confirmed))
    reports = [LETTERS[each.outcome] + each.by for each in fact.reports]
    return [contact_row(fact.contact), *days, fact.practitioner, reports]


def _read(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> Involvement:
    agency_kind, service, consent = head.extra
    contact, began, ceased, confirmed, who, *since = row
    (reports,) = since or ([],)  # rows grow at their end
    return Involvement(
        row_id,
        head.agency,
        AgencyKind(agency_kind),
        Service(service),
        contact_of(contact),
        date.fromisoformat(began),
        day_of(ceased),
        day_of(confirmed),
        who,
        bool(consent),
        tuple(ContactSaid(said[1:], OUTCOMES[said[0]]) for said in reports),
    )


INVOLVEMENT = Form("involvement", Involvement, lambda fact: fact.agency, _head, _body, _read)
