"""Exports of made-up leaves under a signed head, and what verifying them takes as a process."""

import hashlib
import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.authority import CSA, ROOT
from index_service.log.checkpoint import Checkpoint, HeadKeys, VerifierKey
from index_service.log.tree import root_of

ORIGIN = "index.northmere.example/log"
SHARD = 202600
INTACT, TAMPERED = 0, 1
_LOOK_S = 0.02


class Misjudged(Exception):  # noqa: N818 (the finding of a check)
    """The verifier did not find what is there, so its speed means nothing."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export on disk, and the policy file it is verified by."""

    path: Path
    policy: Path
    size: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What one run of the verifier took, from its start as a process to its end."""

    entries_per_s: float
    seconds: float
    rss_mb: float
    status: int


def write_policy(path: Path, keys: Sequence[VerifierKey]) -> None:
    """Write a policy of a log without witnesses; no receipt is looked at, so any key will do."""
    lines = [f"csa {CSA}", *(f"log {key.text()}" for key in keys)]
    lines += [f"receipt {b64encode(keys[0].public).decode()}", "quorum 0", ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_export(path: Path, leaves: Sequence[bytes], origin: str, head: str) -> None:
    """Write an export of hashes as docs/log-format.md has it."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_lines(leaves, origin, head))


def _lines(leaves: Sequence[bytes], origin: str, head: str) -> Iterator[str]:
    said = {"format": "index-log/1", "csa": CSA, "origin": origin, "kind": "hashes"}
    yield _compact({**said, "case": None})
    for index, leaf in enumerate(leaves):
        yield f'{{"i":{index},"leaf":"{leaf.hex()}"}}\n'
    yield _compact({"end": len(leaves), "head": head})


def _compact(value: dict[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"


def made_export(directory: Path, size: int) -> Export:
    """Make an export of this many leaves, under a head with both signatures."""
    keys = HeadKeys(ORIGIN, os.urandom(32), os.urandom(32))
    leaves = [hashlib.sha256(number.to_bytes(8)).digest() for number in range(size)]
    head = Checkpoint(ORIGIN, SHARD, size, root_of(leaves))
    made = Export(directory / "export.jsonl", directory / "policy", size)
    write_policy(made.policy, keys.verifiers)
    write_export(made.path, leaves, f"{ORIGIN}/{SHARD}", keys.signed(head, int(time.time())))
    return made


def tampered(export: Export) -> Export:
    """Return the same export with one leaf in its midst altered."""
    lines = export.path.read_bytes().splitlines(keepends=True)
    place = len(lines) // 2
    at = lines[place].index(b'"leaf":"') + 8
    other = b"0" if lines[place][at : at + 1] != b"0" else b"1"
    lines[place] = lines[place][:at] + other + lines[place][at + 1 :]
    path = export.path.with_suffix(".altered")
    path.write_bytes(b"".join(lines))
    return Export(path, export.policy, export.size)


def verify(export: Export) -> Verified:
    """Run the verifier on an export in a process of its own."""
    command = [sys.executable, "-m", "index_verify", "export", "--policy", str(export.policy)]
    began_s, rss_mb = time.perf_counter(), 0.0
    with subprocess.Popen([*command, str(export.path)], cwd=ROOT, stdout=subprocess.DEVNULL) as run:
        while run.poll() is None:
            rss_mb = max(rss_mb, _most_rss_mb(run.pid))
            time.sleep(_LOOK_S)
    seconds = time.perf_counter() - began_s
    return Verified(export.size / seconds, seconds, rss_mb, run.returncode)


def _most_rss_mb(pid: int) -> float:
    """Return the most memory a process has had; what wait4 tells has our own before it in it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0  # it has ended already


def verifying(directory: Path, size: int) -> Verified:
    """Verify an export, having seen that it is told from an altered one; Misjudged otherwise."""
    export = made_export(directory, size)
    done = verify(export)
    if done.status != INTACT or verify(tampered(export)).status != TAMPERED:
        raise Misjudged
    return done
