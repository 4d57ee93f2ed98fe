"""Lines come out the same however the stream is cut, and none grows without bound."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from index_service.domain.feed import LINE_BYTES_MAX
from index_service.feeds.split import split_lines
from tests.feeds.reading import all_of, cut, stream

bodies = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\r", b"\xef\xbb\xbf"])).map(
    b"".join
)


def plainly(body: bytes) -> list[bytes]:
    """The specification in three lines, for bodies that fit in memory."""
    lines = body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if lines[-1].removesuffix(b"\r") == b"":
        lines.pop()
    return [line.removesuffix(b"\r") for line in lines]


@given(body=bodies, size=st.integers(1, 9))
def test_lines_do_not_depend_on_how_the_stream_is_cut(body: bytes, size: int) -> None:
    assert asyncio.run(all_of(split_lines(cut(body, size)))) == plainly(body)


async def test_a_line_of_the_longest_length_passes_and_one_longer_does_not() -> None:
    longest, longer = b"x" * LINE_BYTES_MAX, b"y" * (LINE_BYTES_MAX + 1)
    for end in (b"\n", b"\r\n"):
        body = end.join([longest, longer, b"z", longer, longest, longer])
        for size in (1000, 16384, len(body)):
            lines = await all_of(split_lines(cut(body, size)))
            assert lines == [longest, None, b"z", None, longest, None]


async def test_a_mark_before_the_longest_line_is_not_counted() -> None:
    longest = b"x" * LINE_BYTES_MAX
    assert await all_of(split_lines(stream([b"\xef\xbb\xbf" + longest + b"\r", b"\n"]))) == [
        longest
    ]


async def endless(chunks: int) -> AsyncIterator[bytes]:
    for _ in range(chunks):
        yield b"x" * 65536
    yield b"\nafter\n"


async def test_an_endless_line_costs_no_memory() -> None:
    tracemalloc.start()
    try:
        lines = await all_of(split_lines(endless(400)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines == [None, b"after"]
    assert peak < 1_000_000
