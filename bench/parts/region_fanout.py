"""What asking 31 authorities at once costs the asking process, over kept mutual TLS.

The 31 answer from a process of their own (`python -m bench.parts.region_fanout FILE`), each at a
port and under a certificate of its own, with an answer of a leg's size: signed if it was asked so.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import Receive, Scope, Send

from bench.parts.processes import bound, listening
from bench.parts.region_stand import DEADLINE_S, RegionStand
from index_service.commands.peer_port import peer_config
from index_service.commands.starting import uvloop_run
from index_service.crypto.peer_keys import PeerKeyUse, peer_keys
from index_service.crypto.providers import FileKeyProvider
from index_service.federation.message import Signer, commit_of
from index_service.federation.sizes import FIRST_ANSWER_BYTES, QUESTION_BYTES, padded
from index_service.federation.tls import TlsFiles, calling_context

PATH: Final = "/peer/v1/questions/first"
QUESTION: Final = padded(b"{}", QUESTION_BYTES)
ANSWER: Final = padded(b"{}", FIRST_ANSWER_BYTES)
WARM_UP: Final = 3


@dataclass(frozen=True, slots=True)
class Fanned:
    """What one fan-out costs: processor time of the asking process, and how long it takes."""

    calls: int
    transport_cpu_ms: float
    transport_wall_ms: float
    signed_cpu_ms: float
    signed_wall_ms: float


async def fanned(stands: RegionStand, rounds: int) -> Fanned:
    """Ask 31 authorities at once, so many times: bytes alone, then signed and verified."""
    asking, *others = stands.authorities
    file = stands.directory / "fan-out.json"
    file.write_text(json.dumps([_told(stands, name) for name in others]))
    log = stands.directory / "fan-out.log"
    with bound("bench.parts.region_fanout", [str(file)], log) as process:
        for name in others:
            await listening(stands.papers.members[name].port, process, log)
        transport = await _transport(stands, asking, others, rounds)
        signed = await _signed(stands, asking, others, rounds)
    return Fanned(len(others), *transport, *signed)


async def _transport(
    stands: RegionStand, asking: str, others: list[str], rounds: int
) -> tuple[float, float]:
    """Send the bytes and read the answers, with nothing of ours but the connections."""
    tls, members = stands.papers.members[asking].tls, stands.directory_of(asking).members
    files = TlsFiles(tls.certificate_file, tls.key_file, tls.ca_file)
    contexts = {name: calling_context(files, members[name].certificates) for name in others}
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:

        async def one(name: str) -> None:
            url, context = members[name].url + PATH, contexts[name]
            async with session.post(url, data=QUESTION, ssl=context) as response:
                assert len(await response.read()) == FIRST_ANSWER_BYTES

        return await _timed(one, others, rounds)


async def _signed(
    stands: RegionStand, asking: str, others: list[str], rounds: int
) -> tuple[float, float]:
    """Ask as an index does: every question signed, every answer verified."""
    members = stands.directory_of(asking).members
    async with stands.client(asking, PeerKeyUse.SERVE) as client:

        async def one(name: str) -> None:
            await client.ask(members[name], PATH, QUESTION, DEADLINE_S)

        return await _timed(one, others, rounds)


async def _timed(one: Any, others: list[str], rounds: int) -> tuple[float, float]:
    """Return the processor and wall milliseconds of a fan-out, the median of all."""
    found = []
    for number in range(WARM_UP + rounds):
        cpu_s, wall_s = time.process_time(), time.monotonic()
        await asyncio.gather(*(one(name) for name in others))
        if number >= WARM_UP:
            found.append((time.process_time() - cpu_s, time.monotonic() - wall_s))
    cpu, wall = (sorted(each)[len(found) // 2] * 1000 for each in zip(*found, strict=True))
    return cpu, wall


def _told(stands: RegionStand, name: str) -> dict[str, Any]:
    papers = stands.papers.members[name]
    key_id, private = peer_keys(name, FileKeyProvider(papers.keys), PeerKeyUse.SERVE)[0]
    tls = papers.tls
    return {
        "port": papers.port,
        "files": [str(tls.certificate_file), str(tls.key_file), str(tls.ca_file)],
        "key": [key_id, private.private_bytes_raw().hex()],
    }


class _Answering:
    """Answers whatever comes at one authority's port."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        lines = [(name.decode(), value.decode()) for name, value in scope["headers"]]
        headers = {"content-type": "application/json"}
        if commit := commit_of(lines):
            headers = self._signer.signed_answer(200, ANSWER, commit)
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        sent.append((b"content-length", str(len(ANSWER)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        await send({"type": "http.response.body", "body": ANSWER})


async def _lifespan(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": message["type"] + ".complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _serve(told: list[dict[str, Any]]) -> None:
    servers = []
    for each in told:
        key_id, private = each["key"]
        signer = Signer(key_id, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)))
        files = TlsFiles(*(Path(file) for file in each["files"]))
        servers.append(
            uvicorn.Server(peer_config(_Answering(signer), files, "127.0.0.1", each["port"]))
        )
    await asyncio.gather(*(server.serve() for server in servers))


if __name__ == "__main__":
    uvloop_run(_serve(json.loads(Path(sys.argv[1]).read_text())))
