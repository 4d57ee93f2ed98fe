"""Case rows: involvements, common assessments, lead professionals, shields, all of one form.

A row is two envelopes side by side: a head that policy may look at to decide, and a body
opened only where it permits. Which kind a row is stands inside the head, sealed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import orjson

from consent.facts import AgencyKind, InvolvementFacts
from index_service.crypto.envelope import Breach, SealBroken
from index_service.crypto.keyring import Keyring
from index_service.crypto.seal import SubjectKey, envelope_size
from index_service.domain.involvement import (
    CafStatus,
    Contact,
    Day,
    Hours,
    Involvement,
    LeadProfessional,
    PersonContact,
    Service,
    TeamContact,
)
from index_service.domain.shield import Shield, ShieldAskedBy, ShieldGround
from index_service.services.encoding import Policy, day_of, day_text

CASES_A_CHILD_MAX = 200
"""Of involvements: far above any child's, far below what would make a record unreadable."""

CaseFact = Involvement | CafStatus | LeadProfessional | Shield

_HEAD_SIZE = envelope_size("case_head")
_TAG = 16


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What policy decides a case row by; `service` and `agency_kind` only of involvements."""

    kind: str
    agency: str
    agency_kind: AgencyKind | None = None
    service: Service | None = None
    consent_in_force: bool = False

    def facts(self, own_agency: str) -> InvolvementFacts:
        """Return the facts of an involvement for this asker's agency."""
        sensitive = Involvement.is_sensitive(self.service, self.agency_kind)
        return InvolvementFacts(sensitive, self.consent_in_force, self.agency == own_agency)


@dataclass(frozen=True, slots=True)
class SealedCase:
    """One case row of a child whose key is at hand; head and body still closed."""

    id: UUID
    key: SubjectKey
    sealed: bytes

    def head(self) -> CaseHead:
        """Open what policy decides by."""
        kind, agency, *rest = orjson.loads(
            self.key.open("case_head", self.id, self.sealed[:_HEAD_SIZE])
        )
        if kind != "involvement":
            return CaseHead(kind, agency)
        agency_kind, service, consent = rest
        return CaseHead(kind, agency, AgencyKind(agency_kind), Service(service), bool(consent))

    def body(self, head: CaseHead) -> CaseFact:
        """Open the whole fact; only after policy permitted it."""
        row = orjson.loads(self.key.open("case", self.id, self.sealed[_HEAD_SIZE:]))
        if head.agency_kind and head.service:
            contact, began, ceased, confirmed, who = row
            return Involvement(
                self.id,
                head.agency,
                head.agency_kind,
                head.service,
                _contact_of(contact),
                date.fromisoformat(began),
                day_of(ceased),
                day_of(confirmed),
                who,
                head.consent_in_force,
            )
        return _other(self.id, head, row)


def _other(row_id: UUID, head: CaseHead, row: list[Any]) -> CaseFact:
    if head.kind == "caf":
        contact, since, closed = row
        return CafStatus(
            head.agency, _contact_of(contact), date.fromisoformat(since), day_of(closed), row_id
        )
    if head.kind == "lead":
        contact, since = row
        return LeadProfessional(
            head.agency, _contact_of(contact), date.fromisoformat(since), row_id
        )
    ground, asked, decided, granted, review, lifted, lifted_by = row
    return Shield(
        row_id,
        ShieldGround(ground),
        ShieldAskedBy(asked),
        decided,
        date.fromisoformat(granted),
        date.fromisoformat(review),
        day_of(lifted),
        lifted_by,
    )


def _head_and_body(fact: CaseFact) -> tuple[list[Any], list[Any]]:
    if isinstance(fact, Involvement):
        kinds = (fact.agency_kind.value, fact.service.value)
        head = ["involvement", fact.agency, *kinds, fact.consent_in_force]
        days = (day_text(fact.began), day_text(fact.ceased), day_text(fact.confirmed))
        return head, [_contact(fact.contact), *days, fact.practitioner]
    if isinstance(fact, CafStatus):
        body = [_contact(fact.contact), day_text(fact.held_since), day_text(fact.closed)]
        return ["caf", fact.agency], body
    if isinstance(fact, LeadProfessional):
        return ["lead", fact.agency], [_contact(fact.contact), day_text(fact.since)]
    return ["shield", ""], [
        fact.ground.value,
        fact.asked_by.value,
        fact.decided_by,
        day_text(fact.granted),
        day_text(fact.review),
        day_text(fact.lifted),
        fact.lifted_by,
    ]


def seal_case(key: SubjectKey, row_id: UUID, fact: CaseFact) -> bytes:
    """Seal one case row: head and body side by side, one size for every kind."""
    head, body = _head_and_body(fact)
    return key.seal("case_head", row_id, orjson.dumps(head)) + key.seal(
        "case", row_id, orjson.dumps(body)
    )


def case_mark(keyring: Keyring, row_id: UUID, sealed: bytes) -> bytes:
    """Return the mark of one case row in one version, kept in the child's policy."""
    tags = sealed[_HEAD_SIZE - _TAG : _HEAD_SIZE] + sealed[-_TAG:]
    return keyring.references.reference("case_mark", row_id.bytes, tags)


def new_case_id() -> UUID:
    """Return a random id, so that ids tell neither order nor time."""
    return uuid4()


def checked_cases(
    keyring: Keyring, key: SubjectKey, policy: Policy, rows: Iterable[Any]
) -> list[SealedCase]:
    """Return a child's case rows if they are exactly those its policy was sealed over.

    SealBroken otherwise: a row dropped, added or put back in an older version would
    hide or revive a practitioner, so nothing of the child is said until it is mended.
    """
    found = [SealedCase(row["id"], key, row["sealed"]) for row in rows]
    total = 0
    for case in found:
        total ^= int.from_bytes(case_mark(keyring, case.id, case.sealed))
    if len(found) != policy.cases or total.to_bytes(_TAG) != policy.case_sum:
        raise SealBroken(Breach.TAG, "case_row")
    return found


def _contact(contact: Contact) -> list[Any]:
    team, person = contact.team, contact.person
    hours = [[" ".join(day.value for day in h.days), h.opens, h.closes] for h in team.hours]
    named = [person.name, person.phone, person.email] if person else None
    return [team.name, team.phone, hours, named, contact.ask_for_duty]


def _contact_of(row: list[Any]) -> Contact:
    name, phone, hours, person, duty = row
    lines = tuple(
        Hours(tuple(Day(day) for day in days.split()), opens, closes)
        for days, opens, closes in hours
    )
    return Contact(
        TeamContact(name, phone, lines), PersonContact(*person) if person else None, bool(duty)
    )
