"""Case references: tidied as they are typed, and let through where the index takes them."""

import re
from typing import Final

FAULT: Final = "Use 3 to 24 capital letters, digits, / and -, and no NHS number or UPN"
_FORM: Final = re.compile(r"[A-Z0-9/-]{3,24}")
_TEN_DIGITS: Final = re.compile(r"[0-9]{10}")  # in a row: an NHS number, or part of a UPN
# What writing programs make of a hyphen.
_HYPHENS: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))


def tidied(typed: str) -> str:
    """Return a reference as the index writes it, if it is one."""
    return typed.translate(_HYPHENS).upper()


def is_reference(text: str) -> bool:
    """Return whether it is a reference the index takes: not so long a row of digits as names."""
    return bool(_FORM.fullmatch(text)) and not _TEN_DIGITS.search(re.sub(r"[/-]", "", text))
