"""Feeding the index over HTTP as its suppliers do, and asking how far it has come meanwhile."""

import asyncio
from collections.abc import AsyncIterator
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
    feeder = asking.persona(FEEDERS[source])
    path, lines, taken = path_of(source, batch), body.count(b"\n"), 0

    def far() -> str:
        return f"{taken:>6,} of {lines:,} lines"

    with progress(f"feed {source}", far):
        sending = asyncio.create_task(feeder.supply(path, body, in_parts(body)))
        try:
            while not (await asyncio.wait([sending], timeout=ASK_AGAIN_S))[0]:
                taken = (await feeder.get(path)).body.get("lines", 0)
        finally:
            sending.cancel()
        answer = await sending
        taken = answer.body.get("lines", 0)
    accepted(answer, lines)
    return answer


def accepted(answer: Answer, lines: int) -> None:
    """Go on if a batch is complete and its supplier was told that every line was accepted."""
    said: dict[str, Any] = answer.body
    expect(answer.status == 200, "a batch taken", answer.status, answer.code)
    counts = (said["state"], said["lines"], said["accepted"], said["invalid"])
    expect(counts == ("complete", lines, lines, 0), f"{lines} lines accepted", counts)
