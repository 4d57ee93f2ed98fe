"""What two JSON readers could read two ways is refused, each way with its own code."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_service.domain.errors import Code, Invalid
from index_service.domain.strict_json import DEPTH_MAX, INTEGER_MAX, parse_json

REFUSED = {
    "nothing": (b"", Code.NOT_JSON),
    "a space": (b" ", Code.NOT_JSON),
    "broken": (b'{"a":', Code.NOT_JSON),
    "a trailing comma": (b'{"a":1,}', Code.NOT_JSON),
    "two values": (b"{} {}", Code.NOT_JSON),
    "single quotes": (b"{'a':1}", Code.NOT_JSON),
    "a comment": (b"{} // x", Code.NOT_JSON),
    "NaN": (b'{"a":NaN}', Code.NOT_JSON),
    "Infinity": (b"[Infinity]", Code.NOT_JSON),
    "-Infinity": (b"[-Infinity]", Code.NOT_JSON),
    "a mark": (b"\xef\xbb\xbf{}", Code.NOT_JSON),
    "UTF-16": ('{"a":1}'.encode("utf-16"), Code.NOT_JSON),
    "UTF-16 without a mark": ('{"a":1}'.encode("utf-16-le"), Code.CHARACTER_NOT_ALLOWED),
    "Latin-1": ('{"a":"Zoë"}'.encode("latin-1"), Code.NOT_JSON),
    "an overlong NUL": (b'"\xc0\x80"', Code.NOT_JSON),
    "a surrogate in UTF-8": (b'"\xed\xa0\x80"', Code.NOT_JSON),
    "a tab in a string": (b'"a\tb"', Code.NOT_JSON),
    "a key twice": (b'{"a":1,"a":2}', Code.DUPLICATE_KEY),
    "a key twice, disguised": (b'{"a":1,"\\u0061":2}', Code.DUPLICATE_KEY),
    "a key twice, deep": (b'[{"b":{"a":1,"a":1}}]', Code.DUPLICATE_KEY),
    "a raw NUL": (b'{"a":"\x00"}', Code.CHARACTER_NOT_ALLOWED),
    "an escaped NUL": (b'{"a":"\\u0000"}', Code.CHARACTER_NOT_ALLOWED),
    "an escaped NUL in a key": (b'{"\\u0000":1}', Code.CHARACTER_NOT_ALLOWED),
    "an escaped line end": (b'["a\\nb"]', Code.CHARACTER_NOT_ALLOWED),
    "an escaped tab, deep": (b'[[{"a":["\\t"]}]]', Code.CHARACTER_NOT_ALLOWED),
    "a C1 control": ('["\x85"]'.encode(), Code.CHARACTER_NOT_ALLOWED),
    "DEL": (b'["\x7f"]', Code.CHARACTER_NOT_ALLOWED),
    "a lone high surrogate": (b'["\\ud800"]', Code.CHARACTER_NOT_ALLOWED),
    "a lone low surrogate": (b'["\\udfff"]', Code.CHARACTER_NOT_ALLOWED),
    "surrogates the wrong way round": (b'["\\ude00\\ud83d"]', Code.CHARACTER_NOT_ALLOWED),
    "a noncharacter": ('["\ufffe"]'.encode(), Code.CHARACTER_NOT_ALLOWED),
    "an escaped noncharacter": (b'["\\ufdd0"]', Code.CHARACTER_NOT_ALLOWED),
    "an astral noncharacter": ('["\U0010ffff"]'.encode(), Code.CHARACTER_NOT_ALLOWED),
    "2^53": (b"[9007199254740992]", Code.FIELD_INVALID),
    "-2^53": (b"[-9007199254740992]", Code.FIELD_INVALID),
    "2^63": (b"[9223372036854775808]", Code.FIELD_INVALID),
    "five thousand digits": (b"[" + b"9" * 5000 + b"]", Code.FIELD_INVALID),
    "a fraction": (b"[1.5]", Code.FIELD_INVALID),
    "a whole fraction": (b"[1.0]", Code.FIELD_INVALID),
    "an exponent": (b"[1e3]", Code.FIELD_INVALID),
    "1e999": (b"[1e999]", Code.FIELD_INVALID),
    "one too deep": (b"[" * 13 + b"]" * 13, Code.BODY_TOO_DEEP),
    "one too deep, mixed": (b'{"a":[' * 6 + b"[]" + b"]}" * 6, Code.BODY_TOO_DEEP),
    "a hundred thousand deep": (b"[" * 100_000, Code.BODY_TOO_DEEP),
    "deep objects": (b'{"a":' * 50_000, Code.BODY_TOO_DEEP),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
def test_what_could_be_read_two_ways_is_refused(body: bytes, code: Code) -> None:
    with pytest.raises(Invalid) as caught:
        parse_json(body)
    assert caught.value.code is code
    assert caught.value.field == ""
    assert caught.value.__cause__ is None, "a cause holds the body"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (
            b' {"a" :\t[1, -2, true, null, "\\u00eb\\ud83d\\ude00"]}\r\n',
            {"a": [1, -2, True, None, "ë😀"]},
        ),
        (b"9007199254740991", INTEGER_MAX),
        (b'"\\\\[[[[[[[[[[[[[[[["', "\\[[[[[[[[[[[[[[[["),
        (b"[" * 12 + b"]" * 12, None),
        (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
    ],
)
def test_plain_json_is_read(body: bytes, value: object) -> None:
    assert value is None or parse_json(body) == value
    parse_json(body)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn"))),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab{[é", max_size=3), inner)
    ),
    max_leaves=12,
)


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(value=json_values, ascii_only=st.booleans(), wrapped=st.integers(0, 14))
def test_what_is_written_is_read_again_unless_too_deep(
    value: object, ascii_only: bool, wrapped: int
) -> None:
    for _ in range(wrapped):
        value = [value, "["]
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    if depth_of(value) > DEPTH_MAX:
        with pytest.raises(Invalid) as caught:
            parse_json(body)
        assert caught.value.code is Code.BODY_TOO_DEEP
    else:
        assert parse_json(body) == value


@given(body=st.binary(max_size=80) | st.text('{}[]":,\\u0aé1.eN', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but Invalid ever leaves the reader."""
    with suppress(Invalid):
        parse_json(body)


@pytest.mark.parametrize("unit", [b'"', b'\\"[', b"[", b'{"', b'["\\u0041",', b"9", b'"\\'])
def test_a_hostile_body_is_refused_at_once(unit: bytes) -> None:
    """No body costs more than it is long: a quadratic search would take half a minute."""
    started = time.thread_time()
    with pytest.raises(Invalid):
        parse_json(unit * (64 * 1024 // len(unit)))
    assert time.thread_time() - started < 1.0
