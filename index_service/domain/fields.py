"""Checked forms of the short texts a record may hold; none of them can hold a note.

One check per kind of text, shared by the API and the feeds. Each returns the canonical
form or raises Invalid with a code and the field's name, never the value. Dates that
are not of birth live in dates.py, identifiers in identifiers.py.
"""

import re
import unicodedata
from datetime import date

from index_service.domain.child import NAME_LENGTH_MAX
from index_service.domain.dates import years_before
from index_service.domain.errors import Code, Invalid

_NAME_WORDS_MAX = 5
_MARKS_MAX = 3  # combining marks on one letter; Vietnamese needs two, cantillation is no name
_PLACE_LENGTH_MAX = 40
_PLACE_WORDS_MAX = 6
_TITLE_LENGTH_MAX = 60
_TITLE_WORDS_MAX = 8
_EMAIL_LENGTH_MAX = 60
_YEARS_BACK_MAX = 25  # participating young persons stay to the 25th birthday

# "St. John", "St. Mary's Road": kept without the stop, as it is searched for.
_SAINT = re.compile(r"(?<![^ ])([Ss]t)\.(?= |$)")
# One word of a name: letters joined by apostrophes and hyphens, or one initial and a stop.
_ASCII_WORD = r"(?:'?[A-Za-z]+(?:['-][A-Za-z]+)*'?|[A-Za-z]\.)"
_ASCII_NAME = re.compile(rf"{_ASCII_WORD}(?: {_ASCII_WORD}){{0,{_NAME_WORDS_MAX - 1}}}")
_JOINERS = frozenset("'’-")
_APOSTROPHES = frozenset("'’")
# Letters and marks that print as nothing: they make two names that look the same differ.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"
    "\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
# Scripts whose letters are mistaken for one another; one word may use only one of them.
_LOOKALIKE_SCRIPTS = (
    re.compile("[A-Za-z\u00aa-\u024f\u1e00-\u1eff]"),
    re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    re.compile("[\u0400-\u052f\u1c80-\u1c8f]"),
    re.compile("[\u0531-\u058a]"),
    re.compile("[\u13a0-\u13ff]"),
)

_WORD_OF_PLACE = r"[^\W_]+(?:['’/-][^\W_]+)*['’]?"
_PLACE = re.compile(rf"{_WORD_OF_PLACE}(?: {_WORD_OF_PLACE}){{0,{_PLACE_WORDS_MAX - 1}}}")
_WORD_OF_TITLE = rf"(?:\({_WORD_OF_PLACE}\)?|{_WORD_OF_PLACE}\)?|[&-])"
_TITLE = re.compile(rf"{_WORD_OF_PLACE}\)?(?: {_WORD_OF_TITLE}){{0,{_TITLE_WORDS_MAX - 1}}}")
# No address or title needs so many digits, and an NHS number or UPN needs ten.
_LONG_NUMBER = re.compile(r"[0-9](?:[0-9]{5}|[^0-9]*(?:[0-9][^0-9]*){9})")

_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9]+(?:-[a-z0-9]+)*"
    r"(?:\.[a-z0-9]+(?:-[a-z0-9]+)*){0,4}\.[a-z]{2,12}"
)
_PHONE_LENGTH_MAX = 25
_PHONE_LOCAL = re.compile(r"0[123578][0-9]{8,9}")
_PHONE_CHARACTERS = re.compile(r"\+?[0-9() -]{2,24}")
_PHONE_OPTIONAL_NOUGHT = re.compile(r"(\+|00)44 ?\(0\)")
_PHONE_DRESSING = str.maketrans("", "", "() -")
_PHONE_UK = re.compile(r"\+44[123578][0-9]{8,9}")
_PHONE_ABROAD = re.compile(r"\+(?!44)[1-9][0-9]{7,14}")
_PHONE_SHORT = frozenset({"101", "111"})  # police and health lines every desk is reached by
_POSTCODE = re.compile(
    r"(?:[A-PR-UWYZ][0-9][0-9A-HJKPSTUW]?|[A-PR-UWYZ][A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)"
    r" ?[0-9][ABD-HJLNP-UW-Z]{2}|GIR ?0AA"
)
_POSTCODE_FORCES = re.compile(r"BFPO ?([1-9][0-9]{0,3})")
_URN = re.compile(r"[1-9][0-9]{5}")
_ODS = re.compile(r"[A-Z][0-9]{5}")


def checked_name(text: str, field: str = "name") -> str:
    """Return one name, or the several words of one, in NFC.

    Letters of any script and their marks, spaces, apostrophes, hyphens, and a full
    stop after a single initial or "St" (not kept there). A word of two look-alike
    scripts is refused, and so is anything that prints as nothing or turns the direction
    of writing.
    """
    if len(text) > NAME_LENGTH_MAX:
        raise Invalid(Code.FIELD_INVALID, field)
    text = _SAINT.sub(r"\1", text) if "t." in text else text
    if text.isascii():
        if _ASCII_NAME.fullmatch(text):
            return text
        raise Invalid(Code.FIELD_INVALID, field)
    name = unicodedata.normalize("NFC", text)
    words = name.split(" ")
    if (
        len(name) > NAME_LENGTH_MAX
        or len(words) > _NAME_WORDS_MAX
        or _INVISIBLE.search(name)
        or not all(_is_word_of_a_name(word) for word in words)
    ):
        raise Invalid(Code.FIELD_INVALID, field)
    return name


def checked_phone(text: str, field: str = "phone") -> str:
    """Return a telephone number as +44..., another country's + form, or 101 or 111."""
    if text in _PHONE_SHORT:
        return text
    plain = text.replace(" ", "") if len(text) < _PHONE_LENGTH_MAX else ""
    if _PHONE_LOCAL.fullmatch(plain):  # how nearly every number comes
        return "+44" + plain[1:]
    if not _PHONE_CHARACTERS.fullmatch(text):
        raise Invalid(Code.FIELD_INVALID, field)
    digits = text
    if "(0)" in text:
        digits = _PHONE_OPTIONAL_NOUGHT.sub("+44", text)
    digits = digits.translate(_PHONE_DRESSING)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = "+44" + digits[1:]
    if _PHONE_UK.fullmatch(digits) or _PHONE_ABROAD.fullmatch(digits):
        return digits
    raise Invalid(Code.FIELD_INVALID, field)


def checked_email(text: str, field: str = "email") -> str:
    """Return a work email address in lower case: the plain ASCII form and no other."""
    address = text.lower() if text.isascii() else ""
    if (
        len(address) > _EMAIL_LENGTH_MAX
        or not _EMAIL.fullmatch(address)
        or _LONG_NUMBER.search(address)
    ):
        raise Invalid(Code.FIELD_INVALID, field)
    return address


def checked_postcode(text: str, field: str = "postcode") -> str:
    """Return a postcode in capitals with its one space; ZZ99 codes are no address."""
    plain = text.upper() if text.isascii() and len(text) <= 9 else ""
    if forces := _POSTCODE_FORCES.fullmatch(plain):
        return "BFPO " + forces[1]
    if not _POSTCODE.fullmatch(plain):
        raise Invalid(Code.FIELD_INVALID, field)
    if plain[-4] != " ":
        return f"{plain[:-3]} {plain[-3:]}"
    return plain


def checked_house(text: str, field: str = "house") -> str:
    """Return a house number or name ("12A", "Flat 3 Rose Court")."""
    return _checked_place(text, field)


def checked_street(text: str, field: str = "street") -> str:
    """Return a street's name; no stops or commas: "St." is kept as "St"."""
    return _checked_place(text, field)


def checked_town(text: str, field: str = "town") -> str:
    """Return a town or locality's name."""
    return _checked_place(text, field)


def checked_team_name(text: str, field: str = "team_name") -> str:
    """Return a team's name: at most 60 characters and 8 words."""
    return _checked_title(text, field)


def checked_org_name(text: str, field: str = "name") -> str:
    """Return the name of an agency, school or practice: at most 60 characters and 8 words."""
    return _checked_title(text, field)


def checked_urn(text: str, field: str = "urn") -> str:
    """Return a school's unique reference number: six digits."""
    if not _URN.fullmatch(text):
        raise Invalid(Code.FIELD_INVALID, field)
    return text


def checked_ods(text: str, field: str = "ods") -> str:
    """Return a practice's code: a capital letter and five digits."""
    if not _ODS.fullmatch(text):
        raise Invalid(Code.FIELD_INVALID, field)
    return text


def checked_date_of_birth(day: date, today: date, field: str = "date_of_birth") -> date:
    """Return a date of birth no later than today and at most 25 years back."""
    if not years_before(today, _YEARS_BACK_MAX) <= day <= today:
        raise Invalid(Code.DATE_OUT_OF_RANGE, field)
    return day


def _is_word_of_a_name(word: str) -> bool:
    if len(word) == 2 and word[1] == ".":
        return unicodedata.category(word[0])[0] == "L"
    before = ""  # what the last character was: L letter, M mark, J joiner
    marks = 0
    for position, character in enumerate(word):
        kind = unicodedata.category(character)
        if kind[0] == "L":
            before, marks = "L", 0
        elif kind in ("Mn", "Mc") and before in ("L", "M") and marks < _MARKS_MAX:
            before, marks = "M", marks + 1
        elif character in _JOINERS and before in ("L", "M"):
            before, marks = "J", 0
        elif character in _APOSTROPHES and position == 0:
            before = "J"
        else:
            return False
    if before in ("", "J") and (len(word) < 2 or word[-1] not in _APOSTROPHES):
        return False
    return sum(1 for script in _LOOKALIKE_SCRIPTS if script.search(word)) <= 1


def _checked_place(text: str, field: str) -> str:
    return _checked_words(text, field, _PLACE, _PLACE_LENGTH_MAX)


def _checked_title(text: str, field: str) -> str:
    return _checked_words(text, field, _TITLE, _TITLE_LENGTH_MAX)


def _checked_words(text: str, field: str, pattern: re.Pattern[str], length_max: int) -> str:
    words = text = _SAINT.sub(r"\1", text) if "t." in text else text
    if len(text) > length_max:
        raise Invalid(Code.FIELD_INVALID, field)
    if not text.isascii():
        words = unicodedata.normalize("NFC", text)
        # Letters only beyond ASCII: foreign digits would slip a number past the checks.
        if _INVISIBLE.search(words) or not all(map(_is_plain_or_letter, words)):
            raise Invalid(Code.FIELD_INVALID, field)
    if len(words) > length_max or not pattern.fullmatch(words) or _LONG_NUMBER.search(words):
        raise Invalid(Code.FIELD_INVALID, field)
    return words


def _is_plain_or_letter(character: str) -> bool:
    return character <= "~" or character == "’" or unicodedata.category(character)[0] == "L"
