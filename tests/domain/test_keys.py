"""What a child is stored under and asked for by."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.facts import DisclosureClass
from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.matching import keys
from index_service.domain.matching.keys import Facts, TokenKind, index_keys, query_keys

LATIN = "aceilmnostyzłé' -"
name_texts = st.text(LATIN, max_size=20) | st.sampled_from(
    [
        "Null",
        "True",
        "Baby",
        "Ng",
        "Smith-Jones",
        "O’Brien",
        "李小龙",
        "محمد",
        "Мария",
        "de la Cruz",
    ]
)
person_names = st.builds(PersonName, family=name_texts, given=name_texts, middle=name_texts)
birthdays = st.dates(date(2000, 1, 1), date(2026, 1, 1))
numbers = st.dictionaries(
    st.sampled_from(IdentifierScheme), st.text("0123456789", min_size=4), max_size=3
)
facts_of_children = st.builds(
    Facts,
    names=st.lists(person_names, min_size=1, max_size=2).map(tuple),
    former_names=st.lists(person_names, max_size=3).map(tuple),
    date_of_birth=st.none() | birthdays,
    postcode=st.sampled_from(["", "SW1A 1AA", "E8 4QN", "ZZ99 3VZ"]),
    house=st.sampled_from(["", "7", "12A"]),
    identifiers=numbers,
    gender=st.none() | st.sampled_from(Gender),
)
few = settings(max_examples=40)  # building names costs most of the time
KINDS_OF_IDENTITY = {
    TokenKind.FAMILY_DOB,
    TokenKind.GIVEN_DOB,
    TokenKind.FAMILY_GIVEN_YEAR,
    TokenKind.INITIALS_DOB,
    TokenKind.DOB,
    TokenKind.FAMILY_GIVEN,
}


def child(family="Brightwater", given_name="Niamh", born=date(2014, 5, 6), **others) -> Facts:
    return Facts(names=(PersonName(family, given_name),), date_of_birth=born, **others)


def found_by(stored: Facts, asked: Facts, tier: int = 1) -> set[TokenKind]:
    under = {(key.kind, key.text) for key in index_keys(stored)}
    return {kind for kind, text in query_keys(asked, tier) if (kind, text) in under}


@few
@given(facts_of_children)
def test_a_child_has_few_keys_and_none_twice(facts):
    stored = index_keys(facts)
    assert len(stored) <= keys.INDEX_KEYS_MAX
    assert len({(key.kind, key.text) for key in stored}) == len(stored)
    assert all(key.text for key in stored)


@few
@given(facts_of_children)
def test_no_key_is_one_name_or_an_address_alone(facts):
    for kind, text, _ in index_keys(facts):
        if kind in KINDS_OF_IDENTITY - {TokenKind.DOB} or kind is TokenKind.POSTCODE_YEAR:
            assert all(text.split("."))
            assert len(text.split(".")) >= 2


@few
@given(facts_of_children)
def test_what_tracing_and_numbers_hold_never_shows_in_a_key_of_identity(facts):
    """A hit shown by identity must not depend on what identity does not show."""
    bare = replace(facts, former_names=(), postcode="", house="", identifiers={})
    bare_keys = {key for key in index_keys(bare) if key.shown_by is DisclosureClass.IDENTITY}
    shown = {key for key in index_keys(facts) if key.shown_by is DisclosureClass.IDENTITY}
    assert shown <= bare_keys


@few
@given(facts_of_children)
def test_a_child_is_found_by_its_own_facts(facts):
    if facts.identifiers or facts.date_of_birth:
        assert found_by(facts, facts, 1) | found_by(facts, facts, 2)


@few
@given(facts_of_children)
def test_the_tiers_share_no_kind_and_are_bounded(facts):
    first, second = query_keys(facts, 1), query_keys(facts, 2)
    assert {kind for kind, _ in second} <= {TokenKind.DOB, TokenKind.FAMILY_GIVEN}
    assert not {kind for kind, _ in first} & {TokenKind.DOB, TokenKind.FAMILY_GIVEN}
    assert max(len(first), len(second)) <= keys.QUERY_KEYS_MAX
    assert len(set(first)) == len(first)


def test_former_names_and_postcode_are_shown_by_tracing_and_numbers_by_themselves():
    identity = set(index_keys(child()))
    whole = child(
        former_names=(PersonName("Oldfield", "Niamh"),),
        postcode="E8 4QN",
        identifiers={IdentifierScheme.UPN: "A801200005001"},
    )
    added = set(index_keys(whole)) - identity
    assert {key.shown_by for key in identity} == {DisclosureClass.IDENTITY}
    assert {key.shown_by for key in added if key.kind is TokenKind.UPN} == {DisclosureClass.UPN}
    traced = {key.kind for key in added if key.shown_by is DisclosureClass.TRACING}
    assert len(added) == len(traced) + 1
    assert traced == {
        TokenKind.POSTCODE_YEAR,
        TokenKind.FAMILY_DOB,
        TokenKind.FAMILY_GIVEN_YEAR,
        TokenKind.INITIALS_DOB,
        TokenKind.FAMILY_GIVEN,
    }


def test_a_key_of_both_a_current_and_a_former_name_is_shown_by_identity():
    stored = index_keys(child(former_names=(PersonName("Oldfield", "Niamh"),)))
    (of_given_name,) = [key for key in stored if key.kind is TokenKind.GIVEN_DOB]
    assert of_given_name.shown_by is DisclosureClass.IDENTITY


def test_former_names_are_kept_before_second_pairs_of_a_long_current_name():
    stored = index_keys(
        Facts(
            names=(PersonName("Ashdown Birchwood", "Mary Jane", "Coralie"),),
            former_names=(PersonName("Copperfield", "Delphine"),),
            date_of_birth=date(2014, 5, 6),
            postcode="E8 4QN",
            identifiers=dict.fromkeys(IdentifierScheme, "1234"),
        )
    )
    assert len(stored) == keys.INDEX_KEYS_MAX == 24
    assert {key.kind for key in stored if key.shown_by is DisclosureClass.TRACING} > {
        TokenKind.FAMILY_DOB,
        TokenKind.GIVEN_DOB,
    }


@pytest.mark.parametrize(
    "asked",
    [
        child("Brightwater", "NIAMH"),
        child("Bright-water", "Níamh"),
        child("Brightwater", "Neve", date(2014, 5, 6)),
        child("Brightwater-Copper", "Niamh"),
        child("Niamh", "Brightwater"),
        child("Brightwater", "Niamh", date(2014, 6, 5)),
        child("Brightwater", "Niamh", date(2014, 9, 30)),
        child("McBrightwater", "Baby"),
    ],
)
def test_a_child_is_found_however_the_question_was_written(asked):
    assert found_by(child(), asked)


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        (child(given_name="Elizabeth"), child("Somebodyelse", "Liz")),
        (child(given_name="Łukasz"), child("Somebodyelse", "Lukasz")),
        (child("Ashdown-Birch"), child("Birch", "X")),
        (child("O’Brien"), child("OBrien", "X")),
        (child("李", "小龙"), child("小龙", "李")),
        (child("محمد", "علی"), child("مُحَمَّد", "علي")),
        (child("Иванов", "Семён"), child("Иванов", "Семен")),
        (child("Suharto", ""), child("", "Suharto")),
        (child("Null", "True"), child("NULL", "true")),
        (child("Ng", "A"), child("Ng", "A")),
    ],
)
def test_names_of_all_kinds_are_found_in_the_first_tier(stored, asked):
    assert found_by(stored, asked)


def test_day_and_month_typed_the_other_way_round_are_asked_for_too():
    asked = child("Brightwater", "Xanthe", date(2014, 6, 5))
    assert found_by(child(), asked) == {TokenKind.FAMILY_DOB}
    assert not found_by(
        child(born=date(2014, 6, 25)), replace(asked, date_of_birth=date(2014, 5, 25))
    )


def test_an_unknown_year_is_found_by_the_names_in_the_second_tier():
    assert found_by(child(), child(born=None), 2) == {TokenKind.FAMILY_GIVEN}


@pytest.mark.parametrize("given_name", ["Baby", "Unknown", "Male", "Infant", ""])
def test_want_of_a_given_name_is_not_a_key(given_name):
    kinds = {key.kind for key in index_keys(child(given_name=given_name))}
    assert kinds == {TokenKind.FAMILY_DOB, TokenKind.DOB}


def test_a_pseudo_postcode_is_not_a_key():
    assert TokenKind.POSTCODE_YEAR not in {
        key.kind for key in index_keys(child(postcode="ZZ99 3VZ"))
    }


def test_the_house_is_not_in_any_key():
    assert index_keys(child(house="12")) == index_keys(child(house="99"))


@few
@given(facts_of_children)
def test_guard_keys_are_few_and_never_hold_an_address(facts):
    guards = keys.guard_keys(facts)
    assert len(guards) <= keys.GUARD_KEYS_MAX
    assert guards == keys.guard_keys(replace(facts, postcode="N1 9GU", house="1"))


def test_guard_keys_are_numbers_and_names_with_the_date_of_birth():
    facts = child(
        former_names=(PersonName("Oldfield", "Niamh"),),
        identifiers={IdentifierScheme.NHS_NUMBER: "9990000018"},
    )
    assert keys.guard_keys(facts) == (
        "nhs_number:9990000018",
        "name:brightwater.niamh.2014-05-06",
        "name:oldfield.niamh.2014-05-06",
    )


def test_initials_are_ordered_by_code_point_whatever_the_locale():
    """A collation that changes with the operating system would break stored keys."""
    stored = index_keys(child("Ångström", "Żaneta"))
    assert (TokenKind.INITIALS_DOB, "az.2014-05-06") in {(key.kind, key.text) for key in stored}
