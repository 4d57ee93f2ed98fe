"""Reading what members write: one form for each value, MessageRefused for every other."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.oblivious import DERIVED_BYTES

EPOCH_MAX: Final = 2**31 - 1

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_DIGEST = re.compile(rf"[0-9a-f]{{{2 * DERIVED_BYTES}}}", re.ASCII)

Read = TypeVar("Read")


def malformed() -> MessageRefused:
    """Return the refusal of a body that is not of its form; which part is not told."""
    return MessageRefused(PeerCode.MALFORMED)


def object_of(body: bytes, *names: str) -> dict[str, Any]:
    """Return the one JSON object of a body, with exactly these members."""
    try:
        said = parse_json(body)
    except Invalid:
        raise malformed() from None
    if not isinstance(said, dict) or said.keys() != set(names):
        raise malformed()
    return said


def list_of(
    said: object, counts: Container[int], read: Callable[[object], Read]
) -> tuple[Read, ...]:
    """Return a list of one of these lengths, each of its parts read."""
    if not isinstance(said, list) or len(said) not in counts:
        raise malformed()
    return tuple([read(each) for each in said])


def parts_of(said: object, count: int) -> list[Any]:
    """Return a list of this length, its parts as they are."""
    if not isinstance(said, list) or len(said) != count:
        raise malformed()
    return said


def text_of(said: object, form: re.Pattern[str]) -> str:
    """Return a text of a form."""
    if not isinstance(said, str) or not form.fullmatch(said):
        raise malformed()
    return said


def word_of(said: object, words: Sequence[str]) -> str:
    """Return one of these words."""
    if not isinstance(said, str) or said not in words:
        raise malformed()
    return said


def bytes_of(said: object, size: int | None = None) -> bytes:
    """Return bytes in the one spelling of base64, of a size if one is given."""
    if not isinstance(said, str):
        raise malformed()
    try:
        found = b64decode(said, validate=True)
    except ValueError:
        raise malformed() from None
    if size not in (None, len(found)) or b64encode(found).decode() != said:
        raise malformed()
    return found


def texts_of(found: Sequence[bytes]) -> list[str]:
    """Return bytes as they are written, each in base64."""
    return [b64encode(each).decode() for each in found]


def whole_of(said: object, most: int) -> int:
    """Return a whole number from nought to `most`; true is none."""
    if type(said) is not int or not 0 <= said <= most:
        raise malformed()
    return said


def epoch_of(said: Mapping[str, Any]) -> int:
    """Return the epoch a body is of."""
    return whole_of(said["epoch"], EPOCH_MAX)


def digest_of(said: object) -> bytes:
    """Return a derived digest, written in lower case hexadecimal."""
    return bytes.fromhex(text_of(said, _DIGEST))


def id_of(said: object) -> UUID:
    """Return an id in its one spelling."""
    return UUID(text_of(said, _UUID))
