"""The server cuts off whoever sends no end of a request's head, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from index_service.commands.head import HEAD_BYTES_MAX, BoundedHead

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


async def _counts(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the length of the body."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    said = str(length).encode()
    headers = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Serve on a free port and connect to it."""
    config = uvicorn.Config(
        _counts, port=0, http=BoundedHead, lifespan="off", log_level="critical", access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # serve() would take the test run's signals
    while not server.started:  # noqa: ASYNC110 (uvicorn offers no event)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await serving


async def test_a_head_without_end_is_cut_off() -> None:
    async with connected() as (reader, writer):
        writer.write(HEAD)
        sent = 0
        try:
            while sent < 40 * HEAD_BYTES_MAX:
                writer.write(b"X-%d: " % sent + b"a" * 100_000 + b"\r\n")
                sent += 100_000
                await writer.drain()
            ended = await asyncio.wait_for(reader.read(), 5)
        except ConnectionError:
            ended = b""
        assert ended == b""
        assert sent < 40 * HEAD_BYTES_MAX


async def test_a_body_longer_than_any_head_is_taken() -> None:
    length = 4 * HEAD_BYTES_MAX
    async with connected() as (reader, writer):
        for _ in range(2):  # on one connection: the count begins anew
            writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % length + b"a" * length)
            await writer.drain()
            answer = await asyncio.wait_for(reader.readuntil(b"%d" % length), 10)
            assert b" 200 " in answer.partition(b"\r\n")[0]
            assert answer.endswith(b"\r\n\r\n%d" % length)
