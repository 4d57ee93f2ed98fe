"""Feeding the index over HTTP as its suppliers do, and asking how far it has come meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from demo.asking import Answer, Asking, expect
from demo.supplies import CHILD_HEALTH, SCHOOLS_SOURCE
from demo.telling import progress

FEEDERS: Final = {CHILD_HEALTH: "health_feed", SCHOOLS_SOURCE: "schools_feed"}
ASK_AGAIN_S: Final = 1.0
PART_BYTES: Final = 1 << 16


def path_of(source: str, batch: str) -> str:
    """Return where a batch is sent and asked about."""
    return f"/v1/feeds/{source}/batches/{batch}"


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body as a sender streams it."""
    for start in range(0, len(body), PART_BYTES):
        yield body[start : start + PART_BYTES]


async def supply(asking: Asking, source: str, batch: str, body: bytes) -> Answer:
    """Send a batch and wait for its end, showing how far it is; NotAsTold if not all is taken."""
    taken, lines = Counter[str](), body.count(b"\n")
    with progress(f"feed {source}", lambda: f"{taken.total():>6,} of {lines:,} lines"):
        return await _supply(asking, source, batch, body, taken)


async def supply_together(
    feeds: Mapping[str, Sequence[tuple[Asking, str, bytes]]], after: Callable[[str], None]
) -> None:
    """Send several authorities their first batches at once, each authority's one by one.

    `after` is told of each authority that has all of its own.
    """
    taken = {name: Counter[str]() for name in feeds}

    def far() -> str:
        return ", ".join(f"{name} {count.total():,}" for name, count in taken.items()) + " lines"

    with progress("feeds", far):
        async with asyncio.TaskGroup() as group:
            for name, batches in feeds.items():
                sending = group.create_task(_one_by_one(batches, taken[name]), name=name)
                sending.add_done_callback(lambda done: _all_sent(done, after))


def _all_sent(sending: "asyncio.Task[None]", after: Callable[[str], None]) -> None:
    if not sending.cancelled() and sending.exception() is None:
        after(sending.get_name())


async def _one_by_one(batches: Sequence[tuple[Asking, str, bytes]], taken: Counter[str]) -> None:
    for asking, source, body in batches:
        await _supply(asking, source, "first", body, taken)


async def _supply(
    asking: Asking, source: str, batch: str, body: bytes, taken: Counter[str]
) -> Answer:
    feeder = asking.persona(FEEDERS[source])
    path, lines = path_of(source, batch), body.count(b"\n")
    sending = asyncio.create_task(feeder.supply(path, body, in_parts(body)))
    try:
        while not (await asyncio.wait([sending], timeout=ASK_AGAIN_S))[0]:
            taken[source] = (await feeder.get(path)).body.get("lines", 0)
    finally:
        sending.cancel()
    answer = await sending
    taken[source] = answer.body.get("lines", 0)
    accepted(answer, lines)
    return answer


def accepted(answer: Answer, lines: int) -> None:
    """Go on if a batch is complete and its supplier was told that every line was accepted."""
    said: dict[str, Any] = answer.body
    expect(answer.status == 200, "a batch taken", answer.status, answer.code)
    counts = (said["state"], said["lines"], said["accepted"], said["invalid"])
    expect(counts == ("complete", lines, lines, 0), f"{lines} lines accepted", counts)
