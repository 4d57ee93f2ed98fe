"""What an asker is shown of consents, other bases and decisions not to share."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from consent.facts import Role
from index_service.domain.consenting import Basis, Consent, Judgement, NotShared
from index_service.domain.disclosure import Shown
from index_service.services.admitting import Admitted
from index_service.services.consents_standing import KINDS, Headed


def shown_consents(heads: Sequence[Headed], admitted: Admitted) -> Shown:
    """Show an agency what it recorded itself, the team everything; the newest first.

    Of a shielded child the same: an agency's own words tell it nothing new.
    """
    asker = admitted.asker.facts
    team = asker.role is Role.MANAGEMENT_TEAM
    bodies = [
        case.body(head)
        for case, head in heads
        if head.kind in KINDS and (team or head.agency == asker.agency)
    ]
    consents = [body for body in bodies if isinstance(body, Consent)]
    bases = [body for body in bodies if isinstance(body, Basis)]
    not_shared = [body for body in bodies if isinstance(body, NotShared)]
    return {
        "consents": [
            _consent(each, admitted) for each in sorted(consents, key=lambda row: -row.sequence)
        ],
        "bases": [_basis(each, admitted) for each in sorted(bases, key=_order)],
        "not_shared": [_not_shared(each, admitted) for each in sorted(not_shared, key=_order)],
    }


def _order(row: Basis | NotShared) -> tuple[int, str]:
    return -row.decided.toordinal(), str(row.id)


def _agency(agency_id: str, admitted: Admitted) -> str:
    agency = admitted.view.agencies.get(UUID(agency_id))
    return agency.name if agency else ""


def _word(word: Any) -> str | None:
    return word.value if word else None


def _said(judgement: Judgement | None) -> Shown | None:
    if judgement is None:
        return None
    return {
        "giver": _word(judgement.giver),
        "understanding": _word(judgement.understanding),
        "judged_by": judgement.account or None,
        "day": judgement.day.isoformat(),
    }


def _consent(consent: Consent, admitted: Admitted) -> Shown:
    return {
        "consent_id": str(consent.id),
        "agency": _agency(consent.agency, admitted),
        "given_for": consent.given_for.value,
        "service": _word(consent.service),
        "purpose": _word(consent.purpose),
        "receiving_authority": consent.receiving or None,
        "state": consent.state.value,
        "in_force": consent.in_force(admitted.ask.today),
        "begins": consent.begins.isoformat(),
        "until": consent.until.isoformat() if consent.until else None,
        "given": _said(consent.given),
        "renewed": _said(consent.renewed),
        "ended": _said(consent.ended),
        "receipt": consent.receipt.value,
    }


def _basis(basis: Basis, admitted: Admitted) -> Shown:
    return {
        "basis_id": str(basis.id),
        "agency": _agency(basis.agency, admitted),
        "kind": basis.kind.value,
        "reason": basis.reason.value,
        "service": _word(basis.service),
        "decided_by": basis.decided_by,
        "decided_on": basis.decided.isoformat(),
        "review": basis.review.isoformat(),
        "ended": basis.ended.isoformat() if basis.ended else None,
    }


def _not_shared(decision: NotShared, admitted: Admitted) -> Shown:
    return {
        "not_shared_id": str(decision.id),
        "agency": _agency(decision.agency, admitted),
        "recipient_kind": decision.recipient.value,
        "reason": decision.reason.value,
        "decided_by": decision.decided_by,
        "decided_on": decision.decided.isoformat(),
    }
