"""Runs by the block: all take their steps together, and after each step every run is looked at."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from index_service.crypto.seal import SubjectKey
from index_service.domain.clock import SystemClock
from index_service.services import feed_writes, shielding
from index_service.services.encoding import Policy
from index_service.services.placing import Surroundings
from index_service.services.sealing import sealed_policy
from proofs.workings.shield_acts import Acts
from proofs.workings.shield_index import Tried
from proofs.workings.shield_run import Run
from proofs.workings.shield_steps import STEPS, Programme, programme, shrunk, told
from proofs.workings.shield_views import ASKERS, Views

BLOCK = 50
SHRUNK_MAX = 3
_REPLAYS_FROM = 45_000  # numbers of runs nobody else uses


@dataclass(frozen=True, slots=True)
class Share:
    """What one process runs: numbers nobody else runs, and the defect planted there, if any."""

    numbers: range
    seed: int
    steps: tuple[int, int] = STEPS
    defect: str = ""
    whole: bool = True  # look by every fact after every step, and as everybody after the last

    @property
    def block(self) -> int:
        """How many runs take their steps together: few where one is expected to fail."""
        return 20 if self.defect else BLOCK


@dataclass
class Tally:
    """What the runs of one process came to."""

    runs: int = 0
    steps: int = 0
    questions: int = 0
    stubs: int = 0
    silent: int = 0
    open_seen: int = 0
    hidden: int = 0
    held: int = 0
    unrecognised: int = 0
    unshielded: int = 0
    failing: list[str] = field(default_factory=list)
    deeds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Add another process's."""
        for name, theirs in vars(other).items():
            setattr(self, name, getattr(self, name) + theirs)


class Machine:
    """Takes blocks of runs through their programmes on one index."""

    def __init__(self, tried: Tried, tally: Tally) -> None:
        self._tried = tried
        self._tally = tally
        self._replays = _REPLAYS_FROM

    async def block(self, numbers: range, share: Share) -> list[Run]:
        """Run the programmes of these numbers; return the runs in which too much was seen."""
        today = SystemClock().today()
        runs = [
            Run(number, programme(share.seed + number, share.steps), today) for number in numbers
        ]
        await self._through(runs, share.whole)
        return [run for run in runs if run.unshielded]

    async def _through(self, runs: list[Run], whole: bool = True) -> None:
        acts, views, askers = Acts(self._tried), Views(self._tried), list(ASKERS)
        for place in range(max(len(run.steps) for run in runs)):
            stepped = await acts.do(runs, place)
            last = [run for run in stepped if place == len(run.steps) - 1]
            who = askers[place % len(askers)]
            if whole:
                await views.look(who, stepped)
                for other in askers:
                    await views.look(other, last if other != who else ())
            else:
                await views.look(who, [run for run in stepped if run not in last], place % 3)
                await views.look(askers[0], last)  # who is entitled to most
        self._count(runs, views)

    def _count(self, runs: list[Run], views: Views) -> None:
        tally = self._tally
        tally.runs += len(runs)
        tally.questions += views.asked
        tally.stubs += views.stubs
        tally.silent += views.silent
        tally.open_seen += views.open_seen
        for run in runs:
            tally.steps += len(run.steps)
            tally.deeds.update(run.done)
            tally.hidden += len(run.guarded())
            tally.held += sum(record.held for record in run.guarded())
            tally.unrecognised += run.unrecognised
            tally.unshielded += bool(run.unshielded)

    async def tell(self, run: Run) -> str:
        """Return the shortest programme found that shows the same, and what is seen."""
        seen = run.unshielded

        async def fails(steps: Programme) -> bool:
            nonlocal seen
            self._replays += 1
            again = Run(self._replays, steps, run.today)
            await Machine(self._tried, Tally())._through([again])
            seen = again.unshielded or seen
            return bool(again.unshielded)

        steps = await shrunk(run.steps, fails)
        return f"{seen[0]}, after: {told(steps)}"


async def run_share(
    tried: Tried, share: Share, told_of: Callable[[int], None] = lambda _done: None
) -> Tally:
    """Run a share on one index; return what came of it. Of a planted defect one run is enough."""
    tally = Tally()
    machine = Machine(tried, tally)
    numbers = share.numbers
    before = tried.statuses.copy()
    with planted(share.defect):
        for start in range(numbers.start, numbers.stop, share.block):
            some = range(start, min(start + share.block, numbers.stop))
            failing = await machine.block(some, share)
            told_of(tally.runs)
            if share.defect and failing:
                tally.failing.append(failing[0].unshielded[0])
                break
            for run in failing[: SHRUNK_MAX - len(tally.failing)]:
                tally.failing.append(await machine.tell(run))
    tally.statuses = tried.statuses - before
    return tally


# Defects planted to see whether the proof sees them


def _resembles_nobody(_around: Any, _each: Any, _own: Any) -> bool:
    return False


async def _holds_no_duplicate(_index: Any, _work: Any, _child: Any) -> list[Any]:
    return []


def _sealed_open(key: SubjectKey, child_id: UUID, policy: Policy) -> bytes:
    return sealed_policy(key, child_id, replace(policy, shielded=False))


# What is planted: in which module or class, what is replaced there, and by what.
DEFECTS: dict[str, tuple[Any, str, Any]] = {
    "a line resembles no shielded child": (Surroundings, "resembles_guarded", _resembles_nobody),
    "a feed's update takes the shield off": (feed_writes, "sealed_policy", _sealed_open),
    "a shield leaves the child's other records open": (
        shielding,
        "hold_duplicates",
        _holds_no_duplicate,
    ),
}


@contextmanager
def planted(defect: str) -> Iterator[None]:
    """Plant one defect, if one is named, in this process for as long as this lasts."""
    if not defect:
        yield
        return
    where, name, instead = DEFECTS[defect]
    whole = getattr(where, name)
    setattr(where, name, instead)
    try:
        yield
    finally:
        setattr(where, name, whole)
