"""What a worker remembers of the last record and search row it opened: sealed, as they lay."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Remembered:
    """Of one index in one process; None until something was opened."""

    row: dict[str, Any] | None = None
    pointer: tuple[bytes, bytes] | None = None  # its token, and what it leads to
