"""Witnesses for tests: the real ASGI served over real HTTP, and views of a log to show them."""

import asyncio
import os
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from index_service.commands.small_server import small_server
from index_service.commands.witness import Witness
from index_service.crypto.providers import FileKeyProvider
from index_service.crypto.witness_key import make_witness_key, witness_seed
from index_service.domain.clock import SystemClock
from index_service.log.checkpoint import Checkpoint, HeadKeys, VerifierKey
from index_service.log.policy import logs_of
from index_service.log.tree import consistency_ranges, root_of
from index_service.log.witness import ADD_PATH, Asked, WitnessKey
from index_service.log.witness_state import WitnessState, begin_state

_ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "index_service.commands.cli"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(_ROOT)}
SHARD = 202600
NAMES = ("camfield.example/witness", "eastbrook.example/witness", "library.example/witness")
KEYS = HeadKeys("index.northmere.example/log", bytes(range(32)), bytes(range(1, 33)))
LEAVES = [os.urandom(32) for _ in range(300)]
OTHER = [*LEAVES[:3], os.urandom(32), *LEAVES[4:]]  # another view: an entry was replaced

Answer = tuple[int, str, str]


def head(size: int, leaves: Sequence[bytes] = LEAVES, keys: HeadKeys = KEYS) -> str:
    """Return the signed head of a log over these leaves."""
    root = root_of(leaves[:size])
    return keys.signed(Checkpoint(keys.origin, SHARD, size, root), 1_790_000_000)


def asked(old: int, size: int, leaves: Sequence[bytes] = LEAVES) -> str:
    """Return what a log asks of a witness that cosigned `old` leaves."""
    ranges = consistency_ranges(old, size) if old <= size else []
    return Asked(old, tuple(root_of(leaves[a:b]) for a, b in ranges), head(size, leaves)).text()


def consistency(old: int, size: int, leaves: Sequence[bytes]) -> bytes:
    """Return a consistency proof as a log answers it."""
    ranges = consistency_ranges(old, size)
    proof = ",".join(f'"{b64encode(root_of(leaves[a:b])).decode()}"' for a, b in ranges)
    origin = f"{KEYS.origin}/{SHARD}"
    return f'{{"origin":"{origin}","from":{old},"to":{size},"proof":[{proof}]}}'.encode()


@dataclass(frozen=True)
class Begun:
    """A witness's directories and its key."""

    keys: Path
    state: Path
    key: WitnessKey


def begun(directory: Path, name: str = NAMES[0]) -> Begun:
    """Make a witness's key and begin its state, as `keys make-witness` does."""
    keys, state = directory / "keys", directory / "state"
    keys.mkdir(mode=0o700, parents=True)
    provider = FileKeyProvider(keys)
    make_witness_key(provider)
    key = WitnessKey(name, witness_seed(provider))
    begin_state(state, key.verifier.public)
    return Begun(keys, state, key)


def log_lines(keys: HeadKeys = KEYS) -> str:
    """Return a log's lines of a policy."""
    return "".join(f"log {key.text()}\n" for key in keys.verifiers)


@asynccontextmanager
async def serving(
    witness: Begun, lines: str, listening: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve a witness over HTTP in this process; yield its address."""
    logs = logs_of(lines)
    state = WitnessState(witness.state, witness.key.verifier, logs)
    try:
        async with over_http(Witness(witness.key, logs, state, SystemClock()), listening) as url:
            yield url
    finally:
        state.close()


@asynccontextmanager
async def over_http(app: Any, listening: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve plain ASGI over HTTP in this process; yield its address."""
    bound = listening or listening_socket()
    server = small_server(app, "127.0.0.1", 0)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        async with asyncio.timeout(20):
            while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
                await asyncio.sleep(0.01)
        yield address(bound)
    finally:
        server.should_exit = True
        await task


def listening_socket() -> socket.socket:
    """Return a socket of a free port."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound


def address(bound: socket.socket) -> str:
    """Return the address of what listens on a socket."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


@dataclass
class Three:
    """Three witnesses, served until they are stopped."""

    begun: list[Begun]
    urls: list[str]
    lines: str
    stacks: list[AsyncExitStack]

    async def stop(self, number: int) -> None:
        await self.stacks[number].aclose()

    async def start(self, number: int) -> None:
        """Serve a witness again, where it was."""
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", int(self.urls[number].rpartition(":")[2])))
        await self.stacks[number].enter_async_context(
            serving(self.begun[number], self.lines, bound)
        )

    def policy(self, quorum: int = 2) -> str:
        """Return the lines a sealer is given; the last witness asks no lookups."""
        verifiers = [each.key.verifier for each in self.begun]
        return policy(verifiers, self.urls, quorum)


def policy(verifiers: Sequence[VerifierKey], urls: Sequence[str], quorum: int) -> str:
    """Return a policy's lines of witnesses, of which the last is independent."""
    words = [""] * (len(urls) - 1) + [" independent"]
    lines = [
        f"witness {key.text()}{word} {url}\n"
        for key, word, url in zip(verifiers, words, urls, strict=True)
    ]
    return "".join(lines) + f"quorum {quorum}\n"


@asynccontextmanager
async def three(directory: Path, lines: str) -> AsyncIterator[Three]:
    """Serve three witnesses of a log."""
    made = [begun(directory / f"w{number}", name) for number, name in enumerate(NAMES)]
    served = Three(made, [], lines, [AsyncExitStack() for _ in made])
    try:
        for each, stack in zip(made, served.stacks, strict=True):
            served.urls.append(await stack.enter_async_context(serving(each, lines)))
        yield served
    finally:
        for stack in served.stacks:
            await stack.aclose()


async def post(url: str, body: str | bytes, path: str = ADD_PATH) -> Answer:
    """Ask a witness; return status, kind and text of its answer."""
    sent = body.encode() if isinstance(body, str) else body
    async with (
        aiohttp.ClientSession() as session,
        session.post(url + path, data=sent) as answer,
    ):
        return answer.status, answer.content_type, await answer.text()
