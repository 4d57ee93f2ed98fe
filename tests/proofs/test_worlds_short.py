"""The short form of `prove worlds`, and the comparison itself: it sees what it must see."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from index_service.api.app import contract_of_code
from proofs.workings.judged import Proof
from proofs.workings.worlds_compare import Marks, first_difference
from proofs.workings.worlds_declassified import page
from proofs.workings.worlds_nouns import EVERY_FLIP
from proofs.workings.worlds_probes import unprobed
from proofs.workings.worlds_running import Seen
from proofs.workings.worlds_timing import Timed, corrected
from proofs.worlds import SHORT, operations, prove

KNOWN = str(uuid4())
BODY = f'{{"matches":[{{"grade":"certain","score_bits":9.0,"child_id":"{KNOWN}"}}],"next":null}}'
RECEIPT = f"v1.{'a' * 22}.{'b' * 43}.1796169600.{'c' * 86}"
SEEN = Seen(
    200,
    (("content-type", "application/json"), ("etag", f'"{"t" * 22}"'), ("audit-receipt", RECEIPT)),
    BODY.encode(),
)


def compared(left: Seen, right: Seen) -> str | None:
    """Compare two answers in worlds that both know one id."""
    marks = [Marks(frozenset({KNOWN})) for _ in range(2)]
    return first_difference(marks[0].plain(left), marks[1].plain(right))


def test_nothing_differs_to_anybody_outside_and_everything_inside_arrives() -> None:
    """600 pairs, each flip by a fifth of the operations; the long form has the whole matrix."""
    proof = Proof("worlds", quiet=True)
    asyncio.run(prove(SHORT, proof))
    assert proof.failed == []
    assert not proof.void
    assert proof.figures["pairs"] >= 600
    assert proof.figures["differences"] == 0
    assert proof.figures["controls_seen"] == len(EVERY_FLIP)
    assert proof.figures["arrived"] == proof.figures["inside"]


def test_every_operation_of_the_contract_is_probed() -> None:
    paths = contract_of_code()["paths"].values()
    assert len(operations()) == sum(len(path) for path in paths)
    assert unprobed(operations()) == []


def test_an_operation_without_probes_is_named() -> None:
    assert unprobed([*operations(), "readEverything"]) == ["readEverything"]


def test_the_table_of_declassified_facts_is_the_codes() -> None:
    written = Path(__file__).parents[2] / "docs" / "declassified.md"
    assert written.read_text("utf-8") == page()


def _header(seen: Seen, name: str, value: str) -> Seen:
    headers = tuple((key, value if key == name else old) for key, old in seen.headers)
    return replace(seen, headers=headers)


LEAKS: dict[str, Callable[[Seen], Seen]] = {
    "status": lambda seen: replace(seen, status=404),
    "a header more": lambda seen: replace(seen, headers=(*seen.headers, ("x-total", "1"))),
    "headers in another order": lambda seen: replace(seen, headers=seen.headers[::-1]),
    "a header's value": lambda seen: _header(seen, "content-type", "text/plain"),
    "the tag of what both worlds knew": lambda seen: _header(seen, "etag", f'"{"u" * 22}"'),
    "a receipt's length": lambda seen: _header(seen, "audit-receipt", RECEIPT + "c"),
    "a receipt's deadline": lambda seen: _header(
        seen, "audit-receipt", RECEIPT.replace("1796169600", "1796169601")
    ),
    "one byte more": lambda seen: replace(seen, body=seen.body + b" "),
    "another id both knew": lambda seen: replace(
        seen, body=seen.body.replace(KNOWN.encode(), str(uuid4()).encode())
    ),
    "a value of equal length": lambda seen: replace(seen, body=seen.body.replace(b"9.0", b"8.0")),
    "members in another order": lambda seen: replace(
        seen,
        body=seen.body.replace(
            b'"grade":"certain","score_bits":9.0', b'"score_bits":9.0,"grade":"certain"'
        ),
    ),
    "a page more": lambda seen: replace(seen, body=seen.body.replace(b"null", b'"aaaaaaaa"')),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_of_any_kind_is_seen(leak: str) -> None:
    assert compared(SEEN, SEEN) is None
    assert compared(SEEN, LEAKS[leak](SEEN)) is not None


def test_what_is_new_in_both_is_put_aside_and_its_repetition_is_not() -> None:
    made = [str(uuid4()) for _ in range(4)]
    worlds = [Marks(frozenset()), Marks(frozenset())]

    def both(left: str, right: str) -> str | None:
        answers = (replace(SEEN, body=f'{{"id":"{each}"}}'.encode()) for each in (left, right))
        plain = [mark.plain(each) for mark, each in zip(worlds, answers, strict=True)]
        return first_difference(*plain)

    assert both(made[0], made[1]) is None
    assert both(made[2], made[3]) is None
    assert both(made[0], made[1]) is None
    assert both(made[0], made[3]) is not None


def test_what_stood_in_one_world_alone_is_never_taken_for_new() -> None:
    hidden, new = str(uuid4()), str(uuid4())
    marks = [Marks(frozenset({hidden})), Marks(frozenset({hidden}))]
    answers = [replace(SEEN, body=f'{{"id":"{each}"}}'.encode()) for each in (new, hidden)]
    plain = [mark.plain(each) for mark, each in zip(marks, answers, strict=True)]
    assert first_difference(*plain) is not None


@pytest.mark.parametrize("name", ["involvements", "contacts"])
def test_rows_of_a_caseload_made_in_both_worlds_stand_in_any_order_of_one_day(name: str) -> None:
    rows = [
        {"child_id": str(uuid4()), "involvement": {}, "practitioner_id": KNOWN, "confirm_by": day}
        for day in ("2026-11-22", "2026-11-22", "2026-11-23")
    ]

    def page_of(*places: int) -> Seen:
        return replace(SEEN, body=json.dumps({name: [rows[each] for each in places]}).encode())

    assert compared(page_of(0, 1, 2), page_of(1, 0, 2)) is None
    assert compared(page_of(0, 1, 2), page_of(0, 2, 1)) is not None
    assert compared(page_of(0, 1, 2), page_of(0, 1)) is not None


def test_no_difference_is_told_with_a_value_in_it() -> None:
    other = replace(SEEN, body=SEEN.body.replace(b"certain", b"trusted"))
    told = compared(SEEN, other)
    assert told is not None
    assert "certain" not in told
    assert told.endswith(".matches[0].grade")


def test_the_sign_test_is_holms_and_sees_one_slow_world() -> None:
    even = [Timed("read", "none", (1e-6, -1e-6) * 750) for _ in range(3)]
    slow = Timed("read", "slow", (60e-6,) * 850 + (-60e-6,) * 650)
    after = corrected([*even, slow])
    assert after[3] < 0.001 < min(after[:3])
    assert after[3] == pytest.approx(4 * slow.p)
