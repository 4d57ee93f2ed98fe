"""Made children are unlike, so that what comes of one never depends on who else was made."""

from datetime import date
from typing import Any

import pytest

from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.matching.grade import Grade, grade
from index_service.domain.matching.keys import Facts
from index_service.domain.matching.score import Candidate, prepare, score
from index_service.services.placing import may_be_one_child
from tests.stories.made import Stated, a_child, begin_again, by_address, by_everything, by_name

MANY = 150


def facts_of(stated: Stated) -> Facts:
    """Return what a record or a question states, as matching sees it."""
    name = stated.get("name", stated)
    home = stated.get("address", stated)
    numbers = {each: stated[each.value] for each in IdentifierScheme if each.value in stated}
    return Facts(
        names=(PersonName(name["family_name"], name.get("given_name", "")),),
        date_of_birth=date.fromisoformat(stated["date_of_birth"]),
        postcode=home.get("postcode", ""),
        house=home.get("house", ""),
        identifiers=numbers,
        gender=Gender(stated["gender"]) if "gender" in stated else None,
    )


def taken_for(asked: Facts, other: Facts) -> bool:
    """Return whether a question may lead to another child than the one asked for."""
    query, candidate = prepare(asked), Candidate(other)
    return grade(query, candidate, score(query, candidate)) is not Grade.NONE


@pytest.mark.parametrize("by", [dict, by_name, by_everything, by_address])
def test_no_question_about_a_made_child_leads_to_another(by: Any) -> None:
    """Whatever a test asked of one it made: nobody another test made is among the matches."""
    children = [a_child() for _ in range(MANY)]
    facts = [facts_of(child) for child in children]
    for number, child in enumerate(children):
        asked = facts_of(by(child))
        assert taken_for(asked, facts[number])
        assert not [
            other for other in facts if other is not facts[number] and taken_for(asked, other)
        ]


def test_no_made_child_is_held_for_another_that_is_shielded() -> None:
    facts = [facts_of(a_child()) for _ in range(MANY)]
    for number, one in enumerate(facts):
        assert may_be_one_child(one, one)
        assert not [other for other in facts[:number] if may_be_one_child(one, other)]


def test_made_children_of_one_birthday_are_unlike_by_name() -> None:
    """As a test makes them that gives the date itself."""
    born = a_child()["date_of_birth"]
    facts = [facts_of(a_child(date_of_birth=born, address=None)) for _ in range(20)]
    for number, one in enumerate(facts):
        assert not [other for other in facts[:number] if may_be_one_child(one, other)]
        assert not [other for other in facts[:number] if taken_for(one, other)]


def test_each_index_is_given_the_same_children() -> None:
    begin_again()
    first = [a_child() for _ in range(3)]
    begin_again()
    assert [a_child() for _ in range(3)] == first
