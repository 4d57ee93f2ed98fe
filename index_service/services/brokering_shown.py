"""Requests for contact as they are kept, and as the asker and the team are shown them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import orjson

from index_service.domain.brokering import (
    ANSWERS,
    DUE_S,
    Brokered,
    BrokeringAnswer,
    ContactAsked,
    Urgency,
)
from index_service.domain.clock import london_day
from index_service.domain.disclosure import Shown, shown_contact
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Contact
from index_service.domain.matching.keys import Facts
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.services.admitting import Admitted
from index_service.services.forms.contact import contact_of, contact_row

_DETAILS_BYTES_MAX = 740  # beside ids, steps and the answer; a matter has one size for all


def asked_matter(stated: ContactAsked, admitted: Admitted, now_s: int) -> Matter:
    """Return a request as a new matter; Invalid if its texts are longer than a row has room for."""
    asker = admitted.asker
    details: dict[str, Any] = {
        "purpose": admitted.ask.purpose,
        "service": stated.service.value if stated.service else None,
        "urgency": stated.urgency.value,
        "call_back": contact_row(Contact(stated.call_back)),
        "lookup": _stated_facts(stated.facts) if stated.facts else None,
    }
    if len(orjson.dumps(details)) > _DETAILS_BYTES_MAX:
        raise Invalid(Code.BODY_TOO_LARGE)
    return Matter(
        uuid4(),
        MatterKind.CONTACT_REQUEST,
        MatterState.WAITING,
        now_s,
        now_s + DUE_S[stated.urgency],
        str(asker.account_id),
        str(asker.agency_id),
        stated.child_id,
        details,
    )


def _stated_facts(facts: Facts) -> dict[str, str]:
    name = facts.names[0] if facts.names else None
    told = {
        "given_name": name.given if name else "",
        "middle_names": name.middle if name else "",
        "family_name": name.family if name else "",
        "date_of_birth": facts.date_of_birth.isoformat() if facts.date_of_birth else "",
        "gender": facts.gender.value if facts.gender else "",
        "postcode": facts.postcode,
        "house": facts.house,
        **{scheme.value: number for scheme, number in facts.identifiers.items()},
    }
    return {field: text for field, text in told.items() if text}


def opened_on(matter: Matter) -> date:
    """Return the day, in London, on which a matter was opened."""
    return london_day(datetime.fromtimestamp(matter.opened_s, UTC))


def outcome_of(matter: Matter) -> Brokered | None:
    """Return what a request came to, or None before it was answered."""
    return Brokered(matter.steps[-1].word) if matter.state is MatterState.ANSWERED else None


def shown_in_list(matter: Matter) -> Shown:
    """Show of a request what a list shows: how far it has come, and nothing of any answer."""
    return {
        "id": str(matter.id),
        "state": matter.state.value,
        "urgency": Urgency(matter.details["urgency"]).value,
        "service": matter.details["service"],
        "child_id": str(matter.child_id) if matter.child_id else None,
        "opened": matter.opened_s,
        "due": matter.due_s,
    }


def shown_to_asker(matter: Matter, contact: Shown | None) -> Shown:
    """Show whoever asked what they are told: a contact that may not be told now is none."""
    outcome = outcome_of(matter)
    answer = ANSWERS[outcome] if outcome else None
    if answer is BrokeringAnswer.CONTACT and contact is None:
        answer = BrokeringAnswer.NO_CONTACT_CAN_BE_MADE
    return {
        **shown_in_list(matter),
        "answer": answer.value if answer else None,
        "contact": contact,
    }


def shown_to_team(matter: Matter, now_s: int) -> Shown:
    """Show the team all of a request: what was typed, whom to ring back, and every step."""
    outcome, told = outcome_of(matter), matter.details
    agreed = told.get("agreed")
    waits = outcome is None
    return {
        **shown_in_list(matter),
        "answer": ANSWERS[outcome].value if outcome else None,
        "contact": None,
        "team": {
            "account_id": matter.account,
            "agency_id": matter.agency,
            "call_back": shown_contact(contact_of(told["call_back"]))["team"],
            "lookup": told["lookup"],
            "overdue": waits and now_s >= matter.due_s,
            "outcome": outcome.value if outcome else None,
            "agreed": agreed
            and {"involvement_id": agreed[0], "by_account_id": agreed[1], "on": agreed[2]},
            "steps": shown_steps(matter),
        },
    }


def shown_steps(matter: Matter) -> list[Shown]:
    """Show what was done about a matter, in order."""
    return [
        {"at": step.at_s, "account_id": step.account or None, "step": step.word}
        for step in matter.steps
    ]
