"""The questions one authority asks another: leg 1 with digests alone, leg 2 with the facts.

Every question of a leg has one size. What is sent is the least there is: of the asker what the
other side decides on, under a reference made for that authority alone.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from consent.facts import AccessReason, AgencyKind, Purpose, Role
from index_service.domain.access import checked_reference
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.dates import checked_date
from index_service.domain.errors import Invalid
from index_service.domain.fields import (
    checked_date_of_birth,
    checked_house,
    checked_name,
    checked_postcode,
)
from index_service.domain.identifiers import (
    checked_case_number,
    checked_nhs_number,
    checked_upn,
)
from index_service.domain.matching.keys import Facts
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.sizes import (
    LOCATED_AT_ONCE,
    LOCATED_WIDE_AT_ONCE,
    QUESTION_BYTES,
    padded,
)

FIRST_PATH = "/peer/v1/questions/first"
SECOND_PATH = "/peer/v1/questions/second"
DIGEST_BYTES = 16
TICKET_BYTES_MAX = 256
DIGESTS_OF = {"first": LOCATED_AT_ONCE, "wide": LOCATED_WIDE_AT_ONCE}
EPOCH_MAX = 2**31 - 1  # as the store keeps it

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_HEX = re.compile(rf"[0-9a-f]{{{2 * DIGEST_BYTES}}}", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)
_NUMBERS = {
    IdentifierScheme.NHS_NUMBER: checked_nhs_number,
    IdentifierScheme.UPN: checked_upn,
    IdentifierScheme.CASE_NUMBER: checked_case_number,
}


def malformed() -> MessageRefused:
    """Return the refusal of a body that is not of its form; which part is not told."""
    return MessageRefused(PeerCode.MALFORMED)


@dataclass(frozen=True, slots=True)
class PeerAsker:
    """Who asks: references made for the authority asked, and what it decides on."""

    account: UUID
    agency: UUID
    role: Role
    agency_kind: AgencyKind
    checked_on: date | None
    trained_on: date | None
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class Stated:
    """What is the same in both legs: who asks, through whom, why, and in which epoch's digests."""

    asker: PeerAsker
    mediator: UUID | None
    purpose: Purpose
    reason: AccessReason
    reference: str | None
    epoch: int
    set_name: str

    def digest(self) -> bytes:
        """Return what binds the second leg to the first."""
        return hashlib.sha256(orjson.dumps(_stated(self), option=orjson.OPT_SORT_KEYS)).digest()


@dataclass(frozen=True, slots=True)
class FirstQuestion:
    """Leg 1: whether anything may be disclosed of a child one of these digests stands for."""

    question_id: UUID
    stated: Stated
    digests: tuple[bytes, ...]

    def encoded(self) -> bytes:
        """Write the question at its one size."""
        digests = [each.hex() for each in self.digests]
        return _written(self.question_id, self.stated, {"digests": digests})

    @classmethod
    def decoded(cls, body: bytes) -> "FirstQuestion":
        """Read a question, or MessageRefused."""
        said = _object(_parsed(body), _COMMON | {"digests"})
        stated = _read_stated(said)
        texts = said["digests"]
        if not isinstance(texts, list) or len(texts) != DIGESTS_OF[stated.set_name]:
            raise malformed()
        digests = tuple(bytes.fromhex(_text(each, _HEX)) for each in texts)
        return cls(read_id(said["question_id"]), stated, digests)


@dataclass(frozen=True, slots=True)
class SecondQuestion:
    """Leg 2: the question itself, with the ticket of leg 1; a dummy has no facts."""

    question_id: UUID
    stated: Stated
    ticket: bytes
    facts: Facts | None

    def encoded(self) -> bytes:
        """Write the question at its one size."""
        shown = None if self.facts is None else _facts(self.facts)
        rest = {"ticket": b64encode(self.ticket).decode(), "lookup": shown}
        return _written(self.question_id, self.stated, rest)

    @classmethod
    def decoded(cls, body: bytes, today: date) -> "SecondQuestion":
        """Read a question as strictly as an asker's own, or MessageRefused."""
        said = _object(_parsed(body), _COMMON | {"ticket", "lookup"})
        stated, ticket = _read_stated(said), read_bytes(said["ticket"], TICKET_BYTES_MAX)
        facts = None if said["lookup"] is None else _read_facts(said["lookup"], today)
        return cls(read_id(said["question_id"]), stated, ticket, facts)


def enough(facts: Facts) -> bool:
    """Return whether a question states as much as any asker must: nobody browses by a name."""
    family, given = any(name.family for name in facts.names), any(n.given for n in facts.names)
    if facts.identifiers or (facts.date_of_birth is not None and (family or given)):
        return True
    return bool(family and given and facts.postcode)


_COMMON = frozenset(
    {
        "question_id",
        "asker",
        "mediator",
        "purpose",
        "reason",
        "reference",
        "epoch",
        "set",
    }
)
_ASKER = frozenset(
    {"account", "agency", "role", "agency_kind", "checked_on", "trained_on", "signed_on"}
)
_LOOKUP = frozenset({"names", "date_of_birth", "postcode", "house", "identifiers", "gender"})


def read_id(said: object) -> UUID:
    """Return an id in its one spelling."""
    return UUID(_text(said, _UUID))


def read_bytes(said: object, most: int) -> bytes:
    """Return bytes in the one spelling of base64."""
    text = _text(said, _BASE64)
    if len(text) % 4 or len(text) > 4 * (most // 3 + 1):
        raise malformed()
    found = b64decode(text)
    if len(found) > most or b64encode(found).decode() != text:
        raise malformed()
    return found


def _written(question_id: UUID, stated: Stated, rest: Mapping[str, Any]) -> bytes:
    said = {"question_id": str(question_id), **_stated(stated), **rest}
    return padded(orjson.dumps(said), QUESTION_BYTES)


def written_asker(asker: PeerAsker) -> dict[str, Any]:
    """Return who asks as messages hold it."""
    return {
        "account": str(asker.account),
        "agency": str(asker.agency),
        "role": asker.role.value,
        "agency_kind": asker.agency_kind.value,
        "checked_on": _day(asker.checked_on),
        "trained_on": _day(asker.trained_on),
        "signed_on": _day(asker.signed_on),
    }


def read_asker(said: object) -> PeerAsker:
    """Return who asks, or MessageRefused."""
    asker = _object(said, _ASKER)
    try:
        return PeerAsker(
            read_id(asker["account"]),
            read_id(asker["agency"]),
            Role(_text(asker["role"])),
            AgencyKind(_text(asker["agency_kind"])),
            *[_read_day(asker[name]) for name in ("checked_on", "trained_on", "signed_on")],
        )
    except (Invalid, ValueError):
        raise malformed() from None


def _stated(stated: Stated) -> dict[str, Any]:
    return {
        "asker": written_asker(stated.asker),
        "mediator": None if stated.mediator is None else str(stated.mediator),
        "purpose": stated.purpose.value,
        "reason": stated.reason.value,
        "reference": stated.reference,
        "epoch": stated.epoch,
        "set": stated.set_name,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _facts(facts: Facts) -> dict[str, Any]:
    return {
        "names": [[name.family, name.given, name.middle] for name in facts.names],
        "date_of_birth": _day(facts.date_of_birth),
        "postcode": facts.postcode,
        "house": facts.house,
        "identifiers": {scheme.value: number for scheme, number in facts.identifiers.items()},
        "gender": None if facts.gender is None else facts.gender.value,
    }


def _parsed(body: bytes) -> object:
    if len(body) != QUESTION_BYTES:
        raise malformed()
    try:
        return parse_json(body)
    except Invalid:
        raise malformed() from None


def _read_stated(said: Mapping[str, Any]) -> Stated:
    asker = read_asker(said["asker"])
    epoch, set_name = said["epoch"], said["set"]
    if type(epoch) is not int or not 0 <= epoch <= EPOCH_MAX:
        raise malformed()
    if not isinstance(set_name, str) or set_name not in DIGESTS_OF:
        raise malformed()
    try:
        reference = said["reference"] and checked_reference(_text(said["reference"]))
        return Stated(
            asker=asker,
            mediator=None if said["mediator"] is None else read_id(said["mediator"]),
            purpose=Purpose(_text(said["purpose"])),
            reason=AccessReason(_text(said["reason"])),
            reference=reference or None,
            epoch=epoch,
            set_name=set_name,
        )
    except (Invalid, ValueError):
        raise malformed() from None


def _read_day(said: object) -> date | None:
    return None if said is None else checked_date(_text(said), "asker")


def _read_facts(said: object, today: date) -> Facts:
    parts = _object(said, _LOOKUP)
    born, gender = parts["date_of_birth"], parts["gender"]
    try:
        day = None if born is None else checked_date(_text(born), "date_of_birth")
        return Facts(
            names=_read_names(parts["names"]),
            date_of_birth=None if day is None else checked_date_of_birth(day, today),
            postcode=_if_any(parts["postcode"], checked_postcode),
            house=_if_any(parts["house"], checked_house),
            identifiers=_read_numbers(parts["identifiers"]),
            gender=None if gender is None else Gender(_text(gender)),
        )
    except (Invalid, ValueError):
        raise malformed() from None


def _read_names(said: object) -> tuple[PersonName, ...]:
    if not isinstance(said, list) or len(said) > 1:
        raise malformed()
    names = []
    for each in said:
        if not isinstance(each, list) or len(each) != 3:
            raise malformed()
        names.append(PersonName(*(_if_any(part, checked_name) for part in each)))
    return tuple(names)


def _read_numbers(said: object) -> dict[IdentifierScheme, str]:
    if not isinstance(said, dict) or len(said) > len(_NUMBERS):
        raise malformed()
    schemes = {IdentifierScheme(scheme): _text(number) for scheme, number in said.items()}
    return {scheme: _NUMBERS[scheme](number) for scheme, number in schemes.items()}


def _if_any(said: object, checked: Any) -> str:
    text = _text(said)
    found: str = checked(text) if text else ""
    return found


def _object(said: object, names: frozenset[str]) -> dict[str, Any]:
    if not isinstance(said, dict) or said.keys() != names:
        raise malformed()
    return said


def _text(said: object, form: re.Pattern[str] | None = None) -> str:
    if not isinstance(said, str) or (form is not None and not form.fullmatch(said)):
        raise malformed()
    return said
