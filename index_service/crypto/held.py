"""Objects built from keys, kept for at most a second without asking for the key again."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

Built = TypeVar("Built")

RECHECK_S_MAX = 1.0
"""How long a key destroyed elsewhere may still be used by a running process."""


class Held(Generic[Built]):
    """Keeps what `build` made of a key's number; `build` raises once the key is gone."""

    def __init__(
        self, build: Callable[[int], Built], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._build = build
        self._ticks = ticks
        self._built: dict[int, tuple[Built, float]] = {}

    def of(self, number: int) -> Built:
        """Return what stands for a number, built anew when a second has passed."""
        now = self._ticks()
        known = self._built.get(number)
        if known is not None and now - known[1] < RECHECK_S_MAX:
            return known[0]
        self._built.pop(number, None)  # first, so that a refusal leaves nothing behind
        built = self._build(number)
        self._built[number] = (built, now)
        return built

    def forget(self, number: int) -> None:
        """Drop what stands for a number; the next use asks for the key again."""
        self._built.pop(number, None)
