"""Cuts a stream of bytes into lines, holding at most one line and one chunk."""

from collections.abc import AsyncIterator

from index_service.domain.feed import LINE_BYTES_MAX

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


async def split_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes | None]:
    """Yield each line without its end; None stands for one longer than 16 KiB.

    An over-long line is dropped while it arrives, so it costs no memory. A byte order
    mark at the very start is taken off. The last line needs no end.
    """
    held = b""
    dropping = False
    first = True
    async for chunk in chunks:
        lines = (held + chunk).split(b"\n")
        held = lines.pop()
        for cut in lines:
            line = (cut.removeprefix(BYTE_ORDER_MARK) if first else cut).removesuffix(b"\r")
            first = False
            if dropping or len(line) > LINE_BYTES_MAX:
                dropping = False
                yield None
            else:
                yield line
        # The slack leaves room for a mark and a carriage return not yet taken off.
        if dropping or len(held) > LINE_BYTES_MAX + len(BYTE_ORDER_MARK) + 1:
            held, dropping = b"", True
    if first:
        held = held.removeprefix(BYTE_ORDER_MARK)
    held = held.removesuffix(b"\r")
    if dropping or len(held) > LINE_BYTES_MAX:
        yield None
    elif held:
        yield held
