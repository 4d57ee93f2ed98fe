"""Takes the time of named parts of a running program, each without the parts within it.

Of what is awaited only the steps are timed, not the waiting. Times are processor time of
this thread, so that a busy machine does not count, less what the clocks themselves take.
"""

import inspect
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from types import coroutine
from typing import Any, NamedTuple

_TRIALS = 4000
_Change = tuple[object, str, object]


class _Cost(NamedTuple):
    """What timing adds to the part itself, and to the part around it, in seconds."""

    own_s: float = 0.0
    around_s: float = 0.0


class Clockwork:
    """Times parts. Name them first, then run the program within `running`."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self.clocks_s = 0.0  # what the clocks took, in none of the parts
        self._inner_s: list[float] = []  # of each part now running, the time of parts within
        self._changes: list[_Change] = []
        self.call = self.first_step = self.later_step = _Cost()
        self.call, self.first_step, self.later_step = _costs(self)

    def clear(self) -> None:
        """Begin to count anew."""
        self.spent_s.clear()
        self.calls.clear()
        self.clocks_s = 0.0

    def begin(self) -> float:
        """Start the clock of a part; hand the result to `end`."""
        self._inner_s.append(0.0)
        return time.thread_time()

    def end(self, part: str, began_s: float, cost: _Cost) -> None:
        """Stop the clock of a part: what parts within it took is theirs."""
        whole = time.thread_time() - began_s
        inner = self._inner_s.pop()
        self.spent_s[part] = self.spent_s.get(part, 0.0) + whole - inner - cost.own_s
        self.clocks_s += cost.own_s + cost.around_s
        if self._inner_s:
            self._inner_s[-1] += whole + cost.around_s

    def _count(self, part: str) -> None:
        self.calls[part] = self.calls.get(part, 0) + 1

    def called(self, owner: object, name: str, part: str) -> None:
        """Take the time of a plain function or method."""
        self._changes.append((owner, name, self.timed(getattr(owner, name), part)))

    def timed(self, function: Callable[..., Any], part: str) -> Callable[..., Any]:
        """Return a plain function with its time taken."""

        @wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            self._count(part)
            began_s = self.begin()
            try:
                return function(*given, **named)
            finally:
                self.end(part, began_s, self.call)

        return timed

    def awaited(self, owner: object, name: str, part: str) -> None:
        """Take the time of the steps of a coroutine function or method."""
        self._changes.append((owner, name, self.stepped(getattr(owner, name), part)))

    def stepped(
        self, function: Callable[..., Awaitable[Any]], part: str
    ) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Return a coroutine function with the time of its steps taken."""

        @wraps(function)
        async def timed(*given: Any, **named: Any) -> Any:
            self._count(part)
            return await self.stepping(part, function(*given, **named))

        return timed

    def stepping(self, part: str, awaitable: Awaitable[Any]) -> "_Steps":
        """Return something to await that takes the time of each step."""
        return _Steps(self, part, awaitable)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Put the timed parts in the places of the plain ones."""
        with replaced(self._changes):
            yield


class _Steps:
    """Awaits another awaitable, step by step."""

    __slots__ = ("_awaitable", "_clockwork", "_part")

    def __init__(self, clockwork: Clockwork, part: str, awaitable: Awaitable[Any]) -> None:
        self._clockwork = clockwork
        self._part = part
        self._awaitable = awaitable

    def __await__(self) -> Generator[Any, Any, Any]:
        clockwork, part = self._clockwork, self._part
        cost = clockwork.first_step
        steps = self._awaitable.__await__()
        given: Any = None
        thrown: BaseException | None = None
        while True:
            began_s = clockwork.begin()
            try:
                wanted = steps.throw(thrown) if thrown else steps.send(given)
            except StopIteration as done:
                return done.value
            finally:
                clockwork.end(part, began_s, cost)
            cost = clockwork.later_step
            try:
                given, thrown = (yield wanted), None
            except BaseException as raised:  # noqa: BLE001 (handed on to where it belongs)
                thrown = raised


def _costs(clockwork: Clockwork) -> tuple[_Cost, _Cost, _Cost]:
    """Return what timing a call takes, the first step of what is awaited, and a later one."""

    def nothing() -> None:
        pass

    async def steps(count: int) -> None:
        for _ in range(count):
            await _once()

    timed, stepped = clockwork.timed(nothing, "part"), clockwork.stepped(steps, "part")

    async def each(function: Callable[[int], Awaitable[None]]) -> None:
        for _ in range(_TRIALS):
            await function(0)

    def calls(function: Callable[[], None]) -> None:
        for _ in range(_TRIALS):
            function()

    call = _cost(clockwork, lambda: calls(nothing), lambda: calls(timed))
    first = _cost(clockwork, lambda: _driven(each(steps)), lambda: _driven(each(stepped)))
    later = _cost(clockwork, lambda: _driven(steps(_TRIALS)), lambda: _driven(stepped(_TRIALS)))
    return call, first, later


def _cost(clockwork: Clockwork, plain: Callable[[], None], timed: Callable[[], None]) -> _Cost:
    """Return what timing took in the best of a few trials: others run on the machine too."""
    best = _Cost(1.0, 1.0)
    for _ in range(5):
        plain_s = time.thread_time()
        plain()
        plain_s = time.thread_time() - plain_s
        began_s = clockwork.begin()
        timed()
        clockwork.end("around", began_s, _Cost())
        own, around = clockwork.spent_s["part"], clockwork.spent_s["around"]
        clockwork.clear()
        # What is timed does next to nothing, so all the time beyond the plain way's is ours.
        found = _Cost(own / _TRIALS, max(0.0, around - plain_s) / _TRIALS)
        best = min(best, found, key=sum)
    return best


@coroutine
def _once() -> Generator[None, None, None]:
    yield


def _driven(awaitable: Coroutine[Any, Any, Any]) -> None:
    try:
        while True:
            awaitable.send(None)
    except StopIteration:
        pass


@contextmanager
def replaced(changes: Sequence[_Change]) -> Iterator[None]:
    """Put other attributes in place for a while. Classes and modules only."""
    before = [(owner, name, inspect.getattr_static(owner, name)) for owner, name, _ in changes]
    for owner, name, other in changes:
        setattr(owner, name, other)
    try:
        yield
    finally:
        for owner, name, plain in reversed(before):
            setattr(owner, name, plain)
