"""What a lookup across a real region takes beside a local one, and what one silent peer costs.

Three indexes, a deriver and a locator in this process, over real mutual TLS: local lookups and
those that contact one authority take turns, so that a busy machine is as busy for both.
"""

import time
from dataclasses import dataclass
from typing import Any, Final

from demo.towns import CAMFIELD, NORTHMERE
from index_service.federation.sizes import DEADLINE_S, RELEASE_STEP_S
from index_service.services.peering.asking import TOLD_AT_LEAST_S
from proofs.workings.region_made import region_running
from tests.region import Borough, RegionServed
from tests.stories.made import Stated

CHILDREN: Final = 12  # a peer is told of so many a day, and asked of them again and again
TIMES_MAX: Final = 3.0
WARM_UP: Final = 4
ON_ITS_WAY_MS: Final = 50.0  # from where an answer leaves to whoever asked


class Wrong(Exception):  # noqa: N818 (the finding of a check)
    """An answer was not the one expected: nothing measured counts."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Milliseconds of lookups of each kind, and of those while one peer said nothing."""

    local_ms: tuple[float, float]  # p50, p95
    across_ms: tuple[float, float]
    silent_ms_max: float
    silent_told: int  # answers that said which authority was silent
    silent_asked: int

    @property
    def waits_ms(self) -> float:
        """The release steps an answer waits for, whoever was asked."""
        return TOLD_AT_LEAST_S * 1000

    @property
    def is_within(self) -> bool:
        """Whether an answer is no later than three local ones after the steps it waits for."""
        return self.across_ms[1] <= TIMES_MAX * self.local_ms[1] + self.waits_ms

    @property
    def is_within_one_step(self) -> bool:
        """Whether it would be if an answer waited for one step alone."""
        return self.across_ms[1] <= TIMES_MAX * self.local_ms[1] + RELEASE_STEP_S * 1000

    @property
    def is_in_time(self) -> bool:
        """Whether one silent peer never delayed an answer beyond the deadline."""
        in_time = self.silent_ms_max <= DEADLINE_S * 1000 + ON_ITS_WAY_MS
        return in_time and self.silent_told == self.silent_asked


async def looked_up(repeats: int, silent: int) -> LookedUp:
    """Ask by turns, and then with one peer that hears and says nothing."""
    async with region_running(fsync=True) as region:
        home, there = region[NORTHMERE], region[CAMFIELD]
        children = [there.child() for _ in range(CHILDREN)]
        own = [home.child() for _ in range(CHILDREN)]
        for each in children:
            await there.create(each)
        for each in own:
            await home.create(each)
        await region.check_shields()
        await region.derive_all()
        await region.probe()
        local, across = [], []
        for number in range(WARM_UP + repeats):
            spent_ms, _ = await _asked(home, own[number % CHILDREN], "own")
            also_ms, answer = await _asked(home, children[number % CHILDREN], "region")
            _check_answered(answer)
            if number >= WARM_UP:
                local.append(spent_ms)
                across.append(also_ms)
        silences = await _silenced(region, children, silent)
    told = sum(said for _, said in silences)
    most = max((spent_ms for spent_ms, _ in silences), default=0.0)
    return LookedUp(_spread(local), _spread(across), most, told, len(silences))


async def _silenced(
    region: RegionServed, children: list[Stated], count: int
) -> list[tuple[float, bool]]:
    """Ask about children of a peer that hears and says nothing."""
    region.suspend(CAMFIELD)
    try:
        found = []
        for number in range(count):
            spent_ms, answer = await _asked(
                region[NORTHMERE], children[number % CHILDREN], "region"
            )
            found.append((spent_ms, _state(answer) == "unreachable" and not answer["complete"]))
        return found
    finally:
        region.resume(CAMFIELD)


async def _asked(home: Borough, child: Stated, across: str) -> tuple[float, Any]:
    """Return how long one lookup took, and the region's part of its answer."""
    facts = {**child["name"], "date_of_birth": child["date_of_birth"], "across": across}
    begun = time.monotonic()
    answer = await home.ask("social_worker", "POST", "/v1/lookups", facts)
    spent_ms = 1000 * (time.monotonic() - begun)
    if answer.status_code != 200:
        raise Wrong(f"status {answer.status_code}")
    said = answer.json()
    if across == "own" and said["outcome"] != "found":
        raise Wrong("a child of its own was not found")
    return spent_ms, said.get("region")


def _check_answered(answer: Any) -> None:
    contacted = [part["name"] for part in answer["authorities"] if part["state"] == "answered"]
    if contacted != [CAMFIELD]:
        raise Wrong(f"answered by {contacted}")


def _state(answer: Any) -> str:
    (part,) = [each for each in answer["authorities"] if each["name"] == CAMFIELD]
    return str(part["state"])


def _spread(spent: list[float]) -> tuple[float, float]:
    ordered = sorted(spent)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
