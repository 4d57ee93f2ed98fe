"""A made-up log, and a desk at which a case is handed to both verifiers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index_verify.words import Verdict
from tests.verify.handed import by_index_verify
from tests.verify.made import MadeLog
from tests.verify.second import Case, faults

Judge = Callable[..., list[str]]


@pytest.fixture(scope="session")
def log() -> MadeLog:
    """A log of 304 leaves, more than a tile: do not append to it."""
    made = MadeLog(seed=1)
    made.append(290)
    return made


@pytest.fixture
def judge(log: MadeLog, tmp_path: Path) -> Judge:
    """Return the codes index_verify finds; the second must agree whether there are any."""

    def judged(case: Case | None = None, **more: object) -> list[str]:
        whole = case or Case(log.keys.policy())
        for name, value in more.items():
            setattr(whole, name, value)
        report = by_index_verify(whole, tmp_path)
        intact = report.verdict is Verdict.INTACT
        assert intact == (faults(whole) == []), (sorted(report.kinds), faults(whole))
        assert intact == (not report.kinds)
        return sorted(report.kinds)

    return judged
