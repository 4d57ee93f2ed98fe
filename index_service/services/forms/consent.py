"""Consents, other bases and decisions not to share as case rows.

Their heads hold what policy asks: for what, whether it holds today, and which is the newest.
Days stand there as day numbers: a head has little room.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from consent.facts import AgencyKind, Purpose
from index_service.domain.consenting import (
    Basis,
    BasisKind,
    BasisReason,
    Consent,
    ConsentFor,
    ConsentState,
    Giver,
    Judgement,
    NotShared,
    NotSharedReason,
    ReceiptKept,
    Understanding,
)
from index_service.domain.involvement import Service
from index_service.services.encoding import day_of, day_text
from index_service.services.forms.form import CaseHead, Form


def _day_number(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _numbered_day(number: int | None) -> date | None:
    return date.fromordinal(number) if number else None


def _judgement(judgement: Judgement | None) -> list[Any] | None:
    if judgement is None:
        return None
    return [judgement.giver, judgement.understanding, judgement.account, judgement.day.isoformat()]


def _judgement_of(row: list[Any] | None) -> Judgement | None:
    if row is None:
        return None
    giver, understanding, account, day = row
    return Judgement(
        Giver(giver) if giver else None,
        Understanding(understanding) if understanding else None,
        account,
        date.fromisoformat(day),
    )


def _consent_head(fact: Consent) -> Sequence[Any]:
    return [
        fact.given_for,
        fact.service,
        fact.state,
        _day_number(fact.begins),
        _day_number(fact.until),
        fact.sequence,
        fact.purpose,
    ]


def _consent_body(fact: Consent) -> Sequence[Any]:
    return [
        _judgement(fact.given),
        _judgement(fact.renewed),
        _judgement(fact.ended),
        fact.receiving,
        day_text(fact.stated_until),
        fact.receipt,
        fact.blind.hex(),
    ]


def _consent(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> Consent:
    given_for, service, state, begins, until, sequence, purpose = head.extra
    given, renewed, ended, receiving, stated_until, receipt, blind = row
    said = _judgement_of(given)
    assert said is not None  # INVARIANT: nothing is recorded without who said it
    return Consent(
        id=row_id,
        agency=head.agency,
        given_for=ConsentFor(given_for),
        service=Service(service) if service else None,
        state=ConsentState(state),
        begins=date.fromordinal(begins),
        until=_numbered_day(until),
        sequence=sequence,
        given=said,
        purpose=Purpose(purpose) if purpose else None,
        receiving=receiving,
        stated_until=day_of(stated_until),
        renewed=_judgement_of(renewed),
        ended=_judgement_of(ended),
        receipt=ReceiptKept(receipt),
        blind=bytes.fromhex(blind),
    )


def _basis_head(fact: Basis) -> Sequence[Any]:
    days = (_day_number(fact.decided), _day_number(fact.review), _day_number(fact.ended))
    return [fact.kind, fact.service, *days]


def _basis(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> Basis:
    kind, service, decided, review, ended = head.extra
    reason, decided_by, ended_by = row
    return Basis(
        row_id,
        head.agency,
        BasisKind(kind),
        BasisReason(reason),
        Service(service) if service else None,
        decided_by,
        date.fromordinal(decided),
        date.fromordinal(review),
        _numbered_day(ended),
        ended_by,
    )


def _not_shared(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> NotShared:
    recipient, reason, decided_by, decided = row
    return NotShared(
        row_id,
        head.agency,
        AgencyKind(recipient),
        NotSharedReason(reason),
        decided_by,
        date.fromisoformat(decided),
    )


CONSENT = Form("consent", Consent, lambda fact: fact.agency, _consent_head, _consent_body, _consent)
BASIS = Form(
    "basis",
    Basis,
    lambda fact: fact.agency,
    _basis_head,
    lambda fact: [fact.reason, fact.decided_by, fact.ended_by],
    _basis,
)
NOT_SHARED = Form(
    "not_shared",
    NotShared,
    lambda fact: fact.agency,
    lambda _: (),
    lambda fact: [fact.recipient, fact.reason, fact.decided_by, day_text(fact.decided)],
    _not_shared,
)
