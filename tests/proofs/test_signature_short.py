"""The classifier of shield signatures tells what can be told, and nothing where nothing can."""

import random
from uuid import UUID

from proofs.workings.signature_guess import Guessed, auc, ranked, told
from proofs.workings.signature_traces import is_odd

CHILDREN, SHIELDED, DAYS = 400, 20, 4


def days(told_by: float, seed: int) -> list[Guessed]:
    """Return days on which one trace among others tells a share of the shielded."""
    chance = random.Random(seed)
    found = []
    for _ in range(DAYS):
        ids = [UUID(int=chance.getrandbits(128)) for _ in range(CHILDREN)]
        shielded = ids[:SHIELDED]
        traces = {
            child_id: {f"trace_{n}": chance.random() for n in range(6)}
            | {"moved": float(child_id in shielded and chance.random() < told_by)}
            for child_id in ids
        }
        found.append(ranked(traces, shielded))
    return found


def test_where_nothing_is_to_be_told_nothing_is() -> None:
    best = told(days(0.0, 1)).best
    assert 0.4 < best < 0.6


def test_one_trace_that_tells_is_found() -> None:
    known = told(days(1.0, 2))
    assert known.best > 0.99
    assert known.by == ("moved", "moved")


def test_a_trace_that_tells_sometimes_is_worth_as_much() -> None:
    assert 0.65 < told(days(0.5, 3)).best < 0.85


def test_a_trace_by_its_distance_from_the_middle_is_found_by_the_weights() -> None:
    """As of a row that stays where it was, while others move to either side."""
    chance = random.Random(4)
    found = []
    for _ in range(DAYS):
        ids = [UUID(int=chance.getrandbits(128)) for _ in range(CHILDREN)]
        shielded = set(ids[:SHIELDED])
        moves = {each: 0.0 if each in shielded else chance.choice((-1.0, 1.0)) for each in ids}
        traces = {each: {"far": moves[each] + chance.gauss(0, 0.1)} for each in ids}
        found.append(ranked(traces, shielded))
    assert told(found).logistic > 0.95


def test_the_area_is_the_chance_of_the_right_order() -> None:
    (day,) = days(0.0, 5)[:1]
    assert auc(day, lambda row: 0.0) == 0.5
    truth = {row: child_id in day.shielded for child_id, row in day.rows.items()}
    assert auc(day, lambda row: float(truth[row])) == 1.0


def test_a_page_counts_how_often_its_rows_were_written() -> None:
    """Three rows and one free place: each writing is one exchange with it."""
    chance = random.Random(6)
    for writings in range(9):
        rows, free = {1: 1, 2: 2, 3: 3}, 4
        for _ in range(writings):
            row = chance.choice((1, 2, 3))
            rows[row], free = free, rows[row]
        assert is_odd(rows) is (writings % 2 == 1)
