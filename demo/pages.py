"""The thin client of one authority, as its operator would run it: a process told by settings."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from demo.authority import ROOT, bound_to_us, free_port
from demo.issuer import Issuer
from demo.openid.sessions import TWO_FACTORS_NOW

CLIENT_ID = "thin-client"
USUAL_PORT = 8090
READY_S_MAX = 30.0
STOP_S_MAX = 5.0
COMMAND = (sys.executable, "-m", "thin_client.cli")


@dataclass(frozen=True, slots=True)
class Told:
    """What a thin client is told in the demo: whose pages, over which index, kept where."""

    authority: str
    index_url: str
    issuer: Issuer
    directory: Path
    receipt_keys: Path | None = None
    command: tuple[str, ...] = COMMAND  # what serves: a bench times itself from within


@asynccontextmanager
async def pages(told: Told, port: int = 0) -> AsyncIterator[str]:
    """Run the thin client as long as this lasts; yield its address.

    It is a public client of the issuer, registered there under its own address.
    """
    port = port or _free()
    origin = f"http://127.0.0.1:{port}"
    told.issuer.register(CLIENT_ID, [f"{origin}/signed-in"], [f"{origin}/signed-out"])
    key = told.directory / "session.key"
    if not key.exists():
        subprocess.run(  # noqa: ASYNC221 (a third of a second, while nothing else is awaited)
            [*COMMAND, "new-key", str(key)], check=True, cwd=ROOT, env=_own()
        )
    log = (told.directory / "pages.log").open("ab")
    said: dict[str, Any] = {"cwd": ROOT, "env": _environment(told, origin, port, key)}
    process = subprocess.Popen(  # noqa: ASYNC220 (begun, not waited for)
        [*bound_to_us("serve"), *told.command, "serve"],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, **said,
    )  # fmt: skip
    try:
        await _ready(origin, process)
        yield origin
    finally:
        process.terminate()
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _environment(told: Told, origin: str, port: int, key: Path) -> dict[str, str]:
    settings = {
        "authority": told.authority,
        "index_url": told.index_url,
        "origin": origin,
        "issuer": told.issuer.url,
        "client_id": CLIENT_ID,
        "client_secret": "none",
        "scope": "openid",
        "resource": told.issuer.audience,
        "acr_stepped_up": TWO_FACTORS_NOW,
        "issuer_ca_file": told.issuer.ca_file,
        "session_key": key,
        "launch_keys": "none",
        "receipt_keys": told.receipt_keys or "none",
        "port": port,
    }
    return {**_own(), **{f"THIN_{name.upper()}": str(each) for name, each in settings.items()}}


def _own() -> dict[str, str]:
    ours = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**ours, "PYTHONPATH": str(ROOT)}


def _free() -> int:
    try:
        with socket.create_server(("127.0.0.1", USUAL_PORT)):
            return USUAL_PORT
    except OSError:
        return free_port()


async def _ready(origin: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the pages answer; RuntimeError if the process ended instead."""
    deadline = time.monotonic() + READY_S_MAX
    async with httpx.AsyncClient(trust_env=False) as browser:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"the thin client ended with status {process.returncode}")
            with suppress(httpx.TransportError):
                if (await browser.get(f"{origin}/sign-in/again")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.05)
    raise RuntimeError("the thin client did not become ready")
