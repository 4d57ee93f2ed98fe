"""Folding: spellings a reader takes for one name become one, and no others do."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_service.domain.matching import fold, names

typed = st.text(st.characters(codec="utf-8"), max_size=35)
apostrophes = ["'", "\u2019", "\u2018", "\u02bc", "\u02bb", "`", "\uff07", "\u2032"]


@given(typed)
def test_folding_twice_is_folding_once(text):
    assert fold.fold(fold.fold(text)) == fold.fold(text)


@given(typed, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_normal_form_a_name_arrives_in_makes_no_difference(text, form):
    assert fold.words(unicodedata.normalize(form, text)) == fold.words(text)


@given(typed)
def test_what_is_folded_holds_letters_numbers_and_vowel_signs_only(text):
    for sign in fold.fold(text):
        assert unicodedata.category(sign)[0] in "LNM"
        assert unicodedata.combining(sign) == 0


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=35))
def test_plain_names_fold_to_themselves(text):
    assert fold.words(text) == (text,) == fold.words(text.upper())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łukasz", "Lukasz"),
        ("Søren", "Soren"),
        ("İrem", "Irem"),
        ("Işıl", "Isil"),
        ("Đorđe", "Dorde"),
        ("Þóra", "Thora"),
        ("Æthel", "Aethel"),
        ("Strauß", "STRAUSS"),
        ("Zoë", "Zoe"),
        ("Siân", "Sian"),
        ("Nguyễn", "Nguyen"),
        ("ﬁona", "Fiona"),
        ("Ａｎｎａ", "Anna"),
        ("Mary\u00a0Jane", "Mary Jane"),
        ("Мария", "Мари\u0301я"),
        ("مُحَمَّد", "محمد"),
        ("محمـد", "محمد"),
        ("علی", "علي"),
        ("한솔", unicodedata.normalize("NFD", "한솔")),
    ],
)
def test_spellings_of_one_name_fold_to_one(one, other):
    assert fold.words(one) == fold.words(other) != ()


@pytest.mark.parametrize("sign", apostrophes)
def test_an_apostrophe_is_one_however_it_was_typed(sign):
    assert fold.words(f"O{sign}Brien") == ("obrien",)


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ufe0f", "\u034f"]
)
def test_invisible_signs_and_turned_writing_do_not_make_another_name(sign):
    """Zero-width signs, bidi controls, soft hyphens and variation selectors."""
    assert fold.words(f"An{sign}na") == ("anna",)


def test_letters_that_only_look_alike_stay_apart():
    """A Cyrillic С is not a Latin C: which was meant is not ours to guess."""
    assert fold.fold("Сара") != fold.fold("Capa")
    assert fold.sound(fold.fold("Сара")) == "сара"


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\uff1d", '="', "'"])
def test_signs_a_spreadsheet_would_obey_fold_away(lead):
    assert fold.words(f"{lead}Anna") == ("anna",)


def test_one_letter_that_grows_under_normalisation_is_not_cut():
    """U+FDFA becomes 18 letters; cutting could split one from its marks."""
    assert len(fold.fold("\ufdfa" * 35)) > 35
    assert fold.fold("a" * 35 + "\u0301") == "a" * 35


def test_indic_vowel_signs_are_kept_since_they_tell_names_apart():
    assert fold.fold("रवि") != fold.fold("रवा")
    assert fold.fold("রহিম") != fold.fold("রহমা")


@pytest.mark.parametrize("word", ["李", "小龙", "мария", "محمد", "рома", "ελένη", "h", "w"])
def test_a_name_without_a_phonetic_code_is_heard_as_itself(word):
    assert fold.sound(word) == word
    assert word in fold.sounds(word)


@given(typed)
def test_every_word_has_a_sound(text):
    for word in fold.words(text):
        assert fold.sound(word)
        assert fold.sound(word) == fold.sounds(word)[0]


def test_the_stroke_of_lukasz_does_not_change_his_sound():
    assert fold.sound(fold.fold("Łukasz")) == fold.sound(fold.fold("Lukasz"))


@pytest.mark.parametrize("text", ["Null", "True", "None", "Na", "Son", "False", "Undefined"])
def test_names_a_program_might_take_for_nothing_are_names(text):
    assert names.given_words(text) == names.family_words(text) == (text.lower(),)


@pytest.mark.parametrize(
    "text", ["Baby", "BABY BOY", "babygirl", "Infant", "Unknown", "Not Known", "Male", "Twin 2",
             "Twin One", "Baby of", "Unnamed"],
)  # fmt: skip
def test_what_stands_for_want_of_a_given_name_is_none(text):
    assert names.given_words(text) == ()


def test_a_given_name_behind_such_a_word_is_kept():
    assert names.given_words("Baby Niamh") == ("niamh",)


@pytest.mark.parametrize(
    ("text", "words"),
    [("Smith-Jones", ("smith", "jones")), ("Brown Jr", ("brown",)), ("Junior", ("junior",)),
     ("Unknown", ()), ("de la Cruz", ("de", "la", "cruz")), ("", ())],
)  # fmt: skip
def test_family_names_are_split_and_lose_their_suffix(text, words):
    assert names.family_words(text) == words


def test_particles_carry_no_name_unless_they_are_all_of_it():
    assert names.family_cores(("de", "la", "cruz")) == ("cruz",)
    assert names.family_cores(("le",)) == ("le",)


def test_short_forms_are_known_both_ways():
    assert "liz" in names.nicknames("elizabeth")
    assert "elizabeth" in names.nicknames("liz")
    assert "mohammed" in names.nicknames("md")


@pytest.mark.parametrize("text", ["ZZ99 3VZ", "zz993cz", "", "SW1", "N/A", "SW1A 1A\n1AA", "00000"])
def test_pseudo_postcodes_and_fragments_are_no_place(text):
    assert fold.postcode(text) == ""


@pytest.mark.parametrize("text", ["SW1A 1AA", "sw1a1aa", " SW1A  1AA "])
def test_a_postcode_is_one_however_it_is_spaced(text):
    assert fold.postcode(text) == "SW1A1AA"


def test_house_nought_is_no_house():
    assert fold.house("0") == fold.house("") == ""
    assert fold.house("Flat 3, Rose Court") == fold.house("flat 3 rose court")
    assert fold.house("007") == fold.house("7")
