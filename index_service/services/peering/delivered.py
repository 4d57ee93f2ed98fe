"""A child's record as it goes to another authority, and as one that came is read.

All of it goes along: facts with their provenance, involvements, consents, shields. A common
assessment goes only with a consent to its transfer that is in force. What comes is checked
like what any sender states, text by text: nobody hands over a note.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import orjson

from consent.facts import Action, Ask, Purpose
from index_service.domain.child import (
    ChildRecord,
    Source,
)
from index_service.domain.dates import checked_time
from index_service.domain.errors import Invalid
from index_service.domain.fields import (
    checked_email,
    checked_name,
    checked_phone,
    checked_team_name,
)
from index_service.domain.involvement import Contact, Day
from index_service.domain.restated import stated_child
from index_service.domain.shapes import AUTHORITY
from index_service.domain.stated import ATTRIBUTES, child_record
from index_service.federation.forms import malformed
from index_service.services.assessment import transfer_consented
from index_service.services.cases import CASES_A_CHILD_MAX, FORMS, CaseFact
from index_service.services.consents_standing import Headed
from index_service.services.encoding import decode_provenance
from index_service.services.forms.assessment import CAF
from index_service.services.forms.form import CaseHead
from index_service.services.record import traced
from index_service.services.sealing import SealedChild, open_record

_FORMS = {form.kind: form for form in FORMS}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_OWN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.A)
_AUTHORITY = re.compile(AUTHORITY.pattern)
_PARTS = {"child", "provenance", "cases"}
_CASE = {"id", "kind", "head", "body"}
_BLIND_BYTES_MAX = 64
_WRONG = (Invalid, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError)


def record_to_deliver(
    child: SealedChild, heads: Iterable[Headed], to: str, today: date
) -> dict[str, Any]:
    """Return all that goes to another authority of a child, in one order."""
    heads = tuple(heads)
    ask = Ask(Action.RECORD_ASSESSMENT, today, Purpose.KEEP_INDEX)
    consented = transfer_consented(ask, heads, to)
    cases = []
    for case, head in sorted(heads, key=lambda each: each[0].id):
        if head.kind == CAF.kind and not consented:
            continue
        form, fact = _FORMS[head.kind], case.body(head)
        cases.append(
            {
                "id": str(case.id),
                "kind": head.kind,
                "head": [head.agency, *head.extra],
                "body": list(form.body(fact)),
            }
        )
    record = open_record(child)
    said = {
        "child": stated_child(record),
        "provenance": [
            [attribute, each.agency, each.as_of.isoformat(), each.received_s, each.by_person]
            for attribute, each in sorted(record.provenance.items())
        ],
        "cases": cases,
    }
    plain: dict[str, Any] = orjson.loads(orjson.dumps(said))  # what is sent is what is compared
    return plain


@dataclass(frozen=True, slots=True)
class Delivered:
    """A record that came: facts with their provenance, and case rows by the ids they came with."""

    record: ChildRecord
    cases: Mapping[UUID, CaseFact]


def read_record(said: object, today: date) -> Delivered:
    """Return what was delivered, checked; MessageRefused where any of it is not of its form."""
    try:
        if not isinstance(said, dict) or said.keys() != _PARTS:
            raise malformed()
        record = child_record(said["child"], today)
        provenance = decode_provenance(orjson.dumps([1, said["provenance"]]))
        _check_provenance(provenance)
        cases = dict(_case(each) for each in said["cases"])
        if not len(said["cases"]) == len(cases) <= CASES_A_CHILD_MAX:
            raise malformed()
    except _WRONG:
        raise malformed() from None
    whole = traced(record)
    parts = {name: getattr(whole, name) for name in _RECORD if name != "provenance"}
    return Delivered(ChildRecord(**parts, provenance=provenance), cases)


_RECORD = tuple(each.name for each in fields(ChildRecord))


def _check_provenance(provenance: Mapping[str, Source]) -> None:
    known = {*ATTRIBUTES.values()}
    for attribute, source in provenance.items():
        numbers = type(source.received_s) is int
        if attribute not in known or not numbers or not _UUID.fullmatch(source.agency):
            raise malformed()


def _case(said: object) -> tuple[UUID, CaseFact]:
    """Read one case row: of a known kind, in its one spelling, holding no free text."""
    if not isinstance(said, dict) or said.keys() != _CASE or not _OWN_ID.fullmatch(said["id"]):
        raise malformed()
    form, row_id = _FORMS[said["kind"]], UUID(said["id"])
    agency, *extra = said["head"]
    fact: CaseFact = form.read(row_id, CaseHead(form.kind, agency, tuple(extra)), said["body"])
    again = [[form.agency(fact), *form.head(fact)], list(form.body(fact))]
    if orjson.loads(orjson.dumps(again)) != [said["head"], said["body"]]:
        raise malformed()
    _check_texts(fact)
    return row_id, fact


def _check_texts(part: object) -> None:
    """Refuse any text that is neither a contact's, an id, nor an authority's name."""
    if isinstance(part, Contact):
        _check_contact(part)
    elif isinstance(part, Enum) or part is None:
        return
    elif isinstance(part, str):
        if part and not _UUID.fullmatch(part) and not _AUTHORITY.fullmatch(part):
            raise malformed()
    elif isinstance(part, bytes):
        if len(part) > _BLIND_BYTES_MAX:
            raise malformed()
    elif is_dataclass(part):
        for each in fields(part):
            _check_texts(getattr(part, each.name))


def _check_contact(contact: Contact) -> None:
    team, named = contact.team, contact.person
    said = [
        (checked_team_name(team.name, "team"), team.name),
        (checked_phone(team.phone, "team"), team.phone),
    ]
    for line in team.hours:
        if not all(isinstance(day, Day) for day in line.days):
            raise malformed()
        said += [(checked_time(time, "hours"), time) for time in (line.opens, line.closes)]
    if named is not None:
        said.append((checked_name(named.name, "name"), named.name))
        said += [(checked_phone(named.phone, "phone"), named.phone)] if named.phone else []
        said += [(checked_email(named.email, "email"), named.email)] if named.email else []
    if any(canonical != text for canonical, text in said):
        raise malformed()
