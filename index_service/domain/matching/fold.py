"""How names and postcodes are brought to the form in which they are compared.

Scripts are never folded into one another: a Cyrillic letter that looks Latin stays
Cyrillic, since which was meant is not ours to guess.
"""

import re
import unicodedata
from typing import Final

from doublemetaphone import doublemetaphone

# Letters Unicode gives no decomposition for, and Arabic letters typed either way.
_UNSPLIT: Final = {
    "ł": "l", "ø": "o", "ı": "i", "đ": "d", "ħ": "h", "ŧ": "t", "ð": "d", "þ": "th",
    "æ": "ae", "œ": "oe", "ŋ": "ng", "ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b",
    "ɗ": "d", "ɖ": "d", "ƙ": "k", "ƴ": "y", "ɣ": "g", "ʋ": "v", "ɩ": "i", "ĸ": "k",
    "ß": "ss", "ƶ": "z", "ǥ": "g", "ɨ": "i", "ʉ": "u",
    "ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ـ": "",
}  # fmt: skip
# Marks with combining class 0 that change how a letter looks, never what it is.
_INVISIBLE: Final = frozenset(
    map(chr, (0x034F, *range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
# Signs written inside a word: O'Brien is OBrien, however the apostrophe was typed.
_WITHIN_WORDS: Final = frozenset(
    "'`\u05f3\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\uff07"
)
_ASCII_TABLE: Final = str.maketrans(
    {chr(n): " " for n in range(128) if not chr(n).isalnum()} | {"'": "", "`": ""}
)
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}|GIR0AA|BFPO[0-9]{1,4}")
_PSEUDO_POSTCODE_AREA: Final = "ZZ"  # ZZ99: no fixed abode, abroad, not known


def words(text: str) -> tuple[str, ...]:
    """Split a name into folded words: lower case, no accents, no punctuation.

    NFKC, case folding, NFKD; accents and invisible characters are dropped, vowel signs
    of Indic scripts are kept (they are letters there: dropping them makes different
    names equal).
    """
    if text.isascii():
        lower = text.lower()
        return (lower,) if lower.isalpha() else tuple(lower.translate(_ASCII_TABLE).split())
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Folding case can give back a letter in its undecomposed form, hence once more.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return tuple("".join(map(_folded_sign, plain)).split())


def _folded_sign(sign: str) -> str:
    if (known := _UNSPLIT.get(sign)) is not None:
        return known
    if sign in _WITHIN_WORDS or sign in _INVISIBLE:
        return ""
    category = unicodedata.category(sign)
    if category[0] == "M":
        return "" if unicodedata.combining(sign) else sign
    if category == "Cf" or category == "Lm":
        return ""
    return sign if category[0] in "LN" else " "


def fold(text: str) -> str:
    """Fold a name to one word, so that a space or hyphen more or less is no difference."""
    return "".join(words(text))


def sound(word: str) -> str:
    """Return the phonetic code of a folded word, or the word where it has none.

    Double Metaphone knows Latin letters only: it hears nothing in other scripts, nor
    in a single H, and makes rubbish of some. Codes are capitals, so none is a word.
    """
    if not word.isascii():
        return word
    return doublemetaphone(word)[0] or word


def sounds(word: str) -> tuple[str, ...]:
    """Return both codes of a folded word: as most would say it, and as some would."""
    if not word.isascii():
        return (word,)
    first, second = doublemetaphone(word)
    if not first:
        return (word,)
    return (first, second) if second and second != first else (first,)


def postcode(text: str) -> str:
    """Return a postcode without its space, in capitals; empty if it stands for no place."""
    plain = "".join(text.split()).upper()
    if not _POSTCODE.fullmatch(plain) or plain.startswith(_PSEUDO_POSTCODE_AREA):
        return ""
    return plain


def house(text: str) -> str:
    """Return a house name or number folded; empty for the zero some systems fill in."""
    return fold(text).lstrip("0")
