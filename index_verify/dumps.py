"""The rows of children in the text of a plain `pg_dump`."""

from collections.abc import Iterator
from typing import BinaryIO

from index_verify.spelling import Malformed, from_hex

SEALED_COLUMNS = (
    "policy", "identity", "tracing", "identifier_nhs_number", "identifier_upn",
    "identifier_case_number", "whereabouts", "carers", "settings", "identity_more",
    "tracing_more", "provenance", "tokens",
)  # fmt: skip
_TABLE = "child"


def dumped_rows(file: BinaryIO, csa: str) -> Iterator[list[bytes]]:
    """Yield the sealed columns of an authority's child rows in a plain dump's COPY lines."""
    names: list[str] = []
    for raw in file:
        line = raw.decode("utf-8", "replace").rstrip("\n")
        if names and line == "\\.":
            names = []
        elif names:
            row = dict(zip(names, line.split("\t"), strict=False))
            if len(row) != len(names) or not all(each in row for each in SEALED_COLUMNS):
                raise Malformed("state_form")
            if row.get("csa") == csa:
                yield [_bytea(row[each]) for each in SEALED_COLUMNS]
        elif line.startswith("COPY ") and line.endswith(" FROM stdin;"):
            table, _, columns = line.removeprefix("COPY ").partition(" (")
            if table.rpartition(".")[2].strip('"') == _TABLE:
                listed = columns.partition(")")[0].split(", ")
                names = [each.strip('"') for each in listed]
    if names:
        raise Malformed("state_form")  # it was cut


def _bytea(text: str) -> bytes:
    if not text.startswith("\\\\x"):
        raise Malformed("state_form")
    try:
        return from_hex(text[3:], (len(text) - 3) // 2)
    except ValueError:
        raise Malformed("state_form") from None
