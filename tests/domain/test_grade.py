"""Grades: what may be taken for certain, and what must not."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.matching.grade import (
    MARGIN_BITS_MIN,
    Grade,
    grade,
    rank,
    tier_2_needed,
)
from index_service.domain.matching.keys import Facts
from index_service.domain.matching.score import Candidate, Field, score

NHS, UPN, CASE = IdentifierScheme.NHS_NUMBER, IdentifierScheme.UPN, IdentifierScheme.CASE_NUMBER
BORN = date(2014, 5, 16)
few = settings(max_examples=40)  # building children costs most of the time
names = st.sampled_from(
    [
        "Niamh",
        "Neve",
        "Aoife",
        "Liz",
        "Elizabeth",
        "Mohammed",
        "",
        "Baby",
        "N",
        "Brightwater",
        "Birch",
    ]
)
person_names = st.builds(PersonName, family=names, given=names, middle=names)
facts_of_children = st.builds(
    Facts,
    names=st.tuples(person_names),
    date_of_birth=st.none() | st.sampled_from([BORN, date(2014, 5, 15), date(2011, 2, 3)]),
    postcode=st.sampled_from(["", "E8 4QN", "N1 9GU"]),
    house=st.sampled_from(["", "7", "12"]),
    identifiers=st.dictionaries(
        st.sampled_from(IdentifierScheme), st.sampled_from(["1111", "2222"]), max_size=3
    ),
    gender=st.none() | st.sampled_from(Gender),
)
GRADES_UP = [Grade.NONE, Grade.POSSIBLE, Grade.PROBABLE, Grade.CERTAIN]


def child(family="Brightwater", given_name="Niamh", middle="", **others) -> Facts:
    whole = {"date_of_birth": BORN, "postcode": "E8 4QN", "house": "7", "gender": Gender.FEMALE}
    return Facts(names=(PersonName(family, given_name, middle),), **(whole | others))


def graded(asked: Facts, stored: Facts, withheld: frozenset[str] = frozenset()) -> Grade:
    candidate = Candidate(stored, withheld)
    return grade(asked, candidate, score(asked, candidate))


def ranked(asked: Facts, *stored: Facts) -> list[tuple[int, Grade]]:
    found = [
        (place, asked, Candidate(facts), score(asked, Candidate(facts)))
        for place, facts in enumerate(stored)
    ]
    return [(one.key, one.grade) for one in rank(found)]


def test_the_same_particulars_are_certain():
    assert graded(child(), child()) is Grade.CERTAIN


@pytest.mark.parametrize(
    "asked",
    [
        child(given_name="Neve"),
        child("Brightwatre"),
        child(date_of_birth=date(2014, 5, 15)),
        child(house="8"),
        child(postcode="E8 4QM"),
        child(gender=Gender.MALE),
        child(postcode=""),
    ],
)
def test_any_one_of_the_four_particulars_less_than_exact_is_not_certain(asked):
    assert graded(asked, child()) is not Grade.CERTAIN


@pytest.mark.parametrize("scheme", [NHS, UPN, CASE])
def test_an_exact_number_with_an_agreeing_name_is_certain(scheme):
    asked = Facts(names=(PersonName("Brightwater", "Neve"),), identifiers={scheme: "1111"})
    asked = replace(asked, names=(PersonName("Brightwater", "Niamhe"),))
    assert graded(asked, child(identifiers={scheme: "1111"})) is Grade.CERTAIN


@pytest.mark.parametrize(
    "asked",
    [
        Facts(identifiers={NHS: "1111"}),
        Facts(names=(PersonName("", "Niamh"),), identifiers={NHS: "1111"}),
        Facts(names=(PersonName("Oldfield", "Niamh"),), identifiers={NHS: "1111"}),
        child(given_name="Aoife", identifiers={NHS: "1111"}),
    ],
)
def test_an_exact_number_without_an_agreeing_name_is_not_certain(asked):
    assert graded(asked, child(identifiers={NHS: "1111"})) not in (Grade.CERTAIN, Grade.NONE)


def test_a_number_withheld_from_the_asker_does_not_make_certain():
    asked = Facts(names=(PersonName("Brightwater", "Niamh"),), identifiers={NHS: "1111"})
    stored = child(identifiers={NHS: "1111"})
    assert graded(asked, stored) is Grade.CERTAIN
    assert graded(asked, replace(stored, identifiers={}), frozenset({"nhs_number"})) in (
        Grade.POSSIBLE,
        Grade.NONE,
    )


@few
@given(facts_of_children, facts_of_children)
def test_two_different_nhs_numbers_never_match(asked, stored):
    asked = replace(asked, identifiers=asked.identifiers | {NHS: "1111"})
    stored = replace(stored, identifiers=stored.identifiers | {NHS: "2222"})
    assert graded(asked, stored) is Grade.NONE


def test_two_different_nhs_numbers_never_match_even_if_all_else_is_exact():
    assert graded(child(identifiers={NHS: "1111"}), child(identifiers={NHS: "2222"})) is Grade.NONE


@pytest.mark.parametrize("given_name", ["Aoife", "", "Baby", "N", "Unknown", "Orla"])
def test_family_name_date_of_birth_and_address_never_match_by_themselves(given_name):
    """That is what a twin has."""
    assert graded(child(given_name=given_name), child()) is Grade.POSSIBLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (child(given_name="Niamh"), child(given_name="Aoife")),
        (child(given_name="Jane"), child(given_name="John", gender=Gender.MALE)),
        (child(given_name="Samira"), child(given_name="Samir", gender=Gender.MALE)),
        (child(given_name="Amy"), child(given_name="Emma")),
        (child(given_name="Mohammed Ali"), child(given_name="Mohammed Omar")),
        (child(given_name="Mohammed", middle="Ali"), child(given_name="Mohammed", middle="Omar")),
        (child(given_name="Mohammed"), child(given_name="Mohammed", middle="Omar")),
        (child(given_name="Jayden"), child(given_name="Kayden")),
        (child(given_name="Niamh"), child(given_name="Niamh-Rose")),
        (child("李", "小龙"), child("李", "小虎")),
    ],
)
def test_a_twin_is_never_certain(one, other):
    assert graded(one, other) is not Grade.CERTAIN
    assert graded(other, one) is not Grade.CERTAIN


def test_a_close_given_name_of_the_other_gender_is_a_twin_until_shown_otherwise():
    samira, samir = child(given_name="Samira"), child(given_name="Samir", gender=Gender.MALE)
    assert graded(samira, samir) is Grade.POSSIBLE
    assert graded(samira, replace(samir, gender=Gender.FEMALE)) is Grade.PROBABLE


def test_different_middle_names_are_a_contradiction():
    assert graded(child(middle="Rose"), child(middle="Jane")) is Grade.PROBABLE
    assert graded(child(middle="Rose"), child()) is Grade.CERTAIN


@few
@given(facts_of_children, facts_of_children)
def test_certain_always_rests_on_an_agreeing_name_and_no_contradiction(asked, stored):
    found = score(asked, Candidate(stored))
    if grade(asked, Candidate(stored), found) is Grade.CERTAIN:
        assert found.level(Field.GIVEN_NAME) not in ("differs", "partial")
        assert "differs" not in (found.level(Field.NHS_NUMBER), found.level(Field.UPN))


@few
@given(facts_of_children, facts_of_children, st.lists(facts_of_children, max_size=4))
def test_certain_is_independent_of_who_else_is_found(asked, stored, others):
    alone = (0, Grade.CERTAIN) in ranked(asked, stored)
    among = (0, Grade.CERTAIN) in ranked(asked, stored, *others)
    assert alone == among == (graded(asked, stored) is Grade.CERTAIN)


@few
@given(facts_of_children, st.lists(facts_of_children, min_size=1, max_size=4), facts_of_children)
def test_one_candidate_more_never_raises_the_grade_of_another(asked, stored, newcomer):
    before = dict(ranked(asked, *stored))
    after = dict(ranked(asked, *stored, newcomer))
    for place in range(len(stored)):
        assert GRADES_UP.index(after.get(place, Grade.NONE)) <= GRADES_UP.index(
            before.get(place, Grade.NONE)
        )


@few
@given(facts_of_children, st.lists(facts_of_children, max_size=5))
def test_the_list_is_ordered_shows_nobody_graded_none_and_has_one_probable_at_most(asked, stored):
    found = ranked(asked, *stored)
    order = [GRADES_UP.index(one) for _, one in found]
    assert order == sorted(order, reverse=True)
    assert Grade.NONE not in [one for _, one in found]
    assert [one for _, one in found].count(Grade.PROBABLE) <= 1


def test_probable_needs_a_clear_margin_over_every_other():
    asked = child(postcode="", house="")
    same, elsewhere = child(), child(postcode="N1 9GU")
    assert ranked(asked, same) == [(0, Grade.PROBABLE)]
    assert ranked(asked, same, elsewhere) == [(0, Grade.POSSIBLE), (1, Grade.POSSIBLE)]
    far = child(given_name="Aoife")
    margin = score(asked, Candidate(same)).bits - score(asked, Candidate(far)).bits
    assert margin >= MARGIN_BITS_MIN
    assert ranked(asked, same, far)[0] == (0, Grade.PROBABLE)


def test_a_person_of_one_name_can_be_certain():
    assert graded(child("Suharto", "", identifiers={UPN: "1111"}),
                  child("Suharto", "", identifiers={UPN: "1111"})) is Grade.CERTAIN  # fmt: skip
    assert graded(child("Suharto", ""), child("Suharto", "")) is Grade.PROBABLE


def test_an_unnamed_baby_is_found_but_never_taken_for_granted():
    assert graded(child(given_name="Baby"), child(given_name="Baby")) is Grade.POSSIBLE


def test_a_child_of_another_name_and_day_is_not_shown():
    assert graded(child(), child("Oldfield", "Aoife", date_of_birth=date(2011, 2, 3))) is Grade.NONE


def test_the_broad_tier_is_asked_only_where_the_first_shows_little():
    asked = child()

    def first_tier(*stored: Facts) -> bool:
        found = [(0, asked, Candidate(one), score(asked, Candidate(one))) for one in stored]
        return tier_2_needed(rank(found))

    assert first_tier()
    assert first_tier(child("Oldfield", postcode="N1 9GU"))
    assert not first_tier(child())
    assert first_tier(child(identifiers={NHS: "2222"})) is False
