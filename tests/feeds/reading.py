"""What the feed tests read with: streams cut anywhere, and everything a reader yields."""

from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import TypeVar

TODAY = date(2026, 11, 21)
Thing = TypeVar("Thing")


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def cut(body: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def all_of(things: AsyncIterator[Thing]) -> list[Thing]:
    return [thing async for thing in things]
