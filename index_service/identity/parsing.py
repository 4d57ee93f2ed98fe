"""Strict readings of base64url and of the objects in it: one text, one meaning, or ValueError."""

import base64

from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json


def decoded(text: str) -> bytes:
    """Return the bytes of unpadded base64url; refuse any but the one canonical spelling.

    Lenient decoders skip foreign characters and ignore the last unused bits, so that one
    signature has several spellings.
    """
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encoded(data) != text:
        raise ValueError
    return data


def encoded(data: bytes) -> str:
    """Return bytes as unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def parsed_object(data: bytes) -> dict[str, object]:
    """Return a JSON object; refuse what two parsers could read in two ways, and depth."""
    try:
        document = parse_json(data)
    except Invalid:
        raise ValueError from None
    if not isinstance(document, dict):
        raise ValueError
    return document
