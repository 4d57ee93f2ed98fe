"""The sealer of a demo, test or bench authority: the real command in a process of its own."""

import asyncio
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from demo.authority import ROOT, Authority, bound_to_us
from index_service.commands.seal import policy_lines
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.crypto.sealer_keys import make_sealer_keys
from index_service.settings import SealSettings

COMMAND = (sys.executable, "-m", "index_service.commands.cli", "seal")
STOP_S_MAX = 15.0


def sealer_settings(authority: Authority, directory: Path) -> SealSettings:
    """Return the settings of an authority's sealer, its keys and second place made in a directory.

    Taken up again where they are there already.
    """
    keys, place = directory / "sealer", directory / "second"
    for each in (keys, place):
        each.mkdir(mode=0o700, exist_ok=True)
    provider = FileKeyProvider(keys)
    if not provider.names():
        make_sealer_keys(provider)
    return SealSettings(
        csa=authority.settings.csa,
        DATABASE_URL=authority.settings.database_url,
        sealer_key_directory=keys,
        log_origin=f"index.{authority.settings.csa}.example/log",
        second_place=place / "head",
        off_machine_url="none",
        witness_policy="none",
    )


def receipt_key(authority: Authority) -> Ed25519PublicKey:
    """Return the key that verifies an authority's receipts."""
    settings = authority.settings
    return Keyring(settings.csa, FileKeyProvider(settings.key_directory)).receipt_key.public_key()


async def written_policy(authority: Authority, settings: SealSettings, path: Path) -> Path:
    """Write down whose signatures count, as a stranger would be handed it; return where."""
    raw = receipt_key(authority).public_bytes(Encoding.Raw, PublicFormat.Raw)
    receipts = f"receipt {b64encode(raw).decode()}\n"
    text = policy_lines(settings) + receipts + "quorum 0\n"
    await asyncio.to_thread(path.write_text, text, "utf-8")
    return path


@contextmanager
def sealing(
    authority: Authority, settings: SealSettings, log: Path | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Begin the log if it has not begun, and seal it in a process that dies with this one."""
    environment = {
        **{name: authority.environment()[name] for name in ("PATH", "PYTHONPATH", "DATABASE_URL")},
        "INDEX_CSA": settings.csa,
        "INDEX_SEALER_KEY_DIRECTORY": str(settings.sealer_key_directory),
        "INDEX_LOG_ORIGIN": settings.log_origin,
        "INDEX_SECOND_PLACE": str(settings.second_place),
        "INDEX_OFF_MACHINE_URL": settings.off_machine_url,
        "INDEX_WITNESS_POLICY": settings.witness_policy,
    }
    output: Any = log.open("ab") if log else subprocess.DEVNULL
    said: dict[str, Any] = {"env": environment, "cwd": ROOT, "stdout": output, "stderr": output}
    if not settings.second_place.exists():
        subprocess.run([*COMMAND, "--found"], check=True, **said)
    process = subprocess.Popen([*bound_to_us(), *COMMAND], stdin=subprocess.DEVNULL, **said)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if log:
            output.close()
