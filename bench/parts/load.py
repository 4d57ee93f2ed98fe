"""Asks a server as fast as it answers, over keep-alive connections, and checks each answer.

A process of its own with an HTTP/1.1 of its own: requests are encoded before the first is
sent, of an answer only status, length and the expected id are looked at.

    python -m bench.parts.load FILE      FILE holds the settings of one pass, as JSON
"""

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

import uvloop

WARM_S = 0.5
_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: (\d+)\r\n")
_OK = b"HTTP/1.1 200 "


@dataclass(slots=True)
class Pass:
    """What all connections share: the requests with the id each answer must hold."""

    requests: list[tuple[bytes, bytes]]
    counting: bool = False
    stopping: bool = False
    wrong: int = 0
    first_wrong: str = ""
    latencies: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One connection: sends a request, reads its answer, sends the next."""

    def __init__(self, shared: Pass, first: int) -> None:
        self._shared = shared
        self._at = first
        self._read = b""
        self._sent_s = 0.0
        self._expected = b""
        self._transport: asyncio.Transport | None = None
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin at once."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        request, self._expected = self._shared.requests[self._at % len(self._shared.requests)]
        self._at += 1
        self._sent_s = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Read on until the answer is whole, then judge it."""
        self._read = self._read + data if self._read else data
        head = self._read.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._read, 0, head + 4)
        if length is None or len(self._read) < head + 4 + int(length[1]):
            return
        self._judge()
        if self._shared.stopping:
            assert self._transport is not None
            self._transport.close()
        else:
            self._ask()

    def _judge(self) -> None:
        shared = self._shared
        if not self._read.startswith(_OK) or self._expected not in self._read:
            shared.wrong += 1
            shared.first_wrong = shared.first_wrong or self._read[:300].decode("latin-1")
        elif shared.counting:
            shared.latencies.append(time.perf_counter() - self._sent_s)
        self._read = b""

    def connection_lost(self, _lost: Exception | None) -> None:
        """Count a connection that the server ended as a wrong answer."""
        if not self._shared.stopping:
            self._shared.wrong += 1
        if not self.ended.done():
            self.ended.set_result(None)


async def run(settings: dict[str, object]) -> dict[str, object]:
    """Run one pass; say on standard output when the measured part begins and ends."""
    requests = settings["requests"]
    assert isinstance(requests, list)
    shared = Pass([(text.encode("latin-1"), child.encode()) for text, child in requests])
    loop = asyncio.get_running_loop()
    count, port = int(str(settings["connections"])), int(str(settings["port"]))
    made = [
        await loop.create_connection(
            partial(Connection, shared, place * len(requests) // count),
            "127.0.0.1",
            port,
        )
        for place in range(count)
    ]
    await asyncio.sleep(WARM_S)
    print("begin", flush=True)
    started, shared.counting = time.perf_counter(), True
    await asyncio.sleep(float(str(settings["seconds"])))
    shared.counting, spent = False, time.perf_counter() - started
    print("end", flush=True)
    shared.stopping = True
    await asyncio.wait([protocol.ended for _, protocol in made], timeout=10)
    ordered = sorted(shared.latencies) or [0.0]
    return {
        "answers": len(shared.latencies),
        "wrong": shared.wrong,
        "first_wrong": shared.first_wrong,
        "seconds": spent,
        "p50_ms": 1000 * ordered[len(ordered) // 2],
        "p99_ms": 1000 * ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.loads(Path(sys.argv[1]).read_text())))), flush=True)
