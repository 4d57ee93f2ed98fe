"""The numbers supplier bodies allocate to children: their shapes and check digits."""

import re
import unicodedata

from index_service.domain.errors import Code, Invalid

_NHS_WRITTEN = re.compile(r"([0-9]{3})[ -]?([0-9]{3})[ -]?([0-9]{4})")
_NHS_SHAPE = re.compile(r"[0-9]{10}")
_UPN_WRITTEN = re.compile(r"[A-Za-z][0-9]{11}[0-9A-Za-z]")
_UPN_SHAPE = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_CASE_NUMBER = re.compile(r"[A-Z0-9]{4,16}")
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23 letters: I, O and S are never used
_UPN_VALUES = {sign: value for value, sign in enumerate(_UPN_LETTERS)} | {
    digit: int(digit) for digit in "0123456789"
}
# A 13-character UPN holds eleven digits in a row, so this finds both numbers.
_DIGIT_RUN = re.compile(r"[0-9]{10}")


def checked_nhs_number(text: str) -> str:
    """Return the ten digits of an NHS number; Invalid unless modulus 11 holds.

    Spaces or hyphens are taken in the printed form 3-3-4. Ten equal digits satisfy the
    check but are only ever typed to get past a form, so they are refused.
    """
    written = _NHS_WRITTEN.fullmatch(text)
    if written is None:
        raise Invalid(Code.IDENTIFIER_INVALID, "nhs_number")
    digits = "".join(written.groups())
    weighted = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)
    )
    # A remainder of 1 would need the check digit 10: such numbers are never issued.
    if -weighted % 11 != int(digits[9]) or len(set(digits)) == 1:
        raise Invalid(Code.IDENTIFIER_INVALID, "nhs_number")
    return digits


def checked_upn(text: str) -> str:
    """Return a unique pupil number in capitals; Invalid unless its check letter holds.

    The temporary form ends in a letter, which counts with its place in the alphabet
    of check letters.
    """
    if not _UPN_WRITTEN.fullmatch(text):
        raise Invalid(Code.IDENTIFIER_INVALID, "upn")
    upn = text.upper()
    if upn[12] not in _UPN_VALUES:
        raise Invalid(Code.IDENTIFIER_INVALID, "upn")
    weighted = sum(_UPN_VALUES[sign] * weight for weight, sign in enumerate(upn[1:], 2))
    if _UPN_LETTERS[weighted % 23] != upn[0]:
        raise Invalid(Code.IDENTIFIER_INVALID, "upn")
    return upn


def checked_case_number(text: str) -> str:
    """Return a case number as given; Invalid if it has the shape of another number.

    A number that could be an NHS number or UPN would be shown to those permitted
    case numbers only, so the shape alone is refused, right check digit or not.
    """
    if not _CASE_NUMBER.fullmatch(text) or _NHS_SHAPE.fullmatch(text) or _UPN_SHAPE.fullmatch(text):
        raise Invalid(Code.IDENTIFIER_INVALID, "case_number")
    return text


def looks_like_an_identifier(text: str) -> bool:
    """Whether the text could carry an NHS number or UPN anywhere, however it is spaced.

    Meant for short texts that are logged: it errs on the side of yes.
    """
    plain = unicodedata.normalize("NFKC", text)
    # Any digit a reader would read counts, so that another script's digits hide nothing.
    signs = (
        str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in plain if sign.isalnum()
    )
    return _DIGIT_RUN.search("".join(signs)) is not None
