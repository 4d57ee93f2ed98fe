"""Status indicators as case rows. The head tells how old they are, so that old ones stay shut."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from index_service.domain.status import LookedAfter, Spell, Status
from index_service.services.encoding import day_of, day_text
from index_service.services.forms.contact import contact_of, contact_row
from index_service.services.forms.form import CaseHead, Form


def _spell_row(spell: Spell | None) -> list[Any] | None:
    return [day_text(spell.began), day_text(spell.ended)] if spell else None


def _spell_of(row: Sequence[Any] | None) -> Spell | None:
    return Spell(date.fromisoformat(row[0]), day_of(row[1])) if row else None


def _body(fact: Status) -> Sequence[Any]:
    after = fact.looked_after
    return [
        contact_row(fact.contact),
        _spell_row(fact.protection_plan),
        after and [after.authority, *(_spell_row(after.spell) or ())],
    ]


def _read(row_id: UUID, head: CaseHead, row: Sequence[Any]) -> Status:
    contact, plan, after = row
    spell = _spell_of(after[1:]) if after else None
    return Status(
        head.agency,
        contact_of(contact),
        _spell_of(plan),
        LookedAfter(after[0], spell) if spell else None,
        row_id,
    )


def last_day(head: CaseHead) -> date | None:
    """Return the last day a status was so, from the head alone; None while it is."""
    (last,) = head.extra
    return day_of(last)


STATUS = Form(
    "status",
    Status,
    lambda fact: fact.agency,
    lambda fact: (day_text(fact.last_day()),),
    _body,
    _read,
)
