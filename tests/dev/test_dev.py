"""dev.py on a bare machine: what it makes, what it says, and that copies take turns."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Beneath any virtual environment, as on a machine that has none.
SYSTEM_PYTHON = str(getattr(sys, "_base_executable", sys.executable))
STORY = "import os, sys\nprint('told', os.getcwd(), sys.prefix, *sys.argv[1:], sep='|')\n"
# `python -m` looks beside dev.py first, so these stand for venv and pip: nothing is fetched.
VENV = """
import pathlib, sys
place = pathlib.Path(sys.argv[1])
(place / "bin").mkdir()
(place / "bin" / "python").symlink_to(sys.executable)
(place / "pyvenv.cfg").write_text("home = " + str(pathlib.Path(sys.executable).parent))
"""
PIP = """
import os, pathlib, sys, time
with (pathlib.Path(sys.prefix) / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
print("collecting something", flush=True)
time.sleep(float(os.environ.get("STAND_IN_SECONDS", "0")))
sys.exit(os.environ.get("STAND_IN_FAILS"))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a tree with dev.py and rooms that only say that they were reached."""
    tree = tmp_path / "a tree"
    files = {
        "constraints.txt": "",
        "pyproject.toml": "",
        "demo/story.py": STORY,
        "bench/lookup.py": STORY,
        "bench/__init__.py": "",
        "proofs/kill.py": STORY,
        "venv/__init__.py": "",
        "venv/__main__.py": VENV,
        "ensurepip/__init__.py": "",
        "pip/__init__.py": "",
        "pip/__main__.py": PIP,
    }
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    shutil.copy(ROOT / "dev.py", tree)
    return tree


def start(tree: Path, *arguments: str, **settings: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [SYSTEM_PYTHON, str(tree / "dev.py"), *arguments],
        cwd="/",
        env={"PATH": os.defpath, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(tree: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    process = start(tree, *arguments, **settings)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


def calls(tree: Path) -> list[str]:
    return (tree / ".venv" / "calls").read_text().splitlines()


def told(tree: Path, *arguments: str) -> str:
    return "|".join(("told", str(tree), str(tree / ".venv"), *arguments)) + "\n"


def test_the_first_run_makes_and_installs_in_one_call_and_the_second_does_not(tree: Path) -> None:
    code, said = run(tree, "demo", "--once", PYTHONPATH="/nowhere", PIP_USER="1")
    assert code == 0
    assert said.endswith(told(tree, "--once"))
    assert calls(tree) == [
        "install --no-input --progress-bar off -c constraints.txt -e .[dev]",
    ]
    assert run(tree, "demo") == (0, told(tree))
    assert len(calls(tree)) == 1


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_changed_pins_are_installed_over_what_is_there(tree: Path, name: str) -> None:
    run(tree, "demo")
    (tree / name).write_text("another==1\n")
    code, said = run(tree, "demo")
    assert code == 0
    assert "making .venv" not in said
    assert len(calls(tree)) == 2


def test_a_tree_that_was_moved_begins_anew(tree: Path) -> None:
    run(tree, "demo")
    moved = tree.rename(tree.with_name("moved"))
    code, said = run(moved, "demo")
    assert code == 0
    assert "making .venv" in said
    assert said.endswith(told(moved))
    assert len(calls(moved)) == 1


def test_a_failed_install_shows_the_end_of_the_log_and_is_done_anew(tree: Path) -> None:
    code, said = run(tree, "demo", STAND_IN_FAILS="no such package")
    assert code == 1
    assert "no such package" in said
    assert f"the whole log is {tree / '.venv' / 'install.log'}" in said
    assert "told" not in said
    code, said = run(tree, "demo")
    assert code == 0
    assert "making .venv" in said


def test_a_run_killed_while_installing_is_done_anew(tree: Path) -> None:
    process = start(tree, "demo", STAND_IN_SECONDS="30")
    deadline = time.monotonic() + 20
    while not (tree / ".venv" / "calls").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    code, said = run(tree, "demo")
    assert code == 0
    assert "making .venv" in said


def test_two_copies_take_turns_and_install_once_with_progress_shown(tree: Path) -> None:
    copies = [start(tree, "demo", STAND_IN_SECONDS="6") for _ in range(2)]
    said = [copy.communicate(timeout=60)[0] for copy in copies]
    assert [copy.returncode for copy in copies] == [0, 0]
    assert len(calls(tree)) == 1
    assert sum("another copy is making .venv" in text for text in said) == 1
    assert any(re.search(r"[3-6] s  collecting something", text) for text in said)
    assert all(text.endswith(told(tree)) for text in said)


def test_benches_and_proofs_are_found_by_name(tree: Path) -> None:
    assert run(tree, "bench", "lookup", "--quick")[1].endswith(told(tree, "--quick"))
    assert run(tree, "prove", "kill")[1].endswith(told(tree))
    code, said = run(tree, "bench", "nothing")
    assert code == 1
    assert said == "usage: python3 dev.py bench NAME, where NAME is one of: lookup\n"


@pytest.mark.parametrize("arguments", [(), ("--help",), ("deploy",), ("story",)])
def test_anything_else_shows_the_usage_and_makes_nothing(
    tree: Path, arguments: tuple[str, ...]
) -> None:
    code, said = run(tree, *arguments)
    assert code == 1
    assert "python3 dev.py demo | test | check | bench NAME | prove NAME" in said
    assert not (tree / ".venv").exists()


def test_dev_py_stays_small_and_runs_on_the_standard_library() -> None:
    lines = (ROOT / "dev.py").read_text().splitlines()
    assert len(lines) < 120
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= {*sys.stdlib_module_names, "__future__", "importlib.util"}


def test_ci_runs_the_test_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == [
        "set -euo pipefail",
        'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
        "exec python3 dev.py test",
    ]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
