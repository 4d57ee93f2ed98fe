"""Reading JSON with nothing left to chance: what two parsers could read two ways is refused.

RFC 8259 leaves duplicate keys, number ranges and lone surrogates to the reader; here
each has one answer and one code. Used for request bodies and feed lines alike.
"""

import json
import re

from index_service.domain.errors import Code, Invalid

DEPTH_MAX = 12
INTEGER_MAX = 2**53 - 1  # beyond it a reader with floating numbers sees another number

_BRACKETS_SAFE = 200  # so few cannot nest deep enough to trouble the parser
# A string that never ends is taken to the end, else each quote in it would start a search.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
# Between tokens, tab and line ends are JSON's own; inside a string they are controls.
_RAW_FORBIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")
_FORBIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")


def parse_json(body: bytes) -> object:
    """Return the one JSON value in UTF-8 `body`, made of dict, list, str, int, bool, None.

    Raises Invalid: NOT_JSON (syntax, NaN, other encodings, byte order mark),
    DUPLICATE_KEY, BODY_TOO_DEEP, CHARACTER_NOT_ALLOWED (controls, lone surrogates and
    noncharacters, escaped or not), FIELD_INVALID (a number with a fraction, an exponent
    or more than 53 bits).
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(Code.NOT_JSON) from None
    # Printable is enough, and found fast; what is not may still be a line end or an accent.
    if not text.isprintable() and _RAW_FORBIDDEN.search(text):
        raise Invalid(Code.CHARACTER_NOT_ALLOWED)
    brackets = text.count("{") + text.count("[")
    if brackets > _BRACKETS_SAFE:
        _refuse_depth_of_text(text)
    try:
        parsed: object = _DECODER.decode(text)
    except json.JSONDecodeError:
        # `from None`: the cause holds the whole body.
        raise Invalid(Code.NOT_JSON) from None
    if brackets > DEPTH_MAX:
        _refuse_depth(parsed)
    if "\\" in text:
        _refuse_characters(parsed)
    return parsed


def _refuse_depth_of_text(text: str) -> None:
    """Refuse deep nesting before the recursive parser meets it."""
    depth = 0
    for bracket in _BRACKETS.findall(_STRING.sub("", text)):
        if bracket in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise Invalid(Code.BODY_TOO_DEEP)
        else:
            depth -= 1


def _refuse_depth(parsed: object) -> None:
    level = [parsed]
    for _ in range(DEPTH_MAX):
        level = [
            inner
            for outer in level
            if type(outer) is dict or type(outer) is list
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return
    raise Invalid(Code.BODY_TOO_DEEP)


def _refuse_characters(parsed: object) -> None:
    if isinstance(parsed, str):
        if _FORBIDDEN.search(parsed):
            raise Invalid(Code.CHARACTER_NOT_ALLOWED)
    elif isinstance(parsed, dict):
        for key, value in parsed.items():
            _refuse_characters(key)
            _refuse_characters(value)
    elif isinstance(parsed, list):
        for value in parsed:
            _refuse_characters(value)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Keys are compared after their escapes are read, so a disguised twin is seen."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Invalid(Code.DUPLICATE_KEY)
    return members


def _integer(digits: str) -> int:
    # Length first: reading thousands of digits is quadratic, and Python refuses them.
    if len(digits) > 17 or abs(number := int(digits)) > INTEGER_MAX:
        raise Invalid(Code.FIELD_INVALID)
    return number


def _fraction(_digits: str) -> object:
    raise Invalid(Code.FIELD_INVALID)


def _constant(_word: str) -> object:
    raise Invalid(Code.NOT_JSON)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_integer,
    parse_float=_fraction,
    parse_constant=_constant,
    strict=True,
)
