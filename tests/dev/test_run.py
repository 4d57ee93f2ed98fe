"""The commands: what is run, in which order, and what makes a run fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import budgets, longest_first, run

ROOT = Path(__file__).resolve().parents[2]
SLOW_TEST = "import time\n\ndef test_slow() -> None:\n    time.sleep(0.3)\n"


def test_every_folder_of_tests_has_a_time_budget() -> None:
    assert set(run.folders()) <= set(budgets.SECONDS_MAX)


def test_every_folder_of_tests_is_run_once() -> None:
    commands = [command for _, command in run.steps_of("test")]
    paths = [part for command in commands for part in command if part.startswith("tests/")]
    assert sorted(paths) == [f"tests/{folder}" for folder in run.folders()]


def test_those_in_a_real_browser_can_be_asked_for_alone() -> None:
    install, suite = run.browser_steps()
    assert install[1][-1] == "tests.browser.install"
    assert [part for part in suite[1] if part.startswith("tests/")] == ["tests/browser"]


def test_where_there_is_no_browser_its_tests_are_skipped_and_say_why() -> None:
    options = ["-q", "-rs", "-p", "no:cacheprovider", "-p", "no:randomly", "tests/browser"]
    said = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=ROOT,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    assert "Chromium not installed: python3 dev.py test --browser" in said.stdout
    assert "passed" not in said.stdout


def test_check_is_the_first_part_of_test() -> None:
    check, whole = run.steps_of("check"), run.steps_of("test")
    assert whole[: len(check)] == check
    assert [name for name, _ in check[:2]] == ["format", "lint"]


def test_a_run_stops_at_the_first_red_step(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "trace"
    fails = [sys.executable, "-c", "raise SystemExit(3)"]
    touches = [sys.executable, "-c", f"open({str(trace)!r}, 'w')"]
    assert run.run([("red", fails), ("after", touches)], []) == 3
    assert not trace.exists()
    assert "red: FAILED" in capfd.readouterr().out
    assert run.run([("green", touches)], []) == 0
    assert trace.exists()


@pytest.mark.parametrize(
    ("workers", "seconds", "code"), [("2", "0.1", 1), ("0", "0.1", 1), ("0", "30", 0)]
)
def test_a_folder_over_budget_turns_a_green_run_red(
    tmp_path: Path, workers: str, seconds: str, code: int
) -> None:
    (tmp_path / "tests" / "slow").mkdir(parents=True)
    (tmp_path / "tests" / "slow" / "test_slow.py").write_text(SLOW_TEST)
    program = (
        "import sys, pytest; from tests import budgets; "
        "budgets.SECONDS_MAX['slow'] = float(sys.argv.pop(1)); sys.exit(pytest.main(sys.argv[1:]))"
    )
    options = ["-q", "-p", "tests.budgets", "-p", "xdist.plugin", "-n", workers]
    said = subprocess.run(
        [sys.executable, "-c", program, seconds, *options, "--rootdir", ".", "tests"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == code, said.stdout + said.stderr
    assert ("BUDGET: tests/slow took" in said.stdout) == (code == 1)


def test_a_folder_without_a_budget_is_named() -> None:
    assert budgets.over_budget({"elsewhere": 0.1}) == [
        "tests/elsewhere has no time budget: give it one in tests/budgets.py"
    ]


def test_the_folders_of_long_tests_come_first() -> None:
    files = ["tests/store/test_a.py", "tests/demo/test_b.py", "tests/proofs/test_c.py"]
    assert sorted(files, key=longest_first.place_of) == files[::-1]
    assert set(longest_first.LONGEST_FIRST) <= set(run.folders())
