"""Reads a feed of one JSON object a line."""

from collections.abc import AsyncIterator

from index_service.domain.errors import Code, Invalid
from index_service.domain.feed import LineCode, RawLine
from index_service.domain.strict_json import parse_json
from index_service.feeds.split import split_lines

_CODES = {
    Code.NOT_JSON: LineCode.NOT_JSON,
    Code.DUPLICATE_KEY: LineCode.DUPLICATE_KEY,
    Code.BODY_TOO_DEEP: LineCode.TOO_DEEP,
    Code.CHARACTER_NOT_ALLOWED: LineCode.CHARACTER_NOT_ALLOWED,
    Code.FIELD_INVALID: LineCode.FIELD_INVALID,
}


async def read_ndjson(chunks: AsyncIterator[bytes]) -> AsyncIterator[RawLine]:
    """Yield every line that is not empty, in order; a bad line spoils no other."""
    number = 0
    async for line in split_lines(chunks):
        number += 1
        if line is None:
            yield RawLine(number, b"", LineCode.LINE_TOO_LONG)
        elif line:
            yield RawLine(number, line, _read(line))


def _read(line: bytes) -> object | LineCode:
    try:
        return parse_json(line)
    except Invalid as refusal:
        if refusal.code is Code.NOT_JSON and not _is_utf8(line):
            return LineCode.NOT_UTF8
        return _CODES[refusal.code]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
