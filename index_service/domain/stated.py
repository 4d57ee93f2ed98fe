"""What a sender states of a child or of whom to ring, checked into the domain's types.

One reading for the API and the feeds: nested mappings of the published names go in,
frozen dataclasses come out. Every key must be known, every text pass its check in
fields.py; Invalid carries the path of known names. Null means not stated.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TypeVar

from index_service.domain.child import (
    CARERS_MAX,
    FORMER_NAMES_MAX,
    Address,
    AddressKind,
    Carer,
    CarerRelation,
    ChildRecord,
    Education,
    Gender,
    IdentifierScheme,
    Identity,
    PersonName,
    Practice,
    School,
    Settings,
    Tracing,
)
from index_service.domain.dates import checked_date, checked_near_date, checked_past_date
from index_service.domain.errors import Code, Invalid
from index_service.domain.fields import (
    checked_date_of_birth,
    checked_house,
    checked_name,
    checked_ods,
    checked_org_name,
    checked_phone,
    checked_postcode,
    checked_street,
    checked_town,
    checked_urn,
)
from index_service.domain.identifiers import (
    checked_case_number,
    checked_nhs_number,
    checked_upn,
)

Stated = Mapping[str, object]
Choice = TypeVar("Choice", bound=StrEnum)
Part = TypeVar("Part")
Said = TypeVar("Said")

# What may be stated, and the attribute its provenance is kept under.
ATTRIBUTES: Mapping[str, str] = {
    "name": "name",
    "date_of_birth": "date_of_birth",
    "gender": "gender",
    "former_names": "former_names",
    "nhs_number": "nhs_number",
    "upn": "upn",
    "case_number": "case_number",
    "address": "address",
    "carers": "carers",
    "education": "school",
    "school": "school",
    "practice": "practice",
}
_ATTRIBUTES = frozenset(ATTRIBUTES)
_REMOVABLE = frozenset({"nhs_number", "upn", "case_number", "school", "practice"})
_IDENTIFIER_CHECKS: tuple[tuple[str, IdentifierScheme, Callable[[str], str]], ...] = (
    ("nhs_number", IdentifierScheme.NHS_NUMBER, checked_nhs_number),
    ("upn", IdentifierScheme.UPN, checked_upn),
    ("case_number", IdentifierScheme.CASE_NUMBER, checked_case_number),
)
_NAME_KEYS = frozenset({"family_name", "given_name", "middle_names"})
_ADDRESS_KEYS = frozenset({"kind", "house", "street", "town", "postcode"})
_CARER_KEYS = frozenset({"name", "relation", "parental_responsibility", "phone"})
_SCHOOL_KEYS = frozenset({"urn", "name", "phone", "starts", "ends"})
_PRACTICE_KEYS = frozenset({"ods", "name", "phone", "since"})
_ADDRESSES = frozenset({AddressKind.CURRENT, AddressKind.LAST_KNOWN})


def child_record(stated: object, today: date) -> ChildRecord:
    """Return the record a full statement of a child amounts to, without provenance.

    Name, date of birth and gender must be stated; an address not stated is the
    statement that none is known.
    """
    facts = known(stated, _ATTRIBUTES)
    carers = _carers(facts)
    address = (
        inside("address", _address, facts["address"])
        if facts.get("address") is not None
        else Address(AddressKind.NONE_KNOWN)
    )
    return ChildRecord(
        identity=Identity(
            inside("name", _name, required(facts, "name")),
            _date_of_birth(facts, today),
            choice(facts, "gender", Gender),
            tuple(carer.name for carer in carers),
        ),
        tracing=Tracing(_former_names(facts), address.postcode, address.house),
        identifiers=_identifiers(facts),
        address=address,
        carers=carers,
        settings=_settings(facts, today),
    )


def amended_record(record: ChildRecord, stated: object, today: date) -> ChildRecord:
    """Return the record with the stated attributes in place of its own.

    An attribute not named stays as it is. Null takes away an identifier, the school or
    the practice, and is refused for what a record must have. Provenance is untouched.
    """
    facts = known(stated, _ATTRIBUTES)
    for key, value in facts.items():
        if value is None and key not in _REMOVABLE:
            raise Invalid(Code.FIELD_MISSING, key)
    carers = _carers(facts) if "carers" in facts else record.carers
    tracing, address = record.tracing, record.address
    if "former_names" in facts:
        tracing = replace(tracing, former_names=_former_names(facts))
    if "address" in facts:
        address = inside("address", _address, facts["address"])
        tracing = replace(tracing, postcode=address.postcode, house=address.house)
    return replace(
        record,
        identity=_amended_identity(record.identity, facts, carers, today),
        tracing=tracing,
        identifiers=_amended_identifiers(record, facts),
        address=address,
        carers=carers,
        settings=_amended_settings(record.settings, facts, today),
    )


def inside(key: str, read: Callable[[Said], Part], stated: Said) -> Part:
    """Return what `read` makes of the part under `key`; Invalid says where it lay.

    The path is put together on the way out, so that what is right costs nothing.
    """
    try:
        return read(stated)
    except Invalid as refusal:
        field = f"{key}.{refusal.field}" if refusal.field else key
        raise Invalid(refusal.code, field) from None


def known(stated: object, keys: frozenset[str]) -> dict[str, object]:
    """Return `stated` as a mapping of known keys only; the stranger's name is not told."""
    if not isinstance(stated, dict):
        raise Invalid(Code.FIELD_INVALID)
    if not stated.keys() <= keys:
        raise Invalid(Code.FIELD_UNKNOWN)
    return stated


def required(facts: Stated, key: str) -> object:
    """Return what is stated under `key`, which must be something."""
    value = facts.get(key)
    if value is None:
        raise Invalid(Code.FIELD_MISSING, key)
    return value


def text(facts: Stated, key: str) -> str:
    """Return the text stated under `key`."""
    value = facts.get(key)
    if type(value) is str:
        return value
    raise Invalid(Code.FIELD_MISSING if value is None else Code.FIELD_INVALID, key)


def choice(facts: Stated, key: str, vocabulary: type[Choice]) -> Choice:
    """Return the word of a closed vocabulary stated under `key`."""
    try:
        return vocabulary(text(facts, key))
    except ValueError:
        # `from None`: the cause holds the value.
        raise Invalid(Code.FIELD_INVALID, key) from None


def truth(facts: Stated, key: str) -> bool:
    """Return the true or false stated under `key`."""
    value = required(facts, key)
    if type(value) is not bool:
        raise Invalid(Code.FIELD_INVALID, key)
    return value


def checked(facts: Stated, key: str, check: Callable[[str, str], str]) -> str:
    """Return the text under `key` in its canonical form, or "" where none is stated."""
    value = facts.get(key)
    if type(value) is str:
        return check(value, key)
    if value is None:
        return ""
    raise Invalid(Code.FIELD_INVALID, key)


def _name(stated: object) -> PersonName:
    name = known(stated, _NAME_KEYS)
    return PersonName(
        checked_name(text(name, "family_name"), "family_name"),
        checked(name, "given_name", checked_name),
        checked(name, "middle_names", checked_name),
    )


def _former_names(facts: Stated) -> tuple[PersonName, ...]:
    return tuple(
        inside(f"former_names[{place}]", _name, name)
        for place, name in enumerate(_listed(facts, "former_names", FORMER_NAMES_MAX))
    )


def _date_of_birth(facts: Stated, today: date) -> date:
    where = "date_of_birth"
    return checked_date_of_birth(checked_date(text(facts, "date_of_birth"), where), today, where)


def _amended_identity(
    identity: Identity, facts: Stated, carers: tuple[Carer, ...], today: date
) -> Identity:
    if "name" in facts:
        identity = replace(identity, name=inside("name", _name, facts["name"]))
    if "date_of_birth" in facts:
        identity = replace(identity, date_of_birth=_date_of_birth(facts, today))
    if "gender" in facts:
        identity = replace(identity, gender=choice(facts, "gender", Gender))
    return replace(identity, carers=tuple(carer.name for carer in carers))


def _listed(facts: Stated, key: str, count_max: int) -> list[object]:
    listed = facts.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list) or len(listed) > count_max:
        raise Invalid(Code.FIELD_INVALID, key)
    return listed


def _identifiers(facts: Stated) -> dict[IdentifierScheme, str]:
    numbers = {}
    for key, scheme, check in _IDENTIFIER_CHECKS:
        if facts.get(key) is not None:
            numbers[scheme] = check(text(facts, key))
    return numbers


def _amended_identifiers(record: ChildRecord, facts: Stated) -> dict[IdentifierScheme, str]:
    kept = {
        scheme: number for scheme, number in record.identifiers.items() if scheme.value not in facts
    }
    return kept | _identifiers(facts)


def _address(stated: object) -> Address:
    address = known(stated, _ADDRESS_KEYS)
    kind = choice(address, "kind", AddressKind)
    read = Address(
        kind,
        checked(address, "house", checked_house),
        checked(address, "street", checked_street),
        checked(address, "town", checked_town),
        checked(address, "postcode", checked_postcode),
    )
    if kind in _ADDRESSES:
        if not read.postcode and not (read.street and read.town):
            raise Invalid(Code.FIELD_MISSING, "postcode")
    elif any(address.get(line) is not None for line in ("house", "street", "town", "postcode")):
        # A statement that there is no address cannot carry one.
        raise Invalid(Code.FIELD_INVALID, "kind")
    return read


def _carers(facts: Stated) -> tuple[Carer, ...]:
    return tuple(
        inside(f"carers[{place}]", _carer, carer)
        for place, carer in enumerate(_listed(facts, "carers", CARERS_MAX))
    )


def _carer(stated: object) -> Carer:
    carer = known(stated, _CARER_KEYS)
    return Carer(
        inside("name", _name, required(carer, "name")),
        choice(carer, "relation", CarerRelation),
        truth(carer, "parental_responsibility"),
        checked(carer, "phone", checked_phone),
    )


def _settings(facts: Stated, today: date) -> Settings:
    school = practice = None
    if facts.get("school") is not None:
        school = inside("school", partial(_school, today), facts["school"])
    if facts.get("practice") is not None:
        practice = inside("practice", partial(_practice, today), facts["practice"])
    if facts.get("education") is not None:
        education = choice(facts, "education", Education)
    else:
        education = Education.ATTENDING if school else Education.NOT_KNOWN
    return _agreeing(Settings(education, school, practice))


def _amended_settings(settings: Settings, facts: Stated, today: date) -> Settings:
    stated = _settings({**facts, "education": None}, today)
    school = stated.school if "school" in facts else settings.school
    practice = stated.practice if "practice" in facts else settings.practice
    if "education" in facts:
        education = choice(facts, "education", Education)
        if education is not Education.ATTENDING and "school" not in facts:
            school = None  # the statement stands instead of a school
    elif "school" in facts:
        education = Education.ATTENDING if school else Education.NOT_KNOWN
    else:
        education = settings.education
    return _agreeing(Settings(education, school, practice))


def _agreeing(settings: Settings) -> Settings:
    """A child attends a named school, or a statement stands in its place."""
    attending = settings.education is Education.ATTENDING
    if attending and settings.school is None:
        raise Invalid(Code.FIELD_MISSING, "school")
    if not attending and settings.school is not None:
        raise Invalid(Code.FIELD_INVALID, "education")
    return settings


def _school(today: date, stated: object) -> School:
    school = known(stated, _SCHOOL_KEYS)
    starts = checked_near_date(text(school, "starts"), today, "starts")
    ends = None
    if school.get("ends") is not None:
        ends = checked_near_date(text(school, "ends"), today, "ends")
        if ends < starts:
            raise Invalid(Code.DATE_OUT_OF_RANGE, "ends")
    return School(
        checked_urn(text(school, "urn"), "urn"),
        checked_org_name(text(school, "name"), "name"),
        checked(school, "phone", checked_phone),
        starts,
        ends,
    )


def _practice(today: date, stated: object) -> Practice:
    practice = known(stated, _PRACTICE_KEYS)
    return Practice(
        checked_ods(text(practice, "ods"), "ods"),
        checked_org_name(text(practice, "name"), "name"),
        checked(practice, "phone", checked_phone),
        checked_past_date(text(practice, "since"), today, "since"),
    )
