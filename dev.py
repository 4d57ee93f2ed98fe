"""The project's commands on a bare machine: makes .venv when needed, then runs inside it.

python3 dev.py demo | test | check | bench NAME | prove NAME   (more arguments go through)
"""

from __future__ import annotations  # so that an older Python gets as far as being told

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON, STAMP, LOG = VENV / "bin" / "python", VENV / "stamp.json", VENV / "install.log"
MODULES = {"demo": ["demo.story"], "test": ["tests.run", "test"], "check": ["tests.run", "check"]}
ROOMS = {"bench": "bench", "prove": "proofs"}


def pins() -> str:
    """Return the digest of what .venv is made from."""
    sources = (ROOT / "constraints.txt", ROOT / "pyproject.toml")
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def made_from() -> str | None:
    """Return what .venv was made from: None when it is missing, moved or left half made."""
    try:
        stamp = json.loads(STAMP.read_text())
        whole = stamp["root"] == str(ROOT) and stamp["interpreter"] == os.path.realpath(PYTHON)
        return str(stamp["pins"]) if whole and os.access(PYTHON, os.X_OK) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def last_lines(count: int) -> str:
    """Return the end of the log."""
    return "\n".join(LOG.read_text(errors="replace").splitlines()[-count:])


def run_shown(what: str, command: list[str]) -> None:
    """Run one step: chatter to the log, a line every few seconds, the log's tail on failure."""
    environment = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    started = shown = time.monotonic()
    print(f"dev.py: {what} ...", flush=True)
    with LOG.open("ab") as log:
        step = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        while step.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - shown >= 3:
                shown = time.monotonic()
                print(f"dev.py:   {shown - started:.0f} s  {last_lines(1)[:70]}", flush=True)
    if step.returncode != 0:
        sys.exit(f"{last_lines(25)}\ndev.py: {what} failed; the whole log is {LOG}")


def prepare() -> None:
    """Make .venv what the pins say, under a lock so that two copies take turns."""
    if made_from() == pins():
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("dev.py: another copy is making .venv; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        wanted, found = pins(), made_from()
        if found == wanted:
            return
        if found is None:
            if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
                sys.exit("dev.py: this Python lacks venv or pip: apt-get install python3-venv")
            shutil.rmtree(VENV, ignore_errors=True)
            VENV.mkdir(exist_ok=True)
            base = getattr(sys, "_base_executable", sys.executable)
            run_shown("making .venv", [base, "-m", "venv", str(VENV)])
        else:  # only the pins moved: install over it
            STAMP.unlink()  # until the end it counts as half made
        install = "-m pip install --no-input --progress-bar off -c constraints.txt -e .[dev]"
        run_shown("installing packages", [str(PYTHON), *install.split()])
        stamp = {"root": str(ROOT), "interpreter": os.path.realpath(PYTHON), "pins": wanted}
        STAMP.write_text(json.dumps(stamp))


def module_for(command: str = "", *rest: str) -> list[str]:
    """Return the module to run and its arguments; leave with the usage when there is none."""
    if command in MODULES:
        return [*MODULES[command], *rest]
    if command in ROOMS:
        names = sorted(file.stem for file in (ROOT / ROOMS[command]).glob("[!_]*.py"))
        if rest and rest[0] in names:
            return [f"{ROOMS[command]}.{rest[0]}", *rest[1:]]
        sys.exit(f"usage: python3 dev.py {command} NAME, where NAME is one of: {', '.join(names)}")
    sys.exit(__doc__)


if __name__ == "__main__":
    if not (3, 11) <= sys.version_info < (3, 14):
        sys.exit("dev.py: needs Python 3.11 to 3.13, not " + sys.version.split()[0])
    # Other trees' modules would shadow ours; each short process would compile all it reads anew.
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    module = module_for(*sys.argv[1:])
    try:
        prepare()
    except OSError as refused:
        sys.exit(f"dev.py: cannot make {VENV}: {refused}")
    except KeyboardInterrupt:
        sys.exit("dev.py: stopped; the next run begins .venv anew")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", *module])
