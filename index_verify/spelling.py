"""Bytes and JSON as the formats spell them: one spelling each, any other is refused."""

import binascii
import hashlib
import json
import re
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)
HASH_SIZE = 32


class Malformed(Exception):  # noqa: N818 (the finding of a check, not a fault of ours)
    """What was read is not of its form. Carries a code of words.py, never what was read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parts(*values: bytes) -> bytes:
    """Return the values, each behind its length in four bytes."""
    return b"".join(len(value).to_bytes(4) + value for value in values)


def sha256(value: bytes) -> bytes:
    """Return the SHA-256 of a value."""
    return hashlib.sha256(value).digest()


def from_hex(text: object, size: int = HASH_SIZE) -> bytes:
    """Return the bytes of lower-case hexadecimal; ValueError for another spelling or size."""
    if not isinstance(text, str) or len(text) != 2 * size or not _HEX.fullmatch(text):
        raise ValueError("not hexadecimal of this size")
    return bytes.fromhex(text)


def from_base64(text: object, size: int | None = None) -> bytes:
    """Return the bytes of padded base64; ValueError for another spelling or size."""
    if not isinstance(text, str) or not text.isascii():
        raise ValueError("not base64")
    try:
        value = b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if b64encode(value).decode() != text or (size is not None and len(value) != size):
        raise ValueError("another spelling or size")
    return value


def from_base64url(text: str, size: int) -> bytes:
    """Return the bytes of unpadded base64url; ValueError for another spelling or size."""
    value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if urlsafe_b64encode(value).rstrip(b"=").decode() != text or len(value) != size:
        raise ValueError("another spelling or size")
    return value


def from_json(text: bytes | str) -> Any:
    """Return what JSON says; ValueError for a repeated member, NaN, or anything not JSON."""
    if isinstance(text, bytes):
        text = text.decode()  # else json would guess at other encodings
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refused)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def with_members(text: bytes | str, *names: str) -> dict[str, Any]:
    """Return a JSON object that has exactly these members, in this order."""
    value = from_json(text)
    if not isinstance(value, dict) or tuple(value) != names:
        raise ValueError("other members")
    return value


def whole(value: object) -> int:
    """Return a whole number from 0 up; ValueError for anything else."""
    if type(value) is not int or value < 0:
        raise ValueError("not a whole number")
    return value


def number(text: str) -> int:
    """Return a number written in its shortest form; ValueError for another spelling."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII):
        raise ValueError("not a number in its shortest form")
    return int(text)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a member stands twice")
    return value


def _refused(_: str) -> None:
    raise ValueError("no number")
