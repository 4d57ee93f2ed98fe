"""`witness`: cosigns other authorities' log heads, and never two views of one log.

It needs no database and none of the index's keys; what it asks of a log is in the log's own
signatures, and it speaks no more than C2SP tlog-witness and one path beside it.
"""

import argparse
import asyncio
import logging
import sys
from pathlib import Path
from typing import Any

from index_service.commands.small_server import answer, body_of, serve_small
from index_service.commands.starting import uvloop_run
from index_service.crypto.providers import FileKeyProvider, KeyRefused
from index_service.crypto.witness_key import witness_seed
from index_service.domain.clock import Clock, SystemClock
from index_service.log.checkpoint import NoteRefused
from index_service.log.policy import LogKeys, PolicyRefused, logs_of
from index_service.log.witness import (
    ADD_PATH,
    KNOWN_PATH,
    SIZE_TYPE,
    Asked,
    AskRefused,
    WitnessKey,
    check_growth,
    kept_note,
    known_head,
)
from index_service.log.witness_state import StateUnfit, WitnessState

BODY_BYTES_MAX = 128 * 1024

_process_log = logging.getLogger(__name__)


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    command = nouns.add_parser("witness", help="cosign other authorities' log heads")
    command.add_argument("keys", type=Path, help="its key's directory (keys make-witness)")
    command.add_argument("state", type=Path, help="what it cosigned last, begun with the key")
    command.add_argument("--name", required=True, help="as policies name it, such as host/witness")
    command.add_argument("--logs", type=Path, help="whose heads: the log lines of their policies")
    command.add_argument("--policy", action="store_true", help="print its policy line, and end")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8091)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Witness until told to stop. What is missing or unfit is 2, said in a sentence."""
    try:
        key = WitnessKey(chosen.name, witness_seed(FileKeyProvider(chosen.keys)))
        if chosen.policy:
            print(f"witness {key.verifier.text()}")
            return 0
        logs = logs_of(chosen.logs.read_text(encoding="utf-8") if chosen.logs else "")
        state = WitnessState(chosen.state, key.verifier, logs)
    except KeyRefused as refused:
        print(f"not started: the key was refused: {refused}", file=sys.stderr)
        return 2
    except NoteRefused:
        print("not started: --name is no witness's name", file=sys.stderr)
        return 2
    except (PolicyRefused, UnicodeDecodeError):
        print("not started: --logs names no log by its two keys", file=sys.stderr)
        return 2
    except StateUnfit as refused:
        print(f"not started: the state directory is not fit ({refused.code})", file=sys.stderr)
        return 2
    except OSError as lost:
        print(f"not started: {type(lost).__name__}", file=sys.stderr)
        return 2
    app = Witness(key, logs, state, SystemClock())
    uvloop_run(serve_small(app, chosen.host, chosen.port))
    state.close()
    return 0


class Witness:
    """Answers heads with cosignatures, as plain ASGI."""

    def __init__(self, key: WitnessKey, logs: LogKeys, state: WitnessState, clock: Clock) -> None:
        self._key = key
        self._logs = logs
        self._state = state
        self._clock = clock
        self._one = asyncio.Lock()  # what was cosigned last is read and written as one

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        asked = {ADD_PATH: self._add, KNOWN_PATH: self._known}.get(scope["path"])
        if asked is None or scope["method"] != "POST":
            await answer(send, 404 if asked is None else 405, "")
            return
        body = await body_of(receive, BODY_BYTES_MAX)
        if body is None:
            await answer(send, 413, "")
            return
        try:
            async with self._one:
                told = await asyncio.to_thread(asked, body)
        except AskRefused as refused:
            size = "" if refused.size is None else f"{refused.size}\n"
            await answer(send, refused.status, size, SIZE_TYPE if size else "text/plain")
        except StateUnfit as unfit:
            _process_log.critical("witness: what was cosigned cannot be read, code=%s", unfit.code)
            await answer(send, 500, "")
        except OSError:
            _process_log.error("witness: the disk refuses, nothing is cosigned")
            await answer(send, 503, "")
        else:
            await answer(send, 200, told)

    def _add(self, body: bytes) -> str:
        """Return the cosignature of a head that grew from the last; the disk has it before."""
        asked = Asked.read(body)
        head = known_head(asked.note, self._logs)
        last = self._state.last(head.origin, head.shard)
        check_growth(asked, head, last[1] if last else None)
        line = self._key.cosigned(head, int(self._clock.now().timestamp()))
        self._state.keep(head, kept_note(asked.note, self._logs[head.origin], line))
        return f"{line.text()}\n"

    def _known(self, body: bytes) -> str:
        """Return the note cosigned last, to whoever holds some signed head of its log."""
        try:
            head = known_head(body.decode(), self._logs)
        except UnicodeDecodeError:
            raise AskRefused(400) from None
        last = self._state.last(head.origin, head.shard)
        if last is None:
            raise AskRefused(404)
        return last[0]
