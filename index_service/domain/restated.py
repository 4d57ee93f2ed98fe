"""A record by the names in which any sender states one: what `stated.py` reads, written."""

from typing import Any

from index_service.domain.child import (
    Address,
    AddressKind,
    Carer,
    ChildRecord,
    PersonName,
    Practice,
    School,
)


def stated_child(record: ChildRecord) -> dict[str, Any]:
    """Return a record by the names in which anybody states one; nothing is a null."""
    identity, settings = record.identity, record.settings
    said: dict[str, Any] = {
        "name": _name(identity.name),
        "date_of_birth": identity.date_of_birth.isoformat(),
        "gender": identity.gender.value,
        "former_names": [_name(each) for each in record.tracing.former_names],
        **{scheme.value: number for scheme, number in record.identifiers.items()},
        "address": _address(record.address),
        "carers": [_carer(each) for each in record.carers],
        "education": settings.education.value,
        "school": _school(settings.school),
        "practice": _practice(settings.practice),
    }
    return {name: part for name, part in said.items() if part is not None}


def _known(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part not in ("", None)}


def _name(name: PersonName) -> dict[str, Any]:
    return _known(family_name=name.family, given_name=name.given, middle_names=name.middle)


def _address(address: Address) -> dict[str, Any] | None:
    if address.kind is AddressKind.NONE_KNOWN:
        return None
    return _known(
        kind=address.kind.value,
        house=address.house,
        street=address.street,
        town=address.town,
        postcode=address.postcode,
    )


def _carer(carer: Carer) -> dict[str, Any]:
    return _known(
        name=_name(carer.name),
        relation=carer.relation.value,
        parental_responsibility=carer.parental_responsibility,
        phone=carer.phone,
    )


def _school(school: School | None) -> dict[str, Any] | None:
    if school is None:
        return None
    return _known(
        urn=school.urn,
        name=school.name,
        phone=school.phone,
        starts=school.starts.isoformat(),
        ends=school.ends.isoformat() if school.ends else None,
    )


def _practice(practice: Practice | None) -> dict[str, Any] | None:
    if practice is None:
        return None
    return _known(
        ods=practice.ods,
        name=practice.name,
        phone=practice.phone,
        since=practice.since.isoformat(),
    )
