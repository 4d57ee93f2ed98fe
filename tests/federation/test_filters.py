"""Filters: what they hold, what their size tells, and what is refused of a stranger's bytes."""

import gc
import os
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index_service.federation.filters import (
    KEYS_MAX,
    Filter,
    FilterFull,
    FilterRefused,
    build,
    size_of,
)

KEYS = 3_000


def _digests(count: int) -> list[bytes]:
    return [os.urandom(16) for _ in range(count)]


def test_a_filter_holds_every_digest_it_was_built_from() -> None:
    """And next to none of those it was not: one in 65,536."""
    digests = _digests(1_000)
    found = Filter.open(build(digests, KEYS), KEYS)
    assert all(found.holds(each) for each in digests)
    assert sum(found.holds(each) for each in _digests(20_000)) < 5


@pytest.mark.parametrize("keys", [6, 16, 60, 1_000])
def test_small_filters_hold_what_they_must(keys: int) -> None:
    """A new member's capacity may be small."""
    digests = _digests(keys)
    found = Filter.open(build(digests, keys), keys)
    assert all(found.holds(each) for each in digests)


def test_one_capacity_has_one_size_whatever_is_in_it() -> None:
    """Nothing but the capacity is told; twins' common digest takes one place."""
    sizes = {len(build(_digests(count), KEYS)) for count in (0, 1, 500, KEYS)}
    assert sizes == {size_of(KEYS)}
    twice = _digests(10) * 2
    assert len(build(twice, KEYS)) == size_of(KEYS)


def test_two_builds_of_the_same_children_differ() -> None:
    """Their filling is drawn anew: a difference tells of nobody."""
    digests = _digests(100)
    assert build(digests, KEYS) != build(digests, KEYS)


def test_more_digests_than_the_capacity_are_not_cut() -> None:
    """The operator is told instead."""
    with pytest.raises(FilterFull):
        build(_digests(KEYS + 1), KEYS)


def test_the_first_eight_bytes_little_endian_are_the_key() -> None:
    """As the page says, so that others' filters are ours."""
    digest = bytes(range(16))
    found = Filter.open(build([digest], 64), 64)
    assert found.holds(digest[:8] + os.urandom(8))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda w: w[:-1], "size"),
        (lambda w: w + b"\0", "size"),
        (lambda w: b"", "size"),
        (lambda w: w[:19], "size"),
        (lambda w: b"isa/fus8" + w[8:], "mark"),
        (lambda w: w[:8] + struct.pack("<I", KEYS + 1) + w[12:], "keys"),
        (lambda w: w[:8] + struct.pack("<I", 2**32 - 1) + w[12:], "keys"),
        (lambda w: w[:8] + struct.pack("<I", 0) + w[12:], "keys"),
    ],
)
def test_hostile_bytes_are_refused_with_a_code(change: object, code: str) -> None:
    """No length in them is believed: where to read follows from the directory's capacity."""
    assert callable(change)
    with pytest.raises(FilterRefused) as refused:
        Filter.open(change(build(_digests(5), KEYS)), KEYS)
    assert refused.value.code == code


@given(st.binary(min_size=0, max_size=4_096))
def test_arbitrary_bytes_open_or_are_refused_and_never_break(written: bytes) -> None:
    """What has the right size and head opens, and answers within its own bytes."""
    for text in (written, b"isa/fu16" + struct.pack("<I", 64) + written):
        padded = text.ljust(size_of(64), b"\xff")[: size_of(64)]
        for tried in (text, padded):
            try:
                found = Filter.open(tried, 64)
            except FilterRefused:
                continue
            assert found.holds(written[:16].ljust(16, b"\0")) in (True, False)


def test_a_capacity_out_of_bounds_is_refused() -> None:
    """Neither nothing nor more than memory holds."""
    for keys in (0, 1, KEYS_MAX + 1, -5):
        with pytest.raises(FilterRefused):
            size_of(keys)


def test_an_open_filter_outlives_the_bytes_it_was_given() -> None:
    """It keeps what it reads in, and no memory of its own to be freed."""
    digests = _digests(50)
    opened = [Filter.open(build(digests, KEYS), KEYS) for _ in range(20)]
    gc.collect()
    assert all(each.holds(digest) for each in opened for digest in digests)
