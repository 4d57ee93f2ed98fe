"""What the small servers beside the index share: a body within its bound, a plain answer."""

from typing import Any

import uvicorn

from index_service.commands.head import BoundedHead

CONCURRENT_MAX = 16


async def body_of(receive: Any, length_max: int) -> bytes | None:
    """Return a request's whole body, None where it is longer or its sender has gone."""
    whole = b""
    while True:
        message = await receive()
        whole += bytes(message.get("body", b""))
        if len(whole) > length_max or message["type"] != "http.request":
            return None
        if not message.get("more_body", False):
            return whole


async def answer(send: Any, status: int, text: str, kind: str = "text/plain") -> None:
    """Answer with a text."""
    body = text.encode()
    headers = [
        (b"content-type", kind.encode() + b"; charset=utf-8" * (kind == "text/plain")),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve_small(app: Any, host: str, port: int) -> None:
    """Serve until a signal asks to stop. Made within the loop: making one sets its log up anew."""
    await small_server(app, host, port).serve()


def small_server(app: Any, host: str, port: int) -> uvicorn.Server:
    """Return a server of plain ASGI; TLS ends in front of it."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=BoundedHead,
            ws="none",
            lifespan="off",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONCURRENT_MAX,
            timeout_graceful_shutdown=5,
            log_level="warning",
        )
    )
