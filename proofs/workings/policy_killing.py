"""Runs tests against one mutation after another, each in a process split off for it.

python -m proofs.workings.policy_killing, in a process of its own: mutations come as lines of
JSON, and what became of each goes back as one. What the tests need that is not mutated is
read in once, before the first split.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_MAX = 90
KILLED = (1, 2, 3)  # tests failed, could not be collected, or broke down
OPTIONS = (
    "-x",
    "-q",
    "--noconftest",
    *("-p", "no:cacheprovider"),
    *("-o", "addopts=--import-mode=importlib"),
)


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module a text of its own; every other is found as ever."""

    def __init__(self, path: str, text: str) -> None:
        self._name = path.removesuffix(".py").replace("/", ".")
        self._path = ROOT / path
        self._text = text

    def find_spec(self, fullname: str, path: object, target: object = None) -> Any:
        """Find the planted module."""
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Make it as any module."""
        del spec
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the planted text."""
        code = compile(self._text, str(self._path), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 (that is what a mutation is tried by)


def tried(path: str, text: str, tests: Sequence[str]) -> tuple[bool, float]:
    """Return whether the tests notice a mutation, and in how many seconds."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os._exit(_run(path, text, tests))
    while time.monotonic() - started < SECONDS_MAX:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            killed = os.waitstatus_to_exitcode(status) in KILLED
            return killed, time.monotonic() - started
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True, time.monotonic() - started


def _run(path: str, text: str, tests: Sequence[str]) -> int:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if text:
        sys.dont_write_bytecode = True
        sys.meta_path.insert(0, Planted(path, text))
    settings = hypothesis.settings
    settings.register_profile("killing", max_examples=25, deadline=None, derandomize=True)
    settings.load_profile("killing")
    for test in tests:  # one by one: a later file is not even read where an earlier one fails
        status = int(pytest.main([*OPTIONS, str(ROOT / test)]))
        if status:
            return status
    return 0


def main() -> None:
    """Try whatever comes, line by line, until nothing more does."""
    os.chdir(ROOT)
    # Plugins of others would cost each mutation more than most tests do.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for line in sys.stdin:
        asked = json.loads(line)
        killed, seconds = tried(asked["path"], asked["text"], asked["tests"])
        answer = {"name": asked["name"], "killed": killed, "seconds": round(seconds, 2)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
