"""`keep-heads`: keeps a log's heads on another machine, and takes none that does not follow."""

import argparse
import asyncio
import binascii
import sys
from pathlib import Path
from typing import Any

import orjson

from index_service.commands.small_server import answer, body_of, serve_small
from index_service.commands.starting import uvloop_run
from index_service.domain.clock import Clock, SystemClock
from index_service.log.checkpoint import NoteRefused, VerifierKey
from index_service.log.kept_heads import KeptHeads, read_step
from index_service.log.second_place import HEADS_PATH, PlaceUnfit, SwapRefused

BODY_BYTES_MAX = 128 * 1024


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    command = nouns.add_parser("keep-heads", help="keep another machine's log heads, append-only")
    command.add_argument("directory", type=Path)
    command.add_argument("--policy", type=Path, required=True, help="whose heads: its log lines")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8090)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Keep heads until told to stop. It holds no secret and asks for none: heads are signed."""
    try:
        verifiers = log_keys(chosen.policy.read_text(encoding="utf-8"))
        kept = KeptHeads(chosen.directory, verifiers)
    except (NoteRefused, UnicodeDecodeError):
        print("not started: the policy names no log's two keys", file=sys.stderr)
        return 2
    except PlaceUnfit as refused:
        print(f"not started: the directory is not fit ({refused.code})", file=sys.stderr)
        return 2
    except OSError as lost:
        print(f"not started: {type(lost).__name__}", file=sys.stderr)
        return 2
    app = Keeper(kept, SystemClock())
    uvloop_run(serve_small(app, chosen.host, chosen.port))
    kept.close()
    return 0


def log_keys(policy: str) -> tuple[VerifierKey, ...]:
    """Return the keys in a policy's log lines; NoteRefused for anything but one log's two."""
    words = [line.split(" ", 1) for line in policy.splitlines()]
    keys = tuple(VerifierKey.read(word[1]) for word in words if word[0] == "log" and word[1:])
    if len(keys) != 2 or len({key.name for key in keys}) != 1 or keys[0].kind is keys[1].kind:
        raise NoteRefused("key")
    return keys


class Keeper:
    """Answers GET and POST of heads, as plain ASGI."""

    def __init__(self, kept: KeptHeads, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock
        self._one = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        await answer(send, *await self._answer(scope["method"], scope["path"], receive))

    async def _answer(self, method: str, path: str, receive: Any) -> tuple[int, str]:
        if path != HEADS_PATH:
            return 404, ""
        if method == "GET":
            return (200, self._kept.last) if self._kept.last else (404, "")
        if method != "POST":
            return 405, ""
        body = await body_of(receive, BODY_BYTES_MAX)
        return (413, "") if body is None else await self._keep(body)

    async def _keep(self, body: bytes) -> tuple[int, str]:
        try:
            step = read_step(body)
        except (orjson.JSONDecodeError, binascii.Error, ValueError):
            return 400, "form"
        async with self._one:
            try:
                await asyncio.to_thread(self._kept.keep, step, self._clock.now())
            except SwapRefused as refused:
                return 409, refused.code
            except OSError:
                return 507, ""
        return 204, ""
