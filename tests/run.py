"""Runs the checks in order, fast ones first, and stops at the first that fails.

python -m tests.run check   format, lint, types, import contracts, pure tests
python -m tests.run test    the same, then every other test
python -m tests.run test --browser   those in a real browser alone; installs what they need
"""

import subprocess
import sys
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PURE = ("consent", "crypto", "domain", "feeds", "house", "log")
WORKERS = "2"
WAITING_WORKERS = "3"  # on two cores: with databases and sockets a third of the time is waiting
PYTHON_M = (sys.executable, "-m")
BRIEFLY = ("--quiet", "--output-format", "concise")

Step = tuple[str, list[str]]


def steps_of(asked: str) -> list[Step]:
    """Return the steps of `check`, which need neither database nor socket, or of `test`."""
    rest = [folder for folder in folders() if folder not in PURE]
    last = ("tests with a database or sockets", pytest(rest, WAITING_WORKERS))
    return [*quick_steps(), last] if asked == "test" else quick_steps()


def quick_steps() -> list[Step]:
    """Return the steps that are worth taking on every save."""
    pure = pytest([folder for folder in folders() if folder in PURE])
    # Nothing pure asks the plugin, and each process takes most of a second to import it.
    pure += ["-p", "no:schemathesis"]
    return [
        ("format", [*PYTHON_M, "ruff", "format", "--check", *BRIEFLY, "."]),
        ("lint", [*PYTHON_M, "ruff", "check", *BRIEFLY, "."]),
        ("types", [*PYTHON_M, "mypy", "--no-error-summary"]),
        ("import contracts", [str(Path(sys.executable).parent / "lint-imports")]),
        ("pure tests", pure),
    ]


def browser_steps() -> list[Step]:
    """Return the steps of tests in a real browser: what they need is no part of `dev`."""
    return [
        ("what a browser test needs", [*PYTHON_M, "tests.browser.install"]),
        ("tests in a real browser", pytest(["browser"])),
    ]


def folders() -> list[str]:
    """Return the folders below tests/ that hold tests."""
    return sorted({path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")})


def pytest(chosen: list[str], workers: str = WORKERS) -> list[str]:
    """Return the pytest command for some folders, some workers and budgets held."""
    paths = [f"tests/{folder}" for folder in chosen]
    # Files are given out in our order, not by how many tests they hold: see longest_first.
    spread = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    plugins = ["-p", "tests.budgets", "-p", "tests.longest_first"]
    return [*PYTHON_M, "pytest", "-q", *plugins, f"--randomly-seed={seed()}", *spread, *paths]


def seed() -> int:
    """Return what orders the tests: another after every change to them.

    So whoever gets a red run gets it again, and no order is the only one ever tried.
    """
    files = sorted((ROOT / "tests").rglob("*.py"))
    return zlib.crc32(b"".join(file.read_bytes() for file in files))


def run(steps: list[Step], more: list[str]) -> int:
    """Run each step, say what it took, stop at the first that fails."""
    begun = time.monotonic()
    for name, command in steps:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        extra = more if "pytest" in command else []
        failed = subprocess.run([*command, *extra], cwd=ROOT, check=False).returncode
        spent = f"{time.monotonic() - started:.1f} s"
        if failed:
            print(f"== {name}: FAILED after {spent}", flush=True)
            return failed
        print(f"== {name}: {spent}", flush=True)
    print(f"== all {len(steps)} steps passed in {time.monotonic() - begun:.1f} s", flush=True)
    return 0


def main(arguments: list[str]) -> int:
    """Run what was asked for; further arguments go to pytest."""
    asked, *more = arguments or [""]
    if asked not in ("check", "test"):
        print(__doc__, file=sys.stderr)
        return 2
    if asked == "test" and "--browser" in more:
        return run(browser_steps(), [each for each in more if each != "--browser"])
    return run(steps_of(asked), more)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
