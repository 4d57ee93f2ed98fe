"""What clients saw: every answer is on disk, flushed, before it counts as received."""

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

RETRIED = 409


class Fate(StrEnum):
    """What became of a request, as far as its sender can tell."""

    ANSWERED = "answered"  # a status with a receipt or a body
    SILENT = "silent"  # the empty 503
    BROKEN = "broken"  # the connection ended before any answer began
    UNSENT = "unsent"  # nobody took the connection


@dataclass(frozen=True, slots=True)
class Received:
    """One request and what came back. `whole`: the answer's body arrived to its end."""

    request_id: str
    kind: str
    about: str
    fate: Fate
    status: int = 0
    receipt: str = ""
    body: str = ""
    whole: bool = False

    def json(self) -> Any:
        """Return the body's content."""
        return json.loads(self.body)

    @property
    def good(self) -> bool:
        """Whether it is a whole answer that says yes."""
        return self.fate is Fate.ANSWERED and self.whole and 200 <= self.status < 300


@dataclass
class Oracle:
    """The clients' own record of a run, kept in a file that survives them."""

    path: Path
    seen: list[Received] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Open the file."""
        self._file = self.path.open("ab", buffering=0)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def keep(self, received: Received) -> Received:
        """Write one record and flush it to disk, then count it."""
        self._file.write(json.dumps(asdict(received)).encode() + b"\n")
        os.fsync(self._file.fileno())
        self.seen.append(received)
        self.fates[received.fate] += 1
        return received

    @property
    def answered(self) -> int:
        """How many answers arrived."""
        return self.fates[Fate.ANSWERED]

    @classmethod
    def read_back(cls, path: Path) -> list[Received]:
        """Return what the file holds: the verdict is on this, not on what memory says."""
        rows = [json.loads(line) for line in path.read_bytes().splitlines()]
        return [Received(**{**row, "fate": Fate(row["fate"])}) for row in rows]
