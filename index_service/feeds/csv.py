"""Reads a feed of RFC 4180 rows under a header, without line ends inside quotes."""

import csv
import re
from collections.abc import AsyncIterator

from index_service.domain.errors import Code, Invalid
from index_service.domain.feed import LineCode, RawLine
from index_service.feeds.columns import PUBLISHED_COLUMNS, ColumnMap
from index_service.feeds.split import split_lines

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


async def read_csv(
    chunks: AsyncIterator[bytes], columns: ColumnMap = PUBLISHED_COLUMNS
) -> AsyncIterator[RawLine]:
    """Yield every row that is not empty, numbered as in the file; the header is line 1.

    Raises Invalid with the field "header" when the header cannot be read: then no row
    can be understood. A bad row spoils no other.
    """
    names: tuple[str, ...] | None = None
    number = 0
    async for line in split_lines(chunks):
        number += 1
        if names is None:
            names = _header(line, columns)
        elif line is None:
            yield RawLine(number, b"", LineCode.LINE_TOO_LONG)
        elif line:
            cells = _cells(line)
            if isinstance(cells, LineCode):
                yield RawLine(number, line, cells)
            elif len(cells) != len(names):
                yield RawLine(number, line, LineCode.COLUMN_COUNT)
            else:
                yield RawLine(number, line, columns.read_row(names, cells))
    if names is None:
        raise Invalid(Code.FIELD_MISSING, "header")


def _header(line: bytes | None, columns: ColumnMap) -> tuple[str, ...]:
    headings = LineCode.LINE_TOO_LONG if line is None else _cells(line)
    if isinstance(headings, LineCode):
        raise Invalid(Code.FIELD_INVALID, "header")
    return columns.read_header(headings)


def _cells(line: bytes) -> list[str] | LineCode:
    try:
        row = line.decode("utf-8")
    except UnicodeDecodeError:
        return LineCode.NOT_UTF8
    if _CONTROLS.search(row):
        return LineCode.CHARACTER_NOT_ALLOWED
    if '"' not in row:
        return row.split(",")
    try:
        # Strict: a quote that does not close, or text after one, is an error and not a guess.
        return next(csv.reader([row], strict=True))
    except csv.Error:
        return LineCode.NOT_CSV
