"""What a sender states of a child becomes a record, or is refused at the field it fails by."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from index_service.domain.child import (
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
from index_service.domain.errors import Code, Invalid
from index_service.domain.stated import ATTRIBUTES, amended_record, child_record

TODAY = date(2026, 11, 21)
MOTHER = PersonName("Okonedo", "Ines")
STATED: dict[str, Any] = {
    "name": {"family_name": "Okonedo-Vale", "given_name": "Tamsin", "middle_names": "Wren"},
    "date_of_birth": "2016-05-14",
    "gender": "female",
    "former_names": [{"family_name": "Vale"}],
    "nhs_number": "999 000 0018",
    "upn": "c999000000001",
    "address": {
        "kind": "current",
        "house": "12",
        "street": "Larkfield Rise",
        "town": "Northmere",
        "postcode": "nm14qt",
    },
    "carers": [
        {
            "name": {"family_name": "Okonedo", "given_name": "Ines"},
            "relation": "mother",
            "parental_responsibility": True,
            "phone": "01632 960101",
        }
    ],
    "education": "attending",
    "school": {"urn": "900123", "name": "Larkfield Primary School", "starts": "2021-09-01"},
    "practice": {"ods": "Z99123", "name": "Northmere Road Surgery", "since": "2016-06-01"},
}
RECORD = ChildRecord(
    Identity(
        PersonName("Okonedo-Vale", "Tamsin", "Wren"), date(2016, 5, 14), Gender.FEMALE, (MOTHER,)
    ),
    Tracing((PersonName("Vale"),), "NM1 4QT", "12"),
    {IdentifierScheme.NHS_NUMBER: "9990000018", IdentifierScheme.UPN: "C999000000001"},
    Address(AddressKind.CURRENT, "12", "Larkfield Rise", "Northmere", "NM1 4QT"),
    (Carer(MOTHER, CarerRelation.MOTHER, True, "+441632960101"),),
    Settings(
        Education.ATTENDING,
        School("900123", "Larkfield Primary School", "", date(2021, 9, 1)),
        Practice("Z99123", "Northmere Road Surgery", "", date(2016, 6, 1)),
    ),
)


def stated(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    facts = copy.deepcopy(STATED)
    change(facts)
    return facts


def test_a_full_statement_becomes_a_record() -> None:
    assert child_record(STATED, TODAY) == RECORD


def test_name_date_of_birth_and_gender_are_enough() -> None:
    facts = {key: STATED[key] for key in ("name", "date_of_birth", "gender")}
    record = child_record(facts, TODAY)
    assert record.address == Address(AddressKind.NONE_KNOWN)
    assert record.settings == Settings(Education.NOT_KNOWN)
    assert child_record({**dict.fromkeys(ATTRIBUTES), **facts}, TODAY) == record, "null is unsaid"


REFUSED: list[tuple[Callable[[dict[str, Any]], object], Code, str]] = [
    (lambda f: f.pop("name"), Code.FIELD_MISSING, "name"),
    (lambda f: f.pop("gender"), Code.FIELD_MISSING, "gender"),
    (lambda f: f.update(gender=None), Code.FIELD_MISSING, "gender"),
    (lambda f: f.update(gender="f"), Code.FIELD_INVALID, "gender"),
    (lambda f: f.update(gender=1), Code.FIELD_INVALID, "gender"),
    (lambda f: f.update(name="Vale"), Code.FIELD_INVALID, "name"),
    (lambda f: f["name"].pop("family_name"), Code.FIELD_MISSING, "name.family_name"),
    (lambda f: f["name"].update(given_name=7), Code.FIELD_INVALID, "name.given_name"),
    (lambda f: f["name"].update(title="Dr"), Code.FIELD_UNKNOWN, "name"),
    (lambda f: f.update(note="says he"), Code.FIELD_UNKNOWN, ""),
    (lambda f: f.update(date_of_birth=1330473600), Code.FIELD_INVALID, "date_of_birth"),
    (lambda f: f.update(date_of_birth="1330473600"), Code.FIELD_INVALID, "date_of_birth"),
    (lambda f: f.update(date_of_birth="2027-01-01"), Code.DATE_OUT_OF_RANGE, "date_of_birth"),
    (lambda f: f.update(nhs_number="9990000019"), Code.IDENTIFIER_INVALID, "nhs_number"),
    (lambda f: f.update(upn="A999000000001"), Code.IDENTIFIER_INVALID, "upn"),
    (lambda f: f.update(case_number="9990000018"), Code.IDENTIFIER_INVALID, "case_number"),
    (lambda f: f.update(nhs_number=9990000018), Code.FIELD_INVALID, "nhs_number"),
    (lambda f: f.update(former_names=[{}] * 4), Code.FIELD_INVALID, "former_names"),
    (lambda f: f.update(former_names={}), Code.FIELD_INVALID, "former_names"),
    (lambda f: f["former_names"].append({}), Code.FIELD_MISSING, "former_names[1].family_name"),
    (lambda f: f["carers"][0].update(phone="x"), Code.FIELD_INVALID, "carers[0].phone"),
    (
        lambda f: f["carers"][0].update(parental_responsibility="true"),
        Code.FIELD_INVALID,
        "carers[0].parental_responsibility",
    ),
    (
        lambda f: f["carers"][0].update(parental_responsibility=1),
        Code.FIELD_INVALID,
        "carers[0].parental_responsibility",
    ),
    (lambda f: f["carers"][0]["name"].clear(), Code.FIELD_MISSING, "carers[0].name.family_name"),
    (lambda f: f.update(carers=f["carers"] * 5), Code.FIELD_INVALID, "carers"),
    (lambda f: f["address"].update(postcode="ZZ99 3VZ"), Code.FIELD_INVALID, "address.postcode"),
    (lambda f: f["address"].update(kind="none_known"), Code.FIELD_INVALID, "address.kind"),
    (lambda f: f.update(address={"kind": "current"}), Code.FIELD_MISSING, "address.postcode"),
    (lambda f: f.update(address={}), Code.FIELD_MISSING, "address.kind"),
    (lambda f: f.pop("school"), Code.FIELD_MISSING, "school"),
    (lambda f: f.update(education="educated_otherwise"), Code.FIELD_INVALID, "education"),
    (lambda f: f["school"].update(urn="1"), Code.FIELD_INVALID, "school.urn"),
    (lambda f: f["school"].update(ends="2020-09-01"), Code.DATE_OUT_OF_RANGE, "school.ends"),
    (lambda f: f["school"].update(starts="2035-09-01"), Code.DATE_OUT_OF_RANGE, "school.starts"),
    (lambda f: f["practice"].update(ods="99123"), Code.FIELD_INVALID, "practice.ods"),
    (lambda f: f["practice"].update(since="2027-01-01"), Code.DATE_OUT_OF_RANGE, "practice.since"),
]


@pytest.mark.parametrize(("change", "code", "field"), REFUSED)
def test_a_wrong_fact_is_refused_where_it_stands(
    change: Callable[[dict[str, Any]], object], code: Code, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        child_record(stated(change), TODAY)
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize("kind", [kind for kind in AddressKind if kind.name.startswith("LEFT")])
def test_a_statement_stands_in_place_of_an_address(kind: AddressKind) -> None:
    record = child_record(stated(lambda f: f.update(address={"kind": kind.value})), TODAY)
    assert record.address == Address(kind)
    assert (record.tracing.postcode, record.tracing.house) == ("", "")


def test_a_street_and_town_make_an_address_without_a_postcode() -> None:
    lines = {"kind": "last_known", "street": "Larkfield Rise", "town": "Northmere"}
    record = child_record(stated(lambda f: f.update(address=lines)), TODAY)
    assert record.address.street == "Larkfield Rise"


def test_what_is_not_named_stays() -> None:
    assert amended_record(RECORD, {}, TODAY) == RECORD
    assert amended_record(RECORD, STATED, TODAY) == RECORD


def test_what_is_named_takes_the_place_of_what_was() -> None:
    after = amended_record(
        RECORD,
        {
            "name": {"family_name": "Vale"},
            "address": {"kind": "none_known"},
            "carers": [],
            "gender": "not_specified",
            "date_of_birth": "2016-05-15",
            "former_names": [],
            "case_number": "NM40217",
            "nhs_number": None,
        },
        TODAY,
    )
    assert after.identity == Identity(
        PersonName("Vale"), date(2016, 5, 15), Gender.NOT_SPECIFIED, ()
    )
    assert after.tracing == Tracing()
    assert after.identifiers == {
        IdentifierScheme.UPN: "C999000000001",
        IdentifierScheme.CASE_NUMBER: "NM40217",
    }
    assert after.carers == ()
    assert after.settings == RECORD.settings


def test_a_statement_of_education_takes_the_schools_place() -> None:
    after = amended_record(RECORD, {"education": "educated_otherwise"}, TODAY).settings
    assert (after.education, after.school) == (Education.EDUCATED_OTHERWISE, None)
    after = amended_record(RECORD, {"school": None}, TODAY).settings
    assert (after.education, after.school) == (Education.NOT_KNOWN, None)
    after = amended_record(RECORD, {"practice": None}, TODAY).settings
    assert (after.education, after.practice) == (Education.ATTENDING, None)


@pytest.mark.parametrize("key", ["name", "date_of_birth", "gender", "address", "carers"])
def test_what_a_record_must_have_is_not_taken_away(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        amended_record(RECORD, {key: None}, TODAY)
    assert (caught.value.code, caught.value.field) == (Code.FIELD_MISSING, key)
