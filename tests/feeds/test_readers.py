"""NDJSON and CSV become raw lines: numbered, one bad line spoiling no other."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.domain.errors import Code, Invalid
from index_service.domain.feed import LINE_BYTES_MAX, ChildLine, LineCode, LineInvalid, RawLine
from index_service.feeds.columns import COLUMNS, SCHOOL_CENSUS_COLUMNS, ColumnMap
from index_service.feeds.csv import read_csv
from index_service.feeds.lines import parse_line
from index_service.feeds.ndjson import read_ndjson
from tests.feeds.reading import TODAY, all_of, cut


async def ndjson(body: bytes) -> list[tuple[int, object]]:
    return [(line.number, line.content) for line in await all_of(read_ndjson(cut(body)))]


async def csv(body: str | bytes) -> list[tuple[int, object]]:
    sent = body.encode() if isinstance(body, str) else body
    return [(line.number, line.content) for line in await all_of(read_csv(cut(sent)))]


BAD_LINES = {
    b"{": LineCode.NOT_JSON,
    b"\xff{}": LineCode.NOT_UTF8,
    '{"a":1}'.encode("utf-16-le"): LineCode.CHARACTER_NOT_ALLOWED,
    b'{"a":"\x00"}': LineCode.CHARACTER_NOT_ALLOWED,
    b'{"a":"\\u0000"}': LineCode.CHARACTER_NOT_ALLOWED,
    b'{"a":"\\ud800"}': LineCode.CHARACTER_NOT_ALLOWED,
    b'{"a":1,"a":1}': LineCode.DUPLICATE_KEY,
    b'{"a":NaN}': LineCode.NOT_JSON,
    b'{"a":1.5}': LineCode.FIELD_INVALID,
    b"[" * 5000: LineCode.TOO_DEEP,
    b"x" * (LINE_BYTES_MAX + 1): LineCode.LINE_TOO_LONG,
}


async def test_a_bad_line_spoils_no_other() -> None:
    body = b"\n".join(b'{"a":1}\n' + bad for bad in BAD_LINES)
    expected: list[tuple[int, object]] = []
    for place, code in enumerate(BAD_LINES.values()):
        expected += [(2 * place + 1, {"a": 1}), (2 * place + 2, code)]
    assert await ndjson(body) == expected


async def test_empty_lines_are_skipped_and_counted_and_a_mark_is_taken_off() -> None:
    assert await ndjson(b"\xef\xbb\xbf{}\r\n\r\n\n1\n\n") == [(1, {}), (4, 1)]


async def test_a_line_keeps_the_bytes_that_were_sent() -> None:
    lines = await all_of(read_ndjson(cut(b'{ "a":1 }\r\n')))
    assert lines[0].sent == b'{ "a":1 }'


async def test_a_child_row_is_read_into_nested_facts() -> None:
    header = "kind,reference,as_of,family_name,gender,carer_2_family_name,carer_2_relation"
    header += ",former_1_family_name,carer_2_parental_responsibility,school_urn,address_kind,house"
    row = 'child,R1,2026-11-20,"D\'Arvel",female,Vale,mother,Old,true,900123,current,12'
    assert await csv(f"{header}\r\n{row}\r\n") == [
        (
            2,
            {
                "kind": "child",
                "reference": "R1",
                "as_of": "2026-11-20",
                "child": {
                    "name": {"family_name": "D'Arvel"},
                    "gender": "female",
                    "school": {"urn": "900123"},
                    "address": {"kind": "current", "house": "12"},
                    "former_names": [{"family_name": "Old"}],
                    "carers": [
                        {
                            "name": {"family_name": "Vale"},
                            "relation": "mother",
                            "parental_responsibility": True,
                        }
                    ],
                },
            },
        )
    ]


async def test_an_involvement_row_stays_flat_and_empty_cells_state_nothing() -> None:
    header = "kind,reference,as_of,verb,ceased,consent,ask_for_duty,family_name"
    assert await csv(f"{header}\ninvolvement,R1,2026-11-20,cease,,false,TRUE,") == [
        (
            2,
            {
                "kind": "involvement",
                "reference": "R1",
                "as_of": "2026-11-20",
                "verb": "cease",
                "consent": False,
                "ask_for_duty": "TRUE",
            },
        )
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"a,b", LineCode.COLUMN_COUNT),
        (b"a,b,c,d", LineCode.COLUMN_COUNT),
        (b'"a,b,c', LineCode.NOT_CSV),
        (b'"a"b,c,d', LineCode.NOT_CSV),
        (b'a,"b\nc",d', LineCode.NOT_CSV),
        (b"a,b\x00,c", LineCode.CHARACTER_NOT_ALLOWED),
        (b"a,\tb,c", LineCode.CHARACTER_NOT_ALLOWED),
        (b"a,b\rx,c", LineCode.CHARACTER_NOT_ALLOWED),
        (b"a,b\xff,c", LineCode.NOT_UTF8),
        (b"x" * (LINE_BYTES_MAX + 1), LineCode.LINE_TOO_LONG),
    ],
)
async def test_a_bad_row_spoils_no_other(row: bytes, code: LineCode) -> None:
    good = b"child,R1,2026-11-20"
    lines = await csv(b"\n".join([b"kind,reference,as_of", good, row, good]))
    assert lines[1] == (3, code)
    assert lines[0][1] == lines[-1][1] != code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"", Code.FIELD_MISSING),
        (b"\n", Code.FIELD_UNKNOWN),
        (b"kind,reference", Code.FIELD_MISSING),
        (b"kind,reference,as_of,note", Code.FIELD_UNKNOWN),
        (b"Kind,reference,as_of", Code.FIELD_UNKNOWN),
        (b"kind,reference,as_of,kind", Code.DUPLICATE_KEY),
        (b'"kind,reference,as_of', Code.FIELD_INVALID),
        (b"kind,reference,as_of\x00", Code.FIELD_INVALID),
        ("kind,reference,as_of".encode("utf-16"), Code.FIELD_INVALID),
        (b"k" * (LINE_BYTES_MAX + 1), Code.FIELD_INVALID),
    ],
)
async def test_a_header_that_cannot_be_read_refuses_the_file(header: bytes, code: Code) -> None:
    with pytest.raises(Invalid) as caught:
        await csv(header)
    assert (caught.value.code, caught.value.field) == (code, "header")


async def test_a_census_extract_is_read_by_its_own_map() -> None:
    """A second supplier's headings and words need a map and no code."""
    body = (
        "PupilReference,ExtractDate,Surname,Forename,DOB,Sex,YearGroup,PAON,PostCode,SchoolURN,"
        "SchoolName,EntryDate\n"
        "P-7,2026-11-20,Okonedo-Vale,Tamsin,2016-05-14,F,6,12,NM1 4QT,900123,Larkfield Primary,"
        "2021-09-01\n"
    )
    (raw,) = await all_of(read_csv(cut(body.encode()), SCHOOL_CENSUS_COLUMNS))
    line = parse_line(raw, TODAY)
    assert isinstance(line, ChildLine)
    assert (line.reference, line.child.identity.gender, line.child.tracing.house) == (
        "P-7",
        "female",
        "12",
    )


def test_a_map_to_a_column_the_schema_lacks_is_a_defect() -> None:
    with pytest.raises(ValueError, match="column map"):
        ColumnMap(columns={"Notes": "note"})


@pytest.mark.parametrize("formula", ["=1+1", "+Ada", "-Ada", "@Ada", "＝Ada", "'=Ada"])
async def test_a_cell_a_spreadsheet_would_calculate_is_no_name(formula: str) -> None:
    body = "kind,reference,as_of,family_name,date_of_birth,gender\n"
    body += f"child,R1,2026-11-20,{formula},2016-05-14,female"
    (raw,) = await all_of(read_csv(cut(body.encode())))
    assert parse_line(raw, TODAY) == LineInvalid(LineCode.FIELD_INVALID, "child.name.family_name")


@settings(max_examples=60)
@given(body=st.binary(max_size=200) | st.text('{}[]":,\n\r\x00a1é"', max_size=80).map(str.encode))
def test_any_bytes_become_lines_or_a_refused_header(body: bytes) -> None:
    """Neither reader raises anything but Invalid, and parse_line nothing at all."""

    async def read() -> list[RawLine]:
        lines = await all_of(read_ndjson(cut(body)))
        lines += await all_of(read_csv(cut(b"kind,reference,as_of\n" + body)))
        with pytest.raises(Invalid):
            await all_of(read_csv(cut(body)))
        return lines

    for raw in asyncio.run(read()):
        assert isinstance(parse_line(raw, TODAY), LineInvalid)


@settings(max_examples=60)
@given(row=st.dictionaries(st.sampled_from(COLUMNS), st.text("ab1-= @'é\"", max_size=6)))
def test_a_row_written_by_the_rules_is_read_back(row: dict[str, str]) -> None:
    """Quoting round-trips: cells reach the fields as written, never one column off."""
    row = {"kind": "involvement", "reference": "R", "as_of": "x"} | row
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in row.values()]
    body = ",".join(row) + "\n" + ",".join(quoted) + "\n"
    (raw,) = asyncio.run(all_of(read_csv(cut(body.encode()))))
    if row["kind"] == "child":
        return
    assert raw.content == {name: cell for name, cell in row.items() if cell}


def test_ndjson_and_json_agree_on_what_a_line_says() -> None:
    body = json.dumps({"a": ["é", 1, None, True]}).encode()
    (raw,) = asyncio.run(all_of(read_ndjson(cut(body))))
    assert raw.content == json.loads(body)
