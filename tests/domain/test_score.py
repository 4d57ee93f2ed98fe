"""Comparison and score: agreement in bits, and silence on what is withheld."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.facts import DisclosureClass
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.matching.compare import Level
from index_service.domain.matching.keys import Facts
from index_service.domain.matching.score import (
    Candidate,
    Field,
    Score,
    prepare,
    score,
    withheld_fields,
)

names = st.sampled_from(
    ["", "Niamh", "Neve", "Elizabeth", "Liz", "Mary-Jane", "Mary", "M", "Brightwater", "Baby",
     "Ashdown-Birch", "Birch", "O'Brien", "OBrien", "McCarthy", "Carthy", "李小龙", "محمد"]
)  # fmt: skip
person_names = st.builds(PersonName, family=names, given=names, middle=names)
facts_of_children = st.builds(
    Facts,
    names=st.tuples(person_names),
    former_names=st.lists(person_names, max_size=1).map(tuple),
    date_of_birth=st.none() | st.dates(date(2012, 1, 1), date(2013, 12, 31)),
    postcode=st.sampled_from(["", "E8 4QN", "E8 4QM", "N1 9GU"]),
    house=st.sampled_from(["", "7", "12"]),
    identifiers=st.dictionaries(
        st.sampled_from(IdentifierScheme), st.sampled_from(["1111", "2222"]), max_size=3
    ),
    gender=st.none() | st.sampled_from(Gender),
)
withheld_sets = st.frozensets(st.sampled_from(Field))

BORN = date(2014, 5, 16)
few = settings(max_examples=40)  # building children costs most of the time


def child(family="Brightwater", given_name="Niamh", middle="", **others) -> Facts:
    whole = {"date_of_birth": BORN, "postcode": "E8 4QN", "house": "7", "gender": Gender.FEMALE}
    return Facts(names=(PersonName(family, given_name, middle),), **(whole | others))


def level(asked: Facts, stored: Facts, field: Field) -> Level:
    return score(asked, Candidate(stored)).level(field)


def without(facts: Facts, withheld: frozenset[Field]) -> Facts:
    """The same child with other values wherever the asker may not look."""
    name = facts.names[0]
    changed = PersonName(
        "Otherwise" if Field.FAMILY_NAME in withheld else name.family,
        "Somebody" if Field.GIVEN_NAME in withheld else name.given,
        "Else" if Field.MIDDLE_NAME in withheld else name.middle,
    )
    numbers = {
        scheme: number
        for scheme, number in facts.identifiers.items()
        if Field(scheme.value) not in withheld
    }
    return replace(
        facts,
        names=(changed,),
        former_names=(),
        date_of_birth=None if Field.DATE_OF_BIRTH in withheld else facts.date_of_birth,
        gender=None if Field.GENDER in withheld else facts.gender,
        postcode="" if Field.ADDRESS in withheld else facts.postcode,
        identifiers=numbers,
    )


@few
@given(facts_of_children, facts_of_children)
def test_every_field_is_answered_and_the_bits_add_up(asked, stored):
    found = score(asked, Candidate(stored))
    assert [one.field for one in found.fields] == list(Field)
    assert found.bits == pytest.approx(-20.0 + sum(one.bits for one in found.fields))


@few
@given(facts_of_children, facts_of_children, withheld_sets)
def test_a_withheld_field_scores_exactly_nothing(asked, stored, withheld):
    found = score(asked, Candidate(stored, frozenset(f.value for f in withheld)))
    for one in found.fields:
        if one.field in withheld:
            assert (one.level, one.bits) == (Level.NOT_COMPARED, 0.0)
        else:
            assert one.level is not Level.NOT_COMPARED


@few
@given(facts_of_children, facts_of_children, withheld_sets)
def test_what_is_withheld_changes_nothing_whatever_it_is(asked, stored, withheld):
    stored = replace(stored, former_names=())
    values = frozenset(field.value for field in withheld)
    assert score(asked, Candidate(stored, values)) == score(
        asked, Candidate(without(stored, withheld), values)
    )


def test_a_withheld_name_does_not_show_as_swapped_in_another_field():
    asked = child("Brightwater", "Niamh", middle="Rose")
    stored = child("Niamh", "Aoife", middle="Niamh")
    hidden = frozenset({"family_name", "middle_name"})
    found = score(asked, Candidate(stored, hidden))
    assert score(asked, Candidate(stored)).level(Field.GIVEN_NAME) is Level.SWAPPED
    assert found.level(Field.GIVEN_NAME) is Level.DIFFERS
    assert found == score(asked, Candidate(child("", "Aoife"), hidden))


@few
@given(facts_of_children, facts_of_children)
def test_a_question_prepared_once_scores_the_same(asked, stored):
    assert score(prepare(asked), Candidate(stored)) == score(asked, Candidate(stored))


@few
@given(facts_of_children, facts_of_children)
def test_a_former_name_never_takes_bits_away(asked, stored):
    bare = replace(stored, former_names=())
    assert score(asked, Candidate(stored)).bits >= score(asked, Candidate(bare)).bits


@few
@given(facts_of_children)
def test_nobody_scores_above_the_child_with_exactly_the_facts_asked(asked):
    """Each part made different in turn never scores higher than made equal."""
    asked = replace(asked, former_names=(), date_of_birth=asked.date_of_birth or BORN)
    same = score(asked, Candidate(asked)).bits
    others = [
        replace(asked, date_of_birth=date(2003, 8, 29)),
        replace(asked, names=(PersonName("Quillfeather", "Xanthe", "Zed"),)),
        replace(asked, postcode="SW1A 1AA", house="99"),
        replace(asked, identifiers=dict.fromkeys(asked.identifiers, "9999")),
    ]
    assert all(score(asked, Candidate(other)).bits <= same for other in others)


@few
@given(facts_of_children, facts_of_children, st.sampled_from(IdentifierScheme))
def test_an_equal_number_always_adds_and_a_different_one_always_takes(asked, stored, scheme):
    def with_number(number: str) -> Score:
        theirs = stored.identifiers | {scheme: number}
        ours = asked.identifiers | {scheme: "1111"}
        return score(
            replace(asked, identifiers=ours), Candidate(replace(stored, identifiers=theirs))
        )

    nothing = score(replace(asked, identifiers=asked.identifiers | {scheme: ""}), Candidate(stored))
    assert with_number("1111").bits > nothing.bits > with_number("2222").bits


@pytest.mark.parametrize(
    ("asked", "stored", "expected"),
    [
        ("Niamh", "niamh", Level.EXACT),
        ("Łukasz", "Lukasz", Level.EXACT),
        ("Mary Jane", "Mary-Jane", Level.EXACT),
        ("Liz", "Elizabeth", Level.NICKNAME),
        ("Mohd", "Mohammed", Level.NICKNAME),
        ("Niamhe", "Niamh", Level.CLOSE),
        ("Loe", "Leo", Level.CLOSE),
        ("Hallie", "Hallie-Mae", Level.CLOSE),
        ("Mohamed", "Muhammad", Level.SOUNDS_ALIKE),
        ("N", "Niamh", Level.PARTIAL),
        ("Mohammed Ali", "Mohammed Omar", Level.PARTIAL),
        ("Jane", "John", Level.DIFFERS),
        ("Niamh", "Aoife", Level.DIFFERS),
        ("Мария", "Мария", Level.EXACT),
        ("小龙", "小虎", Level.DIFFERS),
        ("Null", "True", Level.DIFFERS),
        ("Baby", "Baby", Level.MISSING),
        ("Unknown", "Niamh", Level.MISSING),
        ("", "Niamh", Level.MISSING),
    ],
)
def test_given_names_agree_in_words(asked, stored, expected):
    assert level(child(given_name=asked), child(given_name=stored), Field.GIVEN_NAME) is expected


@pytest.mark.parametrize(
    ("asked", "stored", "expected"),
    [
        ("O'Brien", "OBrien", Level.EXACT),
        ("O’Brien", "O Brien", Level.EXACT),
        ("Brown Jr", "Brown", Level.EXACT),
        ("Brightwatre", "Brightwater", Level.CLOSE),
        ("bin Farnell", "Farnell", Level.CLOSE),
        ("Carthy", "McCarthy", Level.CLOSE),
        ("Cox", "Kox", Level.SOUNDS_ALIKE),
        ("Birch", "Ashdown-Birch", Level.PARTIAL),
        ("Brightwater", "Oldfield", Level.DIFFERS),
        ("王", "李", Level.DIFFERS),
    ],
)
def test_family_names_agree_in_words(asked, stored, expected):
    assert level(child(asked), child(stored), Field.FAMILY_NAME) is expected


def test_swapped_names_are_seen_and_so_is_a_middle_name_used_as_given():
    turned = score(child("Niamh", "Brightwater"), Candidate(child()))
    assert turned.level(Field.GIVEN_NAME) is turned.level(Field.FAMILY_NAME) is Level.SWAPPED
    used = child(given_name="Aoife", middle="Niamh")
    assert level(child(), used, Field.GIVEN_NAME) is Level.SWAPPED


def test_a_person_of_one_name_agrees_wherever_the_name_was_typed():
    assert level(child("Suharto", ""), child("", "Suharto"), Field.GIVEN_NAME) is Level.SWAPPED
    assert level(child("Suharto", ""), child("Suharto", ""), Field.FAMILY_NAME) is Level.EXACT


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (BORN, Level.EXACT),
        (date(2014, 5, 15), Level.CLOSE),
        (date(2013, 5, 16), Level.CLOSE),
        (date(2014, 5, 1), Level.PARTIAL),
        (date(2014, 1, 1), Level.PARTIAL),
        (date(2012, 11, 3), Level.DIFFERS),
        (None, Level.MISSING),
    ],
)
def test_dates_of_birth_agree_in_words(asked, expected):
    assert level(child(date_of_birth=asked), child(), Field.DATE_OF_BIRTH) is expected


def test_day_and_month_swapped_is_said_so():
    asked, stored = child(date_of_birth=date(2014, 6, 5)), child(date_of_birth=date(2014, 5, 6))
    assert level(asked, stored, Field.DATE_OF_BIRTH) is Level.DAY_MONTH_SWAPPED


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("E8 4QN", "7"), Level.EXACT),
        (("e84qn", "7"), Level.EXACT),
        (("E8 4QM", "7"), Level.CLOSE),
        (("E8 4QN", ""), Level.CLOSE),
        (("E8 4QN", "9"), Level.PARTIAL),
        (("N1 9GU", "7"), Level.DIFFERS),
        (("ZZ99 3VZ", "7"), Level.MISSING),
        (("", "7"), Level.MISSING),
    ],
)
def test_addresses_agree_in_words(asked, expected):
    postcode, house = asked
    assert level(child(postcode=postcode, house=house), child(), Field.ADDRESS) is expected


def test_a_pseudo_postcode_shared_by_many_is_no_evidence():
    nowhere = child(postcode="ZZ99 3VZ", house="1")
    assert level(nowhere, nowhere, Field.ADDRESS) is Level.MISSING


@pytest.mark.parametrize("gender", [None, Gender.NOT_SPECIFIED])
def test_a_gender_not_specified_is_no_evidence(gender):
    assert level(child(gender=gender), child(), Field.GENDER) is Level.MISSING
    assert level(child(gender=gender), child(gender=gender), Field.GENDER) is Level.MISSING


def test_an_equal_rare_name_tells_more_than_an_equal_common_one():
    rare = score(child(), Candidate(child())).bits
    common = score(child("Khan", "Mohammed"), Candidate(child("Khan", "Mohammed"))).bits
    assert rare > common + 5


def test_fields_withheld_follow_from_the_classes_permitted():
    assert withheld_fields(frozenset(DisclosureClass)) == frozenset()
    assert withheld_fields(frozenset()) == frozenset(Field)
    assert withheld_fields(frozenset({DisclosureClass.IDENTITY})) == {
        "address", "nhs_number", "upn", "case_number"
    }  # fmt: skip
