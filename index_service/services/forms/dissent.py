"""Dissents as case rows: about what, and how to reach whoever disagrees."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from index_service.domain.dissent import Dissent, DissentAbout
from index_service.services.encoding import day_text
from index_service.services.forms.contact import contact_of, contact_row
from index_service.services.forms.form import CaseHead, Form


def _body(fact: Dissent) -> Sequence[Any]:
    return [fact.about.value, contact_row(fact.contact), day_text(fact.recorded), fact.account]


def _read(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> Dissent:
    about, contact, recorded, account = row
    day = date.fromisoformat(recorded)
    return Dissent(row_id, head.agency, DissentAbout(about), contact_of(contact), day, account)


DISSENT = Form("dissent", Dissent, lambda fact: fact.agency, lambda _: (), _body, _read)
