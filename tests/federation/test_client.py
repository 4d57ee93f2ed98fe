"""A member's way to another: never past the deadline, never more than once again, soon well."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import PrivateAuthority, ServerTls
from index_service.federation.client import FAILURES_MAX, OPEN_S, PeerClient, version_of
from index_service.federation.errors import Lost, MessageRefused, PeerCode, Unreachable
from index_service.federation.members import Member
from index_service.federation.message import Sent, Signer, commit_of
from index_service.federation.tls import TlsFiles, listening_context
from tests.federation.papers import Papers

PAPERS = Papers()
PATH = "/peer/v1/probe"
BODY = b'{"question_id":"one"}'
DAYS = {"from": 0, "until": 253402300799}


@dataclass
class Endpoint:
    """A member's port that does as it is told: answers, cuts off, keeps silent."""

    tls: ServerTls
    signer: Signer
    does: str = "answer"
    bodies: list[bytes] = field(default_factory=list)
    connected: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connected += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while self.does != "cut":
                await self._one(reader, writer)
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        lines = [tuple(each.split(": ", 1)) for each in head[1:] if each]
        headers: list[Any] = [(name.lower(), value) for name, value in lines]
        self.bodies.append(await reader.readexactly(int(dict(headers)["content-length"])))
        if self.does == "silence":
            await asyncio.sleep(60)
        if self.does == "cut once":
            self.does = "answer"
            raise ConnectionError
        status = {"busy": 503, "refuse": 403}.get(self.does, 200)
        body = b'{"code":"suspended"}' if status == 403 else b"{}"
        if self.does == "flood":
            body = b" " * 40_000
        told = self.signer.signed_answer(status, body, commit_of(headers))
        if self.does == "forge":
            told["isa-in-reply-to"] = "0" * 64
        text = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{text}content-length: {len(body)}\r\n\r\n".encode())
        writer.write(body)
        await writer.drain()


@asynccontextmanager
async def endpoint(place: Path) -> AsyncIterator[tuple[Endpoint, Member, PeerClient]]:
    """Serve an endpoint; yield it, the member it is, and a client that calls it."""
    authority = PrivateAuthority.made(place)
    tls, own = (authority.certified(place / n, n, calls=True) for n in ("camfield", "northmere"))
    made = Endpoint(tls, Signer("camfield/serve/1", PAPERS.keys["camfield/serve/1"]))
    files = TlsFiles(tls.certificate_file, tls.key_file, tls.ca_file)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=listening_context(files))
    made.port = server.sockets[0].getsockname()[1]
    known = PAPERS.directory(
        lambda said: [key.update(DAYS) for each in said["members"] for key in each["keys"]]
    ).members["camfield"]
    pins = frozenset({tls.pin()})
    member = replace(known, url=f"https://127.0.0.1:{made.port}", certificates=pins)
    signer = Signer("northmere/serve/1", PAPERS.keys["northmere/serve/1"])
    calls = TlsFiles(own.certificate_file, own.key_file, own.ca_file)
    async with PeerClient(signer, calls) as client:
        yield made, member, client
    server.close()


async def lost(client: PeerClient, member: Member, deadline_s: float = 2.0) -> Lost:
    """Ask in vain; return why."""
    with pytest.raises(Unreachable) as caught:
        await client.ask(member, PATH, BODY, deadline_s)
    return caught.value.code


async def test_connections_are_used_again(tmp_path: Path) -> None:
    async with endpoint(tmp_path) as (made, member, client):
        for _ in range(3):
            assert (await client.ask(member, PATH, BODY, 2.0)).body == b"{}"
        assert made.connected == 1


async def test_what_was_cut_off_is_sent_once_more_as_the_same_question(tmp_path: Path) -> None:
    """The same body, a nonce of its own; each sending is told before a byte of it leaves."""
    told: list[tuple[int, Sent]] = []
    async with endpoint(tmp_path) as (made, member, client):
        made.does = "cut once"

        async def before(head: Sent) -> None:
            told.append((len(made.bodies), head))

        await client.ask(member, PATH, BODY, 2.0, before)
        assert made.bodies == [BODY, BODY]
    assert [heard for heard, _ in told] == [0, 1]
    assert len({head.signature for _, head in told}) == 2


async def test_nobody_waits_past_the_deadline(tmp_path: Path) -> None:
    async with endpoint(tmp_path) as (made, member, client):
        made.does = "silence"
        begun_s = time.monotonic()
        assert await lost(client, member, 0.3) is Lost.DEADLINE
        assert time.monotonic() - begun_s < 0.6
        assert len(made.bodies) == 1  # silence is not asked again


async def test_after_three_failures_nobody_tries_and_soon_one_does_again(tmp_path: Path) -> None:
    async with endpoint(tmp_path) as (made, member, client):
        made.does = "cut"
        codes = [await lost(client, member) for _ in range(FAILURES_MAX + 1)]
        assert codes == [Lost.NO_WAY] * FAILURES_MAX + [Lost.BREAKER]
        tried = made.connected
        assert await lost(client, member) is Lost.BREAKER
        assert made.connected == tried
        made.does = "answer"
        await asyncio.sleep(OPEN_S[1])
        assert (await client.ask(member, PATH, BODY, 2.0)).body == b"{}"
        assert client.breaker(member).failures == 0


async def test_a_member_that_cannot_answer_now_says_neither_yes_nor_no(tmp_path: Path) -> None:
    async with endpoint(tmp_path) as (made, member, client):
        made.does = "busy"
        assert await lost(client, member) is Lost.UNAVAILABLE


@pytest.mark.parametrize(
    ("does", "code", "by_peer"),
    [
        ("refuse", PeerCode.SUSPENDED, True),
        ("forge", PeerCode.SIGNATURE_INVALID, False),
        ("flood", PeerCode.TOO_LARGE, False),
    ],
)
async def test_a_refusal_and_an_answer_that_does_not_count_are_told_apart(
    tmp_path: Path, does: str, code: PeerCode, by_peer: bool
) -> None:
    async with endpoint(tmp_path) as (made, member, client):
        made.does = does
        with pytest.raises(MessageRefused) as refused:
            await client.ask(member, PATH, BODY, 2.0)
        assert (refused.value.code, refused.value.by_peer) == (code, by_peer)
        assert len(made.bodies) == 1  # whoever answered is not asked again


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/peer/v1/probe", 1),
        ("/region/v12/locate", 12),
        ("/peer/v01/probe", -1),
        ("/peer/v/probe", -1),
        ("/peer/1/probe", -1),
        ("/peer/v1", -1),
        ("/peer/v100/probe", -1),
        ("/peer/v²/probe", -1),
        ("", -1),
    ],
)
def test_a_version_has_one_spelling(path: str, version: int) -> None:
    assert version_of(path) == version
