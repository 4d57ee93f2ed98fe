"""One proof from start to verdict: progress while it runs, a table, one line of JSON."""

import json
import os
import platform
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

TOLD_EVERY_S = 1.5


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that holds or does not, with the figure it was judged by."""

    sentence: str
    holds: bool
    figure: str
    control: bool = False  # a control that fails voids the run: nothing was shown


@dataclass(slots=True)
class Proof:
    """Gathers claims and figures; says all the while what is going on."""

    name: str
    conditions: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    quiet: bool = False
    _doing: str = "starting"
    _begun_s: float = field(default_factory=time.monotonic)

    def doing(self, what: str) -> None:
        """Say what is going on now; it is printed, with the time, until something else is."""
        self._doing = what

    @contextmanager
    def watched(self) -> Iterator["Proof"]:
        """Print what is going on at least every two seconds for as long as this lasts."""
        over = threading.Event()
        teller = threading.Thread(target=self._tell, args=(over,), daemon=True)
        teller.start()
        try:
            yield self
        finally:
            over.set()
            teller.join()
            self.conditions["seconds"] = round(time.monotonic() - self._begun_s, 1)

    def _tell(self, over: threading.Event) -> None:
        while not over.wait(TOLD_EVERY_S):
            if not self.quiet:
                print(f"  {time.monotonic() - self._begun_s:6.1f} s  {self._doing}", flush=True)

    def claim(
        self, sentence: str, holds: bool, figure: object = "", *, control: bool = False
    ) -> None:
        """Judge one sentence."""
        self.claims.append(Claim(sentence, holds, str(figure), control))

    @property
    def void(self) -> bool:
        """Whether a control failed, so that nothing was shown either way."""
        return any(claim.control and not claim.holds for claim in self.claims)

    @property
    def failed(self) -> list[str]:
        """The sentences that do not hold."""
        return [f"{claim.sentence}: {claim.figure}" for claim in self.claims if not claim.holds]

    def verdict(self) -> int:
        """Print the claims and, last, one line of JSON; return the exit status."""
        print()
        for claim in self.claims:
            mark = ("holds" if claim.holds else "FAILS") + (" (control)" if claim.control else "")
            print(f"  {mark:16} {claim.sentence}  [{claim.figure}]")
        if self.void:
            print("  VOID: a control failed, so this run shows nothing")
        said = {
            "proof": self.name,
            **self.figures,
            "conditions": {**machine(), **self.conditions},
            "void": self.void,
            "passed": len(self.claims) - len(self.failed),
            "failed": len(self.failed),
        }
        print(json.dumps(said, separators=(",", ":")), flush=True)
        return 1 if self.failed or not self.claims else 0


def machine() -> dict[str, Any]:
    """Return what a figure must be read with."""
    return {"python": platform.python_version(), "cores": len(os.sched_getaffinity(0))}


def table(heads: list[str], rows: list[list[object]]) -> None:
    """Print rows under heads in columns: the first to the left, the others to the right."""
    cells = [heads, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    print()
    for row in cells:
        first, *rest = (cell for cell in row)
        line = [first.ljust(widths[0])]
        line += [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        print("  " + "  ".join(line))
    sys.stdout.flush()
