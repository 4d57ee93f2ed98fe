"""`thin-client`: serves the pages of one authority, and makes the key it starts with."""

import argparse
import base64
import logging
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from thin_client.app import create_app
from thin_client.sealing import KEY_BYTES
from thin_client.settings import Settings

WRONG = 2
HEADER_BYTES_MAX = 16 * 1024
KEEP_ALIVE_S = 15
DRAIN_S = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    chosen = _parser().parse_args(arguments)
    status: int = chosen.run(chosen)
    return status


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="thin-client", description="Pages over one index.")
    nouns = top.add_subparsers(dest="noun", required=True, metavar="COMMAND")
    serve = nouns.add_parser("serve", help="serve the pages; told by THIN_ settings alone")
    serve.set_defaults(run=_serve)
    key = nouns.add_parser("new-key", help="write a new session key, readable by its owner alone")
    key.add_argument("file", type=Path)
    key.set_defaults(run=_new_key)
    return top


def _serve(_chosen: argparse.Namespace) -> int:
    """Serve until told to stop. One process: sessions are in its memory and nowhere else."""
    try:
        settings = Settings()  # pydantic reads the environment
        app = create_app(settings)
    except ValidationError as fault:
        for each in fault.errors(include_input=False, include_url=False, include_context=False):
            name = "_".join(map(str, each["loc"])).upper()
            print(f"THIN_{name}: {each['msg']}", file=sys.stderr)
        return WRONG
    except (OSError, ValueError) as fault:
        print(f"cannot start: {fault}", file=sys.stderr)
        return WRONG
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("thin_client").setLevel(logging.INFO)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,  # its lines hold addresses; ours hold a page's name
        log_config=None,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=HEADER_BYTES_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
    )
    return 0


def _new_key(chosen: argparse.Namespace) -> int:
    try:
        handle = os.open(chosen.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        print(f"no key written: {fault.strerror}", file=sys.stderr)
        return WRONG
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
