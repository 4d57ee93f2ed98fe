"""Numbers agencies allocate: check digits against a second implementation, and shapes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs, upn

from index_service.domain.errors import Code, Invalid
from index_service.domain.identifiers import (
    checked_case_number,
    checked_nhs_number,
    checked_upn,
    looks_like_an_identifier,
)

digits = st.text("0123456789", min_size=10, max_size=10)
upn_letters = "ABCDEFGHJKLMNPQRTUVWXYZ"


def accepts(check: Callable[[str], str], text: str) -> bool:
    try:
        check(text)
    except Invalid as refusal:
        return refusal.code is not Code.IDENTIFIER_INVALID
    return True


def valid_nhs_number(first_nine: str) -> str | None:
    return next((first_nine + d for d in "0123456789" if nhs.is_valid(first_nine + d)), None)


@given(digits)
def test_an_nhs_number_is_taken_exactly_when_the_other_implementation_takes_it(text):
    assert accepts(checked_nhs_number, text) == (nhs.is_valid(text) and len(set(text)) > 1)


@given(st.integers(0, 999_999))
def test_every_valid_nhs_number_of_the_test_range_is_taken_in_both_written_forms(serial):
    number = valid_nhs_number(f"999{serial:06}")
    if number is not None and len(set(number)) > 1:
        spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
        assert checked_nhs_number(number) == checked_nhs_number(spaced) == number


@given(st.integers(0, 999_999), st.integers(0, 9), st.integers(1, 9))
def test_one_digit_mistyped_is_always_noticed(serial, place, by):
    number = valid_nhs_number(f"999{serial:06}")
    if number is not None:
        wrong = str((int(number[place]) + by) % 10)
        assert not accepts(checked_nhs_number, number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("digit", "0123456789")
def test_ten_equal_digits_are_no_nhs_number(digit):
    assert not accepts(checked_nhs_number, digit * 10)


@pytest.mark.parametrize(
    "text",
    ["", "999", "99900000000", "9990000O00", "９９９０００００００", "٩٩٩٠٠٠٠٠٠٠", "999000000\n",
     "9 9 9 0 0 0 0 0 0 0", "-9990000000", "9.99e9"],
)  # fmt: skip
def test_what_is_not_ten_plain_digits_is_no_nhs_number(text):
    assert not accepts(checked_nhs_number, text)


@given(
    st.sampled_from(upn_letters),
    st.integers(0, 10**11 - 1),
    st.sampled_from(upn_letters + "0123456789"),
)
def test_the_letter_of_a_upn_is_checked_as_the_other_implementation_does(letter, serial, last):
    """The other one also wants a known authority's code: its check letter is compared alone."""
    body = f"{serial:011}{last}"
    right = upn.calc_check_digit("A" + body)
    assert checked_upn(right + body) == right + body
    assert accepts(checked_upn, letter + body) == (letter == right)


def test_permanent_and_temporary_upns_are_taken_and_lower_case_is_raised():
    permanent, temporary = "80120000500" + "1", "80120000500" + "A"
    for body in (permanent, temporary):
        number = upn.calc_check_digit("A" + body) + body
        assert checked_upn(number.lower()) == number


@pytest.mark.parametrize(
    "text", ["", "A8012000050", "I801200005001", "A80120000500S", "ı801200005001"]
)
def test_what_has_not_the_shape_of_a_upn_is_refused(text):
    assert not accepts(checked_upn, text)


@given(st.from_regex(r"[A-Z0-9]{4,16}", fullmatch=True))
def test_a_case_number_is_never_shaped_like_another_number(text):
    shaped = (len(text) == 10 and text.isdigit()) or (
        len(text) == 13 and text[0].isalpha() and text[1:12].isdigit()
    )
    assert accepts(checked_case_number, text) is not shaped


@pytest.mark.parametrize(
    "text", ["ABC", "A" * 17, "abcd", "AB-12", "AB 12", "=AB12", "ÅB12", "AB12\n"]
)
def test_what_has_not_the_shape_of_a_case_number_is_refused(text):
    assert not accepts(checked_case_number, text)


@pytest.mark.parametrize("text", ["9990000018", "1234567890", "A801200005001", "A80120000500A"])
def test_a_number_of_another_scheme_is_no_case_number(text):
    """Check digit right or wrong: it would be shown to those permitted case numbers only."""
    assert not accepts(checked_case_number, text)


def test_leading_noughts_of_a_case_number_are_kept():
    """Spreadsheets eat them; we do not."""
    assert checked_case_number("000123") == "000123"


@given(st.integers(0, 999_999_999), st.sampled_from(["", " ", "-", "/", " / "]))
def test_a_number_hidden_by_signs_between_its_digits_is_seen(serial, between):
    text = between.join(f"9{serial:09}")
    assert looks_like_an_identifier(f"CASE{between}{text}{between}B")


@pytest.mark.parametrize(
    "text", ["９９９１２３４５６７", "٩٩٩١٢٣٤٥٦٧", "A80120000500M", "x999-123-4567y"]
)
def test_numbers_in_any_script_or_company_are_seen(text):
    assert looks_like_an_identifier(text)


@pytest.mark.parametrize("text", ["", "EH/2024-117", "DUTY-7", "999123456", "ABCDEFGHIJ"])
def test_ordinary_references_are_not_taken_for_numbers(text):
    assert not looks_like_an_identifier(text)
