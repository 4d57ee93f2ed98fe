"""How each part of a record leaves, once it may: the words and shapes of the contract.

`disclose` and its parts are the only way from a record to an answer. A part that policy
withholds is not given here at all, so nothing here can leak it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from consent.agreement import Agreement
from consent.facts import InvolvementLevel
from index_service.domain.child import (
    Address,
    AddressKind,
    Carer,
    Identity,
    PersonName,
    Settings,
    Source,
)
from index_service.domain.involvement import (
    CafStatus,
    Contact,
    Hours,
    Involvement,
    LeadProfessional,
)
from index_service.domain.shield import Shield
from index_service.domain.status import Spell, Status, still_told

Shown = dict[str, Any]

_ADDRESSES = frozenset({AddressKind.CURRENT, AddressKind.LAST_KNOWN})


def shown_name(name: PersonName) -> Shown:
    """Show a name."""
    return {
        "given_name": name.given or None,
        "middle_names": name.middle or None,
        "family_name": name.family,
    }


def shown_identity(identity: Identity) -> Shown:
    """Show what even a shielded record shows: reg 6(5) of SI 2007/2182."""
    return {
        "name": shown_name(identity.name),
        "date_of_birth": identity.date_of_birth.isoformat(),
        "gender": identity.gender.value,
        "carers": [shown_name(carer) for carer in identity.carers],
    }


def shown_address(address: Address) -> Shown:
    """Show an address, or the statement in its place."""
    if address.kind not in _ADDRESSES:
        return {"kind": address.kind.value}
    return {
        "kind": address.kind.value,
        "house": address.house or None,
        "street": address.street or None,
        "town": address.town or None,
        "postcode": address.postcode or None,
    }


def shown_carers(carers: Iterable[Carer]) -> list[Shown]:
    """Show who has care or responsibility, and how to reach them."""
    return [
        {
            "name": shown_name(carer.name),
            "relation": carer.relation.value,
            "parental_responsibility": carer.parental_responsibility,
            "phone": carer.phone or None,
        }
        for carer in carers
    ]


def shown_settings(settings: Settings) -> Shown:
    """Show school and practice."""
    school, practice = settings.school, settings.practice
    return {
        "education": settings.education.value,
        "school": school
        and {
            "urn": school.urn,
            "name": school.name,
            "phone": school.phone or None,
            "starts": school.starts.isoformat(),
            "ends": school.ends.isoformat() if school.ends else None,
        },
        "practice": practice
        and {
            "ods": practice.ods,
            "name": practice.name,
            "phone": practice.phone or None,
            "since": practice.since.isoformat(),
        },
    }


def shown_provenance(provenance: dict[str, Source]) -> Shown:
    """Show where each attribute came from."""
    return {
        attribute: {
            "agency_id": source.agency,
            "as_of": source.as_of.isoformat(),
            "received_at": source.received_s,
            "by_person": source.by_person,
        }
        for attribute, source in sorted(provenance.items())
    }


def shown_hours(hours: Iterable[Hours]) -> list[Shown]:
    """Show when a line is answered."""
    return [
        {"days": [day.value for day in line.days], "opens": line.opens, "closes": line.closes}
        for line in hours
    ]


def shown_contact(contact: Contact) -> Shown:
    """Show whom to ring: the team always, the person when the agency gave one."""
    team, person = contact.team, contact.person
    return {
        "team": {"name": team.name, "phone": team.phone, "hours": shown_hours(team.hours)},
        "person": person
        and {"name": person.name, "phone": person.phone or None, "email": person.email or None},
        "ask_for_duty": contact.ask_for_duty,
    }


def is_shown(involvement: Involvement, level: InvolvementLevel) -> bool:
    """Say whether an involvement is shown at its level: what has ended, in whole or not at all.

    Less says that a service is involved and whom to ring, of one that is not any more.
    """
    return involvement.ceased is None or level is InvolvementLevel.CONTENT


def shown_involvement(involvement: Involvement, agency: str, level: InvolvementLevel) -> Shown:
    """Show one involvement as far as its level goes; `agency` is the recording agency's name.

    Existence: that a service of this kind is involved. Contact: also whose, and whom to
    ring. Content: all. What a level leaves out is null, for every involvement alike.
    """
    reached = level in (InvolvementLevel.CONTACT, InvolvementLevel.CONTENT)
    whole = level is InvolvementLevel.CONTENT
    return {
        "involvement_id": str(involvement.id),
        "level": level.value,
        "agency": agency if reached else None,
        "agency_kind": involvement.agency_kind.value,
        "service": involvement.service.value,
        "contact": shown_contact(involvement.contact) if reached else None,
        "began": involvement.began.isoformat() if whole else None,
        "ceased": involvement.ceased.isoformat() if whole and involvement.ceased else None,
        "last_confirmed": (
            involvement.confirmed.isoformat() if whole and involvement.confirmed else None
        ),
    }


def shown_assessment(caf: CafStatus, agency: str) -> Shown:
    """Show that a common assessment is held, by whom, since when."""
    return {
        "agency": agency,
        "contact": shown_contact(caf.contact),
        "held_since": caf.held_since.isoformat(),
        "review_due": caf.review_day().isoformat(),
        "closed": caf.closed.isoformat() if caf.closed else None,
        "closure": caf.closure.value if caf.closure else None,
    }


def shown_status(status: Status, agency: str, today: date) -> Shown:
    """Show what one agency says of a child's status: what is so, or was in the last 12 months."""
    plan, after = status.protection_plan, status.looked_after
    told = plan is not None and still_told(plan.ended, today)
    cared = after is not None and still_told(after.spell.ended, today)
    return {
        "agency": agency,
        "contact": shown_contact(status.contact),
        "child_protection_plan": _shown_spell(plan) if plan and told else None,
        "looked_after": (
            {"authority": after.authority, **_shown_spell(after.spell)} if after and cared else None
        ),
    }


def _shown_spell(spell: Spell) -> Shown:
    return {
        "began": spell.began.isoformat(),
        "ended": spell.ended.isoformat() if spell.ended else None,
    }


def shown_agreement(agreement: Agreement) -> Shown:
    """Show what an agreement says of itself."""
    instrument, days = agreement.instrument, agreement.in_force
    return {
        "name": agreement.name,
        "label": agreement.version,
        "instrument": {"title": instrument.title, "dated": instrument.dated.isoformat()},
        "in_force_from": days.begins.isoformat(),
        "in_force_until": days.until.isoformat() if days.until else None,
        "coverage": agreement.coverage.value,
    }


def shown_lead(lead: LeadProfessional, agency: str, level: InvolvementLevel) -> Shown:
    """Show who leads for the child, as an involvement at this level; of content since when."""
    return {
        "agency": agency,
        "contact": shown_contact(lead.contact),
        "since": lead.since.isoformat() if level is InvolvementLevel.CONTENT else None,
    }


def shown_restriction(*, shielded: bool, held: bool, shields: Iterable[Shield]) -> Shown:
    """Show the management team what restricts a record, and why."""
    return {
        "shielded": shielded,
        "held": held,
        "shields": [
            {
                "shield_id": str(shield.id),
                "ground": shield.ground.value,
                "asked_by": shield.asked_by.value,
                "decided_by": shield.decided_by or None,
                "granted": shield.granted.isoformat(),
                "review": shield.review.isoformat(),
                "lifted": shield.lifted.isoformat() if shield.lifted else None,
                "request_id": shield.request or None,
                "requested_by": shield.requested_by or None,
                "appealed": shield.appealed,
                "reviewed": shield.reviewed.isoformat() if shield.reviewed else None,
            }
            for shield in shields
        ],
    }


def disclose(child_id: UUID, *, restricted: bool, parts: Shown) -> Shown:
    """Put together what one child's answer shows. Adding a part is all this ever does."""
    return {"child_id": str(child_id), "restricted": restricted, **parts}
