"""Seconds each folder of tests may take, and the plugin that holds them to it.

Loaded by tests/run.py. What is measured is the time inside tests, set-up and tear-down
included, added up over workers; over budget, or without one, is a failed run.
"""

from collections import defaultdict

import pytest

# Measured on two cores and doubled: a budget catches a folder gone slow, not a busy machine.
SECONDS_MAX = {
    "api_unit": 20,
    "bench": 120,
    "browser": 2100,  # a walk through every page; none of it where there is no browser
    "commands": 60,
    "consent": 20,
    "contract": 270,
    "crypto": 15,
    "demo": 330,
    "dev": 60,
    "domain": 30,
    "federation": 510,
    "feeds": 12,
    "house": 12,
    "identity": 30,
    "index_client": 140,
    "jobs": 120,
    "log": 12,
    "packaging": 120,
    "proofs": 590,
    "sealing": 530,
    "services": 90,
    "store": 150,
    "stories": 620,
    "thin_client": 300,
    "verify": 60,
}


def over_budget(spent_s: dict[str, float]) -> list[str]:
    """Return a sentence for each folder that took too long or has no budget."""
    complaints = []
    for folder, seconds in sorted(spent_s.items()):
        if folder not in SECONDS_MAX:
            complaints.append(f"tests/{folder} has no time budget: give it one in tests/budgets.py")
        elif seconds > SECONDS_MAX[folder]:
            complaints.append(
                f"tests/{folder} took {seconds:.1f} s of {SECONDS_MAX[folder]} s allowed"
            )
    return complaints


class Stopwatch:
    """Adds up what each folder's tests took, and fails the run when one is over."""

    def __init__(self) -> None:
        """Start with nothing spent."""
        self.spent_s: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of one test; with xdist only the controller is asked."""
        parts = report.nodeid.split("::")[0].split("/")
        self.spent_s[parts[1] if len(parts) > 2 else "."] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a run that was green but slow into a red one."""
        if over_budget(self.spent_s) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what each folder took, and which took too long."""
        spent = (f"{folder} {seconds:.1f}" for folder, seconds in sorted(self.spent_s.items()))
        terminalreporter.write_line("seconds by folder: " + ", ".join(spent))
        for complaint in over_budget(self.spent_s):
            terminalreporter.write_line("BUDGET: " + complaint, red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Start the stopwatch, in the controller only."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Stopwatch(), "folder-budgets")
