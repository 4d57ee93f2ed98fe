"""When a question is asked again: at most three tries, a deadline, and only where that is safe."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from index_client.answers import Received

TRIES_MAX = 3
PAUSE_S = 0.2  # before the second try; twice that before the third
_GATEWAY = frozenset({502, 503, 504})
_PROBLEM = "application/problem+json"
_chance = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Lost:
    """A try without an answer: a word for the cause, and whether the index may have had it."""

    cause: str
    sent: bool


Outcome = Received | Lost


@dataclass(slots=True)
class Course:
    """The tries of one question. `repeatable`: whether it may be sent twice without harm."""

    repeatable: bool
    timeout_s: float
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = _chance.random
    tried: int = 0
    _until_s: float = 0.0

    def __post_init__(self) -> None:
        self._until_s = self.clock() + self.timeout_s

    def left_s(self) -> float:
        """Return how long the whole question may still take; never negative."""
        return max(0.0, self._until_s - self.clock())

    def pause_s(self, outcome: Outcome) -> float | None:
        """Return how long to wait before the next try; None where this outcome stands."""
        self.tried += 1
        pause_s = self._pause_s(outcome)
        if pause_s is None or self.tried >= TRIES_MAX or pause_s >= self.left_s():
            return None
        return pause_s

    def _pause_s(self, outcome: Outcome) -> float | None:
        if isinstance(outcome, Lost):
            return self._jittered() if self.repeatable or not outcome.sent else None
        if outcome.status == 429:  # refused before anything was read: whatever it was, no harm
            return outcome.retry_after_s
        if outcome.status not in _GATEWAY or not self.repeatable:
            return None
        if outcome.kind == _PROBLEM:  # it knows itself why; only it knows until when
            return outcome.retry_after_s
        return outcome.retry_after_s or self._jittered()

    def _jittered(self) -> float:
        """From half of the pause to all of it: those cut off together don't return together."""
        doubled = PAUSE_S if self.tried == 1 else 2 * PAUSE_S
        return doubled * (0.5 + self.chance() / 2)
