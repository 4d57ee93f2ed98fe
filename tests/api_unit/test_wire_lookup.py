"""Questions on the wire: facts to search by, as few as are allowed, each fault named."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from consent.facts import (
    AccessReason,
    Purpose,
)
from index_service.api.wire_lookup import BatchAsked, BatchSubject, LookupAsked
from index_service.domain.access import Access
from index_service.domain.child import (
    Gender,
    IdentifierScheme,
    PersonName,
)
from index_service.domain.errors import Code, Invalid
from index_service.domain.matching.keys import Facts
from tests.api_unit.test_wire import TODAY


def lookup(**facts: Any) -> Facts:
    return LookupAsked.model_validate(facts).to_domain(TODAY)


def test_a_question_becomes_searchable_facts() -> None:
    assert lookup(
        given_name="Zoe\u0308",
        family_name="D’Arvel",
        date_of_birth="2016-05-14",
        gender="female",
        postcode="nm14qt",
        house="12",
        nhs_number="999 000 0018",
    ) == Facts(
        names=(PersonName("D’Arvel", "Zoë"),),
        date_of_birth=date(2016, 5, 14),
        postcode="NM1 4QT",
        house="12",
        identifiers={IdentifierScheme.NHS_NUMBER: "9990000018"},
        gender=Gender.FEMALE,
    )


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"family_name": "Vale"},
        {"family_name": "Vale", "given_name": "Tamsin", "gender": "female"},
        {"date_of_birth": "2016-05-14"},
        {"postcode": "NM1 4QT", "house": "12"},
        {"middle_names": "Wren", "date_of_birth": "2016-05-14"},
        {"family_name": "Vale", "date_of_birth": None},
    ],
)
def test_too_few_facts_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        lookup(**facts)
    assert caught.value.code is Code.TOO_FEW_FACTS


def test_an_authority_may_ask_for_more_or_less() -> None:
    asked = LookupAsked.model_validate({"family_name": "Vale", "gender": "female"})
    asked.to_domain(TODAY, [frozenset({"family_name", "gender"})])
    with pytest.raises(Invalid):
        LookupAsked.model_validate({"upn": "C999000000001"}).to_domain(TODAY, [])


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"nhs_number": "9990000019"}, Code.IDENTIFIER_INVALID, "nhs_number"),
        ({"upn": "A999000000001"}, Code.IDENTIFIER_INVALID, "upn"),
        ({"case_number": "9990000018"}, Code.IDENTIFIER_INVALID, "case_number"),
        (
            {"upn": "C999000000001", "date_of_birth": "2016-02-30"},
            Code.DATE_OUT_OF_RANGE,
            "date_of_birth",
        ),
        (
            {"upn": "C999000000001", "date_of_birth": "1990-01-01"},
            Code.DATE_OUT_OF_RANGE,
            "date_of_birth",
        ),
        ({"upn": "C999000000001", "postcode": "ZZ99 3VZ"}, Code.FIELD_INVALID, "postcode"),
        ({"upn": "C999000000001", "given_name": "Ada-"}, Code.FIELD_INVALID, "given_name"),
        ({"upn": "C999000000001", "house": "12-"}, Code.FIELD_INVALID, "house"),
    ],
)
def test_a_wrong_fact_is_named(facts: dict[str, Any], code: Code, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        lookup(**facts)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_batch_holds_one_to_four_hundred_questions() -> None:
    subject = {
        "purpose": "safeguard",
        "reason": "coming_to_notice",
        "reference": "RPT/10442",
        "lookup": {"upn": "C999000000001"},
    }
    batch = BatchAsked.model_validate({"subjects": [subject] * 400})
    assert batch.subjects[0].access() == Access(
        Purpose.SAFEGUARD, AccessReason.COMING_TO_NOTICE, "RPT/10442"
    )
    for subjects in ([], [subject] * 401, [{**subject, "purpose": None}]):
        with pytest.raises(ValidationError):
            BatchAsked.model_validate({"subjects": subjects})


def test_a_reference_that_holds_a_number_is_refused_where_it_stands() -> None:
    subject = BatchSubject.model_validate(
        {
            "purpose": "safeguard",
            "reason": "review",
            "reference": "9990000018",
            "lookup": {"upn": "C999000000001"},
        }
    )
    with pytest.raises(Invalid) as caught:
        subject.access()
    assert (caught.value.code, caught.value.field) == (Code.REFERENCE_INVALID, "reference")
