"""How the parts of a child's record are written inside their envelopes: JSON arrays.

Arrays, not objects: an envelope has one size for every row, so field names would only
take room from names. A part that grows gets a new leading number, never a new meaning.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import orjson

from index_service.crypto.seal import SIZES
from index_service.domain.child import (
    Address,
    AddressKind,
    Carer,
    CarerRelation,
    Education,
    Gender,
    Identity,
    PersonName,
    Practice,
    School,
    Settings,
    Source,
    Tracing,
)

_NONE = b"[]"


@dataclass(frozen=True, slots=True)
class Policy:
    """The one part opened to decide: what restricts this record, and its case rows' seal.

    `cases` and `case_sum` are the number of case rows and the exclusive-or of their marks:
    a row dropped, added or put back in an older version no longer fits.
    """

    shielded: bool = False
    held: bool = False
    archived: bool = False
    more: bool = False  # some names stand in the further parts
    due: date | None = None  # the next day something here must be looked at
    cases: int = 0
    case_sum: bytes = bytes(16)
    created_by: str = ""  # agency id: may be told the record is not released yet
    closed: bool = False  # an identity given up: archived, and nothing leads to it any more
    joined: bool = False  # another record of the same child stands for it: likewise
    unchecked: bool = False  # the region's shield set has not answered about it yet
    gone_to: str = ""  # the authority responsible since the child moved: nothing leads here either

    @property
    def superseded(self) -> bool:
        """Whether nothing leads here any more, and a supplier's next line starts afresh."""
        return self.closed or self.joined or bool(self.gone_to)

    @property
    def unseen(self) -> bool:
        """Whether nobody but the team sees it: it waits for a person, or for the shield set."""
        return self.held or self.unchecked

    @property
    def guarded(self) -> bool:
        """Whether a record that resembles this one must wait for a person."""
        return self.shielded or self.held or self.closed

    def with_mark(self, mark: bytes, added: int = 0) -> "Policy":
        """Return the policy after one case row's mark is put in or taken out."""
        mixed = (int.from_bytes(self.case_sum) ^ int.from_bytes(mark)).to_bytes(16)
        return replace(self, case_sum=mixed, cases=self.cases + added)


_GENDERS = {gender.value: gender for gender in Gender}  # read for every candidate


def day_of(text: str | None) -> date | None:
    """Read a day that may be missing."""
    return date.fromisoformat(text) if text else None


def day_text(day: date | None) -> str | None:
    """Write a day that may be missing."""
    return day.isoformat() if day else None


def _name(name: PersonName) -> list[str]:
    return [name.family, name.given, name.middle]


def encode_policy(policy: Policy) -> bytes:
    """Write a policy part."""
    flags = policy.shielded | policy.held << 1 | policy.archived << 2 | policy.more << 3
    flags |= policy.closed << 4 | policy.joined << 5 | policy.unchecked << 6
    row = [1, flags, day_text(policy.due), policy.cases, policy.case_sum.hex(), policy.created_by]
    return orjson.dumps([*row, policy.gone_to] if policy.gone_to else row)


def decode_policy(text: bytes) -> Policy:
    """Read a policy part."""
    _, flags, due, cases, case_sum, created_by, *gone_to = orjson.loads(text)
    return Policy(
        flags & 1 != 0,
        flags & 2 != 0,
        flags & 4 != 0,
        flags & 8 != 0,
        day_of(due),
        cases,
        bytes.fromhex(case_sum),
        created_by,
        flags & 16 != 0,
        flags & 32 != 0,
        flags & 64 != 0,
        *gone_to,
    )


def _fitting(
    whole: Callable[[list[list[str]]], bytes], names: list[list[str]], room: int
) -> tuple[bytes, bytes]:
    """Write a part with as many of its names as there is room for, and the rest apart."""
    kept = len(names)
    text = whole(names)
    while len(text) > room:
        kept -= 1
        text = whole(names[:kept])
    return text, orjson.dumps(names[kept:])


def encode_identity(identity: Identity) -> tuple[bytes, bytes]:
    """Write the identity part, and the carers' names there is no room for in it."""
    fixed = (_name(identity.name), identity.date_of_birth.isoformat(), identity.gender.value)
    return _fitting(
        lambda carers: orjson.dumps([1, *fixed, carers]),
        [_name(carer) for carer in identity.carers],
        SIZES["identity"],
    )


def decode_identity(text: bytes, more: bytes = _NONE) -> Identity:
    """Read the identity part."""
    _, name, birth, gender, carers = orjson.loads(text)
    if more is not _NONE:
        carers += orjson.loads(more)
    return Identity(
        PersonName(*name),
        date.fromisoformat(birth),
        _GENDERS[gender],
        tuple([PersonName(*carer) for carer in carers]),
    )


def encode_tracing(tracing: Tracing) -> tuple[bytes, bytes]:
    """Write the tracing part, and the former names there is no room for in it."""
    return _fitting(
        lambda names: orjson.dumps([1, names, tracing.postcode, tracing.house]),
        [_name(name) for name in tracing.former_names],
        SIZES["tracing"],
    )


def decode_tracing(text: bytes, more: bytes = _NONE) -> Tracing:
    """Read the tracing part."""
    _, names, postcode, house = orjson.loads(text)
    if more is not _NONE:
        names += orjson.loads(more)
    return Tracing(tuple([PersonName(*name) for name in names]), postcode, house)


def encode_address(address: Address) -> bytes:
    """Write the whereabouts part."""
    return orjson.dumps(
        [1, address.kind.value, address.house, address.street, address.town, address.postcode]
    )


def decode_address(text: bytes) -> Address:
    """Read the whereabouts part."""
    _, kind, *lines = orjson.loads(text)
    return Address(AddressKind(kind), *lines)


def encode_carers(carers: tuple[Carer, ...]) -> bytes:
    """Write the carers part: all but their names, which stand in the identity part."""
    return orjson.dumps(
        [1, [[c.relation.value, c.parental_responsibility, c.phone] for c in carers]]
    )


def decode_carers(text: bytes, names: tuple[PersonName, ...]) -> tuple[Carer, ...]:
    """Read the carers part beside the names of the identity part."""
    _, carers = orjson.loads(text)
    return tuple(
        Carer(name, CarerRelation(relation), bool(responsible), phone)
        for name, (relation, responsible, phone) in zip(names, carers, strict=True)
    )


def encode_settings(settings: Settings) -> bytes:
    """Write the settings part."""
    s, p = settings.school, settings.practice
    school = [s.urn, s.name, s.phone, day_text(s.starts), day_text(s.ends)] if s else None
    practice = [p.ods, p.name, p.phone, day_text(p.since)] if p else None
    return orjson.dumps([1, settings.education.value, school, practice])


def decode_settings(text: bytes) -> Settings:
    """Read the settings part."""
    _, education, s, p = orjson.loads(text)
    school = School(s[0], s[1], s[2], date.fromisoformat(s[3]), day_of(s[4])) if s else None
    practice = Practice(p[0], p[1], p[2], date.fromisoformat(p[3])) if p else None
    return Settings(Education(education), school, practice)


def encode_provenance(provenance: dict[str, Source]) -> bytes:
    """Write where each attribute came from."""
    return orjson.dumps(
        [
            1,
            [
                [attribute, s.agency, s.as_of.isoformat(), s.received_s, s.by_person]
                for attribute, s in sorted(provenance.items())
            ],
        ]
    )


def decode_provenance(text: bytes) -> dict[str, Source]:
    """Read where each attribute came from."""
    _, rows = orjson.loads(text)
    return {
        attribute: Source(agency, date.fromisoformat(as_of), received, bool(by_person))
        for attribute, agency, as_of, received, by_person in rows
    }
