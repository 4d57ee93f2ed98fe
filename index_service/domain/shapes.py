"""The outward shape of each text: a length and a pattern any schema reader understands.

The published schemas carry these; fields.py, dates.py and identifiers.py then check
what a pattern cannot say. A shape never refuses what the check would accept. The
patterns keep to what Python, Rust and ECMAScript read alike.
"""

from typing import NamedTuple


class Shape(NamedTuple):
    """Pattern, length bounds in characters, and a synthetic example."""

    pattern: str
    length_min: int
    length_max: int
    example: str


# Controls, every space, and what divides clauses in running text.
_APART = r"\u0000-\u0020\u007f-\u00a0\u2000-\u2018\u201a-\u206f\u3000-\u3003"
_SAINT = r"[Ss]t\."  # as every second gazetteer writes it; kept without its stop
_IN_PLACE = rf"(?:[^{_APART}!-&(-,.:-@\[-`{{-~]+|{_SAINT})"
_IN_TITLE = rf"(?:[^{_APART}!-%*-,.:-@\[-`{{-~]+|{_SAINT})"
_LETTER = rf"[^{_APART}!-&(-,./:-@\[-`{{-~0-9]"
# Marks an initial may still be apart from, until both are composed into one letter.
_MARKS = r"[\u0300-\u036f\u0653-\u0655\u093c\u0bd7\u102e\u1161-\u11c2\u1b35\u3099\u309a]{0,3}"
_IN_NAME = rf"(?:{_LETTER}+|{_LETTER}{_MARKS}\.|{_SAINT})"


def _words(word: str, count_max: int) -> str:
    return rf"^{word}(?: {word}){{0,{count_max - 1}}}$"


NAME = Shape(_words(_IN_NAME, 5), 1, 35, "Okonedo-Vale")
PLACE = Shape(_words(_IN_PLACE, 6), 1, 40, "Larkfield Rise")
TITLE = Shape(_words(_IN_TITLE, 8), 1, 60, "Northmere Health Visiting North")
PHONE = Shape(r"^\+?[0-9() \-]{2,24}$", 2, 25, "+441632960101")
EMAIL = Shape(
    r"^[A-Za-z0-9._+\-]{1,40}@[A-Za-z0-9.\-]{1,40}$", 6, 60, "duty.desk@northmere.example"
)
POSTCODE = Shape(r"^[A-Za-z0-9 ]{5,9}$", 5, 9, "NM1 4QT")
DAY = Shape(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", 10, 10, "2016-05-14")
TIME = Shape(r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", 5, 5, "08:30")
URN = Shape(r"^[1-9][0-9]{5}$", 6, 6, "900123")
ODS = Shape(r"^[A-Z][0-9]{5}$", 6, 6, "Z99123")
NHS_NUMBER = Shape(r"^[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{4}$", 10, 12, "9990000018")
UPN = Shape(r"^[A-Za-z][0-9]{11}[0-9A-Za-z]$", 13, 13, "C999000000001")
CASE_NUMBER = Shape(r"^[A-Z0-9]{4,16}$", 4, 16, "NM40217")
FEED_REFERENCE = Shape(r"^[A-Za-z0-9]([A-Za-z0-9._/\-]{0,38}[A-Za-z0-9])?$", 1, 40, "HV/2031-77")
ACCESS_REFERENCE = Shape(r"^[A-Z0-9/\-]{3,24}$", 3, 24, "RPT/10442")
AUTHORITY = Shape(r"^[a-z][a-z0-9_]{2,30}$", 3, 31, "camfield")
UUID_TEXT = Shape(
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    36,
    36,
    "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90",
)
