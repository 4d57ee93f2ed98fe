"""Counts passed on: nothing small, and nothing that would tell what is small."""

from hypothesis import given
from hypothesis import strategies as st

from index_service.domain.small_cells import SMALL, shown_total, without_small_cells

COUNTS = st.dictionaries(st.integers(0, 20), st.integers(1, 40), max_size=12)


@given(COUNTS)
def test_no_small_count_is_shown(counts: dict[int, int]) -> None:
    shown = without_small_cells(counts, sum(counts.values()))
    assert shown.keys() == counts.keys()
    assert all(each is None or each >= SMALL for each in shown.values())
    assert all(shown[cell] in (None, count) for cell, count in counts.items())


@given(COUNTS)
def test_what_is_left_out_cannot_be_told_from_the_total(counts: dict[int, int]) -> None:
    """Neither one cell alone nor a small sum, unless nothing at all is shown."""
    total = sum(counts.values())
    shown = without_small_cells(counts, total)
    left_out = [counts[cell] for cell, each in shown.items() if each is None]
    if left_out and len(left_out) < len(counts):
        assert len(left_out) > 1
        assert sum(left_out) >= SMALL


@given(COUNTS.filter(lambda counts: all(each >= SMALL for each in counts.values())))
def test_what_is_large_enough_is_all_shown(counts: dict[int, int]) -> None:
    assert without_small_cells(counts, sum(counts.values())) == counts


def test_a_small_total_is_not_shown() -> None:
    assert [shown_total(each) for each in (0, 4, 5)] == [None, None, 5]
    assert without_small_cells({"a": 4}, 4) == {"a": None}
