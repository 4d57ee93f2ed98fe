"""Every guard bites: taken out of a copy of the source, its named test goes red.

python -m proofs.guards [--quick] [--full] [--only KIND] [--workers N]

Each rule of policy, the boundary, each statement that grants, each grant that must not be
there and each wall of row-level security is removed in turn. The tests are first run on an
unchanged copy: one that fails there shows nothing, and voids the run.
"""

import argparse
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from proofs.workings.judged import Proof, table
from proofs.workings.mutants import Mutant, every_mutant

ROOT = Path(__file__).resolve().parent.parent
COPIED = (
    "consent", "index_service", "index_verify", "migrations", "tests", "demo", "openapi", "docs",
    "proofs",
)  # fmt: skip
FILES = ("pyproject.toml", "alembic.ini", "dev.py", "README.md", "CHANGELOG.md")
TEST_S_MAX = 180
QUICK = ("rule", "boundary", "grant")
_One = TypeVar("_One", str, Mutant)
_Told = Callable[[str], None]
_COUNTS = re.compile(r"(\d+) (passed|failed|error)")


@dataclass(frozen=True, slots=True)
class Seen:
    """How one test ended: exit status, and how many passed, failed and could not start."""

    status: int
    counts: Counter[str]
    tail: str

    @property
    def red(self) -> bool:
        """Whether the test ran and failed, or could not be set up."""
        return self.status == 1 and bool(self.counts["failed"] or self.counts["error"])

    @property
    def green(self) -> bool:
        """Whether it passed, and was a test at all."""
        return self.status == 0 and self.counts["passed"] > 0


class Copies:
    """Copies of the source tree, one for each worker; the tree itself is never touched."""

    def __init__(self, root: Path, places: Sequence[Path]) -> None:
        self._free: queue.Queue[Path] = queue.Queue()
        for place in places:
            _copy(root, place)
            self._free.put(place)

    @contextmanager
    def one(self) -> Iterator[Path]:
        """Lend a copy that nobody else uses meanwhile."""
        place = self._free.get()
        try:
            yield place
        finally:
            self._free.put(place)

    def run(self, test: str) -> Seen:
        """Run a test in a copy."""
        with self.one() as place:
            return _run(place, test)

    def run_without(self, mutant: Mutant) -> Seen:
        """Take a guard out of a copy, run its test there, and put the guard back."""
        with self.one() as place:
            path = place / mutant.path
            text = path.read_text("utf-8")
            if text.count(mutant.old) != 1:
                return Seen(-1, Counter(), "the guard is not where the mutant says it is")
            path.write_text(text.replace(mutant.old, mutant.new), "utf-8")
            try:
                return _run(place, mutant.test)
            finally:
                path.write_text(text, "utf-8")


def _copy(root: Path, place: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, place / name, ignore=ignored)
    for name in FILES:
        if (root / name).exists():
            shutil.copy(root / name, place / name)


def _run(place: Path, test: str) -> Seen:
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    # No bytecode: a file put back within the same second would not be read anew.
    command = [sys.executable, "-B", "-m", "pytest", *options, test]
    try:
        done = subprocess.run(
            command, cwd=place, capture_output=True, text=True, timeout=TEST_S_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        return Seen(-2, Counter(), "took too long")
    last = done.stdout.strip().splitlines()[-1:] or [done.stderr.strip()[-200:]]
    counts = Counter({what: int(number) for number, what in _COUNTS.findall(last[0])})
    return Seen(done.returncode, counts, last[0])


def chosen(mutants: list[Mutant], only: str | None, quick: bool) -> list[Mutant]:
    """Return the mutants to be tried: all, those of one kind, or three."""
    if quick:
        return [[mutant for mutant in mutants if mutant.kind == kind][1] for kind in QUICK]
    return [mutant for mutant in mutants if only in (None, mutant.kind)]


def prove(mutants: list[Mutant], proof: Proof, workers: int = 2) -> None:
    """Run every test with its guard and without it, and judge."""
    proof.conditions |= {"guards": len(mutants), "workers": workers}
    base = Path(tempfile.mkdtemp(prefix="index-guards-"))
    try:
        proof.doing("copying the source")
        copies = Copies(ROOT, [base / str(number) for number in range(workers)])
        tests = sorted({mutant.test for mutant in mutants})
        with ThreadPoolExecutor(workers) as pool:
            whole = _all(pool, copies.run, tests, lambda told: proof.doing(f"whole: {told}"))
            seen = _all(
                pool, copies.run_without, mutants, lambda told: proof.doing(f"a guard out: {told}")
            )
    finally:
        shutil.rmtree(base, ignore_errors=True)
    sick = [
        f"{test}: {each.tail}" for test, each in zip(tests, whole, strict=True) if not each.green
    ]
    proof.claim(
        "every named test passes while all guards are in place",
        not sick,
        sick[:3] or len(tests),
        control=True,
    )
    _judge(mutants, seen, proof)


def _all(
    pool: ThreadPoolExecutor, run: Callable[[_One], Seen], many: Sequence[_One], told: _Told
) -> list[Seen]:
    futures: list[Future[Seen]] = [pool.submit(run, one) for one in many]
    while not all(future.done() for future in futures):
        told(f"{sum(future.done() for future in futures)} of {len(futures)} tests")
        time.sleep(0.1)
    return [future.result() for future in futures]


def _judge(mutants: list[Mutant], seen: list[Seen], proof: Proof) -> None:
    pairs = list(zip(mutants, seen, strict=True))
    for kind in dict.fromkeys(mutant.kind for mutant in mutants):
        of_kind = [(mutant, each) for mutant, each in pairs if mutant.kind == kind]
        spared = [f"{m.guard} ({each.tail})" for m, each in of_kind if not each.red]
        proof.claim(
            f"every guard of kind {kind} makes its named test fail when it is taken out",
            not spared,
            f"{len(of_kind) - len(spared)} of {len(of_kind)} bite {spared[:5] or ''}",
        )
        proof.figures[kind] = len(of_kind)
    proof.figures["bite"] = sum(each.red for each in seen)
    if not proof.quiet:
        rows: list[list[object]] = [
            [mutant.guard[:70], mutant.test.partition("::")[2][:70], _told(each)]
            for mutant, each in pairs
        ]
        table(["guard", "test", "bites"], rows)


def _told(seen: Seen) -> str:
    if not seen.red:
        return "NO"
    return "yes" if seen.counts["failed"] else "yes, in set-up"


def main(arguments: list[str]) -> int:
    """Prove it, at length."""
    parser = argparse.ArgumentParser(prog="prove guards")
    parser.add_argument("--quick", action="store_true", help="as the suite does: three guards")
    parser.add_argument("--full", action="store_true", help="all of them, as without it")
    parser.add_argument("--only", choices=["rule", "boundary", "grant", "wall"])
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args(arguments)
    proof = Proof("guards")
    with proof.watched():
        mutants = chosen(every_mutant(ROOT), asked.only, quick=asked.quick)
        prove(mutants, proof, asked.workers)
    return proof.verdict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
