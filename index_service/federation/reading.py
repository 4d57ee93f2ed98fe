"""Reading what other authorities wrote: one form for each value, DirectoryRefused for others."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NoReturn

from index_service.federation.errors import DirectoryFault, DirectoryRefused

_MOMENT_MAX = 253402300799  # the last second of the year 9999


def refuse(where: str) -> NoReturn:
    """Raise: something is not of the form it must have."""
    raise DirectoryRefused(DirectoryFault.FORM, where)


def stated(said: object, names: Collection[str], where: str) -> dict[str, Any]:
    """Return an object that has exactly these members."""
    if not isinstance(said, dict) or said.keys() != set(names):
        refuse(where)
    return said


def listed(said: object, where: str, length_max: int) -> list[Any]:
    """Return a list within its bound."""
    if not isinstance(said, list) or len(said) > length_max:
        refuse(where)
    return said


def word(said: object, form: re.Pattern[str], where: str) -> str:
    """Return a text of a form."""
    if not isinstance(said, str) or not form.fullmatch(said):
        refuse(where)
    return said


def whole(said: object, where: str, least: int, most: int) -> int:
    """Return a whole number within its bounds; true is none."""
    if type(said) is not int or not least <= said <= most:
        refuse(where)
    return said


def moment(said: object, where: str) -> datetime:
    """Return a moment written as whole seconds of Unix time."""
    return datetime.fromtimestamp(whole(said, where, 0, _MOMENT_MAX), UTC)


def public_bytes(said: object, where: str, size: int = 32) -> bytes:
    """Return bytes written in the one spelling of base64."""
    if not isinstance(said, str):
        refuse(where)
    try:
        found = b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        refuse(where)
    if len(found) != size or b64encode(found).decode() != said:
        refuse(where)
    return found
