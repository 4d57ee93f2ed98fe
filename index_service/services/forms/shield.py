"""Shields as case rows. No agency's: the authority decides them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround
from index_service.services.encoding import day_of, day_text
from index_service.services.forms.form import CaseHead, Form


def _body(fact: Shield) -> Sequence[Any]:
    return [
        fact.ground.value,
        fact.asked_by.value,
        fact.decided_by,
        day_text(fact.granted),
        day_text(fact.review),
        day_text(fact.lifted),
        fact.lifted_by,
        fact.request,
        fact.requested_by,
        fact.appealed,
        day_text(fact.reviewed),
        fact.reviewed_by,
    ]


def _read(row_id: UUID, _head: CaseHead, row: Sequence[Any]) -> Shield:
    ground, asked, decided, granted, review, lifted, lifted_by, *since = row
    request, requested_by, appealed, reviewed, reviewed_by = since or ("", "", False, None, "")
    return Shield(
        row_id,
        ShieldGround(ground),
        ShieldAskedBy(asked),
        decided,
        date.fromisoformat(granted),
        date.fromisoformat(review),
        day_of(lifted),
        lifted_by,
        request,
        requested_by,
        bool(appealed),
        day_of(reviewed),
        reviewed_by,
    )


SHIELD = Form("shield", Shield, lambda _: "", lambda _: (), _body, _read)
